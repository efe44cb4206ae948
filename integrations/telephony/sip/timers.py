"""SIP's timers as arithmetic on a clock that is handed in (RFC 3261, section 17 and table 4)."""

import heapq
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import count

_SWEEP_EVERY = 4_096  # new timers between two sweeps of cancelled ones, which else wait half an hour for their time


@dataclass(frozen=True, slots=True, kw_only=True)
class Intervals:
    """The base intervals, in seconds; RFC 3261's unless a test shortens them."""

    t1: float = 0.5  # round-trip estimate
    t2: float = 4.0  # longest retransmission interval
    t4: float = 5.0  # longest a message stays in the network

    @property
    def give_up(self) -> float:
        """Timers B, F, H, J, L and M."""
        return 64 * self.t1

    @property
    def absorb(self) -> float:
        """Timer D: how long a final response to INVITE may be repeated to us over UDP."""
        return 64 * self.t1


@dataclass(order=True, slots=True)
class Timer:
    """One thing to do later."""

    due: float
    order: int
    action: Callable[[], None] | None = field(compare=False)

    def cancel(self) -> None:
        self.action = None


class Schedule:
    """Timers in order of their due time, on whatever clock is injected.

    `wake`, when set, is told each time the earliest due time moves forward, so that a shell can arm one real timer.
    """

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._heap: list[Timer] = []
        self._order = count()
        self.wake: Callable[[float], None] | None = None

    @property
    def now(self) -> float:
        return self._clock()

    def after(self, seconds: float, action: Callable[[], None]) -> Timer:
        order = next(self._order)
        if order % _SWEEP_EVERY == 0:
            self._heap = [timer for timer in self._heap if timer.action is not None]
            heapq.heapify(self._heap)
        timer = Timer(self._clock() + seconds, order, action)
        heapq.heappush(self._heap, timer)
        if self.wake is not None and self._heap[0] is timer:
            self.wake(timer.due)
        return timer

    def next_due(self) -> float | None:
        while self._heap and self._heap[0].action is None:
            heapq.heappop(self._heap)
        return self._heap[0].due if self._heap else None

    def run_due(self) -> None:
        """Do everything that is due by now, in order."""
        now = self._clock()
        while self._heap and self._heap[0].due <= now:
            action = heapq.heappop(self._heap).action
            if action is not None:
                action()

    def __len__(self) -> int:
        return sum(timer.action is not None for timer in self._heap)


class Retransmission:
    """Sends again at doubling intervals until stopped or given up (timers A, E, G and the 2xx of a callee)."""

    def __init__(
        self,
        schedule: Schedule,
        send: Callable[[], None],
        *,
        first: float,
        longest: float | None,
        give_up: float,
        on_give_up: Callable[[], None],
    ) -> None:
        self._schedule = schedule
        self._send = send
        self._interval = first
        self._longest = longest
        self._again: Timer | None = schedule.after(first, self._repeat)
        self._end: Timer | None = schedule.after(give_up, self._give_up)
        self._on_give_up = on_give_up

    def slow_down(self, interval: float) -> None:
        """Repeat no faster than this from now on (a non-INVITE request that got a 1xx)."""
        self._interval = interval

    def quieten(self) -> None:
        """Send no more, but still give up at the end."""
        if self._again is not None:
            self._again.cancel()
            self._again = None

    def stop(self) -> None:
        self.quieten()
        if self._end is not None:
            self._end.cancel()
            self._end = None

    def _repeat(self) -> None:
        self._send()
        doubled = 2 * self._interval
        self._interval = doubled if self._longest is None else min(doubled, self._longest)
        self._again = self._schedule.after(self._interval, self._repeat)

    def _give_up(self) -> None:
        self._end = None
        self.stop()
        self._on_give_up()
