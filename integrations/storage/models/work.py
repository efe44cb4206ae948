"""What people must do: tickets; and what must leave the building: the outbox."""

from datetime import datetime
from typing import Any

from sqlalchemy import Index, Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from integrations.storage.columns import Moment, SealedJson, SealedText
from integrations.storage.models.declarative import Id, Row, ref


class TicketRow(Row):
    """A matter for a named person."""

    __tablename__ = "tickets"
    __table_args__ = (Index(None, "owner_id", "state"), Index(None, "state", "created_at"))

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    number: Mapped[str] = mapped_column(String(16), unique=True)  # T-0012
    dedupe_key: Mapped[str] = mapped_column(String(160), unique=True)
    kind: Mapped[str] = mapped_column(String(40))
    severity: Mapped[str] = mapped_column(String(16))  # emergency|urgent|normal
    household_id: Mapped[str | None] = mapped_column(ref("households.id"), index=True)  # None: not in the registry
    resident_id: Mapped[str | None] = mapped_column(ref("residents.id"))
    owner_id: Mapped[str | None] = mapped_column(ref("workers.id"))
    deputy_id: Mapped[str | None] = mapped_column(ref("workers.id"))
    session_id: Mapped[str | None] = mapped_column(ref("sessions.id"), index=True)
    campaign_id: Mapped[str | None] = mapped_column(ref("campaigns.id"), index=True)
    summary: Mapped[str] = mapped_column(SealedText("tickets.summary"))
    own_words: Mapped[str] = mapped_column(SealedText("tickets.own_words"))
    state: Mapped[str] = mapped_column(String(16))  # open|accepted|done
    created_at: Mapped[datetime] = mapped_column(Moment)
    due_at: Mapped[datetime | None] = mapped_column(Moment)
    done_at: Mapped[datetime | None] = mapped_column(Moment)
    result: Mapped[str | None] = mapped_column(SealedText("tickets.result"))
    caller_phone: Mapped[str | None] = mapped_column(SealedText("tickets.caller_phone"))  # of whom nobody knows:
    caller_name: Mapped[str | None] = mapped_column(SealedText("tickets.caller_name"))  # the number shown or said


class OutboxRow(Row):
    """Something to send after the commit, once, however often it is tried."""

    __tablename__ = "outbox"
    __table_args__ = (Index(None, "sent_at", "due_at"),)

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    kind: Mapped[str] = mapped_column(String(40))
    key: Mapped[str] = mapped_column(String(160), unique=True)  # idempotency key, sent along
    payload: Mapped[Any] = mapped_column(SealedJson("outbox.payload"))
    due_at: Mapped[datetime] = mapped_column(Moment)
    attempts: Mapped[int] = mapped_column(Integer, default=0)
    lease_until: Mapped[datetime | None] = mapped_column(Moment)
    sent_at: Mapped[datetime | None] = mapped_column(Moment)
    last_error: Mapped[str | None] = mapped_column(String(200))  # code and class only, no personal data
    given_up_at: Mapped[datetime | None] = mapped_column(Moment)  # never arrived; a person was told
