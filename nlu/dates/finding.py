"""The day or time that a text tells, out of everything in it that names days and times."""

import re
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from nlu.dates.choosing import months_later
from nlu.dates.clock import Clock, find_clocks
from nlu.dates.day import NUMBER, YEAR_DIGITS, Day
from nlu.dates.festivals import find_festivals
from nlu.dates.joining import join_days
from nlu.dates.month_day import find_month_days
from nlu.dates.relative import MOST_MONTHS, MOST_SECONDS, find_moments, find_relative
from nlu.dates.written import find_written
from nlu.durations import DAY_SECONDS, find_durations
from nlu.found import CERTAIN, LIKELY, Found, restarts
from nlu.numerals import read_numeral
from nlu.reading import Prefer

HERE = ZoneInfo("Asia/Shanghai")
# Two days in two halves of the day, for two calendars: more than these nobody reads.
MOST_CANDIDATES = 6

# What is done on a day: the same words in the question and beside a day belong together.
_DEEDS = re.compile(r"[回到来走去离量吃做打住搬生咳烧疼摔见买]|出院|开始|接种|结婚|退休")
_UNSUITED = re.compile(
    r"[^，,。；]{0,6}?(?:不行|没空|没时间|不得空|不得闲|不方便|有事|走不开|[要得]去(?!也)|要上班)[^，,。；]{0,4}[，,。；]"
)
_DENIES = re.compile("(?:不|唔|勿)[是系](?:什么|啥|在|阳历|公历|农历|阴历|这个月|[那这]个?)?$")
_CLAUSE_END = re.compile(r"[，,。；;？?！!]")
_REPUBLIC = re.compile("民国([二三]?十[一二三四五六七八九]|[二三]十|[1-3][0-9])年")
# A bare hour is one at which people are up, if any.
FIRST_AWAKE, LAST_AWAKE = 6, 23

_BETWEEN = re.compile(r"[\s,，、T的]*(?:那天|那一天|当天|这天|左右|大概|大约|的时候|时候)?[吧呢啊嘛]?[\s,，的]*")
# 十一月三号，不对，四号: the month of the earlier statement still holds.
_MONTH_SAID = re.compile(
    rf"(?:{YEAR_DIGITS}年)?(?:{NUMBER}月|上个?月|下个?月|这个?月|正月|冬月|腊月)(?=的?初?{NUMBER}[号日]?)"
)
_ONLY_A_NUMBER = re.compile(rf"[，,是\s]*初?{NUMBER}[号日]")
_SAME_TIME = re.compile(r"的?(?:这个?时候|这个?点|此时|这会儿?|现在)")
_LASTING = re.compile(r"(?:[多来]?了|以来|左右了|啦)")
_NOW = re.compile(r"现在|这会儿?|刚刚|刚才|此刻|眼下|这就|马上|立刻")


def local_time(at: datetime) -> datetime:
    """A moment as people here say it: in Asia/Shanghai, without a zone, to the second."""
    return at.astimezone(HERE).replace(tzinfo=None, microsecond=0)


def find_date(text: str, *, at: datetime, prefer: Prefer, asked: str = "") -> Found | None:
    """The day or time of a normalised text, of the latest statement if the speaker corrects themselves.

    Of several days the one that is told with a verb of the question, else the first.
    """
    local = local_time(at)
    text = _REPUBLIC.sub(_of_the_republic, text)
    for start in restarts(text):
        found = _told(text[start:], local, prefer, asked)
        if found is not None:
            said_before = _MONTH_SAID.findall(text[:start]) if start and _ONLY_A_NUMBER.match(text[start:]) else None
            if said_before and (whole := _told(said_before[-1] + text[start:].lstrip("，,是 "), local, prefer, asked)):
                found = replace(found, value=whole.value)
            elif start and found.value["grain"] == "timeofday" and (day := _told(text[:start], local, prefer, asked)):
                found = _on_the_day_said(found, day)
            return replace(found, start=found.start + start, end=found.end + start)
    return None


