"""docs/answers.md shows what the readers really answer."""

import json
import re
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from nlu.answer_lines import CATEGORIES
from nlu.readers import READERS
from nlu.reading import Choice, Expectation, NotRead, Reading

AT = datetime(2026, 11, 21, 10, 30, tzinfo=ZoneInfo("Asia/Shanghai"))
DOC = (Path(__file__).parents[2] / "docs" / "answers.md").read_text(encoding="utf-8")
CHOICES = (Choice(key="bus", label="大巴", digit="1"), Choice(key="train", label="火车", digit="2"))
VALUE_ROW = re.compile(r"^\| (\w+) \| (.*?) \| (.+?) \| `(.+)` \|$", re.MULTILINE)
REASON_ROW = re.compile(r"^\| (\w+) \| (.*?) \| (.+?) \| (\w+) \|$", re.MULTILINE)


def read(kind: str, asked: str, said: str) -> Reading | NotRead:
    prefer = "future" if "打算" in asked else "past"
    return READERS[kind](
        said, expectation=Expectation(key="q", kind=kind, asked=asked, prefer=prefer, choices=CHOICES), at=AT
    )


@pytest.mark.parametrize(("kind", "asked", "said", "value"), VALUE_ROW.findall(DOC))
def test_a_value_is_as_documented(kind: str, asked: str, said: str, value: str) -> None:
    answer = read(kind, asked, said)
    assert isinstance(answer, Reading)
    assert answer.value == json.loads(value)


@pytest.mark.parametrize(
    ("kind", "asked", "said", "reason"), [row for row in REASON_ROW.findall(DOC) if row[0] in READERS]
)
def test_a_reason_is_as_documented(kind: str, asked: str, said: str, reason: str) -> None:
    answer = read(kind, asked, said)
    assert isinstance(answer, NotRead)
    assert answer.reason == reason


def test_every_kind_has_an_example() -> None:
    assert {row[0] for row in VALUE_ROW.findall(DOC)} == set(READERS)


def test_every_category_is_documented() -> None:
    assert all(category in DOC for category in CATEGORIES)
