"""The audit chain, and which keys sealed this database."""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from integrations.storage.columns import Moment, PlainJson, SealedText
from integrations.storage.models.declarative import Index64, Row


class AuditRow(Row):
    """Who did what to which object. Append-only: triggers refuse to change or delete it."""

    __tablename__ = "audit"

    id: Mapped[int] = mapped_column(
        BigInteger().with_variant(Integer(), "sqlite"), primary_key=True, autoincrement=True
    )
    at: Mapped[datetime] = mapped_column(Moment, index=True)
    user_id: Mapped[str | None] = mapped_column(String(32), index=True)  # None: the system itself
    action: Mapped[str] = mapped_column(String(40))
    object_kind: Mapped[str] = mapped_column(String(24))
    object_id: Mapped[str] = mapped_column(String(64))
    detail: Mapped[Any] = mapped_column(PlainJson)  # no personal data
    prev_hash: Mapped[str] = mapped_column(Index64)
    hash: Mapped[str] = mapped_column(Index64)


class KeyCheckRow(Row):
    """A known sentence sealed by each key, by which a wrong key file is noticed at once."""

    __tablename__ = "key_checks"

    key_number: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    sentence: Mapped[str] = mapped_column(SealedText("key_checks.sentence"))
    at: Mapped[datetime] = mapped_column(Moment)


class KeyRotationRow(Row):
    """A change of key; while it is open, sealed payloads of events may be sealed anew."""

    __tablename__ = "key_rotations"

    to_key: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    started_at: Mapped[datetime] = mapped_column(Moment)
    finished_at: Mapped[datetime | None] = mapped_column(Moment)