def _on_the_day_said(time: Found, day: Found) -> Found:
    """明天下午四点，哦不是，三点半: only the time was put right, the day and its half stay."""
    if day.value["grain"] not in ("day", "hour", "minute"):
        return time
    said = datetime.fromisoformat(day.value["candidates"][0])
    clocks = [datetime.fromisoformat(each).time() for each in time.value["candidates"]]
    same_half = [each for each in clocks if day.value["grain"] != "day" and (each.hour >= 12) == (said.hour >= 12)]
    moments = [datetime.combine(said, each) for each in same_half or clocks]
    return _moments_found(moments, "minute", time.start, time.end, LIKELY)


def _of_the_republic(year: re.Match[str]) -> str:
    """民国三十七年, the year in which it began being 1912, in as many characters: elders tell their birth so."""
    count = read_numeral(year[1])
    return f"{1911 + int(count.value)}年".rjust(len(year[0])) if count else year[0]


def _told(text: str, at: datetime, prefer: Prefer, asked: str) -> Found | None:
    days = _not_denied(find_days(text, at=at, prefer=prefer), text)
    clocks = list(find_clocks(_without(days, text)))
    told = [clock for clock in clocks if clock.hour is not None]
    moments = [moment for moment in find_moments(text, at=at) if not moment[3]]
    if moments and not days and not (told and told[0].start < moments[0][1]):
        when, start, end, _, confidence = moments[0]
        return Found({"candidates": [when.isoformat()], "grain": "minute"}, start, end, confidence)
    if days:
        day = _asked_for(_suiting(days, text) if prefer == "future" else days, text, asked)
        same_time = _SAME_TIME.match(text, day.end)
        if same_time:
            then = [datetime.combine(each, at.time()) for each in day.dates]
            return _moments_found(then, "minute", day.start, same_time.end(), LIKELY)
        return _day_found(day, _beside(day, clocks, text))
    if told:
        return _clock_found(told[0], at, prefer)
    if clocks:
        part = Day((at.date(),), clocks[0].start, clocks[0].end, part=clocks[0].part, confidence=LIKELY)
        return _day_found(part, None)
    lasting = _lasting(text, at) if prefer == "past" else None
    if lasting is not None:
        return lasting
    now = _NOW.search(text)
    return Found({"candidates": [at.isoformat()], "grain": "minute"}, now.start(), now.end(), LIKELY) if now else None


