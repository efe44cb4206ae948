"""Prompts with variable parts, put together from units that were rendered ahead.

Each unit is said as a phrase of its own, so only parts that people also say apart are units: a group of digits, 十一月,
十八号, 三栋, 二单元, 三十七度二, 王女士. A text that has a part which is no unit is rendered whole.
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from nlu.spoken import spoken_number, spoken_temperature
from voice.synthesise.wording import DIGIT_NAMES

UNIT_GAP_SECONDS = 0.08  # between units: less sounds cut, more sounds like a list
COMMA_SECONDS = 0.2
SENTENCE_SECONDS = 0.3

SURNAMES = tuple(
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈姚卢"
)
ADDRESSED = ("女士", "先生")  # as the registry has them
MOST_BUILDINGS, MOST_UNITS = 40, 6
TENTHS_OF_DEGREES = range(355, 405)  # what is read back nearly always
BLOOD_PRESSURES = range(60, 181)
KEYS = 9
# When calls are put off to.
PARTS_OF_DAY = {"早上": range(8, 12), "中午": (12,), "下午": range(1, 6), "晚上": range(6, 10)}
DAYS = ("今天", "明天", "后天")

_COMMAS, _ENDS = "，、：；,", "。！!"


@dataclass(frozen=True, slots=True)
class Piece:
    """A unit, and the silence before it."""

    unit: str
    gap_seconds: float


def units_ahead() -> Iterator[str]:
    """The units worth rendering before any call, the most needed first: about 500, a quarter of an hour of one core."""
    yield from ("一", *DIGIT_NAMES.values())
    yield from (f"{spoken_number(month)}月" for month in range(1, 13))
    yield from (f"{spoken_number(day)}号" for day in range(1, 32))
    yield from (spoken_temperature(tenths / 10) for tenths in TENTHS_OF_DEGREES)
    yield from (surname + title for surname in SURNAMES for title in ADDRESSED)
    yield from (f"按{key}" for key in range(1, KEYS + 1))
    yield from DAYS
    for part, hours in PARTS_OF_DAY.items():
        yield from (f"{part}{_hour(hour)}点{half}" for hour in hours for half in ("", "半"))
    yield from (f"{spoken_number(unit)}单元" for unit in range(1, MOST_UNITS + 1))
    yield from (f"{spoken_number(building)}栋" for building in range(1, MOST_BUILDINGS + 1))
    yield from ("高压", "低压", *(spoken_number(value) for value in BLOOD_PRESSURES))


def pieces(text: str, units: Collection[str], *, longest: int) -> Sequence[Piece] | None:
    """The fewest units that make up the text, marks between them left out; None if some part of it is no unit.

    `longest`: characters of the longest unit that counts.
    """
    best: list[list[Piece] | None] = [[], *[None] * len(text)]
    for end in range(1, len(text) + 1):
        found = best[end - 1] if text[end - 1] in _COMMAS + _ENDS else None
        for start in range(max(0, end - longest), end):
            before, unit = best[start], text[start:end]
            if before is not None and unit in units and (found is None or len(before) + 1 < len(found)):
                found = [*before, Piece(unit, _silence(text[:start]))]
        best[end] = found
    return best[-1] or None


def _silence(before: str) -> float:
    """Between what was said and the next unit."""
    if not before:
        return 0.0
    mark = before[-1]
    return SENTENCE_SECONDS if mark in _ENDS + "？" else COMMA_SECONDS if mark in _COMMAS else UNIT_GAP_SECONDS


def _hour(hour: int) -> str:
    return "两" if hour == 2 else spoken_number(hour)
