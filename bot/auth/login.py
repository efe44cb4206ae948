"""Logging in and out, and who a request comes from."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import cast

from sqlalchemy import delete, select, text
from sqlalchemy.orm import Session

from bot.auth.errors import TooManyFailures, WrongPassword
from bot.auth.passwords import Passwords
from bot.auth.roles import Permission, Role, may
from bot.auth.scope import Scope, scope_of
from bot.auth.throttle import PER_ADDRESS, PER_LOGIN, SPAN, locked_until
from integrations.storage.audit import record
from integrations.storage.models import LoginFailureRow, LoginSessionRow, UserRow
from integrations.storage.store import Store, StoreSession

LONGEST_SESSION = timedelta(hours=12)  # one working day with its overtime
IDLE_SESSION = timedelta(hours=2)  # a screen left open over lunch still works, one left overnight does not
TRIES_LOCK = 0x4C59_4C49  # "LYLI": on PostgreSQL tries are counted one after the other
SEEN_EVERY = timedelta(minutes=1)  # a page that refreshes itself does not write to the database each time


@dataclass(frozen=True, slots=True, kw_only=True)
class Visitor:
    """Who is in front of the screen."""

    user_id: str
    login: str
    display: str
    role: Role
    csrf: str
    token_hash: str
    scope: Scope

    def may(self, permission: str) -> bool:
        """Whether their role includes it."""
        return may(self.role, Permission(permission))

    @property
    def everywhere(self) -> bool:
        """Whether they see every grid."""
        return self.scope.everywhere


def token_hash(token: str) -> str:
    """What is stored of a session's token: a stolen database opens no session."""
    return hashlib.sha256(token.encode()).hexdigest()


def log_in(
    store: Store,
    passwords: Passwords,
    login: str,
    password: str,
    *,
    address: str,
    token: Callable[[], str],
    at: datetime,
) -> str:
    """The token of a new session. Raises WrongPassword, TooManyFailures.

    The try is written down as a failure first and forgotten when it succeeds, so that many tries at once count.
    """
    with store.writing() as session:
        locked = _count_try(session, login, address, at=at)
    if locked is not None:
        minutes = max(1, -(-int((locked - at).total_seconds()) // 60))
        raise TooManyFailures(f"试错次数太多，请 {minutes} 分钟后再登录。")
    with store.reading() as session:
        user = session.scalar(select(UserRow).where(UserRow.login == login))
    stored = user.password_hash if user is not None and user.disabled_at is None else None
    if not passwords.match(stored, password) or user is None:
        with store.writing() as session:
            record(
                session,
                user_id=None,
                action="login.failed",
                object_kind="user",
                object_id=user.id if user else "",
                at=at,
            )
        raise WrongPassword
    new_hash = passwords.hashed(password) if passwords.outdated(user.password_hash) else None
    new_token = token()
    with store.writing() as session:
        _forget_tries(session, login, address, at=at)
        session.execute(delete(LoginSessionRow).where(LoginSessionRow.expires_at <= at))
        session.add(
            LoginSessionRow(
                token_hash=token_hash(new_token),
                user_id=user.id,
                csrf=token(),
                created_at=at,
                seen_at=at,
                expires_at=at + LONGEST_SESSION,
            )
        )
        if new_hash is not None:
            session.get_one(UserRow, user.id).password_hash = new_hash
        record(session, user_id=user.id, action="login.done", object_kind="user", object_id=user.id, at=at)
    return new_token


def who(store: Store, token: str, *, at: datetime, there: bool = True) -> Visitor | None:
    """The visitor of a session's token; None when it ended, was idle for too long, or the account was disabled.

    Where nobody need be `there`, a session that is idle stays so.
    """
    if not token:
        return None
    hashed = token_hash(token)
    with store.reading() as session:
        row = session.get(LoginSessionRow, hashed)
        if row is None or row.expires_at <= at or row.seen_at + IDLE_SESSION <= at:
            return None
        user = session.get_one(UserRow, row.user_id)
        if user.disabled_at is not None:
            return None
        role = cast("Role", user.role)
        visitor = Visitor(
            user_id=user.id,
            login=user.login,
            display=user.display,
            role=role,
            csrf=row.csrf,
            token_hash=hashed,
            scope=scope_of(session, role, user.worker_id),
        )
    if there and row.seen_at + SEEN_EVERY <= at:
        with store.writing() as session:
            again = session.get(LoginSessionRow, hashed)
            if again is not None:
                again.seen_at = at
    return visitor


def log_out(store: Store, visitor: Visitor, *, at: datetime) -> None:
    """Ends this session; the token is worth nothing afterwards."""
    with store.writing() as session:
        session.execute(delete(LoginSessionRow).where(LoginSessionRow.token_hash == visitor.token_hash))
        record(
            session, user_id=visitor.user_id, action="login.ended", object_kind="user", object_id=visitor.user_id, at=at
        )


def _indexes(session: StoreSession, login: str, address: str) -> dict[str, int]:
    """Blind index of what is counted → how many failures it is allowed."""
    return {
        session.keys.blind_index("login", login): PER_LOGIN,
        session.keys.blind_index("address", address): PER_ADDRESS,
    }


def _count_try(session: StoreSession, login: str, address: str, *, at: datetime) -> datetime | None:
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": TRIES_LOCK})
    session.execute(delete(LoginFailureRow).where(LoginFailureRow.at <= at - SPAN))
    counted = _indexes(session, login, address)
    locks = [locked_until(_failures(session, index), allowed, at=at) for index, allowed in counted.items()]
    locked = max((lock for lock in locks if lock is not None), default=None)
    if locked is None:
        session.add_all(LoginFailureRow(login_idx=index, at=at) for index in counted)
    return locked


def _failures(session: Session, index: str) -> list[datetime]:
    return list(session.scalars(select(LoginFailureRow.at).where(LoginFailureRow.login_idx == index)))


def _forget_tries(session: StoreSession, login: str, address: str, *, at: datetime) -> None:
    """All failures of the login, and this one try of the address: others may be guessing from there."""
    by_login, by_address = _indexes(session, login, address)
    session.execute(delete(LoginFailureRow).where(LoginFailureRow.login_idx == by_login))
    last = session.scalar(
        select(LoginFailureRow.id)
        .where(LoginFailureRow.login_idx == by_address, LoginFailureRow.at == at)
        .order_by(LoginFailureRow.id.desc())
        .limit(1)
    )
    session.execute(delete(LoginFailureRow).where(LoginFailureRow.id == last))
