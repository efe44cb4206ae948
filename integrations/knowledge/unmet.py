"""What people asked and nobody could answer, counted."""

from datetime import datetime

from sqlalchemy import select

from integrations.storage.models import UnmetQuestionRow
from integrations.storage.store import StoreSession


def note_unmet_question(session: StoreSession, question: str, *, session_id: str, at: datetime) -> None:
    """Counts a question; the same words are one entry."""
    index = session.keys.blind_index("question", "".join(question.split()))
    row = session.scalar(select(UnmetQuestionRow).where(UnmetQuestionRow.question_idx == index).with_for_update())
    if row is not None:
        row.count, row.at, row.session_id = row.count + 1, at, session_id
        return
    session.add(
        UnmetQuestionRow(
            id=session.new_id(at=at), question=question, question_idx=index, at=at, session_id=session_id, count=1
        )
    )
    session.flush()
