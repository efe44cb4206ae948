"""Accounts of the console: the first one, new ones, their passwords."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from bot.auth.errors import AuthError, LoginTaken, UnknownUser, WrongPassword
from bot.auth.passwords import Passwords, first_password, refuse_weak
from bot.auth.roles import ROLES, Role
from integrations.storage.audit import record
from integrations.storage.models import LoginSessionRow, UserRow, WorkerRow
from integrations.storage.store import Store, StoreSession

FIRST_LOGIN = "admin"
LOGIN_PATTERN = re.compile(r"[a-z][a-z0-9._-]{1,31}")
Below = Callable[[int], int]  # a random number from 0 to n-1


class WrongAccount(AuthError):
    """The new account's fields do not fit."""

    code = "wrong_account"


@dataclass(frozen=True, kw_only=True)
class NewAccount:
    """What an administrator fills in."""

    login: str
    display: str
    role: Role
    worker_id: str | None = None


def first_run(store: Store, passwords: Passwords, *, below: Below, at: datetime) -> str | None:
    """The password of the new account `admin` when there was no account at all, else None. It is not kept anywhere."""
    with store.reading() as session:
        if session.scalar(select(func.count()).select_from(UserRow)):
            return None
    password = first_password(below)
    hashed = passwords.hashed(password)
    with store.writing() as session:
        if session.scalar(select(func.count()).select_from(UserRow)):
            return None
        user = _insert(session, NewAccount(login=FIRST_LOGIN, display="管理员", role="admin"), hashed, at=at)
        record(session, user_id=None, action="user.added", object_kind="user", object_id=user.id, at=at)
    return password


def add_account(
    store: Store, passwords: Passwords, account: NewAccount, *, by: str | None, below: Below, at: datetime
) -> str:
    """The first password of a new account. Raises WrongAccount, LoginTaken."""
    _refuse_wrong(account)
    password = first_password(below)
    hashed = passwords.hashed(password)
    with store.writing() as session:
        if session.scalar(select(UserRow.id).where(UserRow.login == account.login)):
            raise LoginTaken
        if account.worker_id and session.get(WorkerRow, account.worker_id) is None:
            raise WrongAccount("没有这位网格员，请重新选择。")
        user = _insert(session, account, hashed, at=at)
        record(
            session,
            user_id=by,
            action="user.added",
            object_kind="user",
            object_id=user.id,
            at=at,
            detail={"role": account.role},
        )
    return password


def change_password(
    store: Store, passwords: Passwords, user_id: str, *, current: str, wanted: str, keep: str, at: datetime
) -> None:
    """Sets the password somebody chose. Every session of theirs but `keep` (a token hash) ends.

    Raises WrongPassword when `current` is not theirs, WeakPassword.
    """
    with store.reading() as session:
        user = session.get(UserRow, user_id)
    if user is None or not passwords.match(user.password_hash, current):
        raise WrongPassword("现在的密码不对，请再输一次。")
    refuse_weak(wanted, login=user.login)
    hashed = passwords.hashed(wanted)
    with store.writing() as session:
        _user(session, user_id).password_hash = hashed
        session.execute(
            delete(LoginSessionRow).where(LoginSessionRow.user_id == user_id, LoginSessionRow.token_hash != keep)
        )
        record(session, user_id=user_id, action="password.changed", object_kind="user", object_id=user_id, at=at)


def reset_password(
    store: Store, passwords: Passwords, user_id: str, *, by: str | None, below: Below, at: datetime
) -> tuple[str, str]:
    """(login, new password) of an account whose owner forgot theirs; their sessions end. Raises UnknownUser."""
    password = first_password(below)
    hashed = passwords.hashed(password)
    with store.writing() as session:
        user = _user(session, user_id)
        user.password_hash = hashed
        _end_sessions(session, user_id)
        record(session, user_id=by, action="user.password_reset", object_kind="user", object_id=user_id, at=at)
        return user.login, password


def disable(store: Store, user_id: str, *, by: str, at: datetime) -> None:
    """The account cannot log in any more, and its sessions end. Raises UnknownUser, WrongAccount for one's own."""
    if user_id == by:
        raise WrongAccount("不能停用自己的账号，请让另一位管理员来停用。")
    with store.writing() as session:
        _user(session, user_id).disabled_at = at
        _end_sessions(session, user_id)
        record(session, user_id=by, action="user.disabled", object_kind="user", object_id=user_id, at=at)


def enable(store: Store, user_id: str, *, by: str, at: datetime) -> None:
    """The account may log in again. Raises UnknownUser."""
    with store.writing() as session:
        _user(session, user_id).disabled_at = None
        record(session, user_id=by, action="user.enabled", object_kind="user", object_id=user_id, at=at)


def _refuse_wrong(account: NewAccount) -> None:
    if not LOGIN_PATTERN.fullmatch(account.login):
        raise WrongAccount("登录名要用小写字母开头，只含小写字母、数字、点、横线，2 到 32 个字符。")
    if not account.display.strip():
        raise WrongAccount("请填写姓名。")
    if account.role not in ROLES:
        raise WrongAccount("请选择一个角色。")
    if account.role in {"grid_worker", "grid_lead"} and not account.worker_id:
        raise WrongAccount("网格员和网格长要选择对应的网格员本人，否则看不到任何住户。")


def _insert(session: StoreSession, account: NewAccount, hashed: str, *, at: datetime) -> UserRow:
    user = UserRow(
        id=session.new_id(at=at),
        login=account.login,
        password_hash=hashed,
        display=account.display.strip(),
        role=account.role,
        worker_id=account.worker_id,
        created_at=at,
    )
    session.add(user)
    return user


def _user(session: Session, user_id: str) -> UserRow:
    user = session.get(UserRow, user_id)
    if user is None:
        raise UnknownUser
    return user


def _end_sessions(session: Session, user_id: str) -> None:
    session.execute(delete(LoginSessionRow).where(LoginSessionRow.user_id == user_id))
