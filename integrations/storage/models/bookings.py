"""Places that residents took: each seat of a time is one row, so that nobody gets a seat that is taken."""

from datetime import datetime

from sqlalchemy import Index, String
from sqlalchemy.orm import Mapped, mapped_column

from integrations.storage.columns import Moment
from integrations.storage.models.declarative import Id, Row, ref


class BookingRow(Row):
    """One seat of one choice of one question, taken in one session."""

    __tablename__ = "bookings"
    __table_args__ = (Index(None, "questionnaire", "question", "choice"),)

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    seat: Mapped[str] = mapped_column(String(200), unique=True)  # questionnaire:question:choice:number
    questionnaire: Mapped[str] = mapped_column(String(60))  # Questionnaire.key, whatever its version
    question: Mapped[str] = mapped_column(String(60))
    choice: Mapped[str] = mapped_column(String(60))
    session_id: Mapped[str] = mapped_column(ref("sessions.id"), index=True)
    resident_id: Mapped[str | None] = mapped_column(ref("residents.id"), index=True)
    at: Mapped[datetime] = mapped_column(Moment)
