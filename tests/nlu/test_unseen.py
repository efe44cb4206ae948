"""Rounds of words written by somebody who had not read the lexicons; each was measured as it came, then mended for.

What was measured before any mending stands in docs/intents.md; the thresholds here keep what was reached afterwards.
"""

import os
import random
import re
import statistics
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import yaml

from nlu.durations import DAY_SECONDS
from nlu.intents import ACCEPTED_FROM, IntentModel
from nlu.noise import misheard
from nlu.readers import READERS
from nlu.reading import Choice, Expectation, Reading
from nlu.red_flags import find_red_flags

HERE = ZoneInfo("Asia/Shanghai")
MODEL = Path(os.environ.get("LINYIN_DATA", Path(__file__).parents[2] / "var")) / "model" / "linyin.tar.gz"
UNIT_SECONDS = {"hour": 3600, "day": DAY_SECONDS, "week": 7 * DAY_SECONDS, "month": 30 * DAY_SECONDS}
ROUNDS = sorted((Path(__file__).parent / "unseen").iterdir())
ERROR_RATE = 0.15


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """What a round must still reach: shares; `badly` is with ERROR_RATE of the characters misheard."""

    dangers: float
    dangers_badly: float
    alarms: float
    alarms_badly: float
    macro_f1: float
    macro_f1_badly: float
    out_of_scope: float
    dialect: float = 0.0


# Round one was mended for sentence by sentence. Of rounds two and three the four fifths that are not here were learned
# from; what is here nobody mended for, so it is the honest part, and much falls short of the goals in docs/intents.md.
KEPT = {
    "round_1": Kept(
        dangers=0.97,
        dangers_badly=0.93,
        alarms=0.02,
        alarms_badly=0.05,
        dialect=0.95,
        macro_f1=0.95,
        macro_f1_badly=0.90,
        out_of_scope=0.045,
    ),
    "round_2": Kept(
        dangers=0.85,
        dangers_badly=0.81,
        alarms=0.085,
        alarms_badly=0.10,
        dialect=0.80,
        macro_f1=0.86,
        macro_f1_badly=0.83,
        out_of_scope=0.07,
    ),
    "round_3": Kept(
        dangers=0.84,
        dangers_badly=0.79,
        alarms=0.085,
        alarms_badly=0.095,
        macro_f1=0.64,
        macro_f1_badly=0.61,
        out_of_scope=0.04,
    ),
}


def _of(folder: Path, name: str) -> list[dict[str, Any]]:
    read: list[dict[str, Any]] = yaml.safe_load((folder / f"{name}.yaml").read_text(encoding="utf-8"))
    return read


def _texts(folder: Path, name: str, *, misheard_times: int = 0) -> list[str]:
    rng = random.Random(7)
    texts = [each["text"] for each in _of(folder, name)]
    if not misheard_times:
        return texts
    return [misheard(text, error_rate=ERROR_RATE, rng=rng) for text in texts for _ in range(misheard_times)]


def _alarms(texts: list[str]) -> float:
    return sum(any(flag.pressing for flag in find_red_flags(text)) for text in texts) / len(texts)


@pytest.mark.parametrize("folder", ROUNDS, ids=lambda folder: folder.name)
def test_dangers_in_other_peoples_words_are_heard_and_ordinary_talk_raises_no_alarm(folder: Path) -> None:
    kept = KEPT[folder.name]
    assert _alarms(_texts(folder, "red_flags")) >= kept.dangers
    assert _alarms(_texts(folder, "red_flags", misheard_times=5)) >= kept.dangers_badly
    assert _alarms(_texts(folder, "ordinary")) <= kept.alarms
    assert _alarms(_texts(folder, "ordinary", misheard_times=5)) <= kept.alarms_badly


