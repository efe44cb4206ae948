"""The community tree, its households, the people in them and the people who look after them."""

from datetime import datetime
from typing import Any

from sqlalchemy import Boolean, Float, Index, Integer, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from integrations.storage.columns import Moment, PlainJson, SealedText
from integrations.storage.models.declarative import Id, Index64, Row, ref


class PlaceRow(Row):
    """A node of the community tree."""

    __tablename__ = "places"
    __table_args__ = (UniqueConstraint("parent_id", "kind", "name"),)

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    parent_id: Mapped[str | None] = mapped_column(ref("places.id"), index=True)
    kind: Mapped[str] = mapped_column(String(16))  # district|street|community|grid|compound|building|unit
    name: Mapped[str] = mapped_column(String(120))
    sort: Mapped[int] = mapped_column(Integer, default=0)


class WorkerRow(Row):
    """A grid worker, a grid lead or a member of the desk."""

    __tablename__ = "workers"

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    name: Mapped[str] = mapped_column(SealedText("workers.name"))
    phone: Mapped[str | None] = mapped_column(SealedText("workers.phone"))
    role: Mapped[str] = mapped_column(String(16))  # grid_worker|grid_lead|desk
    grid_id: Mapped[str | None] = mapped_column(ref("places.id"), index=True)


class HouseholdRow(Row):
    """A household 户: the people behind one door."""

    __tablename__ = "households"
    __table_args__ = (Index(None, "grid_id", "place_id"),)

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    place_id: Mapped[str] = mapped_column(ref("places.id"), index=True)  # unit, building or compound
    grid_id: Mapped[str | None] = mapped_column(ref("places.id"))
    room: Mapped[str] = mapped_column(String(60))
    ref_idx: Mapped[str] = mapped_column(Index64, unique=True)  # blind index of the whole address
    worker_id: Mapped[str | None] = mapped_column(ref("workers.id"), index=True)
    deputy_id: Mapped[str | None] = mapped_column(ref("workers.id"))
    note: Mapped[str | None] = mapped_column(SealedText("households.note"))
    watchword: Mapped[str | None] = mapped_column(SealedText("households.watchword"))  # 暗号, agreed in person
    import_id: Mapped[str | None] = mapped_column(Id, index=True)  # the import that made the row


class ResidentRow(Row):
    """A person of a household."""

    __tablename__ = "residents"

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    household_id: Mapped[str] = mapped_column(ref("households.id"), index=True)
    name: Mapped[str] = mapped_column(SealedText("residents.name"))
    name_idx: Mapped[str] = mapped_column(Index64, index=True)
    id_number: Mapped[str | None] = mapped_column(SealedText("residents.id_number"))
    id_idx: Mapped[str | None] = mapped_column(Index64, index=True)
    phone: Mapped[str | None] = mapped_column(SealedText("residents.phone"))
    phone_idx: Mapped[str | None] = mapped_column(Index64, index=True)
    birth_year: Mapped[int | None] = mapped_column(Integer)
    sex: Mapped[str | None] = mapped_column(String(8))  # male|female
    relation: Mapped[str | None] = mapped_column(String(40))  # to the head of the household, a Chinese word
    is_head: Mapped[bool] = mapped_column(Boolean, default=False)
    do_not_call_at: Mapped[datetime | None] = mapped_column(Moment)
    consent: Mapped[str] = mapped_column(String(16), default="unknown")  # unknown|given|refused
    pause_seconds: Mapped[float | None] = mapped_column(Float)  # a long pause inside a turn, as learned in calls
    pause_turns: Mapped[int | None] = mapped_column(Integer)  # from how many turns
    speech_rate: Mapped[float | None] = mapped_column(Float)  # 1.0 is the ordinary pace
    calling_hours: Mapped[Any | None] = mapped_column(PlainJson)  # campaigns.window.CallingWindow; None: any
    family_phone: Mapped[str | None] = mapped_column(SealedText("residents.family_phone"))  # they allowed us to ring it
    family_phone_idx: Mapped[str | None] = mapped_column(Index64, index=True)
    import_id: Mapped[str | None] = mapped_column(Id, index=True)  # the import that made the row
    created_at: Mapped[datetime] = mapped_column(Moment)
    updated_at: Mapped[datetime] = mapped_column(Moment)


class DoNotCallRow(Row):
    """A number that is never called."""

    __tablename__ = "do_not_call"

    phone_idx: Mapped[str] = mapped_column(Index64, primary_key=True)
    at: Mapped[datetime] = mapped_column(Moment)
    reason: Mapped[str] = mapped_column(String(60))
