"""Whoever has not heard the question answers nothing with what they say of the word they took for it."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from nlu.not_heard import asks_for_it_louder, asks_for_it_slower
from nlu.reading import Expectation
from nlu.understanding import understand
from nlu.understood import Understood
from nlu.utterance import Utterance

AT = datetime(2026, 11, 21, 10, 30, tzinfo=ZoneInfo("Asia/Shanghai"))
FEVER = Expectation(key="fever", kind="yes_no", asked="您这两天发烧没有？")


def _understood(said: str) -> Understood:
    return understand(Utterance(text=said), pending=FEVER, others=(), rank=lambda _: [("out_of_scope", 0.3)], at=AT)


@pytest.mark.parametrize(
    "said",
    [
        "捎？捎啥？俺没叫谁捎东西啊。恁使劲说，俺耳朵背！",
        "花椒？花椒没有，我不吃麻的",
        "发啥？发票？俺没开发票，恁打错了吧。",
        "少？啥少？俺没少啥东西",
        "骚？谁骚？没听说过",
        "听不灵清，没得声音",
    ],
)
def test_a_word_that_was_taken_for_the_question_is_no_answer(said: str) -> None:
    assert "fever" not in _understood(said).found or _understood(said).act == "louder"


@pytest.mark.parametrize(
    "said",
    [
        "嗐，发烧啊！我当你买花椒呢。没烧",
        "哦，发烧哦！我还说花椒。没有没有",
        "唉，发热哟，我以为发米呢，没有",
        "原来是发烧，我还以为卖花椒的，没有发烧",
        "花椒？买花椒做么事。哦，发烧啊，没有没有",
        "发热？发热没有",
        "不烧，就是耳朵背",
    ],
)
def test_what_is_said_once_the_question_was_heard_answers_it(said: str) -> None:
    assert _understood(said).found["fever"].value == "no"


def test_a_danger_is_heard_in_what_was_said_before_the_question_was_heard() -> None:
    assert [each.kind for each in _understood("听不着！胸口疼得很！噢，你说发烧啊，没有").flags] == ["chest_pain"]


@pytest.mark.parametrize("said", ["讲慢点子", "你说得太快了", "慢些说", "我年纪大，跟不上"])
def test_slower_is_wanted_in_many_words(said: str) -> None:
    assert asks_for_it_slower(said)
    assert not asks_for_it_louder(said)
