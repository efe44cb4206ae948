"""Days told from today: 昨天, 上周五, 三天前, 过两天, 三个工作日后."""

import re
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from functools import lru_cache

import chinese_calendar

from nlu.dates.choosing import months_later
from nlu.dates.clock import part_named
from nlu.dates.day import NUMBER, Day, alternatives, day_words, year_pattern
from nlu.dates.month_day import WEEKDAYS
from nlu.durations import DAY_SECONDS, find_durations
from nlu.found import APPROXIMATE, CERTAIN, LIKELY
from nlu.numerals import read_numeral
from nlu.reading import Prefer

WEEK_SHIFTS = {"上上上": -3, "下下下": 3, "上上": -2, "上": -1, "这": 0, "本": 0, "下": 1, "下下": 2}
# Further than these is no day that a resident means; the calendar of holidays ends before.
MOST_MONTHS, MOST_SECONDS = 1500, 1500 * 31 * DAY_SECONDS
MOST_WORKDAYS = 60

_WEEK = re.compile(
    r"(?P<which>上上上|下下下|上上|下下|上|下|这|本)?(?:一)?个?(?:周|星期|礼拜)(?:的)?(?:周|星期|礼拜)?(?P<weekday>[一二三四五六日天末]|[1-6](?![0-9]))(?!岁)"
)
_BACK = re.compile(r"(?:之|以)?前(?!面|后)|(?:之|以)前")
_AHEAD = re.compile(r"(?:之|以)?后(?!面)|(?:之|以)后|过后")
_WITHIN = re.compile(r"(?:之|以)?内")
_OVER = re.compile(r"(?:再|等|得|还得)?(?:过|再等|等)(?:个)?$|再$|[往朝]后(?:数)?$")
_AGO_BEFORE = re.compile(r"(?<![以之])前$|[往朝]前(?:数)?$")
_WORKDAYS = re.compile(rf"(?P<count>{NUMBER})个?工作日(?P<way>之?以?前|之?以?后|内)?")


def find_relative(text: str, *, at: datetime, prefer: Prefer) -> Iterator[Day]:
    """Days and weekdays from today; lengths of time of a day and more before or after today."""
    today = at.date()
    for match in _named_pattern().finditer(text):
        words = day_words()
        if match[0] in words["days"]:
            yield Day((today + timedelta(days=words["days"][match[0]]),), match.start(), match.end())
        else:
            shift, part = words["with_part"][match[0]]
            yield Day((today + timedelta(days=shift),), match.start(), match.end(), part=part_named(part))
    for match in _same_day_pattern().finditer(text):
        if day := _same_day(match, today):
            yield Day((day,), match.start(), match.end())
    for match in _WEEK.finditer(text):
        yield _weekday(match, today, prefer)
    for match in _WORKDAYS.finditer(text):
        yield from _workdays(match, today)
    for moment in find_moments(text, at=at):
        when, start, end, whole_days, confidence = moment
        if whole_days:
            weeks = (when.date() - today).days % 7 == 0
            yield Day((when.date(),), start, end, confidence=confidence, whole_weeks=weeks)


def find_moments(text: str, *, at: datetime) -> Iterator[tuple[datetime, int, int, bool, float]]:
    """Moments told as a length before or after now: 半小时前, 三天后; whether only the day is meant."""
    for length in find_durations(text):
        start, end, sign = length.start, length.end, 0
        for pattern, way in ((_BACK, -1), (_AHEAD, 1), (_WITHIN, 1)):
            if after := pattern.match(text, length.end):
                end, sign = after.end(), way
        for pattern, way in ((_AGO_BEFORE, -1), (_OVER, 1)):
            if not sign and (before := pattern.search(text[: length.start])):
                start, sign = before.start(), way
        months, seconds = int(length.value["months"]), length.value["seconds"]
        if not sign or months > MOST_MONTHS or seconds > MOST_SECONDS:
            continue
        day = months_later(at.date(), sign * months)
        if day is None or not 1 < day.year + sign * seconds // (365 * DAY_SECONDS) < 9998:
            continue
        moment = datetime.combine(day, at.timetz()) + sign * timedelta(seconds=seconds)
        # 前两天 is some days ago, 三天内 any day until then.
        vague = (sign < 0 and start < length.start and months == 0) or text[end - 1] == "内"
        whole_days = bool(months) or seconds % DAY_SECONDS == 0 or seconds >= 2 * DAY_SECONDS
        yield moment, start, end, whole_days, APPROXIMATE if vague else length.confidence


def _same_day(match: re.Match[str], today: date) -> date | None:
    """去年的今天, 上个月的今天."""
    words = day_words()
    if match["year_word"]:
        return months_later(today, 12 * int(words["years"][match["year_word"]]))
    if match["week_word"]:
        return today + timedelta(days=7 * WEEK_SHIFTS[match["week_word"]])
    if match["month_word"]:
        return months_later(today, int(words["months"][match["month_word"]]))
    count = read_numeral(match["years_ago"]) if match["years_ago"] else None
    return months_later(today, int(count.value) * (-12 if "前" in match["years_way"] else 12)) if count else None


def _weekday(match: re.Match[str], today: date, prefer: Prefer) -> Day:
    monday = today - timedelta(days=today.isoweekday() - 1)
    name = match["weekday"]
    weekend = name == "末"
    weekday = 6 if weekend else int(name) if name.isdigit() else WEEKDAYS[name]
    shift = WEEK_SHIFTS.get(match["which"])
    if shift is not None:
        dates = [monday + timedelta(days=7 * shift + weekday - 1)]
    else:
        this = monday + timedelta(days=weekday - 1)
        # Nobody calls today by its weekday: on a Saturday 周六 is the last one or the next.
        past = this if this < today else this - timedelta(days=7)
        future = this if this > today else this + timedelta(days=7)
        dates = [past, future] if prefer == "past" else [future, past]
        dates += [today] if this == today else []
    if weekend:
        dates = [day for saturday in dates for day in (saturday, saturday + timedelta(days=1))]
    confidence = APPROXIMATE if weekend else CERTAIN if shift is not None else LIKELY
    return Day(tuple(dict.fromkeys(dates)), match.start(), match.end(), confidence=confidence, weekday=weekday)


def _workdays(match: re.Match[str], today: date) -> Iterator[Day]:
    count = read_numeral(match["count"])
    if count is None or not 1 <= count.value <= MOST_WORKDAYS:
        return
    day, step = today, timedelta(days=-1 if "前" in (match["way"] or "") else 1)
    left = int(count.value)
    while left:
        day += step
        left -= _is_workday(day)
    yield Day((day,), match.start(), match.end(), confidence=LIKELY)


def next_workday(day: date) -> date:
    """The first working day after a day."""
    day += timedelta(days=1)
    while not _is_workday(day):
        day += timedelta(days=1)
    return day


def _is_workday(day: date) -> bool:
    """By the State Council's calendar where it is known, else Monday to Friday."""
    try:
        return bool(chinese_calendar.is_workday(day))
    except NotImplementedError:
        return day.isoweekday() <= 5


@lru_cache(maxsize=1)
def _same_day_pattern() -> re.Pattern[str]:
    return re.compile(
        rf"(?:{year_pattern()}|(?P<month_word>{alternatives(day_words()['months'])})"
        rf"|(?P<week_word>上上|下下|上|下)个?(?:周|星期|礼拜))的?(?:今天|今日|这天|这一天)"
    )


@lru_cache(maxsize=1)
def _named_pattern() -> re.Pattern[str]:
    words = day_words()
    return re.compile(rf"(?:{alternatives([*words['days'], *words['with_part']])})(?!气)")
