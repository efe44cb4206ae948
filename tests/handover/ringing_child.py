"""A program that rings workers who take very long to answer; to be killed. Takes a URL, a key file, a ledger."""

import asyncio
import sys
from pathlib import Path

from bot.clock import SystemClock
from bot.handover import Handovers
from bot.writer import Database
from integrations.storage.key_file import load_key_ring
from integrations.storage.store import Store
from integrations.telephony.loopback.process import loopback_line

RINGS_SECONDS = (300.0, 300.0)


async def main(url: str, keys: str, ledger: str) -> None:
    """Rings until it is killed."""
    clock = SystemClock()
    store = Store.open(url, keys=load_key_ring(Path(keys)), at=clock.now())
    async with loopback_line(Path(ledger), seed="child", now=clock.now, ring_seconds=RINGS_SECONDS) as line:
        await Handovers(database=Database(store), line=line, clock=clock, name="main", community="育林社区").run()


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
