"""Writes sheets that are safe to open: nothing that a resident said ever runs as a formula."""

import os
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path
from typing import BinaryIO
from zoneinfo import ZoneInfo

from openpyxl import Workbook
from openpyxl.cell import Cell, WriteOnlyCell
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet._write_only import WriteOnlyWorksheet

from integrations.export.errors import ExportUnwritable

SHANGHAI = ZoneInfo("Asia/Shanghai")
Value = str | int | float | None

# Excel, WPS and LibreOffice take text that begins so for a formula when it comes back from CSV or is edited (OWASP,
# CSV injection); the full-width signs count as their half-width ones in some input methods.
_FORMULA = re.compile(r"^\s*[=+\-@＝＋－＠\t\r]")
# XML 1.0 has no such characters.
_FORBIDDEN = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")
_LONGEST_CELL = 32_767  # of Excel
_LONGEST_NAME = 31  # of a sheet
_BAD_IN_A_NAME = re.compile(r"[\\/*?:\[\]]")
_HEADING_FILL = PatternFill("solid", fgColor="DCE6F1")
_WIDTHS = {"原话）": 32, "原话": 32, "住址": 28, "身份证号": 21, "摘要": 32}
_WIDTH = 14


def safe(value: Value) -> Value:
    """The value as a cell may hold it: text that a program could take for a formula gets an apostrophe before it."""
    if not isinstance(value, str):
        return value
    text = _FORBIDDEN.sub("", value)
    if _FORMULA.match(text):
        text = f"'{text}"
    return text[:_LONGEST_CELL]


def local(at: datetime | None) -> str:
    """2026-11-21 09:00 in Shanghai, "" for None."""
    return at.astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M") if at else ""


@contextmanager
def whole_file(path: Path) -> Iterator[BinaryIO]:
    """A file, for its owner only, that appears under its name once the block ends well. Raises ExportUnwritable."""
    beside = path.with_name(f".{path.name}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with os.fdopen(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as out:
            yield out
        beside.replace(path)
    except OSError as error:
        raise ExportUnwritable(f"写不了文件 {path.name}：请关掉正打开它的程序，或者换一个有权限的文件夹。") from error
    finally:
        with suppress(OSError):
            beside.unlink()


@contextmanager
def write_only_workbook() -> Iterator[Workbook]:
    """An empty workbook whose sheets are closed even when the block raises."""
    workbook = Workbook(write_only=True)
    try:
        yield workbook
    finally:
        for sheet in workbook.worksheets:
            if isinstance(sheet, WriteOnlyWorksheet) and not sheet.closed:
                sheet.close()


class OpenSheet:
    """One sheet of a write-only workbook, with a frozen heading row; several may be written to in turn."""

    def __init__(self, workbook: Workbook, name: str, headings: Sequence[str]) -> None:
        self.name = _BAD_IN_A_NAME.sub("", name)[:_LONGEST_NAME]
        self.rows = 0  # below the headings
        self._sheet = workbook.create_sheet(self.name)
        self._sheet.freeze_panes = "A2"
        for place, heading in enumerate(headings, start=1):
            wide = next((width for ending, width in _WIDTHS.items() if heading.endswith(ending)), _WIDTH)
            self._sheet.column_dimensions[get_column_letter(place)].width = wide
        self._sheet.append([self._heading(heading) for heading in headings])

    def append(self, row: Sequence[Value]) -> None:
        """Add one row of safe cells."""
        self._sheet.append([safe(value) for value in row])
        self.rows += 1

    def _heading(self, heading: str) -> Cell:
        cell: Cell = WriteOnlyCell(self._sheet, value=safe(heading))
        cell.font, cell.fill, cell.alignment = Font(bold=True), _HEADING_FILL, Alignment(wrap_text=True)
        return cell
