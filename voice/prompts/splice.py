"""Prompts with variable parts, put together from units that were rendered ahead.

Each unit is said as a phrase of its own, so only parts that people also say apart are units: a group of digits, 十一月,
十八号, 三号楼, 二单元, 五零一室, 王爷爷. What is left over is rendered whole.
"""

import re
from collections.abc import Iterator

from voice.synthesise.wording import DIGIT_NAMES

UNIT_GAP_SECONDS = 0.08  # between units: less sounds cut, more sounds like a list

_DIGITS = tuple(DIGIT_NAMES.values())
_TENS = ("", "十", "二十", "三十")
SURNAMES = tuple(
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈姚卢"
)
ADDRESSED = ("爷爷", "奶奶", "叔叔", "阿姨", "先生", "女士")
MOST_BUILDINGS, MOST_UNITS = 40, 6

_SLOT = re.compile(r"\{(\w+)\}")


def units_ahead() -> Iterator[str]:
    """The units worth rendering at the launch of any campaign: about 410, a quarter of an hour of one core."""
    yield from _DIGITS
    yield from (f"{_number(month)}月" for month in range(1, 13))
    yield from (f"{_number(day)}号" for day in range(1, 32))
    yield from (f"{_number(building)}号楼" for building in range(1, MOST_BUILDINGS + 1))
    yield from (f"{_number(unit)}单元" for unit in range(1, MOST_UNITS + 1))
    yield from (surname + title for surname in SURNAMES for title in ADDRESSED)


def pieces(pattern: str, values: dict[str, tuple[str, ...]]) -> list[str]:
    """The texts to render and to play one after another for `pattern` with its {slots} filled.

    A value is given as units (say, ("十一月", "十八号")). Raises KeyError for a slot without a value.
    """
    found: list[str] = []
    place = 0
    for slot in _SLOT.finditer(pattern):
        found += [pattern[place : slot.start()], *values[slot.group(1)]]
        place = slot.end()
    return [each for each in (*found, pattern[place:]) if re.search(r"\w", each)]


def date_units(month: int, day: int) -> tuple[str, ...]:
    """十一月, 十八号."""
    return f"{_number(month)}月", f"{_number(day)}号"


def room_units(building: int, unit: int, room: str) -> tuple[str, ...]:
    """三号楼, 二单元, and the room digit by digit."""
    return f"{_number(building)}号楼", f"{_number(unit)}单元", *digit_units(room), "室"


def digit_units(digits: str) -> tuple[str, ...]:
    """One unit for each digit: 幺, 三, 九."""
    return tuple(DIGIT_NAMES[each] for each in digits)


def _number(value: int) -> str:
    """1 to 99 in words, as in 二十一号."""
    tens, ones = divmod(value, 10)
    names = "零一二三四五六七八九"
    return (_TENS[tens] if tens < len(_TENS) else names[tens] + "十") + (names[ones] if ones else "")
