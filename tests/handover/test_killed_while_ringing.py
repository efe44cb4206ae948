"""kill -9 of the program while a worker's telephone rings: the next one rings again, and nothing is lost."""

import asyncio
import sys

from bot.settings import ROOT

PATIENCE_SECONDS = 240  # a busy machine; every wait ends as soon as what it waits for is there


async def test_a_program_killed_while_it_rings_is_followed_by_one_that_rings_at_once(
    town, open_phones, store_url, key_path, tmp_path
) -> None:
    town.give_pins()
    matter = town.raise_matter()
    child = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.handover.ringing_child", store_url, str(key_path), str(tmp_path / "child.jsonl"),
        cwd=ROOT,
    )  # fmt: skip
    try:
        async with asyncio.timeout(PATIENCE_SECONDS):
            while not (town.rings(matter) and town.rings(matter)[0].rang_at):
                await asyncio.sleep(0.05)
    finally:
        child.kill()
        await child.wait()
    [left] = town.rings(matter)
    assert left.ended_at is None

    async with open_phones(name="main") as phones, asyncio.timeout(PATIENCE_SECONDS):
        running = asyncio.create_task(phones.handovers.run())
        while town.handover(matter).accepted_by is None or phones.handovers.busy:
            await asyncio.sleep(0.02)
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
    interrupted, accepted = town.rings(matter)
    assert (interrupted.outcome, accepted.outcome) == ("interrupted", "accepted")
    assert interrupted.ended_at <= accepted.dialled_at
    assert town.ticket().owner_id == "worker"
