"""Whoever is told 没有，对不对 says it once more or anew."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from nlu.reading import Expectation, NotRead, Reading
from nlu.said_back import read_said_back

AT = datetime(2026, 11, 23, 9, 30, tzinfo=ZoneInfo("Asia/Shanghai"))
COME_BACK = Expectation(key="returned", kind="yes_no", asked="最近家里有没有人从外地回来？", read_back=True)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("不是，我说没有，家里就我一个", "no"),
        ("不是，我说没得，都在外头打工", "no"),
        ("不是的，我刚才说的是没有", "no"),
        ("不对，我说有人回来", "yes"),
        ("你听错了，一个都没回来", "no"),
    ],
)
def test_what_was_meant_is_heard_behind_a_denial(text: str, value: str) -> None:
    reading = read_said_back(text, COME_BACK, at=AT)
    assert isinstance(reading, Reading)
    assert reading.value == value


@pytest.mark.parametrize("text", ["不对", "对对对", "不是的，你听错了", "对，是这个数", "对，是这个"])
def test_agreement_and_denial_alone_tell_no_value(text: str) -> None:
    assert isinstance(read_said_back(text, COME_BACK, at=AT), NotRead)
