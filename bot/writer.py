"""The one thread that writes to the database, so that writers never wait for each other inside this process."""

import asyncio
import logging
import queue
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from threading import Event, Thread
from typing import Any, TypeVar

from integrations.storage.errors import DatabaseUnreachable
from integrations.storage.store import Store, StoreSession
from integrations.storage.together import Done, write_together

R = TypeVar("R")

log = logging.getLogger(__name__)

# Reads are short; a few at a time keep both cores busy without holding many connections.
READERS = 4
# What waits when a commit is done shares the next one: at full speed some ten pieces, and never so many that the first
# of them waits noticeably for the last.
MOST_TOGETHER = 64
# A database that is started again is back within seconds; calls hold on so long.
GAPS_SECONDS = (0.2, 0.5, 1.0, 2.0, 3.0, 4.0)


@dataclass(frozen=True, slots=True)
class _Waiting:
    """A piece of work and who waits for it."""

    work: Callable[[StoreSession], Any]
    future: "asyncio.Future[Any]"
    loop: asyncio.AbstractEventLoop


class Database:
    """Runs transactions on the store away from the event loop: writes one after the other, reads a few at a time."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self._queue: queue.SimpleQueue[_Waiting | None] = queue.SimpleQueue()
        self._closing = Event()
        self._writer = Thread(target=self._write_on, name="writer", daemon=True)
        self._writer.start()
        self._readers = ThreadPoolExecutor(READERS, thread_name_prefix="reader")

    async def write(self, work: Callable[[StoreSession], R]) -> R:
        """What `work` returns, once its transaction is committed; nothing of it is kept when it raises.

        Pieces of work that come together share one commit. A piece may be run again: when the database was away for a
        moment, or when a commit was refused because of another piece.
        """
        loop = asyncio.get_running_loop()
        future: asyncio.Future[R] = loop.create_future()
        self._queue.put(_Waiting(work, future, loop))
        return await future

    async def read(self, work: Callable[[StoreSession], R]) -> R:
        """What `work` returns, from one snapshot."""
        return await asyncio.get_running_loop().run_in_executor(self._readers, self._read, work)

    def _read(self, work: Callable[[StoreSession], R]) -> R:
        for gap in GAPS_SECONDS:
            try:
                return self._read_once(work)
            except DatabaseUnreachable:
                if self._closing.wait(gap):
                    break
        return self._read_once(work)

    def _read_once(self, work: Callable[[StoreSession], R]) -> R:
        with self.store.reading() as session:
            return work(session)

    def _write_on(self) -> None:
        while (first := self._queue.get()) is not None:
            batch = [first]
            while len(batch) < MOST_TOGETHER:
                try:
                    following = self._queue.get_nowait()
                except queue.Empty:
                    break
                if following is None:
                    self._queue.put(None)
                    break
                batch.append(following)
            self._tell(batch, self._written([each.work for each in batch]))

    def _written(self, works: Sequence[Callable[[StoreSession], Any]]) -> list[Done]:
        done = write_together(self.store, works)
        for gap in GAPS_SECONDS:
            away = [number for number, each in enumerate(done) if isinstance(each.error, DatabaseUnreachable)]
            if not away or self._closing.wait(gap):
                break
            log.warning("database=unreachable waiting=%d", len(away))
            again = write_together(self.store, [works[number] for number in away])
            for number, each in zip(away, again, strict=True):
                done[number] = each
        return done

    @staticmethod
    def _tell(batch: Sequence[_Waiting], done: Sequence[Done]) -> None:
        """Wakes whoever waits; one call into each event loop."""
        for loop in {each.loop for each in batch}:
            if not loop.is_closed():
                mine = [(each.future, what) for each, what in zip(batch, done, strict=True) if each.loop is loop]
                loop.call_soon_threadsafe(_settle, mine)

    def close(self) -> None:
        """Waits for what is under way."""
        self._closing.set()
        self._queue.put(None)
        self._writer.join()
        self._readers.shutdown(wait=True)


def _settle(told: Sequence[tuple["asyncio.Future[Any]", Done]]) -> None:
    for future, done in told:
        if future.done():  # whoever waited was cancelled
            continue
        if done.error is not None:
            future.set_exception(done.error)
        else:
            future.set_result(done.value)
