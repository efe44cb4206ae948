"""Writes a household book into the registry: creates what is new, updates what changed, leaves the rest alone.

An empty cell means that the book does not know, so it never erases. Nobody is removed because a book leaves them out.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from typing import Any

from sqlalchemy import Row as Selected
from sqlalchemy import insert, select, update

from integrations.registry.book.contents import Book, HouseholdEntry
from integrations.registry.book.people import Person
from integrations.registry.book.tree import Tree
from integrations.registry.book.workforce import Workforce
from integrations.registry.lookup import id_index, name_index, phone_index
from integrations.storage.models import HouseholdRow, ImportChangeRow, ResidentRow
from integrations.storage.store import StoreSession

_HOUSEHOLDS_AT_A_TIME = 1000  # bounds the memory and the length of an IN list
_CHANGES_AT_A_TIME = 500

Values = dict[str, Any]


@dataclass(slots=True)
class Tally:
    """How many rows of one kind were made, changed or left as they were."""

    created: int = 0
    updated: int = 0
    unchanged: int = 0


@dataclass(slots=True)
class Written:
    """What writing a book did."""

    households: Tally = field(default_factory=Tally)
    residents: Tally = field(default_factory=Tally)
    without_worker: list[str] = field(default_factory=list)  # addresses
    without_deputy: list[str] = field(default_factory=list)


@dataclass(slots=True)
class _Batch:
    new_households: list[Values] = field(default_factory=list)
    changed_households: list[Values] = field(default_factory=list)
    new_residents: list[Values] = field(default_factory=list)
    changed_residents: list[Values] = field(default_factory=list)


def write_book(session: StoreSession, book: Book, *, community: str, import_id: str, at: datetime) -> Written:
    """Bring the registry up to a book, within the caller's transaction.

    New rows carry `import_id`; of changed ones, what stood there before is kept under it, so that it can be undone.
    """
    return _gone_through(session, book, community=community, import_id=import_id, at=at, keep=True)


def weigh_book(session: StoreSession, book: Book, *, community: str, at: datetime) -> Written:
    """What `write_book` would do. It only reads: calls go on being kept meanwhile."""
    return _gone_through(session, book, community=community, import_id="", at=at, keep=False)


def _gone_through(
    session: StoreSession, book: Book, *, community: str, import_id: str, at: datetime, keep: bool
) -> Written:
    writer = _Writer(session, book, community=community, import_id=import_id, at=at, keep=keep)
    households = iter(book.households.values())
    while chunk := list(islice(households, _HOUSEHOLDS_AT_A_TIME)):
        writer.write(chunk)
    return writer.written


class _Writer:
    def __init__(
        self, session: StoreSession, book: Book, *, community: str, import_id: str, at: datetime, keep: bool
    ) -> None:
        self._session = session
        self._keep = keep
        self._import_id = import_id
        self._at = at
        self._community = community
        self._tree = Tree(session, at=at)
        self._workforce = Workforce(session, book, self._tree, community=community, at=at)
        self.written = Written()

    def write(self, entries: Sequence[HouseholdEntry]) -> None:
        """Write some households with their people."""
        indexes = [self._session.keys.blind_index("household", entry.address.key) for entry in entries]
        there = self._households(indexes)
        people = self._residents([row.id for row in there.values()])
        batch = _Batch()
        for entry, index in zip(entries, indexes, strict=True):
            row = there.get(index)
            household_id = self._household(batch, entry, index, row)
            self._people(batch, entry, household_id, people.get(household_id, []), new=row is None)
        if self._keep:
            self._execute(batch)

    def _households(self, indexes: Sequence[str]) -> Mapping[str, Selected[Any]]:
        columns = ("id", "ref_idx", "place_id", "grid_id", "room", "worker_id", "deputy_id", "note")
        query = select(*(getattr(HouseholdRow, name) for name in columns)).where(HouseholdRow.ref_idx.in_(indexes))
        return {row.ref_idx: row for row in self._session.execute(query)}

    def _residents(self, household_ids: Sequence[str]) -> Mapping[str, list[Selected[Any]]]:
        columns = (
            "id", "household_id", "name_idx", "id_idx", "phone_idx", "birth_year", "sex", "relation", "is_head",
            "consent", "calling_hours", "family_phone_idx",
        )  # fmt: skip
        found: dict[str, list[Selected[Any]]] = {}
        query = select(*(getattr(ResidentRow, name) for name in columns)).where(
            ResidentRow.household_id.in_(household_ids)
        )
        for row in self._session.execute(query.order_by(ResidentRow.id)):
            found.setdefault(row.household_id, []).append(row)
        return found

    def _household(self, batch: _Batch, entry: HouseholdEntry, index: str, row: Selected[Any] | None) -> str:
        address = entry.address
        community = address.community or self._community
        grid_id = self._tree.grid(community, entry.grid) if entry.grid else None
        worker_id, deputy_id = self._workforce.of(entry)
        values: Values = {
            "place_id": self._tree.door(address, community=community, grid_id=grid_id),
            "grid_id": grid_id,
            "room": address.room,
            "worker_id": worker_id,
            "deputy_id": deputy_id,
            "note": entry.note or None,
        }
        if row is None:
            household_id = self._session.new_id(at=self._at)
            batch.new_households.append({"id": household_id, "ref_idx": index, "import_id": self._import_id, **values})
            self.written.households.created += 1
        else:
            household_id = row.id
            changes = _changes(row, values)
            self._count(self.written.households, changed=bool(changes))
            if changes:
                kept = {name: getattr(row, name) for name in values}
                batch.changed_households.append({"id": household_id, **kept, **changes})
        if worker_id is None and (row is None or row.worker_id is None):
            self.written.without_worker.append(address.shown)
        if deputy_id is None and (row is None or row.deputy_id is None):
            self.written.without_deputy.append(address.shown)
        return household_id

    def _people(
        self, batch: _Batch, entry: HouseholdEntry, household_id: str, there: list[Selected[Any]], *, new: bool
    ) -> None:
        headless = new and not any(person.is_head for person in entry.people)
        left = list(there)
        for place, person in enumerate(entry.people):
            values = self._values(person, entry, is_head=person.is_head or (headless and place == 0))
            row = _match(left, values)
            if row is None:
                batch.new_residents.append(self._newcomer(values, household_id))
                self.written.residents.created += 1
                continue
            left.remove(row)
            changes = _changes(row, {name: value for name, value in values.items() if name not in _SEALED})
            self._count(self.written.residents, changed=bool(changes))
            if changes:
                batch.changed_residents.append(self._resident_update(row, values, changes))

    def _values(self, person: Person, entry: HouseholdEntry, *, is_head: bool) -> Values:
        keys, number = self._session.keys, person.identity.number if person.identity else None
        return {
            "name": person.name,
            "name_idx": name_index(keys, person.name),
            "id_number": number,
            "id_idx": id_index(keys, number) if number else None,
            "phone": person.phone,
            "phone_idx": phone_index(keys, person.phone) if person.phone else None,
            "family_phone": person.family_phone,
            "family_phone_idx": phone_index(keys, person.family_phone) if person.family_phone else None,
            "calling_hours": entry.calling_hours,
            "birth_year": person.birth_year,
            "sex": person.sex,
            "relation": person.relation,
            "is_head": is_head or None,
            "consent": None if entry.consent == "unknown" else entry.consent,
        }

    def _newcomer(self, values: Values, household_id: str) -> Values:
        return {
            **values,
            "id": self._session.new_id(at=self._at),
            "household_id": household_id,
            "is_head": bool(values["is_head"]),
            "consent": values["consent"] or "unknown",
            "do_not_call_at": None,
            "speech_rate": None,
            "import_id": self._import_id,
            "created_at": self._at,
            "updated_at": self._at,
        }

    def _resident_update(self, row: Selected[Any], values: Values, changes: Values) -> Values:
        sealed = {plain: values[plain] for plain, index in _SEALED.items() if index in changes}
        return {"id": row.id, "updated_at": self._at, **changes, **sealed}

    @staticmethod
    def _count(tally: Tally, *, changed: bool) -> None:
        if changed:
            tally.updated += 1
        else:
            tally.unchanged += 1

    def _execute(self, batch: _Batch) -> None:
        session = self._session
        session.flush()
        # Below the ORM, which would send rows with different empty columns one by one.
        if batch.new_households:
            session.connection().execute(insert(HouseholdRow), batch.new_households)
        if batch.new_residents:
            session.connection().execute(insert(ResidentRow), batch.new_residents)
        self._remember("household", HouseholdRow, batch.changed_households)
        self._remember("resident", ResidentRow, batch.changed_residents)
        if batch.changed_households:
            session.execute(update(HouseholdRow), batch.changed_households)
        for alike in _by_columns(batch.changed_residents):
            session.execute(update(ResidentRow), alike)

    def _remember(self, kind: str, model: type[HouseholdRow] | type[ResidentRow], changes: Sequence[Values]) -> None:
        """What the changed columns held before, and what they hold now."""
        for start in range(0, len(changes), _CHANGES_AT_A_TIME):
            after = {values["id"]: values for values in changes[start : start + _CHANGES_AT_A_TIME]}
            columns = model.__table__.columns
            remembered = [
                {
                    "import_id": self._import_id,
                    "kind": kind,
                    "row_id": row["id"],
                    "before": {
                        name: [row[name], value]
                        for name, value in after[row["id"]].items()
                        if name not in ("id", "updated_at") and row[name] != value
                    },
                }
                for row in self._session.execute(select(*columns).where(model.id.in_(after))).mappings()
            ]
            self._session.connection().execute(insert(ImportChangeRow), remembered)


# Sealed columns are compared by their blind index.
_SEALED = {"name": "name_idx", "id_number": "id_idx", "phone": "phone_idx", "family_phone": "family_phone_idx"}


def _changes(row: Selected[Any], values: Values) -> Values:
    """What the book knows otherwise than the registry."""
    return {name: value for name, value in values.items() if value is not None and getattr(row, name) != value}


def _by_columns(updates: Sequence[Values]) -> Iterable[list[Values]]:
    """The updates in groups that set the same columns, each to be sent at once."""
    groups: dict[frozenset[str], list[Values]] = {}
    for values in updates:
        groups.setdefault(frozenset(values), []).append(values)
    return groups.values()


def _match(there: Sequence[Selected[Any]], values: Values) -> Selected[Any] | None:
    """The person of the household whom these values tell of."""
    by_number: Iterator[Selected[Any]] = (row for row in there if values["id_idx"] and row.id_idx == values["id_idx"])
    by_name: Iterator[Selected[Any]] = (
        row for row in there if row.name_idx == values["name_idx"] and not (row.id_idx and values["id_idx"])
    )
    return next(by_number, None) or next(by_name, None)
