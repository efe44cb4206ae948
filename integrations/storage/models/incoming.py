"""Calls to us."""

from datetime import datetime

from sqlalchemy import Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from integrations.storage.columns import Moment, SealedText
from integrations.storage.models.declarative import Id, Row, ref


class IncomingCallRow(Row):
    """One call that was picked up, and how it ended."""

    __tablename__ = "incoming_calls"

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    at: Mapped[datetime] = mapped_column(Moment, index=True)
    caller: Mapped[str] = mapped_column(SealedText("incoming_calls.caller"))  # the number shown, "" when withheld
    resident_id: Mapped[str | None] = mapped_column(ref("residents.id"), index=True)  # by that number
    session_id: Mapped[str | None] = mapped_column(Id, index=True)
    ended_at: Mapped[datetime | None] = mapped_column(Moment)
    disposition: Mapped[str | None] = mapped_column(String(24))
    ended_by: Mapped[str | None] = mapped_column(String(8))  # us|them|network
    q850_cause: Mapped[int | None] = mapped_column(Integer)
