"""Matters of people whom the registry does not know: how they can be reached, and whose it turns out to be."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from integrations.storage.models import HandoverRow, HandoverWordRow, TicketRow
from integrations.storage.store import StoreSession
from integrations.tickets.owners import owners_of
from integrations.tickets.raising import tell_more


@dataclass(frozen=True, slots=True, kw_only=True)
class Stranger:
    """Somebody who is not in the registry, as far as they told; "" what they did not."""

    phone: str = ""  # said, else the number that was shown
    name: str = ""


def told_more(session: StoreSession, session_id: str, stranger: Stranger) -> None:
    """What somebody says of themselves later belongs to everything they raised before in the same talk."""
    for ticket in _without_household(session, session_id):
        ticket.caller_phone = stranger.phone or ticket.caller_phone
        ticket.caller_name = stranger.name or ticket.caller_name


def told_where(session: StoreSession, session_id: str, place: str, *, at: datetime) -> None:
    """Where somebody in danger says they are: on every ticket of the talk, and told to whoever takes the hand-over."""
    for ticket in _without_household(session, session_id):
        tell_more(ticket, place, about="人在：")
    handover = session.scalar(select(HandoverRow).where(HandoverRow.session_id == session_id))
    if handover is not None and place not in handover.heard:
        session.add(HandoverWordRow(handover_id=handover.id, at=at, who="resident", words=place))
    session.flush()


def recognised(session: StoreSession, session_id: str, *, resident: str, household: str) -> None:
    """It is known whose matters these are: their own grid worker sees to them, and is rung where nobody has accepted.

    What somebody at the desk sees to already stays theirs.
    """
    whose = owners_of(session, [household])[household]
    for ticket in _without_household(session, session_id):
        ticket.household_id, ticket.resident_id = household, resident
        if ticket.state == "open":
            ticket.owner_id, ticket.deputy_id = whose.owner, whose.deputy
    handover = session.scalar(
        select(HandoverRow).where(HandoverRow.session_id == session_id, HandoverRow.status == "open")
    )
    if handover is not None:
        handover.household_id, handover.resident_id = household, resident
    session.flush()


def _without_household(session: StoreSession, session_id: str) -> list[TicketRow]:
    of_talk = select(TicketRow).where(TicketRow.session_id == session_id, TicketRow.household_id.is_(None))
    return list(session.scalars(of_talk))
