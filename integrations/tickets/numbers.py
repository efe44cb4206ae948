"""Numbers of tickets: short enough to say on the telephone, and sorting as text in the order they were given.

T-0001 … T-9999, then T-A0000 … T-Z9999, T-ZA0000 …; letters sort after digits in every collation, so that the newest
number is the last entry of an index. I and O are left out: they read like 1 and 0.
"""

import re

from sqlalchemy import func, select, text

from integrations.storage.models import TicketRow
from integrations.storage.store import StoreSession

_LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ"
_LAST = 9999
_NUMBER = re.compile(r"T-([A-Z]*)([0-9]{4})")
_LOCK = 0x4C59_0001  # a PostgreSQL advisory lock of our own: one transaction at a time gives out numbers


def following(number: str | None) -> str:
    """The number after this one; the first one after None. Raises ValueError on anything else."""
    if number is None:
        return "T-0001"
    found = _NUMBER.fullmatch(number)
    if found is None:
        raise ValueError(f"not a ticket number: {number}")
    letters, digits = found[1], int(found[2])
    if digits < _LAST:
        return f"T-{letters}{digits + 1:04}"
    return f"T-{_following_letters(letters)}0000"


def _following_letters(letters: str) -> str:
    if not letters or letters.endswith("Z"):
        return letters + "A"
    return letters[:-1] + _LETTERS[_LETTERS.index(letters[-1]) + 1]


def newest_number(session: StoreSession) -> str | None:
    """The last number given out. On PostgreSQL nobody else gives one out until this transaction ends."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
    return session.scalar(select(func.max(TicketRow.number)))
