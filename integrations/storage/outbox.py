"""What must leave the building: written with the facts it tells of, sent after the commit, claimed by lease.

A message is sent at least once; its key goes with it so that the other side can drop a second copy.
"""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, func, or_, select

from integrations.storage.models import OutboxRow
from integrations.storage.once import insert_once
from integrations.storage.store import StoreSession

_ERROR_CHARACTERS = 200  # width of outbox.last_error


def put(
    session: StoreSession, *, kind: str, key: str, payload: Any, at: datetime, due_at: datetime | None = None
) -> bool:
    """Queue one message. Returns False when this key was queued before. `payload` is JSON-like and stored sealed."""
    values = {
        "id": session.new_id(at=at),
        "kind": kind,
        "key": key,
        "payload": payload,
        "due_at": due_at or at,
        "attempts": 0,
    }
    return insert_once(session, OutboxRow, values, unique="key")


def claim(
    session: StoreSession, *, at: datetime, lease: timedelta, limit: int, kinds: Collection[str] | None = None
) -> Sequence[OutboxRow]:
    """The messages that are due and nobody else is sending, oldest first, leased until `at + lease`.

    With `kinds` only those: whoever claims must know how to send them.
    """
    free = or_(OutboxRow.lease_until.is_(None), OutboxRow.lease_until <= at)
    rows = session.scalars(
        select(OutboxRow)
        .where(_waiting(kinds), OutboxRow.due_at <= at, free)
        .order_by(OutboxRow.due_at, OutboxRow.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
    ).all()
    for row in rows:
        row.lease_until = at + lease
        row.attempts += 1
    session.flush()
    return rows


def next_due(session: StoreSession, kinds: Collection[str]) -> datetime | None:
    """When the next of these messages falls due; None where none waits."""
    return session.scalar(select(func.min(OutboxRow.due_at)).where(_waiting(kinds)))


def mark_sent(session: StoreSession, message_id: str, *, at: datetime) -> None:
    """The other side has it."""
    row = session.get_one(OutboxRow, message_id)
    row.sent_at, row.lease_until, row.last_error = at, None, None


def mark_failed(session: StoreSession, message_id: str, *, error: str, retry_at: datetime) -> None:
    """It did not arrive; try again at `retry_at`. `error` is a code or a class, never personal data."""
    row = session.get_one(OutboxRow, message_id)
    row.due_at, row.lease_until, row.last_error = retry_at, None, error[:_ERROR_CHARACTERS]


def postpone(session: StoreSession, message_id: str, *, until: datetime) -> None:
    """Not now: it is tried at `until`, and this time does not count as a try."""
    row = session.get_one(OutboxRow, message_id)
    row.due_at, row.lease_until, row.attempts = until, None, row.attempts - 1


def give_up(session: StoreSession, message_id: str, *, error: str, at: datetime) -> None:
    """It never arrived and is not tried again. `error` is a code or a class, never personal data."""
    row = session.get_one(OutboxRow, message_id)
    row.given_up_at, row.lease_until, row.last_error = at, None, error[:_ERROR_CHARACTERS]


def _waiting(kinds: Collection[str] | None) -> ColumnElement[bool]:
    waiting = and_(OutboxRow.sent_at.is_(None), OutboxRow.given_up_at.is_(None))
    return waiting if kinds is None else and_(waiting, OutboxRow.kind.in_(kinds))
