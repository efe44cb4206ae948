"""Days told by month and number, in either calendar: 九月三号, 下个月15号, 腊月二十八, 初五, 八月份的第一个周二."""

import re
from collections.abc import Iterator
from datetime import date
from functools import lru_cache

from nlu.dates.choosing import (
    MONTHS_TO_SEARCH,
    YEARS_TO_SEARCH,
    day_in,
    last_day_of_month,
    nearest,
    nth_weekday,
)
from nlu.dates.day import NUMBER, Day, alternatives, day_words, full_year, year_pattern
from nlu.dates.festivals import lunar_festival_days
from nlu.dates.lunar import lunar_of, solar_of
from nlu.found import APPROXIMATE, CERTAIN, LIKELY
from nlu.numerals import DIGIT_CLASS, read_count, read_numeral
from nlu.reading import Prefer

LUNAR_MONTHS = {"正月": 1, "大年": 1, "冬月": 11, "腊月": 12}
WEEKDAYS = {"一": 1, "二": 2, "三": 3, "四": 4, "五": 5, "六": 6, "日": 7, "天": 7}
_LUNAR_NAMES = r"农历|阴历|旧历|古历|老历|夏历|老日子"
_SOLAR_NAMES = r"公历|阳历|新历|西历|国历"
# A number alone is a day only where nothing else counts it: 三月5天, 三号楼, 十月十点.
_NO_MORE = rf"(?![{DIGIT_CLASS}十百点个天时分秒岁度次块元斤年月:：/%.])"
_NO_NUMBER = r"(?!楼|线|院|门|房|机|码|车|店|口|栋|室|桌|厅|病)"


def find_month_days(text: str, *, today: date, prefer: Prefer) -> Iterator[Day]:
    """Days with a month or a number of their own."""
    for match in _nth_pattern().finditer(text):
        yield from _nth_weekdays(match, today, prefer)
    for match in _ordinal_pattern().finditer(text):
        yield from _ordinal_days(match, today, prefer)
    for match in _pattern().finditer(text):
        yield from _days(match, today, prefer)


def _days(match: re.Match[str], today: date, prefer: Prefer) -> Iterator[Day]:
    numbers = _day_numbers(match)
    if not numbers or not (_has_month(match) or _says_a_day(match)):
        return
    if (match["years_ago"] or match["year"] or match["year_word"]) and not _has_month(match):
        return
    lunar_first, both = _calendars(match, numbers[0])
    solar, lunar = [], []
    for number in numbers:
        solar += _solar_days(match, number, today, prefer) if both or not lunar_first else []
        lunar += _lunar_days(match, number, today, prefer) if both or lunar_first else []
    dates = [*lunar, *solar] if lunar_first else [*solar, *lunar]
    if dates:
        # 月十四号: the month was said, and lost on the line.
        lost = not _has_month(match) and match.string[: match.start()].endswith("月")
        confidence = APPROXIMATE if lost else LIKELY if both or not _has_month(match) else CERTAIN
        yield Day(
            tuple(dict.fromkeys(dates)),
            match.start(),
            match.end(),
            "lunar" if lunar_first and lunar else "solar",
            confidence=APPROXIMATE if match["edge"] or len(numbers) > 1 else confidence,
        )


def find_impossible(text: str, *, today: date) -> re.Match[str] | None:
    """A month and a day in words that no calendar has: 二月三十号."""
    for match in _pattern().finditer(text):
        if _has_month(match) and match["day"] and not any(True for _ in _days(match, today, "past")):
            return match
    return None


def _has_month(match: re.Match[str]) -> bool:
    return bool(match["month"] or match["lunar_month"] or match["month_word"] or match["leap"])


def _says_a_day(match: re.Match[str]) -> bool:
    return bool(
        match["suffix"] or match["lunar_day"] or (match["edge"] or "").startswith("月") or _calendar_named(match)
    )


def _calendar_named(match: re.Match[str]) -> str:
    """阴历 of 阴历二十, "" where no calendar is named."""
    return "".join(match[group] or "" for group in ("calendar_before", "calendar", "calendar_after"))


