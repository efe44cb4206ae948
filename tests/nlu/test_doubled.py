"""A recogniser hears a character twice, and somebody stammers: what was meant is read."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from nlu.reading import Expectation
from nlu.understanding import understand
from nlu.utterance import Utterance

AT = datetime(2026, 11, 23, 9, 30, tzinfo=ZoneInfo("Asia/Shanghai"))
PHONE = Expectation(key="phone", kind="phone", asked="手机号是多少？")
ARRIVED = Expectation(key="date", kind="date", asked="哪天到家的？")
COUGH = Expectation(key="cough", kind="yes_no", asked="您咳嗽吗？")


def _told(text: str, pending: Expectation) -> Any:
    def rank(said: str) -> list[tuple[str, float]]:
        return [("statement", 1.0)]

    found = understand(Utterance(text=text), pending=pending, others=(), rank=rank, at=AT).found
    return found[pending.key].value if pending.key in found else None


@pytest.mark.parametrize(
    ("text", "pending", "value"),
    [
        ("我念给你，幺三八，二二九七八，七幺二幺", PHONE, ["13829787121"]),
        ("老人家家不咳嗽", COUGH, "no"),
    ],
)
def test_what_was_doubled_is_heard_once(text: str, pending: Expectation, value: Any) -> None:
    assert _told(text, pending) == value


def test_a_month_that_was_doubled_is_a_month() -> None:
    assert _told("十一一月二十号吧", ARRIVED)["candidates"][0] == "2026-11-20"


def test_which_of_two_doubled_digits_was_meant_is_not_guessed() -> None:
    assert _told("幺三三八，二九七八，七幺二二", PHONE) is None


def test_a_number_that_is_whole_keeps_its_doubled_digits() -> None:
    assert _told("幺三八，二二九七，八七幺二", PHONE) == ["13822978712"]
