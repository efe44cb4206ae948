"""Figures as residents say them: counts, amounts, temperatures, lengths of time, measurements, numbers told."""

from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import yaml

from nlu.readers import READERS
from nlu.reading import Expectation, NotRead, Reading

AT = datetime(2026, 11, 21, 10, 30, tzinfo=ZoneInfo("Asia/Shanghai"))
CASES = Path(__file__).parent / "cases"
DAY_SECONDS = 86400


def cases() -> list[Any]:
    tables = [
        yaml.safe_load((CASES / name).read_text(encoding="utf-8")) for name in ("measures.yaml", "numbers_told.yaml")
    ]
    return [
        pytest.param(kind, case, id=f"{kind}: {case['say']}")
        for table in tables
        for kind, rows in table.items()
        for case in rows
    ]


@pytest.mark.parametrize(("kind", "case"), cases())
def test_what_was_said_is_understood(kind: str, case: dict[str, Any]) -> None:
    expectation = Expectation(key="q", kind=kind, asked=case.get("asked", ""))
    answer = READERS[kind](case["say"], expectation=expectation, at=AT)
    if "not" in case:
        assert isinstance(answer, NotRead)
        assert answer.reason == case["not"]
        return
    assert isinstance(answer, Reading), answer
    value = answer.value
    if kind == "quantity":
        assert value["amount"] == pytest.approx(case["value"])
        assert value["unit"] == case["unit"]
    elif kind == "temperature":
        assert value == {"value": case["value"], "unit": case["unit"]}
    elif kind == "duration":
        assert value["months"] == case["months"]
        assert value["seconds"] == pytest.approx(case["days"] * DAY_SECONDS)
    elif kind == "id_number":
        assert (value["valid"], value["birth"]) == (case["valid"], case["birth"])
    else:
        assert value == case["value"]


def test_an_approximation_is_read_back_before_it_is_kept() -> None:
    for kind, said in (
        ("number", "七八个"),
        ("quantity", "三四百块"),
        ("duration", "五六天"),
        ("temperature", "三十八九度"),
    ):
        answer = READERS[kind](said, expectation=Expectation(key="q", kind=kind), at=AT)
        assert isinstance(answer, Reading)
        assert answer.confidence < 0.5


def test_a_span_points_at_the_words_that_say_the_value() -> None:
    said = "嗯，昨天量的，三十八度二，有点难受"
    answer = READERS["temperature"](said, expectation=Expectation(key="q", kind="temperature"), at=AT)
    assert isinstance(answer, Reading)
    assert said[slice(*answer.span)] == "三十八度二"
