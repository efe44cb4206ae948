"""What a text would mean as the answer to a question: nlu's readers, with values made comparable."""

import json
from dataclasses import dataclass
from datetime import datetime

from nlu.readers import READERS
from nlu.reading import Expectation, NotRead

# To say that one does not know, did not measure or will not tell is an answer too.
ANSWERS_WITHOUT_VALUE = ("unknown", "not_measured", "refused")
WITHOUT_VALUE_CONFIDENCE = 0.8  # nlu gives none; 听不清楚 is easily taken for 不清楚

# Keys, meter readings and codes are read out digit by digit; no reader of nlu takes them without a unit.
_SPOKEN_DIGITS = str.maketrans(
    {**dict(zip("零〇洞幺一二两三四五六七八九", "00011223456789", strict=True)), **dict.fromkeys(" ，,、.-。")}
)


@dataclass(frozen=True, slots=True)
class Meaning:
    """The canonical JSON of a value, or the reason why there is none ("unknown"), with the reader's confidence."""

    value: str
    confidence: float


def meant(text: str, *, expectation: Expectation, at: datetime) -> Meaning | None:
    """What the text means as an answer; None if it answers nothing."""
    if expectation.kind == "digits":
        return _digits(text)
    reader = READERS.get(expectation.kind)
    if reader is None or not text:
        return None
    reading = reader(text, expectation=expectation, at=at)
    if isinstance(reading, NotRead):
        return Meaning(reading.reason, WITHOUT_VALUE_CONFIDENCE) if reading.reason in ANSWERS_WITHOUT_VALUE else None
    return Meaning(json.dumps(reading.value, ensure_ascii=False, sort_keys=True), reading.confidence)


def meaning(text: str, *, expectation: Expectation, at: datetime) -> str | None:
    """The value of `meant` alone."""
    found = meant(text, expectation=expectation, at=at)
    return found.value if found else None


def _digits(text: str) -> Meaning | None:
    """A bare string of digits; None when anything else was said."""
    digits = text.translate(_SPOKEN_DIGITS)
    return Meaning(json.dumps(digits), 1.0) if digits.isascii() and digits.isdigit() else None
