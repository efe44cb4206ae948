"""When to call again, in the vague words that people use: 吃完晌午饭, 等我儿子下班, 初五以后, 晚上再打, 过半个钟头."""

import re
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta
from functools import lru_cache
from typing import Any

from nlu import lexicon
from nlu.dates.clock import find_clocks
from nlu.dates.day import day_words
from nlu.dates.finding import find_date, local_time
from nlu.dates.lunar import solar_of
from nlu.dates.relative import next_workday
from nlu.durations import find_durations, length_of
from nlu.found import APPROXIMATE, CERTAIN, LIKELY, Found, latest
from nlu.no_value import why_not
from nlu.normalise import normalise
from nlu.reading import Expectation, NotRead, Reading

# A day without an hour: in the middle of the morning, when most people are up and at home.
USUAL_HOUR = 10
# 三点以前: so much before the time that was named.
AHEAD_OF = timedelta(hours=1)
# A bare 十点 is not ten at night: people are called between these hours.
FIRST_HOUR, LAST_HOUR = 8, 21
# Somebody who speaks of lunch at two is having it late: wait a while, not until tomorrow.
RUNNING_LATE = timedelta(hours=3)
A_WHILE = timedelta(hours=1)
# Waiting for somebody whose hours nobody told: in the evening people are back.
BACK_HOME = time(19, 0)
# A longer wait is a matter of days: the day counts, not the hour.
LONGEST_WAIT = timedelta(hours=12)

_AFTER = re.compile(r"(?:的)?(?:以后|之后|过后|过了|后)")
_BEFORE = re.compile(r"(?:的)?(?:以前|之前|前)")
_REFUSED = re.compile(r"(?:别|不要|不用|莫|不必|唔使|唔好|休)(?:再)?(?:给我)?(?:打|来电|联系|找)")
NOT_NOW = re.compile("(?:现在|这会儿?|这阵|这时候|眼下|此刻|这哈).{0,3}(?:不|没|忙|在|有事)")
# 今天不行，明天上午十点: what is said of a time that does not suit is no time to call.
_UNSUITED = re.compile(
    r"[^，,。；;]{0,12}(?:不行|不成|不中|不好|没空|没得空|没时间|不方便|不得空|不得闲|不得行|有事|不在|走不开)[^，,。；;]{0,3}[，,。；;]"
)
# 个把小时再打: a length before 再 is how long to wait.
_WAIT = re.compile(r"(?:以后|之后|过后|后)?(?:你|您|你们)?[再就](?:给我)?(?:打|来|说|联系)")
# 五分钟吧: nothing but a length.
_ONLY_THAT = re.compile(r"(?:就|也就|再|还要?|要|等|过|大概|大约)*(?:左右|就[行好]|吧|嘛|呢|咯|啦)*[，,。.！!]*")
_DONE = "(?:完|罢|了|过|好|毕|咗|咖|哒|起|一|个|口|上)*"
_ANY_TIME = re.compile(
    r"等我|下个?月|明年|年底|随时|都行|都可以|都成|都中|有空|有时间|看情况|再说|方便的时候|不一定|说不定"
)


@dataclass(frozen=True, slots=True)
class Words:
    """The lexicon of call-back times, ready to match."""

    anchors: tuple[tuple[re.Pattern[str], tuple[time, ...]], ...]
    soon: tuple[tuple[re.Pattern[str], timedelta], ...]
    waiting: re.Pattern[str]
    seasons: tuple[tuple[re.Pattern[str], tuple[int, int]], ...]


def read_callback(text: str, *, expectation: Expectation, at: datetime) -> Reading | NotRead:
    """When to ring as `{"at": "2026-11-21T13:30:00", "words": "吃完晌午饭"}`, local time, after `at`.

    `after` names what to wait for where it is somebody else's doing: {"after": "儿子下班", ...}.
    """
    del expectation
    plain = normalise(text)
    refused = _REFUSED.search(plain.text)
    if refused:
        return NotRead(reason="refused", span=plain.span(refused.start(), refused.end()))
    now = local_time(at)
    found = latest(plain.text, lambda part: find_callback(part, at=at, now=now))
    if found is None:
        return why_not(plain, otherwise="vague" if _ANY_TIME.search(plain.text) else "not_an_answer")
    span = plain.span(found.start, found.end)
    found.value["words"] = text[slice(*span)]
    return found.reading(plain)


def find_callback(text: str, *, at: datetime, now: datetime) -> Found | None:
    """The time in a normalised text; `now` is `at` in local time without a zone."""
    if (unsuited := _UNSUITED.match(text)) and (other := find_callback(text[unsuited.end() :], at=at, now=now)):
        return replace(other, start=other.start + unsuited.end(), end=other.end + unsuited.end())
    if (found := _season(text, now) or _after_a_while(text, now)) is not None:
        return found
    when = find_date(text, at=at, prefer="future")
    if (found := _waiting(text, now, when) or _anchored(text, now, when)) is not None:
        return found
    if when is not None:
        return _dated(when, text, now)
    for pattern, wait in _words().soon:
        if match := pattern.search(text):
            return _found(now + wait, match.start(), match.end(), APPROXIMATE)
    return None


def _after_a_while(text: str, now: datetime) -> Found | None:
    """我在买菜呢，个把小时再打."""
    for length in find_durations(text):
        told = _WAIT.match(text, length.end) or _ONLY_THAT.fullmatch(text[: length.start] + text[length.end :])
        if told and length_of(length) <= LONGEST_WAIT.total_seconds():
            moment = now + timedelta(seconds=length_of(length))
            return _found(moment, length.start, length.end, min(length.confidence, LIKELY))
    return None


