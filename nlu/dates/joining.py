"""Days told together: 周一，4月14号 is one day; 两周前的周三 is the Wednesday of that week; 明天或者后天 is either."""

import re
from dataclasses import replace
from datetime import timedelta

from nlu.dates.day import Calendar, Day
from nlu.found import APPROXIMATE

_BESIDE = re.compile(r"[\s,，、的是(（]*(?:也就是|就是|那天)?[\s,，]*")
_OR = re.compile(r"[\s,，]*(?:或者?是?|要么|要不|还是|或)[\s,，]*")


def join_days(days: list[Day], text: str) -> list[Day]:
    """The days of a text with those that belong together made one; in order."""
    joined: list[Day] = []
    for day in days:
        one = _together(joined[-1], day, text) if joined else None
        if one is not None:
            joined[-1] = one
        else:
            joined.append(day)
    return joined


def _together(first: Day, second: Day, text: str) -> Day | None:
    between = text[first.end : second.start]
    if _OR.fullmatch(between):
        dates = tuple(dict.fromkeys((*first.dates, *second.dates)))
        return replace(first, dates=dates, end=second.end, confidence=APPROXIMATE)
    if not _BESIDE.fullmatch(between):
        return None
    if first.whole_weeks and second.weekday:
        week = [day - timedelta(days=day.isoweekday() - second.weekday) for day in first.dates]
        return replace(second, dates=tuple(week), start=first.start)
    both = tuple(day for day in first.dates if day in second.dates)
    if both:
        calendar: Calendar = "lunar" if "lunar" in (first.calendar, second.calendar) else "solar"
        return replace(first, dates=both, end=second.end, calendar=calendar, part=first.part or second.part)
    if first.weekday or second.weekday:
        dated = second if first.weekday else first
        return replace(dated, start=first.start, end=second.end)
    return None
