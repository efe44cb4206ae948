"""Opens a hand-over in the transaction of the turn that raised it."""

from datetime import datetime

from campaigns.handover.ringing import wants_a_person_now
from integrations.storage.models import HandoverRow
from integrations.storage.once import insert_once
from integrations.storage.store import StoreSession


def open_handover(
    session: StoreSession,
    *,
    session_id: str,
    key: str,
    kind: str,
    severity: str,
    heard: str,
    ticket_id: str | None,
    household_id: str | None,
    resident_id: str | None,
    at: datetime,
) -> bool:
    """Lets somebody be rung about what was said in this session, once; whether this call made it.

    `key` and `kind` are those of the escalation. Nothing happens for matters that may wait on a ticket.
    """
    if not wants_a_person_now(key, kind):
        return False
    values = {
        "id": session.new_id(at=at),
        "session_id": session_id,
        "ticket_id": ticket_id,
        "household_id": household_id,
        "resident_id": resident_id,
        "kind": kind,
        "severity": severity,
        "heard": heard,
        "status": "open",
        "raised_at": at,
        "due_at": at,
    }
    return insert_once(session, HandoverRow, values, unique="session_id")
