"""Who may log in to the console."""

from datetime import datetime

from sqlalchemy import Index, Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from integrations.storage.columns import Moment, SealedText
from integrations.storage.models.declarative import Id, Index64, Row, ref


class UserRow(Row):
    """An account of the console."""

    __tablename__ = "users"

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    login: Mapped[str] = mapped_column(String(60), unique=True)
    password_hash: Mapped[str] = mapped_column(String(255))  # Argon2
    display: Mapped[str] = mapped_column(SealedText("users.display"))
    role: Mapped[str] = mapped_column(String(16))  # admin|staff|grid_lead|grid_worker|reviewer
    worker_id: Mapped[str | None] = mapped_column(ref("workers.id"))
    created_at: Mapped[datetime] = mapped_column(Moment)
    disabled_at: Mapped[datetime | None] = mapped_column(Moment)


class LoginSessionRow(Row):
    """A browser that is logged in."""

    __tablename__ = "login_sessions"

    token_hash: Mapped[str] = mapped_column(Index64, primary_key=True)
    user_id: Mapped[str] = mapped_column(ref("users.id"), index=True)
    csrf: Mapped[str] = mapped_column(String(128))
    created_at: Mapped[datetime] = mapped_column(Moment)
    seen_at: Mapped[datetime] = mapped_column(Moment)
    expires_at: Mapped[datetime] = mapped_column(Moment, index=True)


class LoginFailureRow(Row):
    """A failed login, by blind index of the login or of the address it came from."""

    __tablename__ = "login_failures"
    __table_args__ = (Index(None, "login_idx", "at"),)

    id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=True)
    login_idx: Mapped[str] = mapped_column(Index64)
    at: Mapped[datetime] = mapped_column(Moment)
