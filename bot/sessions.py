"""Sessions and their events as they lie in the database."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, cast

import msgspec
from sqlalchemy import Table, bindparam, insert, select, update

from dialogs.events import AnyEvent, LeftOpen
from dialogs.state import State
from integrations.storage.models import AttemptRow, EventRow, SessionRow
from integrations.storage.store import StoreSession

# 明天上午再打 is the same talk: questions about 这两天 have been answered. What was told earlier is asked again.
GOES_ON_WITHIN = timedelta(days=2)
ANSWERED_WITHOUT_A_VALUE = frozenset({"unknown", "not_measured", "refused"})  # why a question was left open

# Built once and run past the mapper: on the way of every turn, building statements costs more than running them.
_SESSIONS = cast(Table, SessionRow.__table__)
_OF_A_NEW_SESSION = (
    *("id", "resident_id", "household_id", "contact_id", "attempt_id"),
    *("questionnaire", "channel", "state", "opened_at"),
)
_ADD_SESSION = insert(SessionRow)
_REPLACE_TURN = (
    update(_SESSIONS)
    .where(
        _SESSIONS.c.id == bindparam("session"), _SESSIONS.c.turn == bindparam("before"), _SESSIONS.c.ended_at.is_(None)
    )
    .values({name: bindparam(name) for name in ("turn", "state", "ended_at", "outcome")})
)
_APPEND = insert(EventRow)
_BEFORE = (
    select(_SESSIONS.c.state, _SESSIONS.c.opened_at)
    .where(_SESSIONS.c.contact_id == bindparam("contact"), _SESSIONS.c.questionnaire == bindparam("questionnaire"))
    .order_by(_SESSIONS.c.opened_at.desc())
    .limit(1)
)

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


def add_session(session: StoreSession, row: SessionRow) -> None:
    """Keeps a new session after its first turn; `row` itself stays outside the database session."""
    values = {name: getattr(row, name) for name in _OF_A_NEW_SESSION}
    session.connection().execute(_ADD_SESSION, values | {"turn": row.turn + 1})


def replace_turn(session: StoreSession, row: SessionRow, state: State, *, at: datetime) -> bool:
    """Keeps the state after one more turn; False when the session went on, or ended, meanwhile."""
    values = {
        "session": row.id,
        "before": row.turn,
        "turn": row.turn + 1,
        "state": _encode(state),
        "ended_at": at if state.outcome else None,
        "outcome": state.outcome,
    }
    return session.connection().execute(_REPLACE_TURN, values).rowcount == 1


def append_events(session: StoreSession, session_id: str, *, turn: int, events: Sequence[AnyEvent]) -> None:
    """Adds the events of one turn to the log."""
    rows = [
        {
            "session_id": session_id,
            "turn": turn,
            "ordinal": ordinal,
            "at": event.at,
            "type": type(event).__name__,
            "payload": _encode(event),
        }
        for ordinal, event in enumerate(events)
    ]
    if rows:
        session.connection().execute(_APPEND, rows)


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What is not asked again when a talk goes on that broke off; what waited for 对不对 is."""

    known: dict[str, Any] = field(default_factory=dict)  # Question.key → value
    left_open: dict[str, LeftOpen] = field(default_factory=dict)  # Question.key → why there is no value


def told_in(state: State) -> Told:
    """What was told, or not known, in the talk that stood at `state` when it broke off."""
    answered = {key: each.value for key, each in state.answers.items() if key not in state.reading_back}
    unanswered = {
        key: LeftOpen(reason=reason, speaker=state.left_open_by.get(key, "self"))
        for key in state.left_open
        if (reason := state.left_open[key]) in ANSWERED_WITHOUT_A_VALUE
    }
    return Told(known=state.known | answered, left_open=unanswered)


def told_in_the_call_before(session: StoreSession, contact_id: str, questionnaire: str, *, at: datetime) -> Told:
    """What this contact told in the call before, put off or broken off a short while ago."""
    of_contact = {"contact": contact_id, "questionnaire": questionnaire}
    before = session.connection().execute(_BEFORE, of_contact).one_or_none()
    if before is None or at - before.opened_at > GOES_ON_WITHIN:
        return Told()
    return told_in(decode_state(before.state))
