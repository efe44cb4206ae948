"""Times of day in words: 下午三点半, 晚上十点, 9点20, 差五分三点, 13:05, 2:00pm, 晌午."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date as Date  # noqa: N812
from datetime import datetime, time, timedelta
from functools import lru_cache

from nlu.dates.day import alternatives, day_words
from nlu.numerals import read_count, read_numeral

_HOUR = (
    r"(?:十?(?:一二|两三|三四|四五|五六|六七|七八|八九)(?=点)"
    r"|[01]?[0-9]|2[0-4]|二?十[一二三四五六七八九]?|廿[一二三四]|[零〇一二两三四五六七八九])"
)
_MINUTE = r"(?:[0-5]?[0-9]|[零〇]?[一二三四五六七八九]|[二三四五]?十[一二三四五六七八九]?)"
_SHORT_OF = rf"(?:[一三]刻(?:钟)?|{_MINUTE}分?(?:钟)?)"
_SECOND = r"(?:[零〇]?[一二三四五六七八九]|[0-5]?[0-9]|[二三四五]?十[一二三四五六七八九]?|[一二三四五六七八九])"


# 有一点, 快一点: not one o'clock.
_A_LITTLE = re.compile(r"[有差好快慢早晚多少高低大小这那]$")


@dataclass(frozen=True, slots=True)
class Clock:
    """A time of day at `text[start:end]`; without an hour only the part of the day was named."""

    hour: int | None  # as it was told: 三点 is 3 whatever the part of the day
    minute: int
    second: int
    part: str | None  # a key of `parts` in days.yaml
    start: int
    end: int
    half: str | None = None  # am or pm, where a figure was marked so
    about: bool = False  # 五点多: the minute was not told

    def on(self, day: Date, part: str | None = None) -> list[datetime]:
        """The moments that it can mean on a day, best first; `part` where the day's own word named it: 昨晚."""
        midnight = datetime.combine(day, time())
        return [
            midnight + timedelta(hours=hour, minutes=self.minute, seconds=self.second)
            for hour in (() if self.hour is None else _hours(self.hour, self.part or part, self.half))
        ]

    @property
    def sure(self) -> bool:
        """Whether it can mean one half of the day only."""
        return self.hour is None or bool(self.part or self.half) or self.hour == 0 or self.hour > 12


def find_clocks(text: str) -> Iterator[Clock]:
    """Every time of day of a normalised text, in order."""
    for match in _pattern().finditer(text):
        clock = _clock(match) if match[0] else None
        if clock is not None:
            yield clock


def part_named(word: str) -> str | None:
    """The part of the day that a word names: 晌午 is noon."""
    return next((name for name, part in day_words()["parts"].items() if word in part["words"]), None)


def _clock(match: re.Match[str]) -> Clock | None:
    part = part_named(match["part"]) if match["part"] else None
    if match["bare_hour"]:
        return Clock(int(match["bare_hour"]), 0, 0, part, match.start(), match.end(), match["bare_half"].lower())
    if match["hour"] is None:
        hour = day_words()["exact"].get(match["part"])
        return Clock(hour, 0, 0, part, match.start(), match.end()) if part else None
    hour, minute = _number(match["hour"]), _minute(match)
    if hour is None or minute is None or hour > 24 or (hour == 24 and minute):
        return None
    to_go = match["short"] or match["late"]
    short = _short_of(to_go) if to_go else 0
    if short:
        hour, minute = hour - 1, 60 - short
    seconds = match["second"] or match["second_word"]
    second = _number(seconds) if seconds else 0
    if match["hour"] == "一" and _A_LITTLE.search(match.string[: match.start("hour")]) and not match["minute"]:
        return None
    half = match["meridiem"].lower() if match["meridiem"] else None
    about = len(match["hour"]) > 1 and read_count(match["hour"]) != read_numeral(match["hour"])
    about = about or bool(match["some"]) or bool(match["about"] and match["about"][0] in "来多")
    return Clock(hour, minute, second or 0, part, match.start(), match.end(), half, about)


def _short_of(words: str) -> int:
    """Minutes before the hour: 五分, 一刻."""
    number = _number(words.rstrip("刻分钟")) or 0
    return number * 15 if "刻" in words else number


def _minute(match: re.Match[str]) -> int | None:
    if match["half"]:
        return 30
    if match["quarters"]:
        quarters = _number(match["quarters"])
        return 15 * quarters if quarters in (1, 2, 3) else None
    words = match["minute"] or match["colon_minute"]
    return _number(words) if words else 0


def _number(words: str) -> int | None:
    numeral = read_count(words)
    return int(numeral.value) if numeral else None


def _hours(hour: int, part: str | None, half: str | None) -> tuple[int, ...]:
    """The hours past midnight that a figure can mean in a part of the day, best first; up to 29 after an evening."""
    if half and hour <= 12:
        return (hour % 12 + (12 if half == "pm" else 0),)
    if part and hour <= 12:
        first, last = (int(day_words()["parts"][part][bound]) for bound in ("from", "to"))
        return next(((each,) for each in (hour, hour % 12, hour + 12, hour + 24) if first <= each <= last), (hour,))
    if hour == 0 or hour > 12:
        return (hour,)
    # People are awake: a bare three is in the afternoon, a bare nine in the morning.
    return (hour, (hour + 12) % 24) if hour >= 7 else (hour + 12, hour)


@lru_cache(maxsize=1)
def _pattern() -> re.Pattern[str]:
    parts = alternatives(
        word for part in day_words()["parts"].values() for word in part["words"] if word not in "早晚夜"
    )
    spoken = (
        rf"(?:[差欠](?P<short>{_SHORT_OF})(?:到|就)?)?(?<![0-9零〇一二三四五六七八九十百])"
        rf"(?P<hour>{_HOUR})(?P<some>[来多])?(?:(?P<colon>[:：])(?P<colon_minute>[0-5][0-9])(?:[:：](?P<second>[0-5][0-9]))?(?![0-9])"
        rf"|(?:[点时](?!候|间|常|不时|段|光|而|刻都|儿|也|都没|都不)(?:钟)?(?:过|零|〇|又|整|正)?)"
        rf"(?:(?P<half>半)|(?P<quarters>[一二三123])刻(?:钟)?|(?P<minute>{_MINUTE})(?:分(?:钟)?(?:(?P<second_word>{_SECOND})秒)?|(?![0-9零〇一二三四五六七八九十百.个天日号月年]))"
        rf"|(?:还|就)?[差欠](?P<late>{_SHORT_OF})|钟)?)(?P<about>[来多]钟?|左右|前后|上下)?"
    )
    return re.compile(
        rf"(?:(?P<part>{parts}|(?<!最)[早晚夜](?=的?{_HOUR}[点时:：]))(?:的|头)?[\s,，]?)?"
        rf"(?:(?<![0-9:.])(?P<bare_hour>1[0-2]|0?[1-9])\s?(?P<bare_half>(?i:[ap]m))|{spoken}\s?(?P<meridiem>(?i:[ap]m))?)?"
    )
