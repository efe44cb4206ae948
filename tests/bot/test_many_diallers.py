"""Several diallers on one database: nobody is called twice, and what one leaves the others find."""

import asyncio
import os
import sys
from contextlib import asynccontextmanager
from datetime import UTC, datetime

import pytest
from sqlalchemy import func, select

from bot.clock import JumpingClock, SystemClock
from bot.conversation import Conversation
from bot.effects import Effects
from bot.installation import bodies, keep_questionnaire
from bot.outbound import Caller, Outbound
from bot.settings import ROOT
from bot.writer import Database
from campaigns.pacing import Pacing
from dialogs.definitions import library
from dialogs.dictionary import load_dictionary
from integrations.campaigns.dial import LEASE
from integrations.campaigns.ending import interrupt_lost
from integrations.storage.errors import NameTaken
from integrations.storage.models import AttemptRow, SessionRow
from integrations.storage.presence import only_one
from integrations.telephony.loopback.ledger import Dialled, read
from integrations.telephony.loopback.population import Population
from integrations.telephony.loopback.process import loopback_line
from tests.bench.campaign_ledger import compare
from tests.bench.campaign_town import settle, start_campaign
from tests.bot.conftest import until

pytestmark = [pytest.mark.rasa, pytest.mark.asyncio(loop_scope="session")]

EVERYBODY_ANSWERS = Population(fates={}, dead={}, endings={}, red_flags=0.0)
HOUSEHOLDS = 24


def settled_town(store, households=HOUSEHOLDS, *, at=None) -> str:
    """A running campaign's id."""
    at = at or datetime.now(UTC)
    with store.writing() as session:
        for each in library(dictionary=load_dictionary()):
            keep_questionnaire(session, each, at=at)
    settle(store, households, at=at)
    return start_campaign(store, "health-follow-up", Pacing(lines=50, setups_per_second=50), at=at)[0]


@asynccontextmanager
async def serving(store, workers, key_path, folder, name):
    """`./linyin serve --role outbound` under a name of its own."""
    folder.mkdir()
    settings = {
        "LINYIN_DATA": str(folder),
        "LINYIN_DATABASE_URL": store.engine.url.render_as_string(hide_password=False),
        "LINYIN_KEY_FILE": str(key_path),
        "LINYIN_NAME": name,
        "LINYIN_LINES": "6",
        "LINYIN_DIALOGUE_ADDRESSES": ",".join(f"http://127.0.0.1:{port}" for port in workers.status()),
        "LINYIN_DIALOGUE_TOKEN": workers.token,
    }
    with (folder / "serve.log").open("wb") as log:
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "bot", "serve", "--role", "outbound",
            cwd=ROOT, env=os.environ | settings, stdout=log, stderr=log,
        )  # fmt: skip
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


def due(store) -> int:
    with store.reading() as session:
        return session.scalar(select(func.count()).where(AttemptRow.status == "due", AttemptRow.number == 1))


def rung(folder) -> list[str]:
    ledger = folder / "loopback" / "ledger.jsonl"
    return [entry.order for entry in read(ledger) if isinstance(entry, Dialled)] if ledger.exists() else []


@pytest.mark.parametrize("store_url", ["postgres"], indirect=True)
@pytest.mark.postgres
async def test_two_processes_that_dial_at_once_call_everybody_once(store, workers, key_path, tmp_path) -> None:
    one, two = tmp_path / "one", tmp_path / "two"
    async with serving(store, workers, key_path, one, "one"), serving(store, workers, key_path, two, "two") as other:
        async with asyncio.timeout(120):
            while not all(name_is_taken(store, name) for name in ("one", "two")):
                await asyncio.sleep(0.2)
        settled_town(store)
        await until(lambda: not due(store))
        assert other.returncode is None
    orders = [rung(one), rung(two)]
    assert all(orders), "one of them dialled nothing"
    together = orders[0] + orders[1]
    assert len(together) == len(set(together)) == HOUSEHOLDS


def name_is_taken(store, name) -> bool:
    try:
        with only_one(store, name):
            return False
    except NameTaken:
        return True


async def test_two_processes_never_work_under_one_name(store) -> None:
    with only_one(store, "main"):
        assert name_is_taken(store, "main")
        assert not name_is_taken(store, "other")
    assert not name_is_taken(store, "main")


@asynccontextmanager
async def dialler(store, workers, folder, *, clock, name="main"):
    database, dictionary = Database(store), load_dictionary()
    async with loopback_line(
        folder / f"{name}.jsonl", seed="town", now=clock.now, population=EVERYBODY_ANSWERS, turn_seconds=(0.5, 0.5)
    ) as line:
        yield Outbound(
            database=database,
            conversation=Conversation(database, workers.client, Effects(dictionary), bodies=bodies(store)),
            line=line,
            clock=clock,
            caller=Caller(name=name, community="育林社区", callback_number="", lines=4),
            dictionary=dictionary,
        )
    database.close()


def statuses(store) -> list[str]:
    with store.reading() as session:
        return list(session.scalars(select(AttemptRow.status).order_by(AttemptRow.id)))


async def test_a_dialler_that_hung_for_longer_than_its_lease_hangs_up_what_others_took(
    store, workers, tmp_path
) -> None:
    settled_town(store, 1)
    async with dialler(store, workers, tmp_path, clock=SystemClock()) as hung:
        running = asyncio.create_task(hung.run())
        await until(lambda: statuses(store) == ["answered"])
        with store.writing() as session:
            [settled] = interrupt_lost(session, at=datetime.now(UTC) + LEASE)
        assert settled.next_due is not None
        await hung.renew_leases()
        await until(lambda: not hung.calls_up)
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
    with store.reading() as session:
        first = session.scalars(select(AttemptRow).order_by(AttemptRow.number)).first()
        talk = session.scalars(select(SessionRow)).one()
    assert (first.status, first.disposition) == ("interrupted", "interrupted")
    assert talk.ended_at is not None


async def test_a_clock_that_jumps_ahead_ends_no_call(store, workers, tmp_path) -> None:
    settled_town(store, 1)
    clock = JumpingClock(datetime.now(UTC))
    async with dialler(store, workers, tmp_path, clock=clock) as outbound:
        running = asyncio.create_task(outbound.run())
        await until(lambda: statuses(store) == ["answered"])
        await clock.idle_until(clock.now() + LEASE * 10)
        await outbound.renew_leases()  # what the scheduler's tick does first
        with store.writing() as session:
            assert interrupt_lost(session, at=clock.now()) == []
        await until(lambda: statuses(store) == ["ended"])
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)


@pytest.mark.parametrize("store_url", ["postgres"], indirect=True)
@pytest.mark.postgres
async def test_calls_go_on_over_a_restart_of_the_database_and_nothing_that_was_said_is_lost(
    store, workers, postgres, tmp_path
) -> None:
    settled_town(store, 3)
    async with dialler(store, workers, tmp_path, clock=SystemClock()) as outbound:
        running = asyncio.create_task(outbound.run())
        await until(lambda: statuses(store) == ["answered"] * 3)
        postgres.stop()
        await asyncio.to_thread(postgres.run_server)
        await until(lambda: not outbound.calls_up)
        assert not running.done()
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
    found = compare(store, tmp_path / "main.jsonl")
    assert (found.calls, found.lost, found.doubled, found.unsettled) == (3, 0, 0, 0)
    assert statuses(store) == ["ended"] * 3