def _lasting(text: str, at: datetime) -> Found | None:
    """三天了, 有一个礼拜了: the day on which it began."""
    for length in find_durations(text):
        months, seconds = int(length.value["months"]), length.value["seconds"]
        if _LASTING.match(text, length.end) and seconds >= DAY_SECONDS * (not months):
            began = months_later(at.date(), -min(months, MOST_MONTHS))
            if began and seconds < MOST_SECONDS:
                began -= timedelta(days=int(seconds // DAY_SECONDS))
                return Found({"candidates": [began.isoformat()], "grain": "day"}, length.start, length.end, LIKELY)
    return None


def find_days(text: str, *, at: datetime, prefer: Prefer) -> list[Day]:
    """Every day of a normalised text in order; of those that overlap the longer. `at` is local and naive."""
    today = at.date()
    found = [
        *find_written(text, today=today, prefer=prefer),
        *find_month_days(text, today=today, prefer=prefer),
        *find_festivals(text, today=today, prefer=prefer),
        *find_relative(text, at=at, prefer=prefer),
    ]
    kept: list[Day] = []
    for day in sorted(found, key=lambda each: each.start - each.end):
        if not any(_overlap(day, other) for other in kept):
            kept.append(day)
    return join_days(sorted(kept, key=lambda each: each.start), text)


def _not_denied(days: list[Day], text: str) -> list[Day]:
    """Without the days that are denied, if others were told: 不是九号，他说是初九."""
    return [each for each in days if not _DENIES.search(text, 0, each.start)] or days


def _suiting(days: list[Day], text: str) -> list[Day]:
    """Without the days that do not suit, if others were told: 周三我要去医院，周四."""
    unsuited = {each.dates for each in days if _UNSUITED.match(text, each.end)}
    return [each for each in days if each.dates not in unsuited] or days


def _asked_for(days: list[Day], text: str, asked: str) -> Day:
    """Of 上周三走的，周六回来的 the day that was asked about; of 明天，明天下午 the more exact one."""
    wanted = set(_DEEDS.findall(asked))
    ends = [*(day.start for day in days[1:]), len(text)]
    clauses = [_CLAUSE_END.split(text[day.end : end])[0] for day, end in zip(days, ends, strict=True)]
    shared = [len(wanted & set(_DEEDS.findall(clause))) for clause in clauses]
    chosen = shared.index(max(shared))
    again = [day for day in days[chosen + 1 :] if set(day.dates) == set(days[chosen].dates)]
    return again[-1] if again and not shared[chosen] else days[chosen]


def _without(days: list[Day], text: str) -> str:
    """The text with its days blotted out: of 昨晚八点 the 晚 belongs to the day, 八点 is the clock."""
    for day in days:
        text = text[: day.start] + "\0" * (day.end - day.start) + text[day.end :]
    return text


def _overlap(one: Day, other: Day) -> bool:
    return one.start < other.end and other.start < one.end


def _beside(day: Day, clocks: list[Clock], text: str) -> Clock | None:
    """The time of day told next to a day: after it, or just before it."""
    for clock in clocks:
        if clock.start >= day.end and _BETWEEN.fullmatch(text, day.end, clock.start):
            return clock
    for clock in clocks:
        if clock.end <= day.start and _BETWEEN.fullmatch(text, clock.end, day.start):
            return clock
    return None


def _day_found(day: Day, clock: Clock | None) -> Found:
    start = min(day.start, clock.start) if clock else day.start
    end = max(day.end, clock.end) if clock else day.end
    if clock and clock.hour is not None:
        moments = [moment for each in day.dates for moment in clock.on(each, day.part)]
        sure = clock.sure or day.part
        found = _moments_found(moments, "hour" if clock.about else "minute", start, end)
        found = replace(found, confidence=min(day.confidence, CERTAIN if sure else LIKELY))
    else:
        value: dict[str, Any] = {
            "candidates": [each.isoformat() for each in day.dates[:MOST_CANDIDATES]],
            "grain": "day",
        }
        part = day.part or (clock.part if clock else None)
        found = Found(value | ({"part": part} if part else {}), start, end, day.confidence)
    return replace(found, value=found.value | {"calendar": "lunar"}) if day.calendar == "lunar" else found


def _clock_found(clock: Clock, at: datetime, prefer: Prefer) -> Found:
    """A time of day without a day: today, unless only yesterday or tomorrow fits the direction of the question."""
    today = clock.on(at.date())
    step = timedelta(days=-1 if prefer == "past" else 1)
    fits = [moment for moment in today if (moment <= at if prefer == "past" else moment >= at)]
    awake = [moment for moment in today if clock.sure or FIRST_AWAKE <= moment.hour < LAST_AWAKE]
    moved = [moment + step for moment in awake if moment not in fits]
    moments = [*(moment for moment in fits if moment in awake), *moved, *fits, *today]
    return _moments_found(
        moments, "timeofday", clock.start, clock.end, CERTAIN if clock.sure and not clock.about else LIKELY
    )


def _moments_found(moments: list[datetime], grain: str, start: int, end: int, confidence: float = CERTAIN) -> Found:
    written = [moment.isoformat() for moment in dict.fromkeys(moments)]
    return Found({"candidates": written[:MOST_CANDIDATES], "grain": grain}, start, end, confidence)
