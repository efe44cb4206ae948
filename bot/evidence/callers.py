"""Who called the community: whose call it was, how somebody unknown can be reached, and the deletion of calls."""

from datetime import datetime

from sqlalchemy import or_, select

from bot.sessions import read_events
from dialogs.events import ProofGiven
from integrations.storage import audit
from integrations.storage.models import IncomingCallRow, RecordingRow, SessionRow
from integrations.storage.store import StoreSession
from integrations.tickets.strangers import Stranger


def settle_callers(session: StoreSession, session_id: str) -> None:
    """Who was recognised in the course of a talk is whose call and whose recording it was, so that both are found."""
    talk = session.get(SessionRow, session_id)
    if talk is None or talk.resident_id is None:
        return
    for call in session.scalars(select(IncomingCallRow).where(IncomingCallRow.session_id == session_id)):
        call.resident_id = talk.resident_id
    for recording in session.scalars(select(RecordingRow).where(RecordingRow.session_id == session_id)):
        recording.resident_id, recording.household_id = talk.resident_id, talk.household_id


def stranger(session: StoreSession, session_id: str) -> Stranger:
    """What is known of somebody whom the registry does not know: what they said of themselves, the number shown."""
    said = {each.step: each.value for each in read_events(session, session_id) if isinstance(each, ProofGiven)}
    shown = session.scalar(select(IncomingCallRow.caller).where(IncomingCallRow.session_id == session_id))
    return Stranger(phone=said.get("phone") or shown or "", name=said.get("name", ""))


def erase_incoming_calls(session: StoreSession, resident_id: str, *, at: datetime) -> int:
    """Deletes every call of a resident to us, as they may ask, number and all; how many.

    Their talks, tickets and recordings are deleted by whoever deletes those (`keeping.forget_recordings`).
    """
    mine = select(SessionRow.id).where(SessionRow.resident_id == resident_id)
    rows = session.scalars(
        select(IncomingCallRow).where(
            or_(IncomingCallRow.resident_id == resident_id, IncomingCallRow.session_id.in_(mine))
        )
    ).all()
    for row in rows:
        session.delete(row)
    if rows:
        audit.record(
            session,
            user_id=None,
            action="incoming_calls.erased",
            object_kind="resident",
            object_id=resident_id,
            at=at,
            detail={"rows": len(rows)},
        )
    return len(rows)
