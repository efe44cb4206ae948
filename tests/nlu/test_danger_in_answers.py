"""A plain answer to a question about health is no alarm, and a danger told in answer to it is."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from nlu.reading import Expectation
from nlu.understanding import understand
from nlu.understood import Understood
from nlu.utterance import Utterance

AT = datetime(2026, 11, 21, 10, 30, tzinfo=ZoneInfo("Asia/Shanghai"))


def _understood(said: str, asked: str) -> Understood:
    pending = Expectation(key="q", kind="yes_no", asked=asked)
    return understand(Utterance(text=said), pending=pending, others=(), rank=lambda _: [("statement", 1.0)], at=AT)


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ("您这两天咳嗽吗？", "早上起来要咳一阵子"),
        ("您这两天发烧没有？", "发烧了，浑身没力气"),
        ("您这两天发烧没有？", "有点烧"),
        ("您晚上睡得好吗？", "失眠"),
        ("您晚上睡得好吗？", "失眠，吃了安神的也没用"),
    ],
)
def test_a_yes_to_a_question_about_health_is_an_answer_and_no_danger(asked: str, said: str) -> None:
    assert _understood(said, asked).flags == ()
    assert _understood(said, asked).found


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ("您晚上睡得好吗？", "活着没啥意思"),
        ("您晚上睡得好吗？", "睡不着，老想着走了算了"),
        ("您这两天咳嗽吗？", "咳，咳得喘不上气"),
        ("您这两天发烧没有？", "烧，都烧迷糊了"),
        ("您头晕不晕？", "头晕得站不住"),
    ],
)
def test_a_danger_told_in_answer_to_a_question_about_health_stays_a_danger(asked: str, said: str) -> None:
    assert _understood(said, asked).flags
