"""What the registry knows about a person, each value with where it comes from."""

from datetime import datetime
from typing import Any

from sqlalchemy import Float, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from integrations.storage.columns import Moment, SealedJson, SealedText
from integrations.storage.models.declarative import Id, Row, ref


class RecordRow(Row):
    """One value of one field, never bare. `superseded_at` is set once a newer value replaces it."""

    __tablename__ = "records"
    __table_args__ = (Index(None, "resident_id", "field", "superseded_at"), Index(None, "household_id", "field"))

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    resident_id: Mapped[str] = mapped_column(ref("residents.id"))
    household_id: Mapped[str] = mapped_column(ref("households.id"))
    field: Mapped[str] = mapped_column(String(60))  # a key of the data dictionary
    value: Mapped[Any] = mapped_column(SealedJson("records.value"))
    shown: Mapped[str] = mapped_column(SealedText("records.shown"))  # the value as a person reads it
    own_words: Mapped[str] = mapped_column(SealedText("records.own_words"))
    source: Mapped[str] = mapped_column(String(16))  # session|import|staff
    source_id: Mapped[str] = mapped_column(String(64), index=True)
    question: Mapped[str | None] = mapped_column(String(60))
    channel: Mapped[str] = mapped_column(String(16))  # voice|chat|file|screen
    speaker: Mapped[str] = mapped_column(String(16))  # self|relative|other|unknown
    confidence: Mapped[float] = mapped_column(Float)  # 0..1
    consent: Mapped[str] = mapped_column(String(16))  # unknown|given|refused, as it was then
    state: Mapped[str] = mapped_column(String(16))  # reported|confirmed|verified
    recorded_from: Mapped[float | None] = mapped_column(Float)  # seconds of the session's recording
    recorded_to: Mapped[float | None] = mapped_column(Float)
    at: Mapped[datetime] = mapped_column(Moment)
    superseded_at: Mapped[datetime | None] = mapped_column(Moment)
