"""Days written in figures: 2020-12-01, 2015.3.3, 12/1, 6·30, 20201201."""

import re
from collections.abc import Iterator
from datetime import date

from nlu.dates.choosing import YEARS_TO_SEARCH, day_in, nearest
from nlu.dates.day import Day
from nlu.found import APPROXIMATE, LIKELY
from nlu.reading import Prefer

_WITH_YEAR = re.compile(
    r"(?<![0-9.\-/])([12][0-9]{3})\s?([-/.·]|(?<=[0-9]) )\s?([01]?[0-9])\s?\2\s?([0-3]?[0-9])(?![0-9])"
)
_RUN_TOGETHER = re.compile(r"(?<![0-9])((?:19|20)[0-9]{2})([01][0-9])([0-3][0-9])(?![0-9])")
_YEAR_LAST = re.compile(r"(?<![0-9.\-/])([01]?[0-9])([-/.])([0-3]?[0-9])\2((?:19|20)[0-9]{2})(?![0-9])")
_MONTH_DAY = re.compile(r"(?<![0-9.\-/:])([01]?[0-9])([-/.·])([0-3]?[0-9])(?![0-9.\-/:度℃°%个米公斤元块])")


def find_written(text: str, *, today: date, prefer: Prefer) -> Iterator[Day]:
    """Days in figures; without a year the one past or to come. A dot may be a decimal point: such a day is unsure."""
    for pattern, groups in ((_WITH_YEAR, (1, 3, 4)), (_RUN_TOGETHER, (1, 2, 3))):
        for match in pattern.finditer(text):
            year, month, number = (int(match[group]) for group in groups)
            day = day_in(year, month, number) if 1 <= month <= 12 else None
            if day:
                yield Day((day,), match.start(), match.end())
    for match in _YEAR_LAST.finditer(text):
        year, first, second = int(match[4]), int(match[1]), int(match[3])
        either = (day_in(year, month, day) for month, day in ((first, second), (second, first)) if month <= 12)
        days = tuple(dict.fromkeys(day for day in either if day))
        if days:
            yield Day(days, match.start(), match.end(), confidence=LIKELY)
    for match in _MONTH_DAY.finditer(text):
        month, number = int(match[1]), int(match[3])
        if not 1 <= month <= 12:
            continue

        def on(year: int, month: int = month, number: int = number) -> date | None:
            return day_in(year, month, number)

        dates = nearest(on, YEARS_TO_SEARCH, around=today.year, today=today, prefer=prefer)
        if dates:
            confidence = APPROXIMATE if match[2] in ".-" and match[0] != text.strip() else LIKELY
            yield Day(tuple(dates), match.start(), match.end(), confidence=confidence)
