"""Urgent matters that everybody was rung about and nobody took: who is told of them then, and when that is over.

Ringing goes on meanwhile, round after round. The console shows them from `unheard_at` on, or from `SILENT_FOR` after
they were raised whatever became of the ringing, until somebody takes the ticket.
"""

import logging
from collections.abc import Iterator
from datetime import datetime, timedelta

from sqlalchemy import update

from integrations.handover.chain import chain_of
from integrations.storage import audit, outbox
from integrations.storage.models import HandoverRow, TicketRow
from integrations.storage.store import StoreSession
from integrations.tickets.raising import NOTIFY

SILENT_FOR = timedelta(minutes=5)
"""After this a matter that nobody took alarms though nobody rings: a whole round takes four people four minutes."""

log = logging.getLogger(__name__)


def alarm(session: StoreSession, row: HandoverRow, *, at: datetime) -> None:
    """Everybody was rung once: a fact from now on, in the audit trail too, and a short message to whoever can help."""
    if row.unheard_at is not None:
        return
    row.unheard_at = at
    log.error("handover=%s nobody took it", row.id)
    audit.record(
        session, user_id=None, action="handover.unheard", object_kind="ticket", object_id=row.ticket_id or "", at=at
    )
    ticket = session.get(TicketRow, row.ticket_id) if row.ticket_id else None
    if ticket is None:
        return
    for worker in _who_can_help(session, row.household_id):
        payload = {"ticket": ticket.id, "number": ticket.number, "worker": worker, "unheard": True}
        outbox.put(session, kind=NOTIFY, key=f"unheard:{row.id}:{worker}", payload=payload, at=at)


def taken_at_console(session: StoreSession, ticket_id: str, *, at: datetime) -> None:
    """Somebody sees to a matter for which nobody is rung any more: a resident who still waits hears of it.

    Where somebody is still rung, whoever rings looks at the ticket before the next call.
    """
    session.execute(
        update(HandoverRow)
        .where(HandoverRow.ticket_id == ticket_id, HandoverRow.status == "given_up")
        .values(status="elsewhere", finished_at=at)
    )


def _who_can_help(session: StoreSession, household_id: str | None) -> Iterator[str]:
    """Those who were rung, then the leads of the other grids."""
    links = (*chain_of(session, household_id), *chain_of(session, None))
    return iter(dict.fromkeys(link.worker_id for link in links))
