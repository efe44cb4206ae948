"""The one file that reads the clock."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Protocol

# A stepped clock keeps ticking between jumps, so that two events are never at one moment.
STEP = timedelta(milliseconds=1)


class Clock(Protocol):
    """Tells the time; what is due is decided by it alone."""

    def now(self) -> datetime:
        """This moment, UTC, never before an earlier answer."""
        ...

    async def idle_until(self, due: datetime) -> None:
        """Lets the time pass until `due`, or for a while when that is far away."""
        ...


class SystemClock:
    """The time of this machine."""

    LONGEST_NAP = 1.0  # seconds; a campaign that is started meanwhile is seen after at most this

    def now(self) -> datetime:
        """This moment, UTC."""
        return datetime.now(UTC)

    async def idle_until(self, due: datetime) -> None:
        """Sleeps, at most `LONGEST_NAP`."""
        await asyncio.sleep(max(0.0, min(self.LONGEST_NAP, (due - self.now()).total_seconds())))


class SteppedClock:
    """A clock that stands, but for a millisecond a look, and jumps to what is due when there is nothing to do."""

    def __init__(self, start: datetime) -> None:
        self._now = start

    def now(self) -> datetime:
        """This moment, UTC."""
        self._now += STEP
        return self._now

    def advance(self, by: timedelta) -> None:
        """Lets time pass: a call lasts as long as its words."""
        self._now += by

    async def idle_until(self, due: datetime) -> None:
        """Jumps."""
        self._now = max(self._now, due)
        await asyncio.sleep(0)
