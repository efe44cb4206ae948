"""Wakes diallers when something has fallen due. On PostgreSQL by NOTIFY, from any process; on SQLite diallers look."""

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import psycopg
from sqlalchemy import text

from integrations.storage.store import Store, StoreSession

log = logging.getLogger(__name__)

_CHANNEL = "linyin_due"
_RECONNECT_SECONDS = 1.0


def wake_diallers(session: StoreSession) -> None:
    """Whoever waits in `woken` goes on once this transaction is committed. Harmless when nobody waits."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text(f"NOTIFY {_CHANNEL}"))


@asynccontextmanager
async def woken(store: Store) -> AsyncIterator[asyncio.Event]:
    """An event that is set whenever diallers are woken; never on SQLite."""
    event = asyncio.Event()
    if store.engine.dialect.name != "postgresql":
        yield event
        return
    listening = asyncio.create_task(_listen(store, event), name="waking")
    try:
        yield event
    finally:
        listening.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await listening


async def _listen(store: Store, event: asyncio.Event) -> None:
    """Sets the event at every notice; a database that went away is connected to again."""
    arguments = store.engine.dialect.create_connect_args(store.engine.url)[1]
    while True:
        try:
            async with await psycopg.AsyncConnection.connect(**arguments, autocommit=True) as connection:
                await connection.execute(f"LISTEN {_CHANNEL}")
                event.set()  # what was missed while nobody listened
                async for _ in connection.notifies():
                    event.set()
        except psycopg.OperationalError:
            log.warning("waking=lost the connection")
        await asyncio.sleep(_RECONNECT_SECONDS)
