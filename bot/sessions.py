"""Sessions and their events as they lie in the database."""

from collections.abc import Sequence

import msgspec
from sqlalchemy import select

from dialogs.events import AnyEvent
from dialogs.state import State
from integrations.storage.models import EventRow, SessionRow
from integrations.storage.store import StoreSession

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
