"""One pacer for every call: absolute time, so that lateness never adds up, and four slots, so that a busy process
sends a quarter of its calls every 5 ms instead of all of them every 20."""

import asyncio
from typing import Protocol

from voice.media import FRAME_SECONDS

SLOTS = 4
CATCH_UP_FRAMES = 5  # after a stall, up to 100 ms leave at once; a longer hole stays a hole


class Paced(Protocol):
    """What has something to send every 20 ms."""

    def frame_due(self, now: float, *, late: bool) -> None: ...

    def skip_frames(self, frames: int) -> None: ...


class Pacer:
    """Runs while it has anything to pace. One per event loop."""

    def __init__(self) -> None:
        self._slots: list[list[Paced]] = [[] for _ in range(SLOTS)]
        self._slot_of: dict[Paced, int] = {}
        self._due = [0.0] * SLOTS
        self._next = 0
        self._handle: asyncio.TimerHandle | None = None
        self.worst_lateness_seconds = 0.0

    def __len__(self) -> int:
        return len(self._slot_of)

    def add(self, stream: Paced) -> None:
        slot = min(range(SLOTS), key=lambda index: len(self._slots[index]))
        self._slots[slot].append(stream)
        self._slot_of[stream] = slot
        if self._handle is None:
            self._start()

    def remove(self, stream: Paced) -> None:
        slot = self._slot_of.pop(stream, None)
        if slot is None:
            return
        self._slots[slot].remove(stream)
        if not self._slot_of and self._handle is not None:
            self._handle.cancel()
            self._handle = None

    def _start(self) -> None:
        loop = asyncio.get_running_loop()
        start = loop.time() + FRAME_SECONDS / SLOTS
        self._due = [start + index * FRAME_SECONDS / SLOTS for index in range(SLOTS)]
        self._next = 0
        self._handle = loop.call_at(start, self._tick)

    def _tick(self) -> None:
        loop = asyncio.get_running_loop()
        while self._slot_of and self._due[self._next] <= loop.time():
            self._run_slot(self._next, loop.time())
            self._next = (self._next + 1) % SLOTS
        self._handle = loop.call_at(self._due[self._next], self._tick) if self._slot_of else None

    def _run_slot(self, slot: int, now: float) -> None:
        """One frame of every stream of the slot, or as many as a stall left behind."""
        lateness = now - self._due[slot]
        self.worst_lateness_seconds = max(self.worst_lateness_seconds, lateness)
        frames = 1 + int(lateness / FRAME_SECONDS)
        skipped = max(0, frames - CATCH_UP_FRAMES)
        self._due[slot] += frames * FRAME_SECONDS
        for stream in tuple(self._slots[slot]):
            if skipped:
                stream.skip_frames(skipped)
            for back in range(frames - skipped - 1, -1, -1):
                stream.frame_due(now, late=back > 0)
