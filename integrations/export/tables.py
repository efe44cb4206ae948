"""The forms in which results leave: a workbook, JSON, CSV. Each takes the same tables, row by row."""

import csv
import io
import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import BinaryIO, Protocol

from openpyxl import Workbook

from integrations.export.sheets import OpenSheet, Value, safe, write_only_workbook

_BOM = "\ufeff"  # without it Excel takes a CSV file for GBK


class Table(Protocol):
    """A table that is being written; several may be written to in turn."""

    name: str
    rows: int  # below the headings

    def append(self, row: Sequence[Value]) -> None:
        """Adds one row."""
        ...


class Tables(Protocol):
    """A file of tables. `save` is called once, after the last row."""

    def open(self, name: str, headings: Sequence[str]) -> Table:
        """A new table."""
        ...

    def save(self) -> None:
        """Writes what is not written yet."""
        ...


class _Workbook:
    def __init__(self, workbook: Workbook, out: BinaryIO) -> None:
        self._workbook = workbook
        self._out = out

    def open(self, name: str, headings: Sequence[str]) -> Table:
        return OpenSheet(self._workbook, name, headings)

    def save(self) -> None:
        self._workbook.save(self._out)


@contextmanager
def workbook_tables(out: BinaryIO) -> Iterator[Tables]:
    """Sheets of an .xlsx workbook."""
    with write_only_workbook() as workbook:
        yield _Workbook(workbook, out)


class _Lines:
    """One JSON object a row under a name, kept as text until the end."""

    def __init__(self, name: str, headings: Sequence[str]) -> None:
        self.name = name
        self.rows = 0
        self._headings = headings
        self.spool = io.StringIO()

    def append(self, row: Sequence[Value]) -> None:
        text = json.dumps(dict(zip(self._headings, row, strict=True)), ensure_ascii=False)
        self.spool.write(f"{',' if self.rows else ''}\n{text}")
        self.rows += 1


class _Json:
    def __init__(self, out: BinaryIO) -> None:
        self._out = out
        self._tables: list[_Lines] = []

    def open(self, name: str, headings: Sequence[str]) -> Table:
        self._tables.append(_Lines(name, headings))
        return self._tables[-1]

    def save(self) -> None:
        self._out.write(b"{")
        for number, table in enumerate(self._tables):
            start = f"{',' if number else ''}\n{json.dumps(table.name, ensure_ascii=False)}: ["
            self._out.write(f"{start}{table.spool.getvalue()}\n]".encode())
        self._out.write(b"\n}\n")


@contextmanager
def json_tables(out: BinaryIO) -> Iterator[Tables]:
    """One JSON object: table → list of rows, each an object by heading. Values are as they are, nothing is escaped."""
    yield _Json(out)


class _Csv:
    def __init__(self, name: str, headings: Sequence[str], out: io.TextIOWrapper | None) -> None:
        self.name = name
        self.rows = 0
        self._writer = None if out is None else csv.writer(out)
        if self._writer is not None:
            self._writer.writerow([safe(heading) for heading in headings])

    def append(self, row: Sequence[Value]) -> None:
        if self._writer is not None:
            self._writer.writerow([safe(value) for value in row])
        self.rows += 1


class _OneCsv:
    def __init__(self, out: io.TextIOWrapper, wanted: str) -> None:
        self._out = out
        self._wanted = wanted

    def open(self, name: str, headings: Sequence[str]) -> Table:
        return _Csv(name, headings, self._out if name == self._wanted else None)

    def save(self) -> None:
        self._out.flush()


@contextmanager
def csv_table(out: BinaryIO, wanted: str) -> Iterator[Tables]:
    """The table of this name as CSV that Excel opens: UTF-8 with a mark, no text that a program takes for a formula."""
    text = io.TextIOWrapper(out, encoding="utf-8", newline="", write_through=True)
    text.write(_BOM)
    try:
        yield _OneCsv(text, wanted)
    finally:
        text.detach()
