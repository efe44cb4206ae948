"""The ticks of the running program. What must happen is a row with a due time; APScheduler only looks for it."""

import logging
from datetime import UTC
from pathlib import Path

from apscheduler.schedulers.asyncio import AsyncIOScheduler

from bot.clock import Clock
from bot.evidence.keeping import sweep
from bot.outbound import SETTLED_TOGETHER, Outbound
from bot.writer import Database
from dialogs.dictionary import load_dictionary
from integrations.campaigns.course import finish_done
from integrations.campaigns.ending import Settled, interrupt_lost
from integrations.campaigns.following import follow
from integrations.storage.errors import StorageError
from integrations.storage.store import StoreSession

# A lease runs two minutes: calls of a dialler that died are found at most this much later.
LOOK_EVERY_SECONDS = 30

log = logging.getLogger(__name__)


def ticking(database: Database, clock: Clock, own: Outbound, recordings: Path) -> AsyncIOScheduler:
    """A scheduler that ends calls whose dialler is gone and campaigns that are done, and follows up; not started yet.

    Our own calls are said to be alive first: a clock that jumps ahead must not end them.
    """

    dictionary = load_dictionary()

    def look(session: StoreSession) -> None:
        finish_done(session, at=clock.now())
        follow(session, dictionary, at=clock.now())

    async def interrupt() -> int:
        lost = some = len(await database.write(interrupted))
        while some == SETTLED_TOGETHER:
            some = len(await database.write(interrupted))
            lost += some
        return lost

    def interrupted(session: StoreSession) -> list[Settled]:
        return interrupt_lost(session, at=clock.now(), limit=SETTLED_TOGETHER)

    async def tick() -> None:
        try:
            await own.renew_leases()
            lost = await interrupt()
            await database.write(look)
        except StorageError as error:  # the next tick looks again
            log.warning("tick=failed error=%s", error.code)
            return
        if lost:
            log.warning("attempts_interrupted=%d lease=expired", lost)

    async def daily() -> None:
        try:
            deleted = await database.write(lambda session: sweep(session, recordings, at=clock.now()))
        except StorageError as error:  # tomorrow again
            log.warning("sweep=failed error=%s", error.code)
            return
        log.info("recordings_deleted=%d", deleted)

    scheduler = AsyncIOScheduler(timezone=UTC)
    scheduler.add_job(daily, "interval", days=1, next_run_time=clock.now(), max_instances=1, coalesce=True)
    scheduler.add_job(tick, "interval", seconds=LOOK_EVERY_SECONDS, max_instances=1, coalesce=True)
    return scheduler
