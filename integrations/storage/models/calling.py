"""Campaigns, whom they contact, and each attempt to do so."""

from datetime import datetime
from typing import Any

from sqlalchemy import Float, Index, Integer, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from integrations.storage.columns import Moment, PlainJson
from integrations.storage.models.declarative import Id, Row, ref


class CampaignRow(Row):
    """One questionnaire put to one audience."""

    __tablename__ = "campaigns"

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    key: Mapped[str] = mapped_column(String(32), unique=True)  # short, for people to say
    title: Mapped[str] = mapped_column(String(200))
    questionnaire: Mapped[str] = mapped_column(ref("questionnaires.hash"))
    audience: Mapped[Any] = mapped_column(PlainJson)  # the query, no personal data
    policy: Mapped[Any] = mapped_column(PlainJson)  # window, retry, caps
    status: Mapped[str] = mapped_column(String(16))  # draft|rehearsed|approved|running|paused|finished|stopped
    created_at: Mapped[datetime] = mapped_column(Moment)
    launched_at: Mapped[datetime | None] = mapped_column(Moment)
    ended_at: Mapped[datetime | None] = mapped_column(Moment)
    announced_at: Mapped[datetime | None] = mapped_column(Moment)  # when the notice hung or was sent round
    setups_left: Mapped[float | None] = mapped_column(Float)  # of its pace, for all diallers together
    setups_at: Mapped[datetime | None] = mapped_column(Moment)  # when that was so
    priority: Mapped[int] = mapped_column(Integer, default=0)  # a higher one gets free lines first
    approved_by: Mapped[str | None] = mapped_column(Id)  # users.id
    launched_by: Mapped[str | None] = mapped_column(Id)  # users.id
    series_id: Mapped[str | None] = mapped_column(Id, index=True)  # the follow-up series that made it


class ContactRow(Row):
    """A person whom a campaign is to reach."""

    __tablename__ = "contacts"
    __table_args__ = (UniqueConstraint("campaign_id", "resident_id"), Index(None, "campaign_id", "status"))

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    campaign_id: Mapped[str] = mapped_column(ref("campaigns.id"))
    resident_id: Mapped[str] = mapped_column(ref("residents.id"), index=True)
    household_id: Mapped[str] = mapped_column(ref("households.id"), index=True)
    why: Mapped[Any] = mapped_column(PlainJson)  # why this person is on the list, no personal data
    status: Mapped[str] = mapped_column(String(8))  # open|done
    disposition: Mapped[str | None] = mapped_column(String(24))
    outcome: Mapped[str | None] = mapped_column(String(24))
    attempts_made: Mapped[int] = mapped_column(Integer, default=0)
    closed_at: Mapped[datetime | None] = mapped_column(Moment)
    owner: Mapped[str | None] = mapped_column(ref("workers.id"))


class AttemptRow(Row):
    """One call that is due, under way or over."""

    __tablename__ = "attempts"
    __table_args__ = (
        UniqueConstraint("contact_id", "number"),
        Index(None, "status", "due_at"),
        Index(None, "campaign_id", "status", "due_at"),
        Index(None, "campaign_id", "ended_at"),
    )

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    contact_id: Mapped[str] = mapped_column(ref("contacts.id"))
    campaign_id: Mapped[str] = mapped_column(ref("campaigns.id"))
    number: Mapped[int] = mapped_column(Integer)  # the how-manieth to this contact, from 1
    channel: Mapped[str] = mapped_column(String(8), default="voice")  # voice|family: whose number is dialled
    due_at: Mapped[datetime] = mapped_column(Moment)
    status: Mapped[str] = mapped_column(String(16))  # due|dialling|answered|ended|interrupted|cancelled
    lease_until: Mapped[datetime | None] = mapped_column(Moment)
    leased_by: Mapped[str | None] = mapped_column(String(64))
    disposition: Mapped[str | None] = mapped_column(String(24))
    sip_code: Mapped[int | None] = mapped_column(Integer)
    q850_cause: Mapped[int | None] = mapped_column(Integer)
    early_media: Mapped[str | None] = mapped_column(String(24))  # class of the carrier's announcement
    trunk: Mapped[str | None] = mapped_column(String(60))
    dialled_at: Mapped[datetime | None] = mapped_column(Moment)
    answered_at: Mapped[datetime | None] = mapped_column(Moment)
    ended_at: Mapped[datetime | None] = mapped_column(Moment)
    session_id: Mapped[str | None] = mapped_column(Id, index=True)  # sessions point at attempts, not the reverse
