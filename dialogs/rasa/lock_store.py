"""Locks that are none.

The platform sends one turn of a session at a time, and a worker keeps nothing that two could spoil.
"""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Any

from rasa.core.lock import TicketLock
from rasa.core.lock_store import LockStore


class NoLocks(LockStore):  # type: ignore[misc]
    """Lets every turn in at once."""

    def __init__(self, endpoint_config: Any = None) -> None:
        """Rasa makes it from endpoints.yml."""

    @asynccontextmanager
    async def lock(
        self,
        conversation_id: str,
        lock_lifetime: float = 0.0,  # noqa: ARG002
        wait_time_in_seconds: float = 0.0,  # noqa: ARG002
    ) -> AsyncGenerator[TicketLock, None]:
        """A lock of this turn's own, so one that is free."""
        yield TicketLock(conversation_id)
