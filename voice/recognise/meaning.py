"""What a text would mean as the answer to a question: nlu's readers, with values made comparable."""

import json
from datetime import datetime

from nlu.readers import READERS as _NUMERIC
from nlu.readers.choice import read_choice
from nlu.readers.room import read_room
from nlu.readers.yes_no import read_yes_no
from nlu.reading import Expectation, NotRead

READERS = {**_NUMERIC, "yes_no": read_yes_no, "choice": read_choice, "room": read_room}

# To say that one does not know, did not measure or will not tell is an answer too.
ANSWERS_WITHOUT_VALUE = ("unknown", "not_measured", "refused")


def meaning(text: str, *, expectation: Expectation, at: datetime) -> str | None:
    """The canonical JSON of the value, or the reason why there is none ("unknown"); None if it answers nothing."""
    reader = READERS.get(expectation.kind)
    if reader is None or not text:
        return None
    reading = reader(text, expectation=expectation, at=at)
    if isinstance(reading, NotRead):
        return reading.reason if reading.reason in ANSWERS_WITHOUT_VALUE else None
    return json.dumps(reading.value, ensure_ascii=False, sort_keys=True)
