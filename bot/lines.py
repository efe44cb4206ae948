"""The telephone line that the settings ask for."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from bot.clock import Clock
from bot.settings import Settings
from integrations.telephony.loopback.process import loopback_line
from voice.line import Line

# A simulated resident takes as long as a quick one would, so that staff can watch.
RING_SECONDS = (1.0, 4.0)
TURN_SECONDS = (0.8, 2.5)


@asynccontextmanager
async def telephone_line(settings: Settings, clock: Clock) -> AsyncIterator[Line]:
    """The line while it is open. `loopback` calls simulated residents, nobody else."""
    ledger = settings.data / "loopback" / "ledger.jsonl"
    ledger.parent.mkdir(parents=True, exist_ok=True)
    async with loopback_line(
        ledger, seed="serve", now=clock.now, ring_seconds=RING_SECONDS, turn_seconds=TURN_SECONDS
    ) as line:
        yield line
