"""One turn of telephone keys in the light of what is pending."""

import re
from datetime import datetime

from nlu.readers import READERS
from nlu.reading import Expectation, Reading
from nlu.understood import Found, Understood

PERSON_KEY = "0"
REPEAT_KEY = "*"
YES_NO_KEYS = {"1": "yes", "2": "no"}
# No count begins with a nought: 09 is two tries at it.
COUNTS = frozenset({"number", "quantity", "head_count"})
LEADING_ZERO = re.compile(r"0\d")
DATE_KEYS = re.compile(r"^(0[1-9]|1[0-2])([0-2]\d|3[01])$")


def keyed(keys: str, pending: Expectation | None, *, at: datetime) -> Understood:
    """What was meant by pressing `keys`: a person, to hear it again, an option, a value; never raises."""
    pressed = keys.strip("#")
    if pressed == PERSON_KEY:
        return Understood(act="person_please", heard=keys)
    if pressed == REPEAT_KEY:
        return Understood(act="repeat", heard=keys)
    if pending is None:
        return Understood(act="no_match", heard=keys)
    value: object = None
    if pending.kind == "yes_no":
        value = YES_NO_KEYS.get(pressed)
    elif pending.kind == "choice":
        value = next((choice.key for choice in pending.choices if choice.digit == pressed), None)
    elif not (pending.kind in COUNTS and LEADING_ZERO.match(pressed)):
        reading = READERS[pending.kind](_keys_as_text(pressed, pending.kind), expectation=pending, at=at)
        if isinstance(reading, Reading):
            value = reading.value
    if value is None:
        return Understood(act="no_match", heard=keys)
    found = Found(value=value, span=(0, len(keys)), confidence=1.0)
    return Understood(act="answer", found={pending.key: found}, heard=keys)


def _keys_as_text(keys: str, kind: str) -> str:
    day = DATE_KEYS.match(keys) if kind == "date" else None
    return f"{int(day[1])}月{int(day[2])}日" if day else keys.replace("*", ".")
