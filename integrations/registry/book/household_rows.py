"""One row of a household sheet: the door, who lives behind it, who looks after it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, TypeVar

from integrations.registry.book.address import Address, grid_name, make_address
from integrations.registry.book.calling_hours import hours_of
from integrations.registry.book.cells import (
    CellWrong,
    birth_year_of,
    blank,
    consent_of,
    identity_of,
    phones_of,
    sex_of,
    text_of,
)
from integrations.registry.book.headings import Column, Headings
from integrations.registry.book.people import VACANT, Person, names_in, relation_of
from integrations.registry.book.sheets import Cell

T = TypeVar("T")

PLACE_COLUMNS: tuple[Column, ...] = ("community", "compound", "building", "unit", "room", "door")
_INHERITED: tuple[Column, ...] = ("community", "compound", "building", "unit")


class RowWrong(Exception):
    """A row that cannot be used."""

    def __init__(self, column: str, reason: str) -> None:
        super().__init__(reason)
        self.column = column
        self.reason = reason


@dataclass(frozen=True, slots=True, kw_only=True)
class DoorRow:
    """What one row says."""

    address: Address
    people: tuple[Person, ...]
    grid: str
    worker: str
    worker_phone: str | None
    deputy: str
    deputy_phone: str | None
    note: str
    consent: str
    calling_hours: dict[str, Any] | None


class RowReader:
    """Reads the rows of one sheet in their order; empty place cells go on from the row above where that is meant."""

    def __init__(
        self, headings: Headings, *, community: str, compound: str, grid: str, lost_merges: bool, at: datetime
    ) -> None:
        self._headings = headings
        self._community = community
        self._compound = compound
        self._grid = grid
        self._lost_merges = lost_merges
        self._at = at
        self._above: dict[Column, str] = {}
        self._above_has_a_door = True
        self._door_above = ""
        self._head_above = ""

    def read(self, row: Sequence[Cell]) -> DoorRow:
        """What the row says. Raises RowWrong."""
        cells = _Cells(row, self._headings)
        try:
            address = self._address(cells)
        except RowWrong:
            self._above_has_a_door = False
            raise
        self._above_has_a_door = True
        same_door, self._door_above = address.key == self._door_above, address.key
        note = cells.text("note")
        return DoorRow(
            address=address,
            people=self._people(cells, note, same_door=same_door),
            grid=grid_name(cells.text("grid")) or self._grid,
            worker=_worker_name(cells, "worker"),
            worker_phone=cells.phone("worker_phone"),
            deputy=_worker_name(cells, "deputy"),
            deputy_phone=cells.phone("deputy_phone"),
            note="" if blank(note) else note,
            consent=consent_of(cells.cell("consent")),
            calling_hours=cells.parse("hours", hours_of, None),
        )

    def _address(self, cells: "_Cells") -> Address:
        place = {column: cells.text(column) for column in PLACE_COLUMNS}
        if not any(place.values()) and cells.text("head") in {"", self._head_above}:
            self._go_on(place)
        elif self._lost_merges:
            self._fill_from_above(place)
        self._above = place
        self._head_above = cells.text("head")
        if (
            "building" in self._headings.columns
            and not place["building"]
            and place["room"]
            and "-" not in place["room"]
        ):
            raise RowWrong(self._headings.name("building"), "没有写楼栋")
        address = make_address(
            community=place["community"] or self._community,
            compound=place["compound"] or self._compound,
            building=place["building"],
            unit=place["unit"],
            room=place["room"],
            door=place["door"],
        )
        if address is None:
            column: Column = "room" if "room" in self._headings.columns else "door"
            raise RowWrong(self._headings.name(column), "没有写房号，不知道是哪一户")
        return address

    def _go_on(self, place: dict[Column, str]) -> None:
        """A row without any door belongs to the household above it."""
        if not self._above_has_a_door:
            raise RowWrong("", "上面那一行有问题，不知道这一行是哪一户")
        for column in PLACE_COLUMNS:
            place[column] = place[column] or self._above.get(column, "")

    def _fill_from_above(self, place: dict[Column, str]) -> None:
        """A CSV file has lost its merged cells: what stands left of the first filled cell goes on from above."""
        for column in _INHERITED:
            if place[column]:
                return
            place[column] = self._above.get(column, "")

    def _people(self, cells: "_Cells", note: str, *, same_door: bool) -> tuple[Person, ...]:
        head = cells.names("head")
        names = cells.names("name")
        # In the further rows of a household the head stands again, as text or in a merged cell: not this row's name.
        people = names if same_door and "name" in self._headings.columns else names or head
        if not people:
            if not cells.vacant and note not in VACANT:
                raise RowWrong(cells.heading("name" if "name" in self._headings.columns else "head"), "没有写姓名")
            return ()
        detailed = self._with_details(people, head, cells)
        members = [person for person in cells.names("members") if person.name not in {each.name for each in detailed}]
        return (*detailed, *members)

    def _with_details(self, people: tuple[Person, ...], head: tuple[Person, ...], cells: "_Cells") -> list[Person]:
        phones = cells.phones("phone") or cells.phones("spare_phone")
        if len(people) > 1:
            return [
                replace(person, is_head=person.is_head or _is_head(person, head, None), phone=person.phone or phone)
                for person, phone in zip(people, [*phones, *[None] * len(people)], strict=False)
            ]
        (person,) = people
        relation, says_head = relation_of(cells.text("relation"))
        identity = cells.parse("id_number", lambda cell: identity_of(cell, at=self._at), None)
        birth_year = cells.parse("birth", lambda cell: birth_year_of(cell, at=self._at), None)
        sex = sex_of(cells.cell("sex"))
        return [
            replace(
                person,
                relation=relation or person.relation,
                is_head=says_head or _is_head(person, head, relation),
                phone=phones[0] if phones else person.phone,
                family_phone=cells.phone("family_phone"),
                identity=identity,
                birth_year=birth_year or (identity.birth_year if identity else None),
                sex=sex or (identity.sex if identity else None),
            )
        ]


class _Cells:
    """The filled cells of one row by the name of their column."""

    def __init__(self, row: Sequence[Cell], headings: Headings) -> None:
        width = len(row)
        self._filled = {
            column: row[index] for column, index in headings.columns.items() if index < width and row[index] != ""
        }
        self._headings = headings

    def cell(self, column: Column) -> Cell:
        return self._filled.get(column, "")

    def heading(self, column: Column) -> str:
        return self._headings.name(column)

    def text(self, column: Column) -> str:
        return text_of(self._filled[column]) if column in self._filled else ""

    def parse(self, column: Column, read: Callable[[Cell], T], nothing: T) -> T:
        if column not in self._filled:
            return nothing
        try:
            return read(self._filled[column])
        except CellWrong as error:
            raise RowWrong(self.heading(column), error.reason) from error

    def phones(self, column: Column) -> tuple[str, ...]:
        return self.parse(column, phones_of, tuple[str, ...]())

    def phone(self, column: Column) -> str | None:
        phones = self.phones(column)
        return phones[0] if phones else None

    def names(self, column: Column) -> tuple[Person, ...]:
        text = self.text(column)
        if not text or blank(text) or text in VACANT:
            return ()
        return self.parse(column, lambda cell: names_in(str(cell)), tuple[Person, ...]())

    @property
    def vacant(self) -> bool:
        return any(self.text(column) in VACANT for column in ("name", "head"))


def _is_head(person: Person, head: tuple[Person, ...], relation: str | None) -> bool:
    """A relation of its own tells a son who has his father's name from the father."""
    return relation is None and any(person.name == each.name for each in head)


def _worker_name(cells: _Cells, column: Column) -> str:
    people = cells.names(column)
    return people[0].name if people else ""
