"""How long: 两天半, 大半个月, 三年零两个月, 一个半小时; or since when: 从上周三开始."""

import re
from datetime import datetime

from nlu.dates.finding import find_date, local_time
from nlu.durations import find_duration, tells_a_length
from nlu.found import LIKELY, Found, latest
from nlu.heard import heard_numbers
from nlu.no_value import why_not
from nlu.normalise import normalise
from nlu.reading import Expectation, NotRead, Reading

_SINCE = re.compile(r"从|打从|自从?|开始|起|就|到现在|至今|以来")


def read_duration(text: str, *, expectation: Expectation, at: datetime) -> Reading | NotRead:
    """The length as `{"months": 1.0, "seconds": 1296000.0}`: calendar months, and the rest in seconds."""
    del expectation
    plain = normalise(text)
    words = heard_numbers(plain.text)
    found = latest(words, find_duration) or _since(words, at)
    if found is not None:
        return found.reading(plain, words)
    return why_not(plain, otherwise="vague" if tells_a_length(plain.text) else "not_an_answer")


def _since(text: str, at: datetime) -> Found | None:
    """The time from a day in the past until now: 从昨天开始就咳."""
    if not _SINCE.search(text):
        return None
    began = find_date(text, at=at, prefer="past")
    if began is None or began.value["grain"] == "timeofday":
        return None
    start = datetime.fromisoformat(began.value["candidates"][0])
    now = local_time(at)
    if began.value["grain"] == "day":
        now = now.replace(hour=0, minute=0, second=0)
    seconds = (now - start).total_seconds()
    value = {"months": 0.0, "seconds": seconds}
    return Found(value, began.start, began.end, min(began.confidence, LIKELY)) if seconds > 0 else None
