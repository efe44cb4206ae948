"""Which of the days that words can mean is meant: the one past, the one to come."""

from collections.abc import Callable
from datetime import date, timedelta

from nlu.reading import Prefer

# 29 February comes once in four years, around 1900 and 2100 once in eight.
YEARS_TO_SEARCH = 8
MONTHS_TO_SEARCH = 4


def nearest(on: Callable[[int], date | None], steps: int, *, around: int, today: date, prefer: Prefer) -> list[date]:
    """The last such day up to today and the next one from today, the preferred first; once where it is today."""
    past = next((day for back in range(-1, steps) if (day := on(around - back)) and day <= today), None)
    future = next((day for ahead in range(-1, steps) if (day := on(around + ahead)) and day >= today), None)
    ordered = (past, future) if prefer == "past" else (future, past)
    return list(dict.fromkeys(day for day in ordered if day))


def day_in(year: int, month: int, day: int) -> date | None:
    """The date, or None where there is none; months beyond December run on into other years."""
    year, month = year + (month - 1) // 12, (month - 1) % 12 + 1
    try:
        return date(year, month, day)
    except ValueError:
        return None


def last_day_of_month(year: int, month: int) -> date | None:
    following = day_in(year, month + 1, 1)
    return following - timedelta(days=1) if following else None


def nth_weekday(year: int, month: int, nth: int, weekday: int) -> date | None:
    """The nth Monday (weekday 1) … Sunday (7) of a month; nth -1 is the last."""
    if nth < 0:
        last = last_day_of_month(year, month)
        return last - timedelta(days=(last.isoweekday() - weekday) % 7) if last else None
    first = day_in(year, month, 1)
    if first is None:
        return None
    day = first + timedelta(days=(weekday - first.isoweekday()) % 7 + 7 * (nth - 1))
    return day if day.month == first.month else None


def months_later(day: date, months: int) -> date | None:
    """The same day so many months later, or the last of that month where it is shorter."""
    return day_in(day.year, day.month + months, day.day) or last_day_of_month(day.year, day.month + months)
