"""Urgent matters that are handed over by telephone: who is rung, who accepted, what was said meanwhile."""

from datetime import datetime

from sqlalchemy import BigInteger, Index, Integer, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from integrations.storage.columns import Moment, SealedText
from integrations.storage.models.declarative import Id, Row, ref

RINGS_NOW = text("ended_at IS NULL")


class HandoverRow(Row):
    """One matter of one session that a person must take now."""

    __tablename__ = "handovers"
    __table_args__ = (Index(None, "status", "due_at"),)

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    session_id: Mapped[str] = mapped_column(ref("sessions.id"), unique=True)
    ticket_id: Mapped[str | None] = mapped_column(ref("tickets.id"), index=True)  # None: an unknown caller
    household_id: Mapped[str | None] = mapped_column(ref("households.id"), index=True)
    resident_id: Mapped[str | None] = mapped_column(ref("residents.id"))
    kind: Mapped[str] = mapped_column(String(40))
    severity: Mapped[str] = mapped_column(String(16))
    heard: Mapped[str] = mapped_column(SealedText("handovers.heard"))  # the resident's own words
    status: Mapped[str] = mapped_column(String(16))  # open|accepted|finished|given_up|elsewhere
    raised_at: Mapped[datetime] = mapped_column(Moment)
    due_at: Mapped[datetime] = mapped_column(Moment)  # when somebody is rung next, or asked for the result
    unheard_at: Mapped[datetime | None] = mapped_column(Moment)  # everybody was rung once, nobody took it
    lease_until: Mapped[datetime | None] = mapped_column(Moment)
    leased_by: Mapped[str | None] = mapped_column(String(64))
    accepted_at: Mapped[datetime | None] = mapped_column(Moment)
    accepted_by: Mapped[str | None] = mapped_column(ref("workers.id"))
    joined_at: Mapped[datetime | None] = mapped_column(Moment)  # resident and worker heard each other
    parted_at: Mapped[datetime | None] = mapped_column(Moment)
    resident_left_at: Mapped[datetime | None] = mapped_column(Moment)
    result: Mapped[str | None] = mapped_column(String(16))  # a campaigns.handover.ResultKind
    finished_at: Mapped[datetime | None] = mapped_column(Moment)


class HandoverRingRow(Row):
    """One call to one worker about a matter. Of one matter never two that are not over: an index sees to it."""

    __tablename__ = "handover_rings"
    __table_args__ = (
        UniqueConstraint("handover_id", "number"),
        Index(
            "uq_handover_rings_under_way",
            "handover_id",
            unique=True,
            sqlite_where=RINGS_NOW,
            postgresql_where=RINGS_NOW,
        ),
    )

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    handover_id: Mapped[str] = mapped_column(ref("handovers.id"))
    number: Mapped[int] = mapped_column(Integer)  # the how-manieth call about this matter, from 1
    purpose: Mapped[str] = mapped_column(String(8))  # offer|result
    worker_id: Mapped[str] = mapped_column(ref("workers.id"), index=True)
    tier: Mapped[str] = mapped_column(String(16))  # worker|deputy|lead|desk
    dialled_at: Mapped[datetime] = mapped_column(Moment)
    rang_at: Mapped[datetime | None] = mapped_column(Moment)
    answered_at: Mapped[datetime | None] = mapped_column(Moment)
    accepted_at: Mapped[datetime | None] = mapped_column(Moment)
    proven_at: Mapped[datetime | None] = mapped_column(Moment)  # the PIN was right
    ended_at: Mapped[datetime | None] = mapped_column(Moment)
    outcome: Mapped[str | None] = mapped_column(String(16))  # a campaigns.handover.RingOutcome


class HandoverWordRow(Row):
    """Something said while a person was on the way, outside the session."""

    __tablename__ = "handover_words"

    id: Mapped[int] = mapped_column(
        BigInteger().with_variant(Integer(), "sqlite"), primary_key=True, autoincrement=True
    )
    handover_id: Mapped[str] = mapped_column(ref("handovers.id"), index=True)
    at: Mapped[datetime] = mapped_column(Moment)
    who: Mapped[str] = mapped_column(String(12))  # resident|assistant|worker
    words: Mapped[str] = mapped_column(SealedText("handover_words.words"))


class WorkerPinRow(Row):
    """The PIN by which a worker is known on the telephone, and the wrong ones lately."""

    __tablename__ = "worker_pins"

    worker_id: Mapped[str] = mapped_column(ref("workers.id"), primary_key=True)
    pin_hash: Mapped[str] = mapped_column(String(255))  # Argon2
    set_at: Mapped[datetime] = mapped_column(Moment)
    failures: Mapped[int] = mapped_column(Integer, default=0)  # in a row
    locked_until: Mapped[datetime | None] = mapped_column(Moment)
