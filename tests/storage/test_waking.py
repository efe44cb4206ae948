"""On PostgreSQL whoever waits for something to do hears of it at once."""

import asyncio

import pytest

from integrations.storage.waking import wake_diallers, woken

pytestmark = [
    pytest.mark.asyncio,
    pytest.mark.postgres,
    pytest.mark.parametrize("store_url", ["postgres"], indirect=True),
]
PATIENCE_SECONDS = 120  # a busy machine; every wait ends as soon as what it waits for is there


async def test_a_waiting_dialler_is_woken_by_the_commit_and_not_before(store) -> None:
    async with woken(store) as wake, asyncio.timeout(PATIENCE_SECONDS):
        await wake.wait()  # listening has begun
        wake.clear()
        with store.writing() as session:
            wake_diallers(session)
            await asyncio.sleep(0.2)
            assert not wake.is_set()
        await wake.wait()


async def test_a_dialler_listens_again_after_the_database_was_restarted(store, postgres) -> None:
    async with woken(store) as wake, asyncio.timeout(PATIENCE_SECONDS):
        await wake.wait()
        wake.clear()
        postgres.stop()
        await asyncio.to_thread(postgres.run_server)
        await wake.wait()
        wake.clear()
        with store.writing() as session:
            wake_diallers(session)
        await wake.wait()
