"""Raises tickets: each matter once, with an owner, and a message to the owner after the commit."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from sqlalchemy import insert, select

from integrations.storage.models import OutboxRow, TicketRow
from integrations.storage.store import StoreSession
from integrations.tickets.errors import HouseholdUnknown
from integrations.tickets.named import ASKED_OF_SOMEBODY, worker_asked_for
from integrations.tickets.numbers import following, newest_number
from integrations.tickets.owners import Owners, desk_owners, owners_of

Severity = Literal["emergency", "urgent", "normal"]

# How soon somebody looks: an emergency is telephoned at once, an urgent matter is seen the same half day.
DUE_WITHIN: dict[Severity, timedelta] = {
    "emergency": timedelta(minutes=15),
    "urgent": timedelta(hours=4),
    "normal": timedelta(days=3),
}
NOTIFY = "ticket_raised"
_MOST_AT_ONCE = 500  # bound parameters of one statement


@dataclass(frozen=True, slots=True, kw_only=True)
class Matter:
    """What a ticket is about. `dedupe_key` makes it one ticket, however often it is raised."""

    dedupe_key: str
    kind: str  # a red flag's kind, "person", "help", "not_reached", "check_number", …
    severity: Severity
    household_id: str | None  # None: whoever raised it is not in the registry; the community desk sees to it
    summary: str  # Chinese, one line
    own_words: str = ""
    resident_id: str | None = None
    session_id: str | None = None
    campaign_id: str | None = None
    due_at: datetime | None = None  # None: by severity
    caller_phone: str = ""  # of whom the registry does not know: where to call back
    caller_name: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Raised:
    """The ticket that stands for a matter; `new` when this call made it."""

    id: str
    number: str
    new: bool


def raise_ticket(session: StoreSession, matter: Matter, *, at: datetime) -> Raised:
    """The one ticket for this matter. Raises HouseholdUnknown."""
    return raise_tickets(session, [matter], at=at)[0]


def raise_tickets(session: StoreSession, matters: Sequence[Matter], *, at: datetime) -> list[Raised]:
    """The tickets for these matters, in order; those that were raised before are found again.

    Raises HouseholdUnknown. Nothing of it is seen or sent before the session's transaction commits.
    """
    if not matters:
        return []
    session.flush()
    newest = newest_number(session)  # before looking: on PostgreSQL this waits for others who raise the same
    standing = _standing(session, [each.dedupe_key for each in matters])
    homes = {each.household_id for each in matters if each.household_id}
    owners: dict[str | None, Owners] = dict(owners_of(session, homes).items())
    if any(each.household_id is None for each in matters):
        owners[None] = desk_owners(session)
    tickets: list[dict[str, object]] = []
    notices: list[dict[str, object]] = []
    raised: list[Raised] = []
    for matter in matters:
        if matter.dedupe_key not in standing:
            if matter.household_id not in owners:
                raise HouseholdUnknown("工单对应的住户不在登记册里，请先导入住户再办理。")
            newest = following(newest)
            ticket = session.new_id(at=at)
            whose = _named(session, matter, owners[matter.household_id])
            tickets.append(_ticket(matter, ticket, newest, whose.owner, whose.deputy, at=at))
            notices.append(_notice(matter, ticket, newest, whose.owner, session.new_id(at=at), at=at))
            standing[matter.dedupe_key] = (ticket, newest)
            raised.append(Raised(id=ticket, number=newest, new=True))
        else:
            ticket, number = standing[matter.dedupe_key]
            raised.append(Raised(id=ticket, number=number, new=False))
    if tickets:
        session.execute(insert(TicketRow), tickets)
        session.execute(insert(OutboxRow), notices)
    return raised


def _named(session: StoreSession, matter: Matter, whose: Owners) -> Owners:
    """Whoever was asked for by name answers for it, and who would have stands in."""
    if matter.household_id is None or matter.kind not in ASKED_OF_SOMEBODY:
        return whose
    named = worker_asked_for(session, matter.household_id, matter.own_words)
    return whose if named is None or named.id == whose.owner else Owners(owner=named.id, deputy=whose.owner)


def _standing(session: StoreSession, keys: Sequence[str]) -> dict[str, tuple[str, str]]:
    found: dict[str, tuple[str, str]] = {}
    for start in range(0, len(keys), _MOST_AT_ONCE):
        rows = session.execute(
            select(TicketRow.dedupe_key, TicketRow.id, TicketRow.number).where(
                TicketRow.dedupe_key.in_(keys[start : start + _MOST_AT_ONCE])
            )
        )
        found.update({key: (ticket, number) for key, ticket, number in rows})
    return found


def _ticket(
    matter: Matter, ticket: str, number: str, owner: str | None, deputy: str | None, *, at: datetime
) -> dict[str, object]:
    return {
        "id": ticket,
        "number": number,
        "dedupe_key": matter.dedupe_key,
        "kind": matter.kind,
        "severity": matter.severity,
        "household_id": matter.household_id,
        "resident_id": matter.resident_id,
        "owner_id": owner,
        "deputy_id": deputy,
        "session_id": matter.session_id,
        "campaign_id": matter.campaign_id,
        "summary": matter.summary,
        "own_words": matter.own_words,
        "caller_phone": matter.caller_phone or None,
        "caller_name": matter.caller_name or None,
        "state": "open",
        "created_at": at,
        "due_at": matter.due_at or at + DUE_WITHIN[matter.severity],
    }


def _notice(
    matter: Matter, ticket: str, number: str, owner: str | None, notice: str, *, at: datetime
) -> dict[str, object]:
    """What the worker is told: that there is something to see, never about whom or what was said."""
    return {
        "id": notice,
        "kind": NOTIFY,
        "key": f"ticket:{ticket}",
        "payload": {"ticket": ticket, "number": number, "severity": matter.severity, "worker": owner},
        "due_at": at,
        "attempts": 0,
    }


def add_words(session: StoreSession, dedupe_key: str, words: str) -> None:
    """Adds what was told later to a ticket that stands."""
    ticket = session.scalar(select(TicketRow).where(TicketRow.dedupe_key == dedupe_key))
    if ticket is not None:
        tell_more(ticket, words)


def tell_more(ticket: TicketRow, words: str, *, about: str = "") -> None:
    """Adds to the resident's own words; what is there already is not said twice. `about` names what they tell."""
    if words and words not in ticket.own_words:
        ticket.own_words = f"{ticket.own_words}；{about}{words}"
