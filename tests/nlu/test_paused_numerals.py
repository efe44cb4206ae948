"""A figure that is told over a pause is read whole, and what is said in between changes nothing."""

from datetime import UTC, datetime

import pytest

from nlu.paused_numerals import joined
from nlu.readers.temperature import read_temperature
from nlu.reading import Expectation, Reading

ASKED = Expectation(key="temperature", kind="temperature", asked="体温量了多少度？")


@pytest.mark.parametrize(
    ("said", "degrees"),
    [
        ("三十六度……五", 36.5),
        ("三十六度……哦，六度二，三十六度二。", 36.2),
        ("三十七度……差一点，三十六度九", 36.9),
        ("三十七度……点八。", 37.8),
        ("三十六……点九", 36.9),
        ("三十六度……我再瞅瞅啊……七。", 36.7),
        ("三十六度，嗯……零头是多少来着……六，点六。", 36.6),
        ("三十六度几来着……哦，三", 36.3),
        ("三十六度……这死猫，下去！……六。", 36.6),
        ("三十六度，后头一个九。", 36.9),
        ("三十六度……哎呀让我想一下……七。", 36.7),
        ("三十七度，零头是二", 37.2),
        ("三十八度……这个字太小了，看不清……，二。", 38.2),
    ],
)
def test_the_rest_of_a_temperature_is_heard_behind_an_aside(said: str, degrees: float) -> None:
    reading = read_temperature(joined(said), expectation=ASKED, at=datetime(2026, 11, 21, tzinfo=UTC))
    assert isinstance(reading, Reading)
    assert reading.value == {"value": degrees, "unit": "C"}


@pytest.mark.parametrize("said", ["三十六度……一天量两次", "三十六度……昨天的事……三天了", "三十六度……"])
def test_what_counts_something_else_is_no_part_of_it(said: str) -> None:
    assert joined(said) == said
