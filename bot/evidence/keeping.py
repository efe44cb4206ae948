"""Which recordings there are, for how long, and their deletion."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import ColumnElement, or_, select

from bot.evidence.files import SUFFIX, recording_path
from integrations.storage import audit
from integrations.storage.models import RecordingRow, SessionRow
from integrations.storage.store import StoreSession

SHORTEST_KEEPING = timedelta(days=30)  # a complaint about a call comes within a month
SURELY_OVER = timedelta(days=1)  # a call's file is there some seconds before its row; no call lasts a day
_AT_ONCE = 500  # bound parameters of one statement


def keep_until(keep_days: int, *, at: datetime) -> datetime:
    """When a recording made now is deleted, for a questionnaire whose answers are kept that long."""
    return at + max(SHORTEST_KEEPING, timedelta(days=keep_days))


def begin_recording(session: StoreSession, recording: str, talk: SessionRow, *, keep_days: int, at: datetime) -> None:
    """A session is recorded from here on."""
    session.add(
        RecordingRow(
            id=recording,
            session_id=talk.id,
            resident_id=talk.resident_id,
            household_id=talk.household_id,
            began_at=at,
            keep_until=keep_until(keep_days, at=at),
        )
    )


def refuse_recording(session: StoreSession, session_id: str, *, at: datetime) -> None:
    """The resident does not want it. The line deletes the sound at once; `sweep` makes sure."""
    row = session.scalar(select(RecordingRow).where(RecordingRow.session_id == session_id))
    if row is not None and row.refused_at is None:
        row.refused_at = at


def sweep(session: StoreSession, folder: Path, *, at: datetime) -> int:
    """Deletes what was refused, what is past its time and what nothing knows of any more; how many files that were.

    Daily, and harmless at any time.
    """
    over = or_(RecordingRow.refused_at.is_not(None), RecordingRow.keep_until <= at)
    rows = session.scalars(select(RecordingRow).where(RecordingRow.deleted_at.is_(None), over)).all()
    for row in rows:
        recording_path(folder, row.id).unlink(missing_ok=True)
        _note_deleted(session, row, at=at)
    return len(rows) + _sweep_unknown(session, folder, at=at)


def forget_recordings(session: StoreSession, whose: ColumnElement[bool], *, at: datetime) -> Sequence[str]:
    """Notes that every recording of which `whose` is true is deleted, as people may ask. Whoever asks deletes the files
    of these ids after the commit: were it before, a transaction that fails would leave recordings without their sound.
    """
    rows = session.scalars(select(RecordingRow).where(whose, RecordingRow.deleted_at.is_(None))).all()
    for row in rows:
        _note_deleted(session, row, at=at)
    return [row.id for row in rows]


def recordings_of(session: StoreSession, resident_id: str) -> Sequence[RecordingRow]:
    """The recordings of a resident that can be heard, for their own export; oldest first."""
    return session.scalars(
        select(RecordingRow)
        .where(
            RecordingRow.resident_id == resident_id,
            RecordingRow.deleted_at.is_(None),
            RecordingRow.refused_at.is_(None),
        )
        .order_by(RecordingRow.began_at)
    ).all()


def _note_deleted(session: StoreSession, row: RecordingRow, *, at: datetime) -> None:
    row.deleted_at = at
    audit.record(session, user_id=None, action="recording.deleted", object_kind="recording", object_id=row.id, at=at)


def _sweep_unknown(session: StoreSession, folder: Path, *, at: datetime) -> int:
    """Deletes files that no row tells of: of residents who were deleted when the program died before their files."""
    old = (at - SURELY_OVER).timestamp()
    files = {path.stem: path for path in folder.glob(f"*/*{SUFFIX}") if path.stat().st_mtime < old}
    ids = sorted(files)
    for start in range(0, len(ids), _AT_ONCE):
        some = ids[start : start + _AT_ONCE]
        known = select(RecordingRow.id).where(RecordingRow.id.in_(some), RecordingRow.deleted_at.is_(None))
        for unknown in set(some).difference(session.scalars(known)):
            files.pop(unknown).unlink(missing_ok=True)
    return len(ids) - len(files)
