"""The one file that reads the clock."""

import asyncio
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo

BEIJING = ZoneInfo("Asia/Shanghai")  # what residents and staff call the time
STEP = timedelta(microseconds=1)  # between two answers of a clock that runs slowly


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


class JumpingClock:
    """A clock that starts when it is told to, runs `pace` times as fast as this machine's, and jumps to what is due.

    `on_jump` is told from where to where, so that whoever watches knows that the time is not the wall's. While `held`
    says so, it only runs: somebody is on a telephone.
    """

    HELD_NAP_SECONDS = 0.05

    def __init__(
        self,
        start: datetime,
        *,
        pace: float = 1.0,
        on_jump: Callable[[datetime, datetime], None] = lambda _, __: None,
    ) -> None:
        self._start = start
        self._pace = pace
        self._on_jump = on_jump
        self._begun = time.monotonic()
        self._last = start
        self.held: Callable[[], bool] = lambda: False

    def now(self) -> datetime:
        """This moment, UTC; a microsecond later than any earlier answer."""
        ran = timedelta(seconds=(time.monotonic() - self._begun) * self._pace)
        self._last = max(self._start + ran, self._last + STEP)
        return self._last

    async def idle_until(self, due: datetime) -> None:
        """Jumps, when `due` lies ahead."""
        if self.held():
            await asyncio.sleep(self.HELD_NAP_SECONDS)
            return
        here = self.now()
        if due > here:
            self._start += due - here
            self._on_jump(here, due)
        await asyncio.sleep(0)
