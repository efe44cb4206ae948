"""The dirt of real household books: odd ways to write what is right, and rows that are wrong."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from random import Random
from typing import Literal

Cell = str | int | float | datetime | None
Fault = Literal[
    "phone_short", "phone_scientific", "id_check_digit", "id_lossy", "no_name", "masked_name", "no_room", "birth"
]

FAULTS: tuple[Fault, ...] = (
    "phone_short", "phone_scientific", "id_check_digit", "id_lossy", "no_name", "masked_name", "no_room", "birth",
)  # fmt: skip
FAULTY_ROWS = 0.006  # share of rows that cannot be used
_FULL_WIDTH = str.maketrans("0123456789", "０１２３４５６７８９")
_DAY_ZERO = date(1899, 12, 30)  # of Excel


@dataclass(frozen=True, slots=True, kw_only=True)
class PlantedRow:
    """One row that an import must report."""

    sheet: str
    row: int
    column: str  # the heading as it is written there
    fault: Fault


class Hand:
    """Writes right values in the many ways of the people who keep such books."""

    def __init__(self, random: Random) -> None:
        self._random = random

    def phone(self, number: str | None) -> Cell:
        """As a number, as text, with spaces or dashes, in full width, or a word for nothing."""
        if number is None:
            return self._random.choice((None, None, "无", "/", ""))
        ways: tuple[Callable[[], Cell], ...] = (
            lambda: float(number),
            lambda: number,
            lambda: int(number),
            lambda: f"{number[:3]} {number[3:7]} {number[7:]}",
            lambda: f"{number[:3]}-{number[3:7]}-{number[7:]}",
            lambda: number.translate(_FULL_WIDTH),
            lambda: f"+86 {number}",
            lambda: f" {number}\n",
        )
        return self._random.choices(ways, (30, 40, 10, 5, 5, 4, 2, 4))[0]()

    def name(self, name: str) -> str:
        """Names of two characters are often spread to the width of three."""
        if len(name) == 2 and self._random.random() < 0.15:
            return f"{name[0]}\u3000{name[1]}"
        return f"{name} " if self._random.random() < 0.03 else name

    def day(self, day: date) -> Cell:
        """A date, text in many forms, or Excel's serial number."""
        ways: tuple[Callable[[], Cell], ...] = (
            lambda: datetime(day.year, day.month, day.day),  # noqa: DTZ001 (a cell of a workbook has no zone)
            lambda: (day - _DAY_ZERO).days,
            day.isoformat,
            lambda: f"{day.year}.{day.month}.{day.day}",
            lambda: f"{day.year}年{day.month}月",
            lambda: f"{day:%Y%m%d}",
            lambda: f"{day.year}/{day.month}/{day.day}".translate(_FULL_WIDTH),
        )
        return self._random.choice(ways)()

    def id_number(self, number: str | None) -> Cell:
        """Text, at times with a small x."""
        if number is None:
            return None
        return number.lower() if self._random.random() < 0.1 else number

    def building(self, number: int) -> Cell:
        """3, 3栋, 3号楼, ３栋."""
        return self._random.choice(
            (number, float(number), f"{number}栋", f"{number}号楼", f"{number}栋".translate(_FULL_WIDTH))
        )

    def unit(self, number: int) -> Cell:
        """2, 2单元, 二单元."""
        return self._random.choice((number, f"{number}单元", f"{'零一二三四五六七八九'[number]}单元"))

    def room(self, number: int) -> Cell:
        """301, 301室, 0301."""
        return self._random.choice((number, str(number), f"{number}室", f"0{number}"))

    def fault(self, *, may_lose_room: bool, has_number: bool) -> Fault | None:
        """Whether this row is to be wrong, and how."""
        if self._random.random() >= FAULTY_ROWS:
            return None
        possible = [
            fault
            for fault in FAULTS
            if (may_lose_room or fault != "no_room") and (has_number or not fault.startswith("id_"))
        ]
        return self._random.choice(possible)


def spoil_phone(fault: Fault) -> Cell:
    """A phone that nobody can call."""
    return "1390000123" if fault == "phone_short" else "1.39E+10"


def spoil_id_number(number: str, fault: Fault) -> Cell:
    """An identity number with a wrong check digit, or one that Excel took for a number."""
    if fault == "id_lossy":
        return float(number[:17] + "0")
    return number[:17] + ("1" if number[17] != "1" else "2")
