"""Finds the heading row of a sheet and what each column holds, in any order and under the usual names."""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import yaml

from integrations.registry.book.sheets import Cell, Sheet

Column = Literal[
    "community", "grid", "compound", "building", "unit", "room", "door", "head", "name", "members", "phone",
    "spare_phone", "id_number", "sex", "birth", "relation", "worker", "worker_phone", "deputy", "deputy_phone", "duty",
    "consent", "hours", "family_phone", "note",
]  # fmt: skip

_VARIANTS = Path(__file__).with_name("headings.yaml")
_ROWS_LOOKED_AT = 20  # titles, notes and dates stand above the headings
_FEWEST_HEADINGS = 2
_NOISE = re.compile(r"[\s*＊:：.、]+|[(（\[【].*?[)）\]】]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Doubled:
    """A column that names the same thing as one before it; it is not read."""

    index: int  # from 0
    written: str
    first: int  # the column that is read
    first_written: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Headings:
    """Where the headings stand and which column (from 0) holds what."""

    row: int  # as Excel shows it, from 1
    columns: Mapping[Column, int]
    written: Mapping[Column, str]  # as they are written in the sheet
    kind: Literal["households", "workers"]
    doubled: Sequence[Doubled] = ()

    def name(self, column: Column) -> str:
        """The heading of a column for a message, on one line."""
        return " ".join(self.written.get(column, "").split())


class HeadingReader:
    """Knows the usual names of every column."""

    def __init__(self, path: Path = _VARIANTS) -> None:
        variants: dict[Column, list[str]] = yaml.safe_load(path.read_text(encoding="utf-8"))
        self._columns = {_plain(name): column for column, names in variants.items() for name in names}

    def find(self, sheet: Sheet) -> Headings | None:
        """The headings of a sheet, or None when it holds neither households nor grid workers."""
        best: Headings | None = None
        for number, row in sheet.rows[:_ROWS_LOOKED_AT]:
            found = self._of_row(number, row)
            if found is not None and (best is None or len(found.columns) > len(best.columns)):
                best = found
        return best

    @staticmethod
    def repeats(row: Sequence[Cell], headings: Headings) -> bool:
        """Whether a row is the heading row again, as at the top of every printed page."""
        first, index = next(iter(headings.columns.items()))
        if index >= len(row) or row[index] != headings.written[first]:
            return False
        same = sum(
            index < len(row) and row[index] == headings.written[column] for column, index in headings.columns.items()
        )
        return same >= _FEWEST_HEADINGS and same * 2 > len(headings.columns)

    def _of_row(self, number: int, row: Sequence[Cell]) -> Headings | None:
        columns: dict[Column, int] = {}
        written: dict[Column, str] = {}
        doubled: list[Doubled] = []
        for index, cell in enumerate(row):
            column = self._columns.get(_plain(cell)) if isinstance(cell, str) else None
            if column is None:
                continue
            # 手机 beside 联系电话 is a second number; 联系电话 twice is a mistake of which nobody knows the right half.
            if column == "phone" and column in columns and _plain(str(cell)) != _plain(written[column]):
                column = "spare_phone"
            if column not in columns:
                columns[column], written[column] = index, str(cell)
                continue
            doubled.append(
                Doubled(index=index, written=str(cell), first=columns[column], first_written=written[column])
            )
        kind = _kind(columns)
        if len(columns) < _FEWEST_HEADINGS or kind is None:
            return None
        return Headings(row=number, columns=columns, written=written, kind=kind, doubled=doubled)


def _kind(columns: Mapping[Column, int]) -> Literal["households", "workers"] | None:
    if not columns.keys().isdisjoint({"room", "door"}) and not columns.keys().isdisjoint({"head", "name"}):
        return "households"
    if "grid" in columns and ("worker" in columns or {"name", "duty"} <= columns.keys()):
        return "workers"
    return None


def _plain(text: str) -> str:
    return _NOISE.sub("", unicodedata.normalize("NFKC", text)).upper()
