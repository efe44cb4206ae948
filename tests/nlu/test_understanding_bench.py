"""The measurement of understanding counts what it says it counts."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.bench.understanding import main, shortfalls, table
from tests.bench.understanding_scoring import is_right


def test_right_and_wrong_answers_are_counted_by_kind(tmp_path: Path) -> None:
    cases = tmp_path / "cases.jsonl"
    rows = [
        {"id": "1", "category": "number", "input": "三百五", "expected": {"value": 350}},
        {"id": "2", "category": "number", "input": "三百五", "expected": {"value": 305}},
        {"id": "3", "category": "datetime", "input": "昨天", "ref": "2026-01-01T09:00:00",
         "expected": {"any_of": ["2025-12-31T00:00:00"], "grain": "day"}},
    ]  # fmt: skip
    cases.write_text("\n".join(json.dumps(row, ensure_ascii=False) for row in rows), encoding="utf-8")
    report = main(cases)
    assert report["number"]["linyin"]["right"] == 1
    assert report["number"]["linyin"]["cases"] == 2
    assert report["datetime"]["linyin"]["accuracy"] == 100
    report["datetime"]["linyin"]["median_ms"] = 0.3  # whatever else this machine does meanwhile
    report["number"]["linyin"]["median_ms"] = 2.5
    assert [line.split(" ")[0] for line in shortfalls(report)] == ["number:", "number:"]
    assert "| number | **linyin** | 1 | 2 | 50.0 % |" in table(report)


@pytest.mark.parametrize(
    ("category", "expected", "pred", "right"),
    [
        ("boolean", {"value": None}, None, True),
        ("boolean", {"value": False}, None, False),
        ("temperature", {"value": None, "unit": None}, None, True),
        ("temperature", {"value": 37.2, "unit": "C"}, {"value": 37.2, "unit": "F"}, False),
        ("duration", {"months": 1.5, "seconds": 0}, {"months": 1, "seconds": 15 * 86400}, True),
        ("duration", {"months": 0, "seconds": 100}, {"months": 0, "seconds": 110}, False),
        ("phone", {"phones": ["01059081185"]}, ["861059081185"], True),
        ("phone", {"phones": ["13912345678"]}, ["13912345679"], False),
        ("id_card", {"valid": False}, {"valid": False, "birth": None}, True),
        ("plate", {"plate": "京A12345"}, "京A12346", False),
        (
            "address",
            {"province": "北京", "city": "北京市", "district": "朝阳区"},
            {"province": "北京市", "district": "朝阳"},
            True,
        ),
        ("address_unit", {"building": "3号楼", "unit": None, "room": "501"}, {"building": "3", "room": "501"}, True),
    ],
)
def test_an_answer_is_right_by_the_rules_of_its_kind(category: str, expected: Any, pred: Any, right: bool) -> None:
    assert is_right(category, expected, pred) is right
