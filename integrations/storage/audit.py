"""The audit trail: who did what to which object, as a chain that shows every later change.

Each row carries an HMAC over its content and the row before it, under a key outside the database, so nobody who only
has the database can rewrite the past. Rows cut off at the end show when `AuditReport.head` is compared with a head
noted elsewhere, which is why exports print it.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

import msgspec
from sqlalchemy import select, text

from integrations.storage.keys import KeyRing
from integrations.storage.models import AuditRow
from integrations.storage.store import Store, StoreSession

BEGINNING = "0" * 64  # what the first row is tied to
_CHAIN_LOCK = 0x4C59_4155  # "LYAU": one transaction at a time extends the chain on PostgreSQL
_ROWS_AT_A_TIME = 1000

Detail = Mapping[str, str | int | bool]


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditReport:
    """What a walk along the chain found."""

    rows: int  # intact ones, from the beginning
    head: str  # hash of the last intact row
    broken_id: int | None  # the first row that was changed, or that follows a removed one

    @property
    def intact(self) -> bool:
        """Whether no row was changed or taken out."""
        return self.broken_id is None


def record(
    session: StoreSession,
    *,
    user_id: str | None,
    action: str,
    object_kind: str,
    object_id: str,
    at: datetime,
    detail: Detail | None = None,
) -> AuditRow:
    """Add one row to the chain, in the transaction of what it tells of.

    `user_id` None is the system itself. `detail` holds counts, ids and names of filters, never personal data.
    """
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _CHAIN_LOCK})
    previous = session.scalar(select(AuditRow.hash).order_by(AuditRow.id.desc()).limit(1)) or BEGINNING
    row = AuditRow(
        at=at,
        user_id=user_id,
        action=action,
        object_kind=object_kind,
        object_id=object_id,
        detail=dict(detail or {}),
        prev_hash=previous,
    )
    row.hash = _link(session.keys, row)
    session.add(row)
    session.flush()
    return row


def verify(store: Store) -> AuditReport:
    """Walk the whole chain from its beginning."""
    previous, rows = BEGINNING, 0
    for row in _all_rows(store):
        if row.prev_hash != previous or row.hash != _link(store.keys, row):
            return AuditReport(rows=rows, head=previous, broken_id=row.id)
        previous, rows = row.hash, rows + 1
    return AuditReport(rows=rows, head=previous, broken_id=None)


def _all_rows(store: Store) -> Iterator[AuditRow]:
    last = -1
    while True:
        with store.reading() as session:
            query = select(AuditRow).where(AuditRow.id > last).order_by(AuditRow.id).limit(_ROWS_AT_A_TIME)
            batch = session.scalars(query).all()
        yield from batch
        if len(batch) < _ROWS_AT_A_TIME:
            return
        last = batch[-1].id


def _link(keys: KeyRing, row: AuditRow) -> str:
    at = row.at.astimezone(UTC).isoformat(timespec="microseconds")
    content = [at, row.user_id, row.action, row.object_kind, row.object_id, row.detail]
    return keys.link(row.prev_hash, msgspec.json.encode(content, order="sorted"))
