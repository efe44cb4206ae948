"""Writes an invented community as the workbook that a community would hand over."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import cycle, groupby
from pathlib import Path
from random import Random

import yaml
from openpyxl import Workbook
from openpyxl.worksheet.cell_range import CellRange

from integrations.registry.sample.community import SampleCommunity, SampleHousehold, invent_community
from integrations.registry.sample.dirt import Cell, Fault, Hand, PlantedRow, spoil_id_number, spoil_phone
from integrations.registry.sample.people import SamplePerson

_STYLES = Path(__file__).with_name("styles.yaml")
_SEX = {"male": "男", "female": "女"}
_SPARE_ROWS = 0.004  # empty rows, and headings again as at the top of a printed page


_COLUMN_OF: dict[Fault, tuple[str, ...]] = {
    "phone_short": ("phone",),
    "phone_scientific": ("phone",),
    "id_check_digit": ("id_number",),
    "id_lossy": ("id_number",),
    "no_name": ("name",),
    "masked_name": ("name",),
    "no_room": ("room", "door"),
    "birth": ("born",),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class SampleBook:
    """What the workbook holds, and what an import must make of it."""

    community: SampleCommunity
    households: int  # with at least one good row
    residents: int  # in good rows
    phones: int
    planted: tuple[PlantedRow, ...]  # rows that an import must report
    households_without_deputy: int


@dataclass(frozen=True, slots=True, kw_only=True)
class _Style:
    """One way to keep a book; every grid worker has their own."""

    headings: tuple[str, ...]
    columns: tuple[str, ...]
    merged: frozenset[str]
    a_row_a_person: bool

    def heading(self, fault: Fault) -> str:
        """The heading of the column in which a fault shows."""
        wanted = _COLUMN_OF[fault]
        column = next(each for each in wanted if each in self.columns)
        return " ".join(self.headings[self.columns.index(column)].split())


def _styles() -> tuple[_Style, ...]:
    written = yaml.safe_load(_STYLES.read_text(encoding="utf-8"))
    return tuple(
        _Style(
            headings=tuple(heading for column in each["columns"] for heading in column.values()),
            columns=tuple(name for column in each["columns"] for name in column),
            merged=frozenset(each["merged"]),
            a_row_a_person=each["a_row_a_person"],
        )
        for each in written
    )


def sample_community(path: Path, *, shape: str = "yuling", seed: int = 1, households: int | None = None) -> SampleBook:
    """Write the household book of an invented community; returns what it holds.

    The same seed writes the same content. Raises ShapeUnknown.
    """
    community = invent_community(shape, seed=seed, households=households)
    workbook = Workbook(write_only=True)
    writer = _Writer(workbook, community, Random(seed))  # noqa: S311 (invented data)
    writer.write()
    path.parent.mkdir(parents=True, exist_ok=True)
    workbook.save(path)
    return writer.book()


class _Writer:
    def __init__(self, workbook: Workbook, community: SampleCommunity, random: Random) -> None:
        self._workbook = workbook
        self._community = community
        self._random = random
        self._hand = Hand(random)
        self._bad: list[PlantedRow] = []
        self._households = self._residents = self._phones = self._without_deputy = 0

    def book(self) -> SampleBook:
        return SampleBook(
            community=self._community,
            households=self._households,
            residents=self._residents,
            phones=self._phones,
            planted=tuple(self._bad),
            households_without_deputy=self._without_deputy,
        )

    def write(self) -> None:
        explanation = self._workbook.create_sheet("填表说明")
        explanation.append([f"{self._community.name}居民户籍台账"])
        explanation.append(["一、每户都要填；二、电话请填能打通的号码；三、有变化随时改。"])
        by_grid = groupby(self._community.households, key=lambda household: household.grid)
        for (grid, households), style in zip(by_grid, cycle(_styles()), strict=False):
            self._grid_sheet(grid.name, list(households), style)
        self._roster()

    def _roster(self) -> None:
        sheet = self._workbook.create_sheet("网格员名册")
        sheet.append([f"{self._community.name}网格员名册"])
        sheet.append(["网格", "姓名", "职务", "联系电话"])
        for grid in self._community.grids:
            sheet.append([grid.name, self._hand.name(grid.worker[0]), "专职网格员", self._hand.phone(grid.worker[1])])
            if grid.deputy:
                sheet.append([grid.name, grid.deputy[0], "副网格员", self._hand.phone(grid.deputy[1])])
        name, phone = self._community.desk
        sheet.append(["", name, "社区值班", self._hand.phone(phone)])

    def _grid_sheet(self, name: str, households: Sequence[SampleHousehold], style: _Style) -> None:
        sheet = self._workbook.create_sheet(name)
        sheet.append([f"{self._community.name}{name}居民信息登记表"])
        sheet.append(["填表时间：2026年11月", None, None, "单位：户"])
        sheet.append(list(style.headings))
        rows = _Rows(sheet.append, first=4)
        merges: list[tuple[int, int, int]] = []
        for number, household in enumerate(households, start=1):
            if self._random.random() < _SPARE_ROWS:
                rows.append(self._random.choice(([], list(style.headings))))
            top = rows.next
            for cells, fault in self._household(household, number, style):
                if fault is not None:
                    self._bad.append(PlantedRow(sheet=name, row=rows.next, column=style.heading(fault), fault=fault))
                rows.append(cells)
            if style.merged and rows.next - top > 1:
                columns = [place for place, column in enumerate(style.columns, start=1) if column in style.merged]
                merges.extend((column, top, rows.next - 1) for column in columns)
        rows.append(["合计", None, f"{len(households)} 户"])
        # MultiCellRange.add looks through all ranges for each new one; the set below it does not.
        sheet.merged_cells.ranges.update(
            CellRange(min_col=column, max_col=column, min_row=top, max_row=bottom) for column, top, bottom in merges
        )

    def _household(
        self, household: SampleHousehold, number: int, style: _Style
    ) -> Iterator[tuple[list[Cell], Fault | None]]:
        place: dict[str, Cell] = self._place(household, number)
        people = household.people if style.a_row_a_person else household.people[:1]
        good = 0
        for order, person in enumerate(people):
            cells = self._person(person, household, style)
            if order == 0 or not style.merged:
                cells = {**place, **cells}
            fault = self._hand.fault(may_lose_room=len(people) == 1, has_number=person.id_number is not None)
            if fault == "birth" and "born" not in style.columns:
                fault = "no_name"
            if fault is not None:
                cells.update(_spoil(fault, person))
            else:
                counted = household.people if not style.a_row_a_person else (person,)
                self._residents += len(counted)
                self._phones += sum(each.phone is not None for each in counted)
                good += 1
            yield [cells.get(column) for column in style.columns], fault
        self._households += good > 0
        self._without_deputy += good > 0 and household.grid.deputy is None

    def _place(self, household: SampleHousehold, number: int) -> dict[str, Cell]:
        return {
            "index": number,
            "grid": household.grid.name,
            "compound": household.compound,
            "building": self._hand.building(household.building),
            "unit": self._hand.unit(household.unit),
            "room": self._hand.room(household.room),
            "door": f"{household.building}-{household.unit}-{household.room}",
            "head": household.people[0].name,
            "worker": household.grid.worker[0],
            "worker_phone": self._hand.phone(household.grid.worker[1]),
            "consent": "不同意" if household.refuses_calls else "同意",
            "note": household.note or None,
        }

    def _person(self, person: SamplePerson, household: SampleHousehold, style: _Style) -> dict[str, Cell]:
        members = "、".join(f"{each.name}（{each.relation}）{each.phone or ''}" for each in household.people[1:])
        return {
            "name": self._hand.name(person.name),
            "relation": person.relation,
            "sex": _SEX[person.sex],
            "born": self._hand.day(person.born),
            "id_number": self._hand.id_number(person.id_number),
            "phone": self._hand.phone(person.phone),
            "members": None if style.a_row_a_person else members or None,
        }


class _Rows:
    """Appends rows and knows the number of the next one."""

    def __init__(self, append: Callable[[Sequence[Cell]], object], *, first: int) -> None:
        self._append = append
        self.next = first

    def append(self, cells: Sequence[Cell]) -> None:
        self._append(cells)
        self.next += 1


def _spoil(fault: Fault, person: SamplePerson) -> dict[str, Cell]:
    match fault:
        case "phone_short" | "phone_scientific":
            return {"phone": spoil_phone(fault)}
        case "id_check_digit" | "id_lossy":
            return {"id_number": spoil_id_number(person.id_number or "", fault)}
        case "no_name":
            return {"name": None, "head": None, "members": None}
        case "masked_name":
            return {"name": f"{person.name[0]}**"}
        case "no_room":
            return {"room": None, "door": None}
        case "birth":
            return {"born": "五六年腊月"}
