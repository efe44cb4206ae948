"""Reads what a results workbook tells of one campaign: its contacts, the values that they gave, its tickets."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import TypeVar

import msgspec
from sqlalchemy import or_, select

from dialogs.dictionary import Dictionary
from dialogs.questionnaire import Questionnaire
from integrations.export.errors import CampaignUnknown
from integrations.storage.models import (
    CampaignRow,
    ContactRow,
    HouseholdRow,
    PlaceRow,
    QuestionnaireRow,
    RecordRow,
    ResidentRow,
    SessionRow,
    TicketRow,
    WorkerRow,
)
from integrations.storage.store import StoreSession

_AT_A_TIME = 500  # ids in one IN list
_IN_AN_ADDRESS = frozenset({"compound", "building", "unit"})

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Somebody of whom a form has a line."""

    resident: ResidentRow
    values: Mapping[str, RecordRow]  # field → what counts: said in this campaign, else known before
    told: Sequence[RecordRow]  # what was said of them in this campaign, in its order


@dataclass(frozen=True, slots=True, kw_only=True)
class Reached:
    """One contact with everything a form may ask about it."""

    contact: ContactRow
    household: HouseholdRow
    people: Sequence[Person]  # whom we called first, then whoever else something was said of
    answered_at: datetime | None
    channel: str


