"""The one thread that writes to the database, so that writers never wait for each other inside this process."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from integrations.storage.store import Store, StoreSession

R = TypeVar("R")

# Reads are short; a few at a time keep both cores busy without holding many connections.
READERS = 4


class Database:
    """Runs transactions on the store away from the event loop: writes one at a time, reads a few at a time."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self._writer = ThreadPoolExecutor(1, thread_name_prefix="writer")
        self._readers = ThreadPoolExecutor(READERS, thread_name_prefix="reader")

    async def write(self, work: Callable[[StoreSession], R]) -> R:
        """What `work` returns, once its transaction is committed; nothing of it is kept when it raises."""
        return await asyncio.get_running_loop().run_in_executor(self._writer, self._written, work)

    async def read(self, work: Callable[[StoreSession], R]) -> R:
        """What `work` returns, from one snapshot."""
        return await asyncio.get_running_loop().run_in_executor(self._readers, self._read, work)

    def _written(self, work: Callable[[StoreSession], R]) -> R:
        with self.store.writing() as session:
            return work(session)

    def _read(self, work: Callable[[StoreSession], R]) -> R:
        with self.store.reading() as session:
            return work(session)

    def close(self) -> None:
        """Waits for what is under way."""
        self._writer.shutdown(wait=True)
        self._readers.shutdown(wait=True)
