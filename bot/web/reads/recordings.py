"""Which recordings of calls a visitor may hear."""

from collections.abc import Iterable

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from bot.auth.scope import Scope
from bot.web.reads.campaigns import in_scope
from integrations.storage.models import RecordingRow

BEFORE_SECONDS, AFTER_SECONDS = 0.5, 0.3  # heard around an answer, so that its first word is not cut


def recording(session: Session, scope: Scope, recording_id: str) -> str | None:
    """The recording's id, if it is there and the visitor's to hear."""
    mine = in_scope(scope, func.coalesce(RecordingRow.household_id, ""))
    found: str | None = session.scalar(select(RecordingRow.id).where(RecordingRow.id == recording_id, *_kept(), *mine))
    return found


def recordings_of(session: Session, session_ids: Iterable[str]) -> dict[str, str]:
    """Recordings that are kept, by session."""
    rows = session.execute(
        select(RecordingRow.session_id, RecordingRow.id).where(RecordingRow.session_id.in_(list(session_ids)), *_kept())
    )
    return {row.session_id: row.id for row in rows}


def clip(recording_id: str, seconds: tuple[float | None, float | None]) -> str:
    """Where the part between two moments is heard; "" when it is not known where the words are."""
    begins, ends = seconds
    if begins is None or ends is None:
        return ""
    return f"/recordings/{recording_id}.wav?start={max(0.0, begins - BEFORE_SECONDS):g}&end={ends + AFTER_SECONDS:g}"


def _kept() -> tuple[ColumnElement[bool], ...]:
    return RecordingRow.deleted_at.is_(None), RecordingRow.refused_at.is_(None)