class CampaignReading:
    """One campaign within one reading transaction."""

    def __init__(self, session: StoreSession, campaign: str, dictionary: Dictionary) -> None:
        """`campaign` is an id or a short key. Raises CampaignUnknown."""
        found = session.scalar(select(CampaignRow).where(or_(CampaignRow.id == campaign, CampaignRow.key == campaign)))
        if found is None:
            raise CampaignUnknown(f"没有编号为“{campaign}”的任务，请到任务列表里核对编号。")
        self._session = session
        self._dictionary = dictionary
        self.campaign = found

    @cached_property
    def questionnaire(self) -> Questionnaire:
        """The exact questionnaire that was asked."""
        row = self._session.get_one(QuestionnaireRow, self.campaign.questionnaire)
        return msgspec.json.decode(row.body, type=Questionnaire)

    @cached_property
    def workers(self) -> Mapping[str, WorkerRow]:
        """All grid workers by id."""
        return {row.id: row for row in self._session.scalars(select(WorkerRow))}

    @cached_property
    def _places(self) -> Mapping[str, PlaceRow]:
        return {row.id: row for row in self._session.scalars(select(PlaceRow))}

    def worker(self, worker_id: str | None) -> str:
        """The name of a worker, "" for nobody."""
        found = self.workers.get(worker_id or "")
        return found.name if found else ""

    def grid(self, household: HouseholdRow) -> str:
        """The name of the grid of a household."""
        found = self._places.get(household.grid_id or "")
        return found.name if found else ""

    def address(self, household: HouseholdRow) -> str:
        """阳光花园3栋2单元301."""
        parts = [household.room]
        place = self._places.get(household.place_id)
        while place is not None and place.kind in _IN_AN_ADDRESS:
            parts.append(place.name)
            place = self._places.get(place.parent_id or "")
        return "".join(reversed(parts))

    def reached(self) -> Iterator[Reached]:
        """All contacts, in the order in which they were frozen."""
        ids = self._session.scalars(
            select(ContactRow.id).where(ContactRow.campaign_id == self.campaign.id).order_by(ContactRow.id)
        ).all()
        for chunk in _chunks(ids):
            yield from self._reached(chunk)

    def tickets(self) -> Iterator[tuple[TicketRow, HouseholdRow, ResidentRow | None]]:
        """All tickets of the campaign, oldest first."""
        rows = self._session.execute(
            select(TicketRow, HouseholdRow, ResidentRow)
            .join(HouseholdRow, HouseholdRow.id == TicketRow.household_id)
            .outerjoin(ResidentRow, ResidentRow.id == TicketRow.resident_id)
            .where(TicketRow.campaign_id == self.campaign.id)
            .order_by(TicketRow.number)
        )
        for row in rows:
            yield row.TicketRow, row.HouseholdRow, row.ResidentRow

    def _reached(self, contact_ids: Sequence[str]) -> Iterator[Reached]:
        rows = self._session.execute(
            select(ContactRow, HouseholdRow)
            .join(HouseholdRow, HouseholdRow.id == ContactRow.household_id)
            .where(ContactRow.id.in_(contact_ids))
            .order_by(ContactRow.id)
        ).all()
        talks: dict[str, list[SessionRow]] = {}
        for talk in self._session.scalars(select(SessionRow).where(SessionRow.contact_id.in_(contact_ids))):
            talks.setdefault(talk.contact_id or "", []).append(talk)
        records = self._records({household.id for _, household in rows})
        residents = self._residents(contact_ids, records)
        for contact, household in rows:
            mine = talks.get(contact.id, [])
            yield self._contact(contact, residents, household, mine, records.get(household.id, []))

    def _contact(
        self,
        contact: ContactRow,
        residents: Mapping[str, ResidentRow],
        household: HouseholdRow,
        talks: Sequence[SessionRow],
        records: Sequence[RecordRow],
    ) -> Reached:
        mine = {talk.id for talk in talks}
        told = {
            (self._owner(each), each.field): each
            for each in records
            if each.source_id in mine and not self._is_withdrawn(each, records)
        }
        known = {(self._owner(each), each.field): each for each in records if each.superseded_at is None}
        last = max(talks, key=lambda talk: talk.opened_at, default=None)
        called = contact.resident_id
        people = dict.fromkeys([called, *(owner for owner, _ in told if owner is not None)])
        return Reached(
            contact=contact,
            household=household,
            people=tuple(
                Person(
                    resident=residents[each],
                    values={
                        field: record for (owner, field), record in (known | told).items() if owner in (None, each)
                    },
                    told=tuple(
                        record
                        for (owner, _), record in told.items()
                        if owner == each or (owner is None and each == called)
                    ),
                )
                for each in people
            ),
            answered_at=last.opened_at if last else None,
            channel=last.channel if last else "",
        )

    def _owner(self, record: RecordRow) -> str | None:
        """Whose value it is: a resident's id, None where the whole household has one value."""
        field = self._dictionary.by_key.get(record.field)
        return None if field is not None and field.about == "household" else record.resident_id

    def _is_withdrawn(self, record: RecordRow, records: Sequence[RecordRow]) -> bool:
        """Whether a value was taken back: it no longer counts, and no newer value took its place."""
        return record.superseded_at is not None and not any(
            other.at == record.superseded_at
            and other.id != record.id
            and (self._owner(other), other.field) == (self._owner(record), record.field)
            for other in records
        )

    def _residents(
        self, contact_ids: Sequence[str], records: Mapping[str, Sequence[RecordRow]]
    ) -> Mapping[str, ResidentRow]:
        """Whom these contacts call, and of whom these records are."""
        called = self._session.scalars(select(ContactRow.resident_id).where(ContactRow.id.in_(contact_ids)))
        wanted = sorted({*called, *(each.resident_id for of_household in records.values() for each in of_household)})
        return {
            row.id: row
            for chunk in _chunks(wanted)
            for row in self._session.scalars(select(ResidentRow).where(ResidentRow.id.in_(chunk)))
        }

    def _records(self, household_ids: set[str]) -> Mapping[str, list[RecordRow]]:
        found: dict[str, list[RecordRow]] = {}
        query = select(RecordRow).where(RecordRow.household_id.in_(household_ids)).order_by(RecordRow.at, RecordRow.id)
        for record in self._session.scalars(query):
            found.setdefault(record.household_id, []).append(record)
        return found


def _chunks(items: Sequence[T]) -> Iterator[Sequence[T]]:
    for start in range(0, len(items), _AT_A_TIME):
        yield items[start : start + _AT_A_TIME]
