"""A confidence says how often such a reading is right: on words that were thought up without looking at the readers."""

import json
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import yaml

from nlu.answer_lines import predicted
from nlu.readers import READERS
from nlu.reading import Expectation, NotRead, Reading

AT = datetime(2026, 11, 21, 10, 30, tzinfo=ZoneInfo("Asia/Shanghai"))
BLOCKS = yaml.safe_load((Path(__file__).parent / "cases" / "probes.yaml").read_text(encoding="utf-8"))
RIGHT = 0.93  # of each kind's replies
FEW = 20  # replies of which one more may be wrong than the share allows
DAY, MONTH, HOUR = 86400, 30 * 86400, 3600
WITHIN = 0.03  # lengths may be off by this share
SURE = 0.95
SURE_RIGHT, UNSURE_RIGHT = 0.95, 0.85  # docs/answers.md, Confidence

Case = tuple[str, str, str, Reading | NotRead]  # kind, said, wanted, read


def _cases() -> Iterator[Case]:
    for block in BLOCKS:
        expectation = Expectation(
            key="q", kind=block["kind"], asked=block["asked"] or "", prefer=block.get("prefer", "past")
        )
        for said, wanted in block["replies"].items():
            yield block["kind"], said, wanted, READERS[block["kind"]](said, expectation=expectation, at=AT)


CASES = list(_cases())


def _parts(*names: str) -> Callable[[Any], str]:
    return lambda value: "/".join(str(value[name] or "") for name in names)


_SHORT: dict[str, Callable[[Any], str]] = {
    "temperature": lambda value: str(value["value"]),
    "date": lambda value: str(value["candidates"][0][:10]),
    "id_number": lambda value: str(value["id"]),
    "region": lambda value: "/".join(str(value[name]) for name in ("province", "city", "district")),
    "room": _parts("community", "building", "unit", "room"),
    "head_count": lambda value: (
        str(value["total"]) + (f"/{value['usual']}" if value["usual"] != value["total"] else "")
    ),
    "blood_pressure": _parts("systolic", "diastolic"),
    "glucose": lambda value: f"{value['mmol_l']:g}" + (f"/{value['when']}" if value["when"] else ""),
    "medicine": lambda value: (
        (value["name"] or "") + ("" if value["left_days"] is None else f"/{value['left_days']:g}")
    ),
    "symptoms": lambda value: " ".join(each["symptom"] + ("+" if each["present"] else "-") for each in value),
    "callback": lambda value: str(value["at"][:16]),
    "phone": lambda value: json.dumps(value, separators=(",", ":")),
}


def _is_right(kind: str, wanted: str, read: Reading | NotRead) -> bool:
    if isinstance(read, NotRead):
        return bool({"!any", f"!{read.reason}"} & set(wanted.split("|")))
    return any(_is_value(kind, each, read) for each in wanted.split("|") if not each.startswith("!"))


def _is_value(kind: str, wanted: str, read: Reading) -> bool:
    if kind in ("number", "quantity"):
        value = read.value if kind == "number" else predicted("quantity", read)
        return abs(float(value) - float(wanted)) < 1e-6
    if kind == "temperature":
        return bool(float(read.value["value"]) == float(wanted))
    if kind == "duration":
        length = read.value["months"] * MONTH + read.value["seconds"]
        return bool(abs(length - _seconds(wanted)) <= WITHIN * _seconds(wanted))
    return _SHORT.get(kind, str)(read.value) == wanted


def _seconds(wanted: str) -> float:
    """m1d15 is a month and fifteen days, h3 three hours."""
    units = {"m": MONTH, "d": DAY, "h": HOUR}
    spaced = "".join(f" {each}" if each in units else each for each in wanted)
    return sum(units[part[0]] * float(part[1:]) for part in spaced.split())


@pytest.mark.parametrize("kind", sorted({kind for kind, *_ in CASES}))
def test_what_is_said_in_many_ways_is_read(kind: str) -> None:
    mine = [(said, wanted, read) for each, said, wanted, read in CASES if each == kind]
    wrong = [(said, wanted, read) for said, wanted, read in mine if not _is_right(kind, wanted, read)]
    assert len(wrong) <= max(1 - RIGHT, 1 / FEW) * len(mine) + (len(mine) < FEW), wrong


def test_accuracy_rises_with_confidence() -> None:
    told = [(kind, wanted, read) for kind, _, wanted, read in CASES if isinstance(read, Reading)]
    sure = [_is_right(kind, wanted, read) for kind, wanted, read in told if read.confidence >= SURE]
    unsure = [_is_right(kind, wanted, read) for kind, wanted, read in told if read.confidence < SURE]
    assert sum(sure) / len(sure) >= SURE_RIGHT
    assert sum(sure) / len(sure) > sum(unsure) / len(unsure) >= UNSURE_RIGHT
