"""The lunar calendar, 1900 to 2100 (borax, after the tables of the Purple Mountain Observatory)."""

from dataclasses import dataclass
from datetime import date

from borax.calendars.lunardate import LCalendars, LunarDate

FIRST_YEAR, LAST_YEAR = 1900, 2100


def solar_of(year: int, month: int, day: int, *, leap: bool = False) -> date | None:
    """The solar date of a day of the lunar calendar, or None where there is no such day."""
    if not FIRST_YEAR <= year <= LAST_YEAR or not 1 <= month <= 12 or not 1 <= day <= 30:
        return None
    if leap and LCalendars.leap_month(year) != month:
        return None
    if day > LCalendars.ndays(year, month, leap):
        return None
    solar: date = LunarDate(year, month, day, leap).to_solar_date()
    return solar


def last_of(year: int) -> date | None:
    """New Year's Eve: the last day of a lunar year, the 29th or 30th of its last month."""
    return solar_of(year, 12, 30) or solar_of(year, 12, 29)


@dataclass(frozen=True, slots=True)
class LunarDay:
    """A day of the lunar calendar; `leap` where its month is the second of that number."""

    year: int
    month: int
    day: int
    leap: bool


def lunar_of(day: date) -> LunarDay | None:
    """The day by the lunar calendar, or None outside its tables."""
    if not FIRST_YEAR < day.year < LAST_YEAR:
        return None
    lunar = LunarDate.from_solar(day)
    return LunarDay(lunar.year, lunar.month, lunar.day, bool(lunar.leap))
