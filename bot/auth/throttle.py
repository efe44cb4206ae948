"""How long a login or an address waits after failures: arithmetic on times."""

from collections.abc import Sequence
from datetime import datetime, timedelta

SPAN = timedelta(minutes=15)  # failures older than this are forgotten
PER_LOGIN = 5  # an honest person finds the right password within five tries
PER_ADDRESS = 30  # a whole office may share one address


def locked_until(failures: Sequence[datetime], allowed: int, *, at: datetime) -> datetime | None:
    """When the next try is let through; None means now. `failures` in any order."""
    recent = sorted(failure for failure in failures if failure > at - SPAN)
    if len(recent) < allowed:
        return None
    return recent[-allowed] + SPAN
