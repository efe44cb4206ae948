"""Sessions and their events as they lie in the database."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import msgspec
from sqlalchemy import select

from dialogs.events import AnyEvent
from dialogs.state import State
from integrations.storage.models import AttemptRow, EventRow, SessionRow
from integrations.storage.store import StoreSession

# Whoever is called again so soon after the program died in the middle of a call is not asked the same again.
GOES_ON_WITHIN = timedelta(hours=1)

_encode = msgspec.json.Encoder().encode
_decode_state = msgspec.json.Decoder(State).decode
_decode_event = msgspec.json.Decoder(AnyEvent).decode


def encode_state(state: State) -> bytes:
    """The bytes of `SessionRow.state`."""
    return _encode(state)


def decode_state(stored: bytes) -> State:
    """The state in `SessionRow.state`."""
    return _decode_state(stored)


def load_session(session: StoreSession, session_id: str) -> SessionRow | None:
    """The session of this id."""
    return session.get(SessionRow, session_id)


def append_events(session: StoreSession, session_id: str, *, turn: int, events: Sequence[AnyEvent]) -> None:
    """Adds the events of one turn to the log."""
    session.add_all(
        EventRow(
            session_id=session_id,
            turn=turn,
            ordinal=ordinal,
            at=event.at,
            type=type(event).__name__,
            payload=_encode(event),
        )
        for ordinal, event in enumerate(events)
    )


def read_events(session: StoreSession, session_id: str) -> tuple[AnyEvent, ...]:
    """Every event of a session, in order."""
    rows = session.scalars(
        select(EventRow).where(EventRow.session_id == session_id).order_by(EventRow.turn, EventRow.ordinal)
    )
    return tuple(_decode_event(row.payload) for row in rows)


def cut_off(session: StoreSession) -> Sequence[str]:
    """The sessions that nobody ended, of calls that were interrupted."""
    return session.scalars(
        select(SessionRow.id)
        .join(AttemptRow, AttemptRow.id == SessionRow.attempt_id)
        .where(SessionRow.ended_at.is_(None), AttemptRow.status == "interrupted")
    ).all()


def told_before_interruption(
    session: StoreSession, contact_id: str, questionnaire: str, *, at: datetime
) -> dict[str, Any]:
    """What this contact told in the call before, if that was interrupted by us just now: Question.key → value.

    What waited for 对不对 when the call broke off is asked again.
    """
    before = session.execute(
        select(SessionRow, AttemptRow.status)
        .join(AttemptRow, AttemptRow.id == SessionRow.attempt_id)
        .where(SessionRow.contact_id == contact_id, SessionRow.questionnaire == questionnaire)
        .order_by(SessionRow.opened_at.desc())
        .limit(1)
    ).one_or_none()
    if before is None or before[1] != "interrupted" or at - before[0].opened_at > GOES_ON_WITHIN:
        return {}
    state = decode_state(before[0].state)
    return {key: answer.value for key, answer in state.answers.items() if key not in state.reading_back}
