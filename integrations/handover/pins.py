"""The PIN by which a worker is known on the telephone: kept as an Argon2 hash, wrong ones counted."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy import select

from integrations.handover.errors import PinWeak, WorkerUnknown
from integrations.storage.models import WorkerPinRow, WorkerRow
from integrations.storage.store import StoreSession

DIGITS = range(6, 9)  # short enough to key in a hurry; with five tries a quarter of an hour 10^6 last for years
FAILURES_BEFORE_LOCK = 5  # in a row
LOCK = timedelta(minutes=15)


@dataclass(frozen=True, slots=True, kw_only=True)
class Try:
    """A PIN to be judged: the hash it must match, None while no PIN is right; whether a wrong one locks."""

    pin_hash: str | None
    locks: bool


def worker_called(session: StoreSession, name: str) -> WorkerRow:
    """The worker of this name or telephone number. Raises WorkerUnknown."""
    rows = [each for each in session.scalars(select(WorkerRow)) if name in (each.name, each.phone)]
    if not rows:
        raise WorkerUnknown("没有这位工作人员，请检查姓名或电话；名册导入后才有。")
    if len(rows) > 1:
        raise WorkerUnknown(f"有 {len(rows)} 位工作人员同名，请改用电话号码。")
    return rows[0]


def set_pin(session: StoreSession, worker_id: str, pin: str, *, hasher: PasswordHasher, at: datetime) -> None:
    """Keeps a worker's new PIN; wrong tries are forgotten. Raises PinWeak."""
    refuse_weak(pin)
    row = session.get(WorkerPinRow, worker_id)
    if row is None:
        session.add(WorkerPinRow(worker_id=worker_id, pin_hash=hasher.hash(pin), set_at=at, failures=0))
        return
    row.pin_hash, row.set_at, row.failures, row.locked_until = hasher.hash(pin), at, 0, None


def refuse_weak(pin: str) -> None:
    """Raises PinWeak with the reason in Chinese."""
    if not (pin.isascii() and pin.isdigit()) or len(pin) not in DIGITS:
        raise PinWeak(f"工作密码要 {DIGITS.start} 到 {DIGITS.stop - 1} 位数字，请重新设置。")
    steps = {int(after) - int(before) for before, after in pairwise(pin)}
    if len(steps) == 1 and steps <= {-1, 0, 1}:
        raise PinWeak("工作密码太容易被猜到（比如 123456、888888），请换一个。")


def begin_try(session: StoreSession, worker_id: str, *, at: datetime) -> Try:
    """Counts a try before it is looked at, so that a crash gives no free one."""
    row = session.get(WorkerPinRow, worker_id)
    if row is None or (row.locked_until is not None and at < row.locked_until):
        return Try(pin_hash=None, locks=True)
    row.failures += 1
    locks = row.failures >= FAILURES_BEFORE_LOCK
    row.locked_until = at + LOCK if locks else None
    return Try(pin_hash=row.pin_hash, locks=locks)


def was_right(session: StoreSession, worker_id: str) -> None:
    """The try that was counted was the right PIN."""
    row = session.get_one(WorkerPinRow, worker_id)
    row.failures, row.locked_until = 0, None


def matches(hasher: PasswordHasher, pin_hash: str, pin: str) -> bool:
    """Whether the PIN is the one of this hash; takes some 50 ms, not for the event loop."""
    try:
        return hasher.verify(pin_hash, pin)
    except (VerificationError, InvalidHashError):
        return False