@pytest.mark.parametrize("folder", [each for each in ROUNDS if KEPT[each.name].dialect], ids=lambda folder: folder.name)
def test_answers_in_dialect_are_read(folder: Path) -> None:
    cases = _of(folder, "dialect")
    missed = [(case["text"], case["expected"], _read(case)) for case in cases if not _is_read(case)]
    assert len(missed) / len(cases) <= 1 - KEPT[folder.name].dialect, missed


def _kind(case: dict[str, Any]) -> str:
    return "temperature" if "体温" in case["question"] else str(case["kind"])


def _read(case: dict[str, Any]) -> Any:
    """The value in the form of the case files: see the first lines of dialect.yaml."""
    at = datetime.fromisoformat(str(case.get("at") or "2026-11-21T10:30:00")).replace(tzinfo=HERE)
    kind, options = _kind(case), _options(case["question"]) if case["kind"] == "choice" else []
    reading = READERS[kind](
        case["text"],
        expectation=Expectation(
            key="q",
            kind=kind,
            asked=case["question"],
            prefer="future" if kind == "callback" else "past",
            choices=tuple(Choice(key=each, label=each, digit=str(n)) for n, each in enumerate(options, start=1)),
        ),
        at=at,
    )
    if not isinstance(reading, Reading):
        return "unknown" if reading.reason == "unknown" else None
    return _as_in_the_cases(kind, reading.value)


def _as_in_the_cases(kind: str, value: Any) -> Any:
    forms: dict[str, Callable[[], Any]] = {
        "date": lambda: value["candidates"][0][:10],
        "callback": lambda: value["at"][:16],
        "temperature": lambda: value["value"],
        "head_count": lambda: value["total"],
        "room": lambda: "-".join(str(value[part] or "?") for part in ("building", "unit", "room")),
        "duration": lambda: value["months"] * UNIT_SECONDS["month"] + value["seconds"],
    }
    return forms[kind]() if kind in forms else value


def _options(question: str) -> list[str]:
    words = re.sub("^您?是?|^身体是", "", question.replace("身体是", "").rstrip("？").split("？")[-1])
    return [each.removesuffix("回来的").strip() for each in re.split("、|还是", words)]


def _is_read(case: dict[str, Any]) -> bool:
    wanted, read = case["expected"], _read(case)
    if _kind(case) == "duration" and wanted not in (None, "unknown"):
        count, unit = str(wanted).split(" ")
        return isinstance(read, float) and abs(read - float(count) * UNIT_SECONDS[unit.removesuffix("s")]) < 1
    if isinstance(wanted, int | float) and isinstance(read, int | float):
        return float(wanted) == float(read)
    return str(wanted) == str(read)


@pytest.fixture(scope="module")
def model() -> IntentModel:
    return IntentModel.from_archive(MODEL)


@pytest.mark.parametrize("folder", ROUNDS, ids=lambda folder: folder.name)
def test_intents_in_other_peoples_words_are_understood(folder: Path, model: IntentModel) -> None:
    kept, rng = KEPT[folder.name], random.Random(7)
    cases = [(each["text"], each["intent"]) for each in _of(folder, "intents")]
    badly = [(misheard(text, error_rate=ERROR_RATE, rng=rng), intent) for text, intent in cases for _ in range(3)]
    assert _macro_f1(cases, model) >= kept.macro_f1
    assert _macro_f1(badly, model) >= kept.macro_f1_badly
    outside = [model.rank(text)[0] for text, intent in cases if intent == "out_of_scope"]
    acted_on = [name for name, sure in outside if sure >= ACCEPTED_FROM and name not in ("out_of_scope", "statement")]
    assert len(acted_on) / len(outside) <= kept.out_of_scope


def _macro_f1(cases: list[tuple[str, str]], model: IntentModel) -> float:
    counts: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    for text, intent in cases:
        understood = model.rank(text)[0][0]
        counts[intent][0] += 2 * (intent == understood)
        counts[intent][1] += 1
        counts[understood][1] += 1
    return statistics.mean(hits / both for hits, both in counts.values())