def _dated(when: Found, text: str, now: datetime) -> Found | None:
    """A day or time that was told, moved by 以后 and 以前, with an hour where none was told."""
    moments = [datetime.fromisoformat(each) for each in when.value["candidates"]]
    grain, part = when.value["grain"], when.value.get("part")
    after, before = _AFTER.match(text, when.end), _BEFORE.match(text, when.end)
    end = (after or before or re.compile("").match(text, when.end)).end()  # type: ignore[union-attr]
    confidence = when.confidence
    if grain == "day":
        confidence = min(confidence, LIKELY)
        hour = int(day_words()["parts"][part]["usual"]) if part else USUAL_HOUR
        moments = [each.replace(hour=hour) for each in moments]
        if after:
            moments = [datetime.combine(next_workday(each.date()), each.time()) for each in moments]
        elif before:
            moments = [each - timedelta(days=1) for each in moments]
    elif before:
        moments = [each - AHEAD_OF for each in moments]
    moments = [each for each in moments if FIRST_HOUR <= each.hour < LAST_HOUR] or moments
    coming = [each for each in moments if each >= now]
    if not coming and (grain == "timeofday" or part):
        coming = [each + timedelta(days=1) for each in moments]
    return _found(min(coming), when.start, end, confidence) if coming else None


def _season(text: str, now: datetime) -> Found | None:
    """After a long feast: 过完年."""
    for pattern, (month, day) in _words().seasons:
        match = pattern.search(text)
        days = (solar_of(year, month, day) for year in (now.year, now.year + 1))
        coming = [each for each in days if each and each > now.date()]
        if match and coming:
            return _found(datetime.combine(coming[0], time(USUAL_HOUR)), match.start(), match.end(), APPROXIMATE)
    return None


def _anchored(text: str, now: datetime, when: Found | None) -> Found | None:
    """After a meal, a nap, work: on the day that was told, else today or tomorrow."""
    for pattern, over in _words().anchors:
        match = pattern.search(text)
        if match and (when is None or (when.value["grain"] == "day" and not _later_clock(text, match.end()))):
            start, end = (min(match.start(), when.start), max(match.end(), when.end)) if when else match.span()
            return _found(_next(over, now, when), start, end, LIKELY)
    return None


def _waiting(text: str, now: datetime, when: Found | None) -> Found | None:
    """Until somebody has done something: 等我儿子下班."""
    match = _words().waiting.search(text)
    if match is None or (when and when.value["grain"] != "day" and not NOT_NOW.search(text[: match.start()])):
        return None
    if when and when.value["grain"] != "day":
        when = None  # 这会儿走不开，等我儿子下班
    done = [(each.end(), over) for pattern, over in _words().anchors if (each := pattern.search(match["after"]))]
    length, over = max(done, default=(len(match["after"]), (BACK_HOME,)))
    after = re.sub(r"(?:以后|之后|后|了|再)+$", "", match["after"][:length])
    found = _found(_next(over, now, when), match.start(), match.start("after") + length)
    return Found(found.value | {"after": after}, found.start, found.end, LIKELY if done else APPROXIMATE)


def _next(over: tuple[time, ...], now: datetime, when: Found | None) -> datetime:
    """That time on the day told, or the next that comes; of several times the first."""
    if when is not None:
        days = [datetime.fromisoformat(each).date() for each in when.value["candidates"]]
        coming = [moment for day in days for each in over if (moment := datetime.combine(day, each)) >= now]
        if coming:
            return min(coming)
    today = [datetime.combine(now.date(), each) for each in over]
    coming = [each for each in today if each > now]
    if coming and (len(over) == 1 or coming[0] - now <= RUNNING_LATE):
        return coming[0]
    if any(each <= now and now - each < RUNNING_LATE for each in today):
        return now + A_WHILE
    return coming[0] if coming else today[0] + timedelta(days=1)


def _later_clock(text: str, start: int) -> bool:
    return any(clock.hour is not None and clock.start >= start for clock in find_clocks(text))


def _found(moment: datetime, start: int, end: int, confidence: float = CERTAIN) -> Found:
    value: dict[str, Any] = {"at": moment.isoformat(timespec="seconds")}
    return Found(value, start, end, confidence)


@lru_cache(maxsize=1)
def _words() -> Words:
    data = lexicon.load("callback.yaml")
    anchors = tuple((_anchor(each["words"]), _hours(each["over"])) for each in data["anchors"])
    soon = tuple((re.compile(each["words"]), timedelta(minutes=each["minutes"])) for each in data["soon"])
    waiting = re.compile(
        rf"(?:等|要等|得等|让)(?:着)?(?:我(?:们)?家?的?|俺|咱)?(?P<after>(?:大|小|二|老)?(?:{data['people']})[^，。,;；？?！!]{{1,10}})"
    )
    seasons = tuple((re.compile(each["words"]), _month_day(each["lunar"])) for each in data["seasons"])
    return Words(anchors, soon, waiting, seasons)


def _anchor(words: str) -> re.Pattern[str]:
    done = words.replace("~", _DONE)
    return re.compile(
        rf"(?:等|我|吃|喝|睡|看|做|打|去|过|忙|先)*[完了好过罢]?(?:{done})(?:起来|回来|醒|完|了|好|吃|以后|之后|后)*"
    )


def _hours(over: str | list[str]) -> tuple[time, ...]:
    return tuple(map(time.fromisoformat, [over] if isinstance(over, str) else over))


def _month_day(words: str) -> tuple[int, int]:
    month, day = words.split("-")
    return int(month), int(day)
