"""Urgent matters that nobody has taken: what every page shows in red until somebody does."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, or_, select

from bot.auth.login import Visitor
from bot.web.reads.tickets import UNREGISTERED, visible
from integrations.handover.chain import where
from integrations.handover.unheard import SILENT_FOR
from integrations.storage.models import HandoverRow, HouseholdRow, TicketRow
from integrations.storage.store import StoreSession


@dataclass(frozen=True, kw_only=True)
class Alarm:
    """One matter. The building and nothing nearer: anybody at the counter can read this screen."""

    ticket_id: str
    number: str
    kind: str
    place: str
    raised_at: datetime
    rings: bool  # whether telephones are still rung for it


def alarms(session: StoreSession, visitor: Visitor, *, at: datetime) -> Sequence[Alarm]:
    """Those whose tickets the visitor may take, the oldest first."""
    if not visitor.may("work_tickets"):
        return ()
    unheard = or_(HandoverRow.unheard_at.is_not(None), HandoverRow.raised_at <= at - SILENT_FOR)
    rows = session.execute(
        select(HandoverRow, TicketRow)
        .join(TicketRow, TicketRow.id == HandoverRow.ticket_id)
        .where(
            or_(HandoverRow.status == "given_up", and_(HandoverRow.status == "open", unheard)),
            TicketRow.state == "open",
            *visible(visitor.scope),
        )
        .order_by(HandoverRow.raised_at, HandoverRow.id)
    ).all()
    return [
        Alarm(
            ticket_id=ticket.id,
            number=ticket.number,
            kind=matter.kind,
            place=_place(session, ticket.household_id),
            raised_at=matter.raised_at,
            rings=matter.status == "open",
        )
        for matter, ticket in rows
    ]


def _place(session: StoreSession, household_id: str | None) -> str:
    household = session.get(HouseholdRow, household_id) if household_id else None
    return where(session, household)[0] if household else UNREGISTERED
