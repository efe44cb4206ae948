"""Days and times as residents tell them, on one Saturday morning in November."""

from datetime import date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import yaml

from nlu.readers.date import read_date
from nlu.reading import Expectation, NotRead, Prefer, Reading

AT = datetime(2026, 11, 21, 10, 30, tzinfo=ZoneInfo("Asia/Shanghai"))
CASES = yaml.safe_load((Path(__file__).parent / "cases" / "dates.yaml").read_text(encoding="utf-8"))


def said(text: str, prefer: Prefer, *, at: datetime = AT, asked: str = "") -> Reading | NotRead:
    return read_date(text, expectation=Expectation(key="q", kind="date", prefer=prefer, asked=asked), at=at)


def directions(case: dict[str, Any]) -> list[tuple[Prefer, Any]]:
    both: tuple[Prefer, ...] = ("past", "future")
    if "either" in case:
        return [(prefer, case["either"]) for prefer in both]
    if "not" in case:
        return [(prefer, None) for prefer in both]
    return [(prefer, case[prefer]) for prefer in both if prefer in case]


@pytest.mark.parametrize(
    ("case", "prefer", "expected"),
    [
        pytest.param(case, prefer, expected, id=f"{case['say']} ({prefer})")
        for case in CASES
        for prefer, expected in directions(case)
    ],
)
def test_a_day_is_understood_from_where_the_question_looks(case: dict[str, Any], prefer: Prefer, expected: Any) -> None:
    answer = said(case["say"], prefer, asked=case.get("asked", ""))
    if expected is None:
        assert isinstance(answer, NotRead)
        assert answer.reason == case["not"]
        return
    assert isinstance(answer, Reading), answer
    wanted = expected.isoformat() if isinstance(expected, date) else expected
    assert answer.value["candidates"][0] == wanted
    assert answer.value.get("part") == case.get("part")
    if "also" in case:
        assert case["also"].isoformat() in answer.value["candidates"]


def test_a_time_said_in_utc_is_read_in_local_time() -> None:
    before_midnight_in_utc = datetime(2026, 11, 21, 17, 0, tzinfo=ZoneInfo("UTC"))
    answer = said("昨天", "past", at=before_midnight_in_utc)
    assert isinstance(answer, Reading)
    assert answer.value["candidates"] == ["2026-11-21"]


def test_the_lunar_calendar_is_named() -> None:
    answer = said("腊月二十八", "past")
    assert isinstance(answer, Reading)
    assert answer.value["calendar"] == "lunar"
    assert answer.value["grain"] == "day"