def _calendars(match: re.Match[str], number: int) -> tuple[bool, bool]:
    """Whether the lunar calendar comes first, and whether both are possible."""
    named = _calendar_named(match)
    if re.match(_LUNAR_NAMES, named) or match["lunar_month"] or match["lunar_day"] or match["leap"]:
        return True, False
    if named or match["suffix"] or match["edge"] or match["month_word"] or match["day"].isascii():
        return False, False
    month = read_numeral(match["month"])
    return month is not None and (int(month.value), number) in lunar_festival_days(), True


def _day_numbers(match: re.Match[str]) -> list[int]:
    """The day of the month, 0 for its last day; both days of 二十五六号; nothing where it is no day."""
    if match["edge"]:
        return [1 if "初" in match["edge"] or "头" in match["edge"] else 0]
    numeral = read_count(match["lunar_day"].lstrip("初") if match["lunar_day"] else match["day"])
    if numeral is None:
        return []
    numbers = [numeral.value] if numeral.upto is None else [numeral.value, numeral.upto]
    return [int(number) for number in numbers if 1 <= number <= 31]


def _year_of(match: re.Match[str], today: date) -> int | None:
    if match["year"]:
        return full_year(match["year"], today)
    if match["year_word"]:
        return today.year + int(day_words()["years"][match["year_word"]])
    if match["years_ago"]:
        count = read_numeral(match["years_ago"])
        return today.year + int(count.value) * (-1 if "前" in match["years_way"] else 1) if count else None
    return None


