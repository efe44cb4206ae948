"""Days with names: festivals of both calendars, days such as Mother's Day, and the solar terms."""

import re
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from functools import lru_cache, partial
from typing import Any

from borax.calendars.lunardate import TermUtils

from nlu import lexicon
from nlu.dates.choosing import YEARS_TO_SEARCH, day_in, nearest, nth_weekday
from nlu.dates.day import NUMBER, Calendar, Day, alternatives, day_words, full_year, year_pattern
from nlu.dates.lunar import FIRST_YEAR, LAST_YEAR, last_of, lunar_of, solar_of
from nlu.found import APPROXIMATE, CERTAIN
from nlu.numerals import read_numeral
from nlu.reading import Prefer

# 上个中秋 is the one past, 下个中秋 the one to come.
WAYS: dict[str | None, Prefer] = {"上": "past", "下": "future"}
_BEFORE = r"(?:的)?(?:(?:的)?前(?P<before>一|两|二|三|[1-9])天|(?P<eve>前夕|头天|头一天|前一天|前天晚上))"
_AFTER = rf"(?:的)?(?:后的?(?:第)?(?P<after>一|两|二|三|四|五|六|七|[1-9])天|(?:的)?第(?P<nth>{NUMBER})天)"
_LIKE_A_DATE = re.compile(r"[一二三四五六七八九十]+月[一二三四五六七八九十]+")
# 节前, 过完年 and 春节期间 are no days.
_ABOUT = re.compile(r"(?:节)?(?:那几天|以?前|之前|以?后|之后|过后|期间|左右|前后|假期|长假|放假)")


def find_festivals(text: str, *, today: date, prefer: Prefer) -> Iterator[Day]:
    """Days told by a festival or a solar term, with a year before it or a few days beside it."""
    for match in _pattern().finditer(text):
        name = match["name"]
        if name in _only_alone() and not _alone(match):
            continue
        on = _on(name)
        looking = WAYS.get(match["way"], prefer)
        dates = _dates(match, on, today, looking, lunar=name in _lunar_names())
        shift = _shift(match)
        about = _ABOUT.match(text, match.end())
        dates = [day + timedelta(days=shift) for day in dates]
        if dates:
            calendar: Calendar = "lunar" if name in _lunar_names() else "solar"
            confidence = APPROXIMATE if about else CERTAIN
            yield Day(tuple(dates), match.start(), match.end(), calendar, confidence=confidence)


def lunar_festival_days() -> frozenset[tuple[int, int]]:
    """Month and day of the festivals of the lunar calendar: a bare 八月十五 is the festival."""
    return _lunar_festival_days()


def _dates(
    match: re.Match[str], on: Callable[[int], date | None], today: date, prefer: Prefer, *, lunar: bool
) -> list[date]:
    year = _year(match, today)
    if year is None:
        current = (lunar_of(today) or today).year if lunar else today.year
        return nearest(on, YEARS_TO_SEARCH, around=current, today=today, prefer=prefer)
    named, falling = on(year), on(year - 1)
    found = [named] if named else []
    # New Year's Eve of 2021 may be the one that falls in 2021, too.
    return [*found, falling] if lunar and falling and falling.year == year else found


def _year(match: re.Match[str], today: date) -> int | None:
    if match["year"]:
        return full_year(match["year"], today)
    if match["year_word"]:
        return today.year + int(day_words()["years"][match["year_word"]])
    if match["years_ago"]:
        count = read_numeral(match["years_ago"])
        if count and count.value < today.year:
            return today.year + int(count.value) * (-1 if "前" in match["years_way"] else 1)
    return None


def _shift(match: re.Match[str]) -> int:
    if match["eve"]:
        return -1
    for group, sign, start in (("before", -1, 0), ("after", 1, 0), ("nth", 1, -1)):
        if match[group]:
            count = read_numeral(match[group])
            return sign * (int(count.value) + start) if count else 0
    return 0


def _alone(match: re.Match[str]) -> bool:
    """Whether 十一 stands as a festival: alone, or with words that speak of one."""
    rest = match.string[match.end() :]
    return (not match.string[: match.start()].strip() and not rest.strip("，。的了 ")) or bool(
        re.match(r"(?:节|国庆|那天|那日|期间|假期|长假|放假|黄金周|[以之]?前|[以之]后|过后|回来)", rest)
    )


def _on(name: str) -> Callable[[int], date | None]:
    """The day of a festival in a year, by its name."""
    return _festivals()[name]


def _solar(month: int, day: int, year: int) -> date | None:
    return day_in(year, month, day)


def _lunar(month: int, day: int, year: int) -> date | None:
    return solar_of(year, month, day)


def _term(index: int, year: int) -> date | None:
    if not FIRST_YEAR < year <= LAST_YEAR:
        return None
    day: date = TermUtils.nth_term_day(year, index)
    return day


def _weekday(month: int, nth: int, weekday: int, year: int) -> date | None:
    return nth_weekday(year, month, nth, weekday)


@lru_cache(maxsize=1)
def _data() -> dict[str, Any]:
    data: dict[str, Any] = lexicon.load("festivals.yaml")
    return data


@lru_cache(maxsize=1)
def _festivals() -> dict[str, Callable[[int], date | None]]:
    data = _data()
    found: dict[str, Callable[[int], date | None]] = {}
    for key, names in (*data["solar"].items(), *data["only_alone"].items()):
        month, day = map(int, key.split("-"))
        found |= dict.fromkeys(names, partial(_solar, month, day))
    for key, names in data["lunar"].items():
        month, day = key.split("-")
        found |= dict.fromkeys(names, last_of if day == "last" else partial(_lunar, int(month), int(day)))
    for key, names in data["weekday"].items():
        found |= dict.fromkeys(names, partial(_weekday, *map(int, key.split("-"))))
    for term in data["terms"]:
        on = partial(_term, TermUtils.name2index(term))
        found |= {term: on, term + data["term_suffix"]: on}
    return found


@lru_cache(maxsize=1)
def _lunar_names() -> frozenset[str]:
    return frozenset(name for names in _data()["lunar"].values() for name in names)


@lru_cache(maxsize=1)
def _lunar_festival_days() -> frozenset[tuple[int, int]]:
    told_as_a_date = (
        key for key, names in _data()["lunar"].items() if any(_LIKE_A_DATE.fullmatch(name) for name in names)
    )
    return frozenset((int(month), int(day)) for month, day in (key.split("-") for key in told_as_a_date))


@lru_cache(maxsize=1)
def _only_alone() -> frozenset[str]:
    numbers = (name for names in _data()["only_alone"].values() for name in names)
    return frozenset((*numbers, *_data()["weather"]))


@lru_cache(maxsize=1)
def _pattern() -> re.Pattern[str]:
    names = alternatives(_festivals())
    never_in_a_number = r"(?<![0-9零〇一二三四五六七八九十百初])"
    return re.compile(
        rf"(?:{year_pattern()}的?|(?P<way>上|下)一?个)?(?:农历|阴历)?{never_in_a_number}(?P<name>{names})(?![0-9零〇一二三四五六七八九十百月号点个岁块斤])"
        rf"(?:{_BEFORE}|{_AFTER})?(?:那天|当天|那一天)?"
    )
