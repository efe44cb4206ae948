"""A day that words name, and the pieces of grammar that its finders share."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any, Literal

from nlu import lexicon
from nlu.found import CERTAIN
from nlu.numerals import as_digits

Calendar = Literal["solar", "lunar"]

# Characters of a day's or a month's number, and of a year's.
NUMBER = r"[0-9零〇一二两三四五六七八九十廿卅]{1,4}"
YEAR_DIGITS = r"(?:[0-9]{4}|[零〇一二三四五六七八九]{4}|[0-9]{2}|[零〇一二三四五六七八九]{2})"
# A year told with two digits is at most so many years ahead, else of the last century.
YEARS_AHEAD = 10
# No resident speaks of a year before this one.
OLDEST_YEAR = 1900


@dataclass(frozen=True, slots=True)
class Day:
    """The days that `text[start:end]` can mean, the most likely first."""

    dates: tuple[date, ...]
    start: int
    end: int
    calendar: Calendar = "solar"
    part: str | None = None  # a key of `parts` in days.yaml, where one word tells day and part: 昨晚
    confidence: float = CERTAIN
    weekday: int | None = None  # 1 Monday … 7 Sunday, where a weekday was told
    whole_weeks: bool = False  # told as weeks before or after today


def full_year(words: str, today: date) -> int:
    """The year of four digits or two: 九零 is 1990, 零六 is 2006."""
    digits = as_digits(words)
    year = int(digits)
    if len(digits) == 4:
        return year
    year += today.year // 100 * 100
    return year if year <= today.year + YEARS_AHEAD or year - 100 < OLDEST_YEAR else year - 100


def alternatives(words: Iterable[str]) -> str:
    """A pattern of any of the words, the longest first."""
    return "|".join(sorted(words, key=len, reverse=True))


@lru_cache(maxsize=1)
def day_words() -> dict[str, Any]:
    """The lexicon of days, parts of the day, years and months."""
    words: dict[str, Any] = lexicon.load("days.yaml")
    return words


@lru_cache(maxsize=1)
def year_pattern() -> str:
    """A year in words: 二零一二年, 九零年, 去年, 三年前. Groups: year, year_word, years_ago, years_way."""
    named = alternatives(day_words()["years"])
    return rf"(?:(?P<year>{YEAR_DIGITS})年|(?P<year_word>{named})|(?P<years_ago>{NUMBER})年(?P<years_way>以?前|以?后))"