def _solar_days(match: re.Match[str], number: int, today: date, prefer: Prefer) -> list[date]:
    year = _year_of(match, today)
    if match["month_word"]:
        shift = int(day_words()["months"][match["month_word"]])
        return _kept([_numbered(year or today.year, today.month + shift, number)])
    if not match["month"]:
        current = today.year * 12 + today.month - 1

        def in_month(index: int) -> date | None:
            return _numbered(index // 12, index % 12 + 1, number)

        return nearest(in_month, MONTHS_TO_SEARCH, around=current, today=today, prefer=prefer)
    month = read_numeral(match["month"])
    if month is None or not 1 <= month.value <= 12:
        return []

    def in_year(year: int, month: int = int(month.value)) -> date | None:
        return _numbered(year, month, number)

    if year is not None:
        return _kept([in_year(year)])
    return nearest(in_year, YEARS_TO_SEARCH, around=today.year, today=today, prefer=prefer)


def _numbered(year: int, month: int, number: int) -> date | None:
    return day_in(year, month, number) if number else last_day_of_month(year, month)


def _lunar_days(match: re.Match[str], number: int, today: date, prefer: Prefer) -> list[date]:
    current = lunar_of(today)
    month = _lunar_month(match)
    if current is None or (month is None and _has_month(match) and not match["month_word"]):
        return []
    if month is None:
        base = current.year * 12 + current.month - 1 + int(day_words()["months"].get(match["month_word"] or "", 0))

        def in_month(index: int) -> date | None:
            return _lunar_numbered(index // 12, index % 12 + 1, number, leap=False)

        if match["month_word"]:
            return _kept([in_month(base)])
        return nearest(in_month, MONTHS_TO_SEARCH, around=base, today=today, prefer=prefer)

    def in_year(year: int, month: int = month) -> date | None:
        return _lunar_numbered(year, month, number, leap=bool(match["leap"]))

    year = _year_of(match, today)
    if year is None:
        return nearest(in_year, YEARS_TO_SEARCH, around=current.year, today=today, prefer=prefer)
    # The twelfth month of last year: of the lunar year, or the one that fell in the solar year.
    return _kept([in_year(year), *(day for day in (in_year(year - 1),) if day and day.year == year)])


def _lunar_month(match: re.Match[str]) -> int | None:
    if match["lunar_month"]:
        return LUNAR_MONTHS[match["lunar_month"]]
    words = match["leap"] or match["month"]
    numeral = read_numeral(words) if words else None
    return int(numeral.value) if numeral and 1 <= numeral.value <= 12 else None


def _lunar_numbered(year: int, month: int, number: int, *, leap: bool) -> date | None:
    if number == 0:
        return solar_of(year, month, 30, leap=leap) or solar_of(year, month, 29, leap=leap)
    return solar_of(year, month, number, leap=leap)


def _nth_weekdays(match: re.Match[str], today: date, prefer: Prefer) -> Iterator[Day]:
    nth = -1 if match["last"] else read_numeral(match["nth"])
    count = nth if isinstance(nth, int) else int(nth.value) if nth else 0
    weekday = WEEKDAYS[match["weekday"]]
    year = _year_of(match, today)
    if match["month_word"]:
        shift = int(day_words()["months"][match["month_word"]])
        dates = _kept([nth_weekday(today.year, today.month + shift, count, weekday)])
    else:
        month = read_numeral(match["month"])
        if month is None or not 1 <= month.value <= 12:
            return

        def on(year: int, month: int = int(month.value)) -> date | None:
            return nth_weekday(year, month, count, weekday)

        around = YEARS_TO_SEARCH
        dates = _kept([on(year)]) if year else nearest(on, around, around=today.year, today=today, prefer=prefer)
    if dates:
        yield Day(tuple(dates), match.start(), match.end())


def _ordinal_days(match: re.Match[str], today: date, prefer: Prefer) -> Iterator[Day]:
    """四月的第三天, 本月最后一天, 去年的第一天."""
    numeral = read_numeral(match["nth"]) if match["nth"] else None
    number = int(numeral.value) if numeral else 0 if match["last"] else 1
    year = _year_of(match, today)
    if match["month_word"]:
        shift = int(day_words()["months"][match["month_word"]])
        dates = _kept([_numbered(today.year, today.month + shift, number)])
    elif match["month"]:
        month = read_numeral(match["month"])
        if month is None or not 1 <= month.value <= 12:
            return

        def on(year: int, month: int = int(month.value)) -> date | None:
            return _numbered(year, month, number)

        around = today.year
        dates = _kept([on(year)]) if year else nearest(on, YEARS_TO_SEARCH, around=around, today=today, prefer=prefer)
    else:
        dates = _kept([_numbered(year, 1 if number else 12, number)]) if year else []
    if dates:
        yield Day(tuple(dates), match.start(), match.end())


def _kept(days: list[date | None]) -> list[date]:
    return [day for day in days if day is not None]


@lru_cache(maxsize=1)
def _pattern() -> re.Pattern[str]:
    words = alternatives(day_words()["months"])
    month = (
        rf"(?:(?P<month_word>{words})|(?P<lunar_month>正月|冬月|腊月|大年(?=初))"
        rf"|闰(?P<leap>{NUMBER})月|(?P<month>{NUMBER})月份?)的?[,，]?"
    )
    day = (
        rf"(?:(?P<lunar_day>初{NUMBER}|廿[一二三四五六七八九]?)(?:号|日|那天)?|(?P<edge>月?底|月末|月?初头?|月头)"
        rf"|(?P<day>{NUMBER})(?:(?P<suffix>[号日]){_NO_NUMBER}|{_NO_MORE}))"
    )
    calendar = f"(?:{_LUNAR_NAMES}|{_SOLAR_NAMES})"
    return re.compile(
        rf"(?<![{DIGIT_CLASS}十第])(?P<calendar_before>{calendar}的?\s?)?(?:{year_pattern()}的?[\s,，]{{0,2}})?"
        rf"(?P<calendar>{calendar}的?\s?)?(?:{month})?(?P<calendar_after>{calendar})?\s?{day}"
    )


@lru_cache(maxsize=1)
def _nth_pattern() -> re.Pattern[str]:
    words = alternatives(day_words()["months"])
    return re.compile(
        rf"(?:{year_pattern()}的?)?(?:(?P<month_word>{words})|(?P<month>{NUMBER})月份?)的?"
        rf"(?:第(?P<nth>[一二三四五1-5])|(?P<last>最后一))个?(?:周|星期|礼拜)(?P<weekday>[一二三四五六日天])"
    )


@lru_cache(maxsize=1)
def _ordinal_pattern() -> re.Pattern[str]:
    words = alternatives(day_words()["months"])
    return re.compile(
        rf"(?:{year_pattern()}的?)?(?:(?P<month_word>{words})|(?P<month>{NUMBER})月份?)?的?"
        rf"(?:第(?P<nth>{NUMBER})天|(?P<last>最后一天)|头一天)"
    )
