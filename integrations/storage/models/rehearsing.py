"""What was tried before residents are called: rehearsals, and trial calls to one's own number."""

from datetime import datetime
from typing import Any

from sqlalchemy import Float, Index, Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from integrations.storage.columns import Moment, PlainJson, SealedText
from integrations.storage.models.declarative import Id, Index64, Row, ref


class RehearsalRow(Row):
    """One rehearsal of a campaign's rules, and what it foretells."""

    __tablename__ = "rehearsals"

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    campaign_id: Mapped[str] = mapped_column(ref("campaigns.id"), index=True)
    at: Mapped[datetime] = mapped_column(Moment)
    rules: Mapped[str] = mapped_column(Index64)  # hash of questionnaire, audience and policy as rehearsed
    predicted: Mapped[Any] = mapped_column(PlainJson)


class RehearsalCallRow(Row):
    """One call to a simulated resident; nothing in it is about a real person."""

    __tablename__ = "rehearsal_calls"

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    rehearsal_id: Mapped[str] = mapped_column(ref("rehearsals.id"), index=True)
    ordinal: Mapped[int] = mapped_column(Integer)
    persona: Mapped[str] = mapped_column(String(24))
    disposition: Mapped[str] = mapped_column(String(24))
    outcome: Mapped[str | None] = mapped_column(String(24))
    seconds: Mapped[float] = mapped_column(Float)  # as it would last on the telephone
    lines: Mapped[Any] = mapped_column(PlainJson)  # the transcript: who, text


class TrialCallRow(Row):
    """A call to a number of one's own: no contact, no result, no entry in the registry."""

    __tablename__ = "trial_calls"
    __table_args__ = (Index(None, "status", "due_at"),)

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    questionnaire: Mapped[str] = mapped_column(ref("questionnaires.hash"))
    campaign_id: Mapped[str | None] = mapped_column(ref("campaigns.id"))
    phone: Mapped[str] = mapped_column(SealedText("trial_calls.phone"))
    asked_by: Mapped[str | None] = mapped_column(Id)  # users.id; None on the command line
    due_at: Mapped[datetime] = mapped_column(Moment)
    status: Mapped[str] = mapped_column(String(16))  # due|dialling|answered|ended
    leased_by: Mapped[str | None] = mapped_column(String(64))
    lease_until: Mapped[datetime | None] = mapped_column(Moment)
    dialled_at: Mapped[datetime | None] = mapped_column(Moment)
    ended_at: Mapped[datetime | None] = mapped_column(Moment)
    disposition: Mapped[str | None] = mapped_column(String(24))
    session_id: Mapped[str | None] = mapped_column(ref("sessions.id"))
