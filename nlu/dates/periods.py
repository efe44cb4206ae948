"""Periods in words, told by their first day: 三月上旬, 下个月, 2024年第三季度, 明年, 上周."""

import re
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from functools import lru_cache
from typing import Literal

from nlu.dates.choosing import YEARS_TO_SEARCH, day_in, nearest
from nlu.dates.day import NUMBER, alternatives, day_words, full_year, year_pattern
from nlu.dates.relative import WEEK_SHIFTS
from nlu.found import CERTAIN, LIKELY, Found
from nlu.numerals import read_numeral
from nlu.reading import Prefer

Grain = Literal["week", "ten_days", "month", "quarter", "half_year", "year"]

TEN_DAYS = {"上旬": 1, "中旬": 11, "下旬": 21}
QUARTERS = {"一": 1, "二": 4, "三": 7, "四": 10, "1": 1, "2": 4, "3": 7, "4": 10}
HALVES = {"上": 1, "下": 7}
SHIFTS = {"上": -1, "这": 0, "本": 0, "下": 1}
MONTHS_IN_A_QUARTER = 3

_WEEK = re.compile(rf"(?P<way>{alternatives(WEEK_SHIFTS)})一?个?(?:周|星期|礼拜)")
_NO_WHOLE_YEAR = re.compile(r"的?[春夏秋冬底末初中前后]")
_NEAR_QUARTER = re.compile(r"(?P<way>[上下这本])一?个?季度")


def find_period(text: str, *, today: date, prefer: Prefer) -> Found | None:
    """The first period of a normalised text as `{"candidates": [its first day …], "grain": Grain}`, or None."""
    found = [*_weeks(text, today), *_quarters(text, today), *_months(text, today), *_parts(text, today, prefer)]
    return min(found, key=lambda each: (each.start, -each.end), default=None)


def _weeks(text: str, today: date) -> Iterator[Found]:
    monday = today - timedelta(days=today.isoweekday() - 1)
    for match in _WEEK.finditer(text):
        yield from _period(match, [monday + timedelta(days=7 * WEEK_SHIFTS[match["way"]])], "week")


def _quarters(text: str, today: date) -> Iterator[Found]:
    begun = (today.month - 1) // MONTHS_IN_A_QUARTER * MONTHS_IN_A_QUARTER + 1
    for match in _NEAR_QUARTER.finditer(text):
        yield from _period(
            match, [day_in(today.year, begun + MONTHS_IN_A_QUARTER * SHIFTS[match["way"]], 1)], "quarter"
        )


def _months(text: str, today: date) -> Iterator[Found]:
    """下个月, 本月中旬."""
    for match in _month_pattern().finditer(text):
        month = today.month + int(day_words()["months"][match["month"]])
        day = TEN_DAYS.get(match["ten_days"] or "")
        yield from _period(match, [day_in(today.year, month, day or 1)], "ten_days" if day else "month")


def _parts(text: str, today: date, prefer: Prefer) -> Iterator[Found]:
    """A year, or a half, a quarter, a month or ten days of it; without a year the one past or to come."""
    for match in _part_pattern().finditer(text):
        year, began = _year(match, today), _began(match)
        if began is None:
            if year is not None and not match["month"] and not _NO_WHOLE_YEAR.match(text, match.end()):
                yield from _period(match, [day_in(year, 1, 1)], "year")
            continue
        month, day, grain = began
        if year is not None:
            yield from _period(match, [day_in(year, month, day)], grain)
            continue

        def on(year: int, month: int = month, day: int = day) -> date | None:
            return day_in(year, month, day)

        near = nearest(on, YEARS_TO_SEARCH, around=today.year, today=today, prefer=prefer)
        yield from _period(match, near, grain, LIKELY)


def _period(match: re.Match[str], days: Sequence[date | None], grain: Grain, sure: float = CERTAIN) -> Iterator[Found]:
    first = [day.isoformat() for day in days if day is not None]
    if first:
        yield Found({"candidates": first, "grain": grain}, match.start(), match.end(), sure)


def _began(match: re.Match[str]) -> tuple[int, int, Grain] | None:
    """The month and the day on which a part of a year begins; None where no part was told."""
    if match["half"]:
        return HALVES[match["half"]], 1, "half_year"
    if match["quarter"]:
        return QUARTERS[match["quarter"]], 1, "quarter"
    month = read_numeral(match["month"]) if match["month"] else None
    if month is None or not 1 <= month.value <= 12:
        return None
    day = TEN_DAYS.get(match["ten_days"] or "")
    return int(month.value), day or 1, "ten_days" if day else "month"


def _year(match: re.Match[str], today: date) -> int | None:
    if match["year"]:
        return full_year(match["year"], today)
    if match["year_word"]:
        return today.year + int(day_words()["years"][match["year_word"]])
    count = read_numeral(match["years_ago"]) if match["years_ago"] else None
    return today.year + int(count.value) * (-1 if "前" in match["years_way"] else 1) if count else None


@lru_cache(maxsize=1)
def _month_pattern() -> re.Pattern[str]:
    return re.compile(rf"(?P<month>{alternatives(day_words()['months'])})的?(?P<ten_days>{alternatives(TEN_DAYS)})?")


@lru_cache(maxsize=1)
def _part_pattern() -> re.Pattern[str]:
    return re.compile(
        rf"(?=[^，。])(?:{year_pattern()}的?)?"
        rf"(?:(?P<half>[上下])半年|第?(?P<quarter>[一二三四1-4])季度"
        rf"|(?P<month>{NUMBER})月份?的?(?P<ten_days>{alternatives(TEN_DAYS)})?)?"
    )
