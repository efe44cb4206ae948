"""Which dangers press, whatever else the words may mean."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from nlu.pressing import pressing_dangers
from nlu.readers import READERS
from nlu.reading import Choice, Expectation, NotRead

AT = datetime(2026, 11, 23, 9, 30, tzinfo=ZoneInfo("Asia/Shanghai"))
GOING = Expectation(
    key="attend",
    kind="choice",
    asked="您去不去体检？",
    choices=(Choice(key="going", label="去"), Choice(key="not_going", label="不去")),
)
EATING = Expectation(key="fasting", kind="yes_no", asked="那天早上，能不能吃早饭？")
COME_BACK = Expectation(key="returned", kind="yes_no", asked="最近家里有没有人从外地回来？")


def _pressing(text: str, pending: Expectation) -> list[str]:
    reading = READERS[pending.kind](text, expectation=pending, at=AT)
    return [each.kind for each in pressing_dangers(text, text, pending, reading, lambda said: [("statement", 1.0)])]


@pytest.mark.parametrize(
    ("text", "pending"),
    [
        ("我不去，走不动", GOING),
        ("不想去，怕抽血", GOING),
        ("应该说不去，腿脚不行", GOING),
        ("好像是……对，不能吃，要空着肚子", EATING),
        ("好像是……对，我家没人在外地", COME_BACK),
    ],
)
def test_a_short_answer_and_its_reason_are_no_danger(text: str, pending: Expectation) -> None:
    assert _pressing(text, pending) == []


@pytest.mark.parametrize(
    ("text", "pending", "kind"),
    [
        ("不去，我躺地上起不来", GOING, "fall"),
        ("没有，煤气味大得很", COME_BACK, "fire_gas"),
        ("淹水了，没上来", COME_BACK, "call_for_help"),
        ("没有，手腕子划了，又想又不想", EATING, "suicidal"),
    ],
)
def test_a_danger_beside_a_short_answer_presses(text: str, pending: Expectation, kind: str) -> None:
    assert kind in _pressing(text, pending)


def test_goodbye_for_good_is_no_needle_that_is_not_needed() -> None:
    text = "你们往后不用打了，打了也没人接，我都想好了"
    found = pressing_dangers(text, text, None, NotRead(reason="not_an_answer"), lambda said: [("statement", 1.0)])
    assert [each.kind for each in found] == ["suicidal"]


@pytest.mark.parametrize("text", ["再见吧，来人了", "行，再见，娃儿醒了", "先这样，再见，屋里来人了"])
def test_what_calls_somebody_away_from_the_telephone_is_no_danger(text: str) -> None:
    assert _pressing(text, COME_BACK) == []


def test_going_for_good_presses() -> None:
    assert _pressing("再见，我要去那边了", COME_BACK) == ["suicidal"]
