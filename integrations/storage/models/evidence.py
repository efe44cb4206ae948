"""Recordings of calls, the sound of which lies in sealed files; and whose data were deleted."""

from datetime import datetime

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from integrations.storage.columns import Moment
from integrations.storage.models.declarative import Id, Row, ref


class RecordingRow(Row):
    """The recording of one session. The file is gone once `deleted_at` is set."""

    __tablename__ = "recordings"

    id: Mapped[str] = mapped_column(Id, primary_key=True)  # of the attempt, where there is one; names the file
    session_id: Mapped[str] = mapped_column(ref("sessions.id"), unique=True)
    resident_id: Mapped[str | None] = mapped_column(ref("residents.id"), index=True)
    household_id: Mapped[str | None] = mapped_column(ref("households.id"), index=True)
    began_at: Mapped[datetime] = mapped_column(Moment)
    keep_until: Mapped[datetime] = mapped_column(Moment, index=True)
    refused_at: Mapped[datetime | None] = mapped_column(Moment)  # 别录音
    deleted_at: Mapped[datetime | None] = mapped_column(Moment)


class ErasureRow(Row):
    """All that was kept about a resident was deleted. While it is open, their events may be deleted, nothing else."""

    __tablename__ = "erasures"

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    resident_id: Mapped[str] = mapped_column(ref("residents.id"), index=True)
    user_id: Mapped[str | None] = mapped_column(String(32))  # None on the command line
    at: Mapped[datetime] = mapped_column(Moment)
    finished_at: Mapped[datetime | None] = mapped_column(Moment)


class StrangerErasureRow(Row):
    """One talk of somebody whom the registry does not know was deleted. While it is open, its events may be."""

    __tablename__ = "stranger_erasures"

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    session_id: Mapped[str] = mapped_column(Id, index=True)  # of a talk that is gone
    ticket_id: Mapped[str] = mapped_column(ref("tickets.id"), index=True)  # by which it was asked for
    user_id: Mapped[str | None] = mapped_column(String(32))  # None on the command line
    at: Mapped[datetime] = mapped_column(Moment)
    finished_at: Mapped[datetime | None] = mapped_column(Moment)
