"""When a resident wants to be called, as household books write it."""

import re
import unicodedata
from datetime import time
from functools import lru_cache
from typing import Any

import msgspec

from campaigns.errors import PolicyInvalid
from campaigns.window import CallingWindow
from integrations.registry.book.cells import CellWrong, blank, text_of
from integrations.registry.book.sheets import Cell

_PARTS_OF_DAY = {
    "早上": (8, 10), "上午": (8, 12), "白天": (8, 18), "中午": (11, 14), "下午": (13, 18), "傍晚": (17, 19),
    "晚上": (18, 21), "晚间": (18, 21), "全天": (8, 21), "都可以": (8, 21), "随时": (8, 21),
}  # fmt: skip
_DAYS = {"周末": (6, 7), "双休日": (6, 7), "休息日": (6, 7), "工作日": (1, 2, 3, 4, 5), "平时": (1, 2, 3, 4, 5)}
_NUMERALS = {
    **{each: number for number, each in enumerate("零一二三四五六七八九")},
    "两": 2,
    "十": 10,
    "日": 7,
    "天": 7,
}
_HOUR = re.compile(
    r"(?P<part>早上|上午|中午|下午|傍晚|晚上)?(?P<hour>\d{1,2}|[一二两三四五六七八九十]{1,3})"
    r"(?:[:点时](?P<half>半)?(?P<minute>\d{1,2})?分?)"
)
_WEEKDAYS = re.compile(
    r"(?:周|星期|礼拜)(?P<first>[一二三四五六日天])(?:[到至~-]+(?:周|星期|礼拜)?(?P<last>[一二三四五六日天]))?"
)
_OPENS, _CLOSES = time(8), time(21)  # what is meant by 以后 and 以前
_REMEMBERED = 1024


@lru_cache(maxsize=_REMEMBERED, typed=True)
def hours_of(cell: Cell) -> dict[str, Any] | None:
    """A calling window as JSON; None where the cell says nothing. Raises CellWrong.

    上午, 9:00-11:30, 周末下午, 晚上六点以后.
    """
    text = "".join(unicodedata.normalize("NFKC", text_of(cell)).split())
    if blank(text):
        return None
    days, rest = _days(text)
    hours = _between(rest) or _part_of_day(rest)
    if hours is None:
        if rest or days is None:
            raise CellWrong("方便接电话的时间看不懂，请写成“上午”或“14:00-17:00”这样")
        hours = (_OPENS, _CLOSES)
    try:
        window = CallingWindow(opens=hours[0], closes=hours[1], **({} if days is None else {"weekdays": days}))
    except PolicyInvalid as error:
        raise CellWrong("方便接电话的时间，开始要早于结束") from error
    known: dict[str, Any] = msgspec.json.decode(msgspec.json.encode(window))
    return known


def _days(text: str) -> tuple[tuple[int, ...] | None, str]:
    """The weekdays, and what is left of the text."""
    for word, days in _DAYS.items():
        if word in text:
            return days, text.replace(word, "")
    found = _WEEKDAYS.search(text)
    if found is None:
        return None, text
    first, last = _NUMERALS[found["first"]], _NUMERALS[found["last"] or found["first"]]
    return tuple(range(first, last + 1)) if first <= last else (first, last), text.replace(found[0], "")


def _between(text: str) -> tuple[time, time] | None:
    moments = list(_HOUR.finditer(text))
    if not moments:
        return None
    first = _moment(moments[0], "")
    if len(moments) > 1:
        return first, _moment(moments[1], moments[0]["part"] or "")
    if re.search("以前|之前|前$", text):
        return _OPENS, first
    return (first, _CLOSES) if re.search("以后|之后|后", text) else None


def _moment(found: "re.Match[str]", part_before: str) -> time:
    hour = int(found["hour"]) if found["hour"].isdigit() else _spoken(found["hour"])
    part = found["part"] or part_before
    if part in ("下午", "傍晚", "晚上") and hour < 12:
        hour += 12
    minute = 30 if found["half"] else int(found["minute"] or 0)
    if hour > 23 or minute > 59:
        raise CellWrong("方便接电话的时间里没有这个钟点")
    return time(hour, minute)


def _spoken(numeral: str) -> int:
    tens, found, ones = numeral.partition("十")
    if not found:
        return _NUMERALS[numeral]
    return (_NUMERALS[tens] if tens else 1) * 10 + (_NUMERALS[ones] if ones else 0)


def _part_of_day(text: str) -> tuple[time, time] | None:
    parts = [hours for word, hours in _PARTS_OF_DAY.items() if word in text]
    return (time(min(each[0] for each in parts)), time(max(each[1] for each in parts))) if parts else None
