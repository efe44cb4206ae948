"""What people say when they are asked for a value: log odds that tell 38.5 from the 38 that is its beginning.

Fitted by hand on tests/bench/speech_cases/tuning.yaml; each is the smallest number that settles the cases it is for.
"""

import json
import re
from collections.abc import Callable
from typing import Any

MOBILE = re.compile(r"1[3-9]\d{9}")
WHOLE_MOBILE, NOT_A_MOBILE = 5.0, -2.0  # nearly everybody gives a mobile number, and an accidental one is unlikely
TENTHS = 4.0  # a thermometer shows tenths, and the last syllable is the one that a telephone swallows
FEVERISH_C = (34.0, 42.5)
UNLIVABLE = -5.0
NO_THERMOMETER = -5.0  # shows hundredths: 38.33 is 三十八度三 with its end heard twice
MISSING_PART = -2.0  # of building, unit and room


def log_odds(kind: str, meaning: str | None) -> float:
    """In favour of a value (canonical JSON) of that kind; 0 for kinds without habits and for answers without value."""
    judge = _JUDGES.get(kind)
    if judge is None or meaning is None or not meaning.startswith(("{", "[")):
        return 0.0
    return judge(json.loads(meaning))


def _phone(numbers: list[str]) -> float:
    return WHOLE_MOBILE if all(MOBILE.fullmatch(each) for each in numbers) else NOT_A_MOBILE


def _temperature(reading: dict[str, Any]) -> float:
    value = float(reading["value"])
    unlivable = 0.0 if reading.get("unit") == "F" or FEVERISH_C[0] <= value <= FEVERISH_C[1] else UNLIVABLE
    if not (value * 10).is_integer():
        return unlivable + NO_THERMOMETER
    return unlivable + (0.0 if value.is_integer() else TENTHS)


def _room(place: dict[str, Any]) -> float:
    return MISSING_PART * sum(place.get(part) is None for part in ("building", "unit", "room"))


_JUDGES: dict[str, Callable[[Any], float]] = {"phone": _phone, "temperature": _temperature, "room": _room}
