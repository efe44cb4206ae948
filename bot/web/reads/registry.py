"""The registry on screen: browse by place, find a person, one household."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from bot.auth.scope import Scope
from bot.web.reads.answers import Answer, answers
from bot.web.reads.paging import Page
from bot.web.reads.places import addresses, worker_names
from bot.web.reads.questions import Names
from bot.web.reads.tickets import Ticket, tickets_of
from bot.web.showing import masked_phone
from integrations.storage.models import HouseholdRow, PlaceRow, RecordRow, ResidentRow, TicketRow

MOST_HITS = 30  # people of one name in a community; more are found by telephone number


@dataclass(frozen=True, kw_only=True)
class Hit:
    """A person who was looked for."""

    household_id: str
    name: str
    address: str
    phone: str  # masked
    worker: str


@dataclass(frozen=True, kw_only=True)
class HouseholdLine:
    """A household in a list."""

    id: str
    address: str
    head: str
    size: int
    worker: str


@dataclass(frozen=True, kw_only=True)
class Resident:
    """A person on the household's page."""

    id: str
    name: str
    phone: str  # masked
    relation: str | None
    birth_year: int | None
    sex: str | None
    is_head: bool
    consent: str
    do_not_call_at: datetime | None
    records: Sequence[Answer]


@dataclass(frozen=True, kw_only=True)
class Household:
    """A household on a page of its own."""

    id: str
    address: str
    worker: str
    deputy: str
    note: str | None
    has_watchword: bool
    residents: Sequence[Resident]
    tickets: Sequence[Ticket]


def sizes(session: Session, scope: Scope) -> dict[str, int]:
    """How many households and residents the visitor may see."""
    households = session.scalar(select(func.count()).select_from(HouseholdRow).where(scope.households())) or 0
    residents = select(func.count()).select_from(ResidentRow)
    if not scope.everywhere:
        residents = residents.join(HouseholdRow, HouseholdRow.id == ResidentRow.household_id).where(scope.households())
    return {"households": households, "residents": session.scalar(residents) or 0}


def hits(session: Session, scope: Scope, indexes: Sequence[str]) -> list[Hit]:
    """People whose name, telephone or identity number has one of these blind indexes."""
    rows = session.execute(
        select(ResidentRow, HouseholdRow.worker_id)
        .join(HouseholdRow, HouseholdRow.id == ResidentRow.household_id)
        .where(
            or_(
                ResidentRow.name_idx.in_(indexes),
                ResidentRow.phone_idx.in_(indexes),
                ResidentRow.id_idx.in_(indexes),
            ),
            scope.households(),
        )
        .order_by(ResidentRow.id)
        .limit(MOST_HITS)
    ).all()
    where = addresses(session, {row.household_id for row, _ in rows})
    who = worker_names(session, {worker for _, worker in rows})
    return [
        Hit(
            household_id=row.household_id,
            name=row.name,
            address=where.get(row.household_id, "—"),
            phone=masked_phone(row.phone),
            worker=who[worker],
        )
        for row, worker in rows
    ]


def children(session: Session, scope: Scope, place_id: str | None) -> list[PlaceRow]:
    """The places directly below one, those at the top without one; only those the visitor has households in."""
    rows = session.scalars(
        select(PlaceRow)
        .where(PlaceRow.parent_id == place_id if place_id else PlaceRow.parent_id.is_(None))
        .order_by(PlaceRow.sort, PlaceRow.name)
    ).all()
    if scope.everywhere:
        return list(rows)
    mine = _places_with_households(session, scope)
    return [row for row in rows if row.id in mine]


def household_count(session: Session, scope: Scope, place_id: str) -> int:
    """How many households lie directly in a place (the house, the unit, or the grid that has no houses below)."""
    return (
        session.scalar(
            select(func.count()).select_from(HouseholdRow).where(HouseholdRow.place_id == place_id, scope.households())
        )
        or 0
    )


def household_list(session: Session, scope: Scope, place_id: str, page: Page) -> list[HouseholdLine]:
    """The households directly in a place, by room."""
    rows = session.scalars(
        select(HouseholdRow)
        .where(HouseholdRow.place_id == place_id, scope.households())
        .order_by(func.length(HouseholdRow.room), HouseholdRow.room, HouseholdRow.id)
        .offset(page.offset)
        .limit(page.rows)
    ).all()
    ids = [row.id for row in rows]
    where = addresses(session, ids)
    who = worker_names(session, {row.worker_id for row in rows})
    heads: dict[str, str] = {}
    people: dict[str, int] = {}
    found = session.execute(
        select(ResidentRow.household_id, ResidentRow.name)
        .where(ResidentRow.household_id.in_(ids))
        .order_by(ResidentRow.is_head.desc(), ResidentRow.id)
    )
    for household_id, name in found:
        heads.setdefault(household_id, name)
        people[household_id] = people.get(household_id, 0) + 1
    return [
        HouseholdLine(
            id=row.id,
            address=where[row.id],
            head=heads.get(row.id, "—"),
            size=people.get(row.id, 0),
            worker=who[row.worker_id],
        )
        for row in rows
    ]


def household(session: Session, scope: Scope, household_id: str, names: Names) -> Household | None:
    """One household with its people, what is known of each, and its tickets; None when not the visitor's to see."""
    row = session.scalar(select(HouseholdRow).where(HouseholdRow.id == household_id, scope.households()))
    if row is None:
        return None
    people = session.scalars(
        select(ResidentRow)
        .where(ResidentRow.household_id == row.id)
        .order_by(ResidentRow.is_head.desc(), ResidentRow.id)
    ).all()
    records = session.scalars(
        select(RecordRow)
        .where(RecordRow.household_id == row.id, RecordRow.superseded_at.is_(None))
        .order_by(RecordRow.at.desc(), RecordRow.id)
    ).all()
    shown = dict(zip((record.id for record in records), answers(session, records, names.fields), strict=True))
    raised = session.scalars(
        select(TicketRow).where(TicketRow.household_id == row.id).order_by(TicketRow.created_at.desc())
    ).all()
    who = worker_names(session, {row.worker_id, row.deputy_id})
    return Household(
        id=row.id,
        address=addresses(session, [row.id])[row.id],
        worker=who[row.worker_id],
        deputy=who[row.deputy_id],
        note=row.note,
        has_watchword=bool(row.watchword),
        residents=[
            _resident(person, [shown[record.id] for record in records if record.resident_id == person.id])
            for person in people
        ],
        tickets=tickets_of(session, raised),
    )


def _resident(row: ResidentRow, records: Sequence[Answer]) -> Resident:
    return Resident(
        id=row.id,
        name=row.name,
        phone=masked_phone(row.phone),
        relation=row.relation,
        birth_year=row.birth_year,
        sex=row.sex,
        is_head=row.is_head,
        consent=row.consent,
        do_not_call_at=row.do_not_call_at,
        records=records,
    )


def _places_with_households(session: Session, scope: Scope) -> set[str]:
    found: set[str] = set()
    edge = set(session.scalars(select(HouseholdRow.place_id).where(scope.households()).distinct()))
    while edge:
        found |= edge
        parents = session.scalars(select(PlaceRow.parent_id).where(PlaceRow.id.in_(edge))).all()
        edge = {parent for parent in parents if parent} - found
    return found
