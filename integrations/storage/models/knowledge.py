"""What the community can answer, and what it was asked in vain."""

from datetime import date, datetime

from sqlalchemy import Date, Integer, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from integrations.storage.columns import Moment, SealedText
from integrations.storage.models.declarative import Id, Index64, Row, ref


class KnowledgePassageRow(Row):
    """A passage of a notice or a policy."""

    __tablename__ = "knowledge_passages"

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    source: Mapped[str] = mapped_column(String(200), index=True)
    heading: Mapped[str] = mapped_column(String(200), default="")
    body: Mapped[str] = mapped_column(Text)
    dated: Mapped[date | None] = mapped_column(Date)  # of the document
    added_at: Mapped[datetime] = mapped_column(Moment)


class UnmetQuestionRow(Row):
    """A question that no passage answers."""

    __tablename__ = "unmet_questions"

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    question: Mapped[str] = mapped_column(SealedText("unmet_questions.question"))
    question_idx: Mapped[str] = mapped_column(Index64, unique=True)
    at: Mapped[datetime] = mapped_column(Moment)  # when it was last asked
    session_id: Mapped[str | None] = mapped_column(ref("sessions.id"))
    count: Mapped[int] = mapped_column(Integer, default=1)
