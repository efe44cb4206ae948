"""A change of key: every sealed value is opened and sealed anew, in small transactions while the system runs."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Column, LargeBinary, Table, bindparam, func, or_, select, type_coerce, update

from integrations.storage.columns import SEALED
from integrations.storage.key_file import add_key
from integrations.storage.keys import HEADER_BYTES
from integrations.storage.models import KeyCheckRow, KeyRotationRow, Row
from integrations.storage.store import Store, StoreSession

BATCH_ROWS = 500  # a batch holds the write lock for some tens of milliseconds


@dataclass(frozen=True, slots=True, kw_only=True)
class RotationReport:
    """What a change of key did."""

    key_number: int  # the key that seals now
    resumed: bool  # an earlier change that broke off was finished
    rows: Mapping[str, int]  # table → rows sealed anew in this run


def rotate_keys(store: Store, key_path: Path, *, at: datetime, batch_rows: int = BATCH_ROWS) -> RotationReport:
    """Add a key to the key file and seal everything with it; goes on where an earlier run broke off.

    Old keys stay in the file: backups made before need them. Raises KeyWrong when a value does not open.
    """
    resumed = _unfinished(store)
    if not resumed:
        add_key(key_path, at=at)
    store.keys.refresh()
    store.check_keys(at=at)
    with store.writing() as session:
        if session.get(KeyRotationRow, store.keys.active) is None:
            session.add(KeyRotationRow(to_key=store.keys.active, started_at=at))
    rows = {table.name: sum(_reseal(store, table, batch_rows)) for table in _sealed_tables()}
    with store.writing() as session:
        for rotation in session.scalars(select(KeyRotationRow).where(KeyRotationRow.finished_at.is_(None))):
            rotation.finished_at = at
    return RotationReport(key_number=store.keys.active, resumed=resumed, rows=rows)


def _unfinished(store: Store) -> bool:
    with store.reading() as session:
        return session.scalars(select(KeyRotationRow).where(KeyRotationRow.finished_at.is_(None))).first() is not None


def _sealed_tables() -> Sequence[Table]:
    """All tables with sealed columns, but for the sentences that tell the keys apart."""
    tables = Row.metadata.sorted_tables
    return [table for table in tables if table.name != KeyCheckRow.__tablename__ and _sealed_columns(table)]


def _sealed_columns(table: Table) -> list[Column[Any]]:
    return [column for column in table.columns if isinstance(column.type, SEALED)]


def _reseal(store: Store, table: Table, batch_rows: int) -> Iterator[int]:
    """Seal the rows of one table anew; yields the size of each batch."""
    last = None
    while True:
        with store.writing() as session:
            last, count = _reseal_batch(session, table, after=last, limit=batch_rows)
        yield count
        if count < batch_rows:
            return


def _reseal_batch(session: StoreSession, table: Table, *, after: Any, limit: int) -> tuple[Any, int]:
    columns, (key,) = _sealed_columns(table), table.primary_key.columns
    raw = [type_coerce(column, LargeBinary).label(column.name) for column in columns]
    stale = or_(
        *(
            func.substr(type_coerce(each, LargeBinary), 1, HEADER_BYTES) != session.keys.active_header
            for each in columns
        )
    )
    query = select(key.label("row_key"), *raw).where(stale).order_by(key).limit(limit).with_for_update()
    rows = session.execute(query if after is None else query.where(key > after)).mappings().all()
    if not rows:
        return after, 0
    labels = {column.name: column.type.label for column in columns if isinstance(column.type, SEALED)}
    anew = [
        {
            "row_key": row["row_key"],
            **{f"new_{name}": _anew(session, row[name], label) for name, label in labels.items()},
        }
        for row in rows
    ]
    assignments = {column: bindparam(f"new_{column.name}", type_=LargeBinary) for column in columns}
    session.connection().execute(update(table).where(key == bindparam("row_key")).values(assignments), anew)
    return rows[-1]["row_key"], len(rows)


def _anew(session: StoreSession, sealed: bytes | None, label: str) -> bytes | None:
    if sealed is None:
        return None
    return session.keys.seal(session.keys.open(bytes(sealed), label=label), label=label)
