"""What comes after a call or instead of it: short messages, and series of follow-ups."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import Date, Index, Integer, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from integrations.storage.columns import Moment, PlainJson
from integrations.storage.models.declarative import Id, Row, ref


class MessageRow(Row):
    """One short message to one contact. Its text is not kept: it is made of the campaign's words and the code."""

    __tablename__ = "messages"
    __table_args__ = (UniqueConstraint("contact_id", "channel"), Index(None, "status", "answer_by"))

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    contact_id: Mapped[str] = mapped_column(ref("contacts.id"))
    campaign_id: Mapped[str] = mapped_column(ref("campaigns.id"), index=True)
    channel: Mapped[str] = mapped_column(String(8))  # sms
    code: Mapped[str] = mapped_column(String(8), unique=True)  # by which the resident is known when calling back
    status: Mapped[str] = mapped_column(String(12))  # queued|sent|opened|failed|closed
    queued_at: Mapped[datetime] = mapped_column(Moment)
    answer_by: Mapped[datetime] = mapped_column(Moment)  # then somebody goes there
    sent_at: Mapped[datetime | None] = mapped_column(Moment)
    provider_id: Mapped[str | None] = mapped_column(String(80))  # the provider's receipt
    link_tries: Mapped[int] = mapped_column(Integer, default=0, server_default="0")  # wrong answers at its link


class SeriesRow(Row):
    """A questionnaire that is put again on set days after an event: day 1, 3, 7 after coming home from hospital."""

    __tablename__ = "series"

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    key: Mapped[str] = mapped_column(String(32), unique=True)  # S-0001
    title: Mapped[str] = mapped_column(String(200))
    questionnaire: Mapped[str] = mapped_column(ref("questionnaires.hash"))
    days: Mapped[Any] = mapped_column(PlainJson)  # days after the event; before it where negative
    policy: Mapped[Any] = mapped_column(PlainJson)
    status: Mapped[str] = mapped_column(String(12))  # draft|running|ended
    created_at: Mapped[datetime] = mapped_column(Moment)
    approved_by: Mapped[str | None] = mapped_column(Id)  # users.id


class EnrolmentRow(Row):
    """One person in a series."""

    __tablename__ = "enrolments"
    __table_args__ = (
        UniqueConstraint("series_id", "resident_id", "event_on"),
        Index(None, "series_id", "state", "due_on"),
    )

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    series_id: Mapped[str] = mapped_column(ref("series.id"))
    resident_id: Mapped[str] = mapped_column(ref("residents.id"), index=True)
    household_id: Mapped[str] = mapped_column(ref("households.id"))
    event_on: Mapped[date] = mapped_column(Date)
    step: Mapped[int] = mapped_column(Integer)  # index of the next day in series.days
    due_on: Mapped[date | None] = mapped_column(Date)  # Beijing's calendar; None once it is over
    state: Mapped[str] = mapped_column(String(16))  # active|finished|lost|uncooperative|withdrawn
    misses: Mapped[int] = mapped_column(Integer)  # days in a row on which nobody was reached
    contact_id: Mapped[str | None] = mapped_column(ref("contacts.id"))  # of the day that is under way
