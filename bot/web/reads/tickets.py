"""Tickets in lists and one by one."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, case, func, or_, select
from sqlalchemy.orm import Session

from bot.auth.scope import Scope
from bot.web.reads.campaigns import in_scope
from bot.web.reads.paging import Page
from bot.web.reads.places import addresses, worker_names
from bot.web.showing import masked_phone
from integrations.storage.models import IncomingCallRow, ResidentRow, SessionRow, TicketRow

UNFINISHED = ("open", "accepted")
UNREGISTERED = "来电人未登记"


@dataclass(frozen=True, kw_only=True)
class Ticket:
    """A ticket in a list."""

    id: str
    number: str
    kind: str
    severity: str
    state: str
    address: str
    household_id: str | None  # None: of somebody whom the registry does not know
    owner: str
    summary: str
    own_words: str
    created_at: datetime
    due_at: datetime | None


@dataclass(frozen=True, kw_only=True)
class WholeTicket(Ticket):
    """A ticket on a page of its own."""

    resident_id: str | None
    name: str
    phone: str  # masked
    deputy: str
    contact_id: str | None
    incoming_id: str | None  # the call to us in which it was raised
    result: str | None
    done_at: datetime | None


def visible(scope: Scope) -> list[ColumnElement[bool]]:
    """Tickets of the visitor's households, those that name them as owner or deputy, and strangers' where they may."""
    mine = in_scope(scope, TicketRow.household_id)
    if scope.everywhere or scope.worker_id is None:
        return mine
    if scope.strangers:
        mine = [or_(*mine, TicketRow.household_id.is_(None))]
    return [or_(*mine, TicketRow.owner_id == scope.worker_id, TicketRow.deputy_id == scope.worker_id)]


def counts(session: Session, scope: Scope) -> dict[str, int]:
    """How many tickets are in each state; every state is there."""
    found = session.execute(select(TicketRow.state, func.count()).where(*visible(scope)).group_by(TicketRow.state))
    return {"open": 0, "accepted": 0, "done": 0} | dict(found.all())


def ticket_list(session: Session, scope: Scope, states: Iterable[str], page: Page) -> list[Ticket]:
    """The most pressing first: what is not finished, by severity whoever sees to it, then the oldest.

    Finished ones alone: newest first.
    """
    wanted = tuple(states)
    pressing = case({"emergency": 0, "urgent": 1}, value=TicketRow.severity, else_=2)
    order = (
        (TicketRow.done_at.desc(), TicketRow.id.desc())
        if wanted == ("done",)
        else (case({"done": 1}, value=TicketRow.state, else_=0), pressing, TicketRow.created_at, TicketRow.id)
    )
    rows = session.scalars(
        select(TicketRow)
        .where(TicketRow.state.in_(wanted), *visible(scope))
        .order_by(*order)
        .offset(page.offset)
        .limit(page.rows)
    ).all()
    return tickets_of(session, rows)


def tickets_of(session: Session, rows: Iterable[TicketRow]) -> list[Ticket]:
    """The rows with addresses and names, in the order given."""
    found = list(rows)
    where = addresses(session, {row.household_id for row in found if row.household_id})
    who = worker_names(session, {row.owner_id for row in found})
    return [
        Ticket(
            id=row.id,
            number=row.number,
            kind=row.kind,
            severity=row.severity,
            state=row.state,
            address=where.get(row.household_id or "", UNREGISTERED),
            household_id=row.household_id,
            owner=who[row.owner_id],
            summary=row.summary,
            own_words=row.own_words,
            created_at=row.created_at,
            due_at=row.due_at,
        )
        for row in found
    ]


def _phone(row: TicketRow, resident: ResidentRow | None) -> str:
    """Masked."""
    if row.household_id is None:
        return masked_phone(row.caller_phone) if row.caller_phone else "没有留号码"
    return masked_phone(resident.phone if resident else None)


def callers_phone(session: Session, scope: Scope, ticket_id: str) -> str | None:
    """The whole number of somebody whom the registry does not know; None where there is none to be seen."""
    return session.scalar(select(TicketRow.caller_phone).where(TicketRow.id == ticket_id, *visible(scope)))


def whole_ticket(session: Session, scope: Scope, ticket_id: str) -> WholeTicket | None:
    """One ticket with everything, None when there is none or it is not the visitor's to see."""
    row = session.scalar(select(TicketRow).where(TicketRow.id == ticket_id, *visible(scope)))
    if row is None:
        return None
    resident = session.get(ResidentRow, row.resident_id) if row.resident_id else None
    talk = session.get(SessionRow, row.session_id) if row.session_id else None
    who = worker_names(session, {row.owner_id, row.deputy_id})
    where = addresses(session, [row.household_id])[row.household_id] if row.household_id else UNREGISTERED
    return WholeTicket(
        id=row.id,
        number=row.number,
        kind=row.kind,
        severity=row.severity,
        state=row.state,
        address=where,
        household_id=row.household_id,
        owner=who[row.owner_id],
        summary=row.summary,
        own_words=row.own_words,
        created_at=row.created_at,
        due_at=row.due_at,
        resident_id=row.resident_id,
        name=resident.name if resident else row.caller_name or "没有说姓名",
        phone=_phone(row, resident),
        deputy=who[row.deputy_id],
        contact_id=talk.contact_id if talk else None,
        incoming_id=session.scalar(select(IncomingCallRow.id).where(IncomingCallRow.session_id == talk.id))
        if talk
        else None,
        result=row.result,
        done_at=row.done_at,
    )
