"""Sheets as rows of cells: workbooks by calamine, CSV by the standard library; merged cells are filled downwards."""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path

from python_calamine import CalamineError, CalamineWorkbook, PasswordError

from integrations.registry.book.old_workbook import DAMAGED, LOCKED, read_old_workbook
from integrations.registry.book.safety import WRONG_TYPE, check_file
from integrations.registry.errors import BookUnreadable

Cell = int | float | str | bool | time | date | datetime | timedelta

# Of one merged range, counted from 0: first row, last row, column.
Merge = tuple[int, int, int]
_CSV_ENCODINGS = ("utf-8-sig", "gb18030")  # what WPS and Excel write in China
_CSV_SHEET = "CSV"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """One sheet; `rows` are numbered from 1 as Excel shows them."""

    name: str
    rows: Sequence[tuple[int, list[Cell]]]
    merges: frozenset[Merge]
    lost_merges: bool  # a CSV file: merged cells became empty ones


def read_sheets(path: Path) -> Iterator[Sheet]:
    """The sheets of a file in their order, empty ones left out. Raises BookUnreadable."""
    form = check_file(path)
    if form == "csv":
        yield _csv_sheet(path)
        return
    if form == "xls":
        for old in read_old_workbook(path):
            yield _sheet(old.name, old.rows, old.merges)
        return
    try:
        with CalamineWorkbook.from_path(path) as workbook:
            for name in workbook.sheet_names:
                sheet = workbook.get_sheet_by_name(name)
                if sheet.start is not None:
                    merges = [(top, bottom, left) for (top, left), (bottom, _) in sheet.merged_cell_ranges or ()]
                    yield _sheet(name, sheet.to_python(skip_empty_area=False), merges)
    except PasswordError as error:
        raise BookUnreadable(LOCKED) from error
    except CalamineError as error:
        raise BookUnreadable(DAMAGED) from error


def _sheet(name: str, rows: Sequence[Sequence[Cell]], merges: Iterable[Merge]) -> Sheet:
    return Sheet(
        name=name.strip(),
        rows=[(number, list(row)) for number, row in enumerate(rows, start=1)],
        merges=frozenset((top, bottom, left) for top, bottom, left in merges if bottom > top),
        lost_merges=False,
    )


def _csv_sheet(path: Path) -> Sheet:
    raw = path.read_bytes()
    for encoding in _CSV_ENCODINGS:
        try:
            text = raw.decode(encoding)
        except UnicodeDecodeError:
            continue
        break
    else:
        raise BookUnreadable(WRONG_TYPE)
    try:
        delimiter = "\t" if text.split("\n", 1)[0].count("\t") > 1 else ","
        rows: list[tuple[int, list[Cell]]] = [
            (number, list(row))
            for number, row in enumerate(csv.reader(io.StringIO(text), delimiter=delimiter), start=1)
        ]
    except csv.Error as error:
        raise BookUnreadable(DAMAGED) from error
    return Sheet(name=_CSV_SHEET, rows=rows, merges=frozenset(), lost_merges=True)


def fill_down(sheet: Sheet, columns: frozenset[int]) -> Iterator[tuple[int, list[Cell]]]:
    """The rows of a sheet with the cells of merged ranges in these columns (from 0) filled with their first value."""
    filled_until: dict[int, tuple[int, Cell]] = {}
    starts = {(top, column): bottom for top, bottom, column in sheet.merges if column in columns}
    for number, row in sheet.rows:
        for column in columns:
            if column >= len(row):
                continue
            bottom, value = filled_until.get(column, (0, ""))
            if number <= bottom and row[column] == "":
                row[column] = value
            elif (number - 1, column) in starts:
                filled_until[column] = (starts[number - 1, column] + 1, row[column])
        yield number, row
