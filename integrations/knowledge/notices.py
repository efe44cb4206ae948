"""Notices in the store: taken from files, asked as one index, with what nobody could answer."""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from sqlalchemy import delete, select

from integrations.knowledge.documents import read_notice
from integrations.knowledge.errors import EmptyNoticeError
from integrations.storage.models import KnowledgePassageRow, UnmetQuestionRow
from integrations.storage.store import StoreSession
from nlu.knowledge import KnowledgeIndex, Passage, passages_of


def add_notice(session: StoreSession, path: Path, *, at: datetime) -> tuple[Passage, ...]:
    """The passages of the notice in a file, kept in place of an older notice of the same title. Raises NoticeError."""
    notice = read_notice(path)
    passages = passages_of(notice.text, source=notice.title, published=notice.published)
    if not passages:
        raise EmptyNoticeError(f"文件“{path.name}”只有标题，没有正文。")
    session.execute(delete(KnowledgePassageRow).where(KnowledgePassageRow.source == notice.title))
    for passage in passages:
        session.add(
            KnowledgePassageRow(
                id=session.new_id(at=at),
                source=passage.source,
                heading=passage.heading,
                body=passage.text,
                dated=passage.published,
                added_at=at,
            )
        )
    session.flush()
    return passages


def knowledge_index(session: StoreSession) -> KnowledgeIndex:
    """Everything that was added, ready to be asked."""
    rows = session.scalars(select(KnowledgePassageRow).order_by(KnowledgePassageRow.id))
    return KnowledgeIndex(
        Passage(text=row.body, source=row.source, published=row.dated, heading=row.heading) for row in rows
    )


def unmet_questions(session: StoreSession) -> Sequence[UnmetQuestionRow]:
    """What people asked and nobody could answer, most asked first, then the latest."""
    order = (UnmetQuestionRow.count.desc(), UnmetQuestionRow.at.desc())
    return session.scalars(select(UnmetQuestionRow).order_by(*order)).all()
