"""Records of the registry as a person reads them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.web.reads.recordings import clip, recordings_of
from integrations.storage.models import RecordRow, ResidentRow, SessionRow


@dataclass(frozen=True, kw_only=True)
class Answer:
    """One value with where it comes from."""

    id: str
    label: str  # the field's name in the data dictionary
    shown: str
    own_words: str
    state: str
    speaker: str
    channel: str
    confidence: float | None
    at: datetime
    name: str  # whose
    contact_id: str | None  # the call it was said in
    clip: str  # where the words are heard; "" where no sound was kept


def answers(session: Session, records: Iterable[RecordRow], labels: dict[str, str]) -> list[Answer]:
    """The records in the order given. `labels` maps a field to its name."""
    rows = list(records)
    names = dict(
        session.execute(
            select(ResidentRow.id, ResidentRow.name).where(ResidentRow.id.in_({row.resident_id for row in rows}))
        ).all()
    )
    calls = dict(
        session.execute(
            select(SessionRow.id, SessionRow.contact_id).where(
                SessionRow.id.in_({row.source_id for row in rows if row.source == "session"})
            )
        ).all()
    )
    recorded = recordings_of(session, [row.source_id for row in rows if row.source == "session"])
    return [
        Answer(
            id=row.id,
            label=labels.get(row.field, row.field),
            shown=row.shown,
            own_words=row.own_words,
            state=row.state,
            speaker=row.speaker,
            channel=row.channel,
            confidence=row.confidence if row.source == "session" else None,
            at=row.at,
            name=names.get(row.resident_id, "—"),
            contact_id=calls.get(row.source_id),
            clip=clip(recorded[row.source_id], (row.recorded_from, row.recorded_to))
            if row.source_id in recorded
            else "",
        )
        for row in rows
    ]
