"""The hand-overs of the demo: simulated workers have telephones and PINs too, and some do not answer."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from argon2 import PasswordHasher
from sqlalchemy import select

from bot.clock import JumpingClock
from bot.handover import Handovers
from bot.running import Running
from integrations.handover import pins
from integrations.handover.claims import next_due
from integrations.storage.models import WorkerRow
from integrations.storage.store import StoreSession
from integrations.telephony.loopback.worker import simulated_pin
from voice.line import Line

LOOK_SECONDS = 0.05


@asynccontextmanager
async def handing_over(system: Running, line: Line, clock: JumpingClock) -> AsyncIterator[Handovers]:
    """The hand-overs beside the campaign. At the end every matter is settled, and workers told how it went."""
    hasher = PasswordHasher()
    await system.database.write(lambda session: _give_pins(session, hasher, clock))
    handovers = Handovers(
        database=system.database,
        line=line,
        clock=clock,
        name="demo",
        community=system.settings.community,
        hasher=hasher,
    )
    clock.held = lambda: handovers.busy
    running = asyncio.create_task(handovers.run(), name="handovers")
    try:
        yield handovers
        while handovers.busy or (due := await system.database.read(next_due)) is not None:
            if handovers.busy:
                await asyncio.sleep(LOOK_SECONDS)
            elif due is not None:
                await clock.idle_until(due)
                await handovers.start_due()
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)


def _give_pins(session: StoreSession, hasher: PasswordHasher, clock: JumpingClock) -> None:
    for worker in session.scalars(select(WorkerRow)):
        if worker.phone:
            pins.set_pin(session, worker.id, simulated_pin(worker.phone), hasher=hasher, at=clock.now())
