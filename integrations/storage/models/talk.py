"""Questionnaires by content, sessions, and the events that are the truth of a session."""

from datetime import datetime

from sqlalchemy import BigInteger, Index, Integer, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from integrations.storage.columns import Moment, SealedBytes
from integrations.storage.models.declarative import Id, Index64, Row, ref


class QuestionnaireRow(Row):
    """A questionnaire in its exact wording; never changed once stored."""

    __tablename__ = "questionnaires"
    __table_args__ = (Index(None, "key", "version"),)

    hash: Mapped[str] = mapped_column(Index64, primary_key=True)
    key: Mapped[str] = mapped_column(String(60))
    version: Mapped[int] = mapped_column(Integer)
    title: Mapped[str] = mapped_column(String(200))
    body: Mapped[bytes] = mapped_column(LargeBinary)  # dialogs.questionnaire.canonical
    added_at: Mapped[datetime] = mapped_column(Moment)


class SessionRow(Row):
    """A conversation with one resident. `turn` is the version: a turn is stored only over the turn it answers."""

    __tablename__ = "sessions"
    __table_args__ = (Index(None, "sender_idx", "opened_at"),)

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    resident_id: Mapped[str | None] = mapped_column(ref("residents.id"), index=True)
    household_id: Mapped[str | None] = mapped_column(ref("households.id"), index=True)
    contact_id: Mapped[str | None] = mapped_column(ref("contacts.id"), index=True)
    attempt_id: Mapped[str | None] = mapped_column(ref("attempts.id"), index=True)
    questionnaire: Mapped[str] = mapped_column(ref("questionnaires.hash"))
    channel: Mapped[str] = mapped_column(String(16))
    turn: Mapped[int] = mapped_column(Integer, default=0)
    state: Mapped[bytes] = mapped_column(SealedBytes("sessions.state"))
    opened_at: Mapped[datetime] = mapped_column(Moment, index=True)
    ended_at: Mapped[datetime | None] = mapped_column(Moment)
    outcome: Mapped[str | None] = mapped_column(String(16))
    sender_idx: Mapped[str | None] = mapped_column(Index64)  # blind index of who writes, on channels with senders


class EventRow(Row):
    """A fact of a session. Append-only: triggers refuse to change or delete it."""

    __tablename__ = "events"
    __table_args__ = (UniqueConstraint("session_id", "turn", "ordinal"),)

    id: Mapped[int] = mapped_column(
        BigInteger().with_variant(Integer(), "sqlite"), primary_key=True, autoincrement=True
    )
    session_id: Mapped[str] = mapped_column(ref("sessions.id"))
    turn: Mapped[int] = mapped_column(Integer)
    ordinal: Mapped[int] = mapped_column(Integer)  # within the turn, from 0
    at: Mapped[datetime] = mapped_column(Moment)
    type: Mapped[str] = mapped_column(String(40))
    payload: Mapped[bytes] = mapped_column(SealedBytes("events.payload"))
