"""Reads an old workbook (.xls) in a process of its own.

Its reader can panic or ask for any amount of memory on a damaged file, which a process survives only as the parent of
the one to whom it happened.
"""

import resource
import subprocess
import sys
from datetime import date, datetime
from pathlib import Path
from typing import Any

import msgspec
from python_calamine import CalamineError, CalamineWorkbook, PasswordError

from integrations.registry.errors import BookUnreadable

_ROOT = Path(__file__).parents[3]
_MODULE = "integrations.registry.book.old_workbook"
_MOST_MEMORY_BYTES = 1 << 30  # the biggest .xls, 65 536 rows in 50 columns, takes a quarter of it
_LONGEST_SECONDS = 60  # the biggest .xls takes five
_LOCKED, _DAMAGED = 3, 4  # exit codes of the child

DAMAGED = "这个表格文件坏了，打不开：请用 Excel 或 WPS 打开确认，另存后再导入。"
LOCKED = "这个表格有打开密码：请在 Excel 或 WPS 里取消密码，另存后再导入。"


class OldSheet(msgspec.Struct, frozen=True, kw_only=True):
    """One sheet; dates are ISO text. A merge is its first row, last row and column, from 0."""

    name: str
    rows: list[list[str | int | float | bool]]
    merges: list[tuple[int, int, int]]


def read_old_workbook(path: Path) -> list[OldSheet]:
    """The sheets of an .xls file that are not empty. Raises BookUnreadable."""
    command = [sys.executable, "-m", _MODULE, str(path.resolve())]
    try:
        child = subprocess.run(command, cwd=_ROOT, capture_output=True, check=False, timeout=_LONGEST_SECONDS)
    except subprocess.TimeoutExpired as error:
        raise BookUnreadable(DAMAGED) from error
    if child.returncode:
        raise BookUnreadable(LOCKED if child.returncode == _LOCKED else DAMAGED)
    return msgspec.json.decode(child.stdout, type=list[OldSheet])


def _main(path: str) -> int:
    resource.setrlimit(resource.RLIMIT_AS, (_MOST_MEMORY_BYTES, _MOST_MEMORY_BYTES))
    try:
        with CalamineWorkbook.from_path(path) as workbook:
            sheets = [_sheet(workbook, name) for name in workbook.sheet_names]
    except PasswordError:
        return _LOCKED
    except CalamineError:
        return _DAMAGED
    sys.stdout.buffer.write(msgspec.json.encode([sheet for sheet in sheets if sheet.rows]))
    return 0


def _sheet(workbook: CalamineWorkbook, name: str) -> OldSheet:
    sheet = workbook.get_sheet_by_name(name)
    rows = [] if sheet.start is None else sheet.to_python(skip_empty_area=False)
    return OldSheet(
        name=name,
        rows=[[_plain(cell) for cell in row] for row in rows],
        merges=[(top, bottom, left) for (top, left), (bottom, _) in sheet.merged_cell_ranges or () if bottom > top],
    )


def _plain(cell: Any) -> str | int | float | bool:
    if isinstance(cell, datetime):
        return cell.date().isoformat()
    if isinstance(cell, date):
        return cell.isoformat()
    return cell if isinstance(cell, str | int | float | bool) else str(cell)


if __name__ == "__main__":
    sys.exit(_main(sys.argv[1]))
