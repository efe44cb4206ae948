"""Reads a whole household book: finds its sheets, reads their rows, gathers them into households."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from openpyxl.utils import get_column_letter

from integrations.registry.book.address import grid_name
from integrations.registry.book.cells import CellWrong, blank, phones_of, text_of
from integrations.registry.book.contents import BadRow, Book, GridEntry, HouseholdEntry, UnreadColumn, WorkerEntry
from integrations.registry.book.headings import Column, Doubled, HeadingReader, Headings
from integrations.registry.book.household_rows import DoorRow, RowReader, RowWrong
from integrations.registry.book.people import Person, names_in
from integrations.registry.book.sheets import Cell, Sheet, fill_down, read_sheets
from integrations.registry.errors import BookUnreadable

_FILLED: frozenset[Column] = frozenset(
    {
        "community",
        "grid",
        "compound",
        "building",
        "unit",
        "room",
        "door",
        "head",
        "worker",
        "worker_phone",
        "deputy",
        "deputy_phone",
        "note",
    }
)
_FOOTERS = (
    "合计",
    "总计",
    "小计",
    "共计",
    "制表",
    "填表",
    "审核",
    "注:",
    "注：",
    "说明:",
    "说明：",
    "备注:",
    "备注：",
    "填报",
)
_NAMELESS_SHEETS = ("sheet", "工作表", "csv")
_A_GRID = "网格"
_NOT_A_COMPOUND = ("户籍", "居民", "名册", "台账", "登记", "汇总", "信息", "总表", "花名册", "一览", _A_GRID)
NO_HEADINGS = "表里没有找到表头：请在数据上面留一行表头，至少要有“姓名”（或“户主”）和“房号”（或“门牌”）两列。"
NO_ROWS = "表里只有表头，没有住户：请填好以后再导入。"


def read_book(path: Path, *, community: str, at: datetime) -> Book:
    """Everything that a household book says, good rows and bad ones. Raises BookUnreadable.

    `community` is the community of rows that name none.
    """
    reader = HeadingReader()
    book = Book()
    sheets = 0
    for sheet in read_sheets(path):
        sheets += 1
        headings = reader.find(sheet)
        if headings is None:
            book.skipped_sheets.append(sheet.name)
            continue
        book.used_sheets.append(sheet.name)
        book.unread_columns += [_unread(sheet, headings, each) for each in headings.doubled]
        if headings.kind == "workers":
            _read_workers(book, sheet, headings)
        else:
            _read_households(book, sheet, headings, community=community, at=at)
    if not sheets:
        raise BookUnreadable("这个表格是空的：请选有内容的户籍表。")
    if not book.used_sheets:
        raise BookUnreadable(NO_HEADINGS)
    if not book.rows:
        raise BookUnreadable(NO_ROWS)
    return book


def _unread(sheet: Sheet, headings: Headings, doubled: Doubled) -> UnreadColumn:
    first, heading = get_column_letter(doubled.first + 1), " ".join(doubled.written.split())
    same = (
        f"和 {first} 列同名"
        if doubled.written == doubled.first_written
        else f"和 {first} 列“{' '.join(doubled.first_written.split())}”说的是同一项"
    )
    return UnreadColumn(
        sheet=sheet.name,
        row=headings.row,
        letter=get_column_letter(doubled.index + 1),
        heading=heading,
        reason=f"{same}，只读了 {first} 列，这一列没有导入。"
        "请改成别的列名（第二个电话写“备用电话”）或者删掉一列，再导入一次",
    )


def _read_households(book: Book, sheet: Sheet, headings: Headings, *, community: str, at: datetime) -> None:
    compound = "" if "compound" in headings.columns else _compound_of(sheet.name)
    rows = RowReader(
        headings,
        community=community,
        compound=compound,
        grid=sheet.name if _A_GRID in sheet.name and "grid" not in headings.columns else "",
        lost_merges=sheet.lost_merges,
        at=at,
    )
    for number, row in _data_rows(sheet, headings):
        book.rows += 1
        try:
            _take(book, rows.read(row))
        except RowWrong as error:
            book.bad_rows.append(BadRow(sheet=sheet.name, row=number, column=error.column, reason=error.reason))


def _data_rows(sheet: Sheet, headings: Headings) -> Iterator[tuple[int, list[Cell]]]:
    """The rows below the headings that hold something: no empty ones, repeated headings, totals or signatures."""
    filled = frozenset(index for column, index in headings.columns.items() if column in _FILLED)
    known = tuple(headings.columns.values())
    for number, row in fill_down(sheet, filled):
        if number <= headings.row or HeadingReader.repeats(row, headings) or _is_footer(row):
            continue
        if any(index < len(row) and row[index] != "" and text_of(row[index]) for index in known):
            yield number, row


def _is_footer(row: Sequence[Cell]) -> bool:
    first = next((cell for cell in row if cell != ""), "")
    return isinstance(first, str) and "".join(first.split()).startswith(_FOOTERS)


def _compound_of(sheet_name: str) -> str:
    """Many books have one sheet a compound, named after it."""
    name = sheet_name.lower()
    if name.startswith(_NAMELESS_SHEETS) or name.isdigit() or any(word in name for word in _NOT_A_COMPOUND):
        return ""
    return sheet_name


def _take(book: Book, row: DoorRow) -> None:
    """Add one good row to its household and its workers to the list."""
    entry = book.households.get(row.address.key)
    if entry is None:
        entry = book.households[row.address.key] = HouseholdEntry(address=row.address)
    entry.grid = entry.grid or row.grid
    entry.worker = entry.worker or row.worker
    entry.deputy = entry.deputy or row.deputy
    entry.consent = row.consent if row.consent != "unknown" else entry.consent
    entry.calling_hours = entry.calling_hours or row.calling_hours
    if row.note and row.note not in entry.note:
        entry.note = f"{entry.note}；{row.note}" if entry.note else row.note
    for person in row.people:
        _merge(entry.people, person)
    for name, phone in ((row.worker, row.worker_phone), (row.deputy, row.deputy_phone)):
        if name:
            _worker(book, WorkerEntry(name=name, role="grid_worker", grid=row.grid, phone=phone))


def _merge(people: list[Person], person: Person) -> None:
    """One entry a person: the same identity number, or the same name where one of the two has no number."""
    for index, before in enumerate(people):
        if same_person(before, person):
            people[index] = replace(
                before,
                is_head=before.is_head or person.is_head,
                relation=before.relation or person.relation,
                phone=before.phone or person.phone,
                family_phone=before.family_phone or person.family_phone,
                identity=before.identity or person.identity,
                birth_year=before.birth_year or person.birth_year,
                sex=before.sex or person.sex,
            )
            return
    people.append(person)


def same_person(one: Person, other: Person) -> bool:
    """Whether two entries of one household tell of the same person."""
    if one.identity and other.identity:
        return one.identity.number == other.identity.number
    return one.name == other.name


def _worker(book: Book, entry: WorkerEntry) -> None:
    before = book.workers.setdefault(entry.name, entry)
    before.grid = before.grid or entry.grid
    before.phone = before.phone or entry.phone
    if entry.role != "grid_worker":
        before.role = entry.role


def _read_workers(book: Book, sheet: Sheet, headings: Headings) -> None:
    """A list of grid workers: who looks after which grid."""
    for number, row in _data_rows(sheet, headings):
        book.rows += 1
        try:
            _take_worker(book, row, headings)
        except CellWrong as error:
            book.bad_rows.append(BadRow(sheet=sheet.name, row=number, column="", reason=error.reason))


def _take_worker(book: Book, row: Sequence[Cell], headings: Headings) -> None:
    def text(column: Column) -> str:
        index = headings.columns.get(column)
        return "" if index is None or index >= len(row) else text_of(row[index])

    duty = text("duty")
    role = _role(duty)
    grid_called = "" if role == "desk" else grid_name(text("grid"))
    grid = book.grids.setdefault(grid_called, GridEntry()) if grid_called else GridEntry()
    name_column: Column = "worker" if "worker" in headings.columns else "name"
    phone_column: Column = "worker_phone" if "worker_phone" in headings.columns else "phone"
    for column, phone, deputy in ((name_column, phone_column, _is_deputy(duty)), ("deputy", "deputy_phone", True)):
        words = text(column)
        if blank(words):
            continue
        name = names_in(words)[0].name
        phones = phones_of(text(phone))
        _worker(book, WorkerEntry(name=name, role=role, grid=grid_called, phone=phones[0] if phones else None))
        if deputy:
            grid.deputy = grid.deputy or name
        elif role == "grid_worker":
            grid.worker = grid.worker or name


def _role(duty: str) -> str:
    """值班 sits at the community's desk, whatever the title: who is rung last, and for whom nobody knows."""
    if "值班" in duty:
        return "desk"
    return "grid_lead" if "长" in duty else "grid_worker"


def _is_deputy(duty: str) -> bool:
    return any(word in duty for word in ("副", "兼职", "备", "协", "B"))
