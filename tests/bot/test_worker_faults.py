"""Dialogue workers that are killed, hang, are all gone, or speak another protocol."""

import asyncio
import os
import signal
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import pytest
import pytest_asyncio
from aiohttp import web

from bot.dialogue.client import TURN_TIMEOUT_SECONDS, TURNS_IN_FLIGHT, DialogueClient
from bot.errors import WorkersUnavailable
from dialogs import events as e
from dialogs.state import State
from dialogs.turn import PROTOCOL, TurnRequest
from integrations.storage.models import TicketRow
from tests.bot.conftest import alive, stat_of, until

OTHER_VERSION = 426
MOMENTS = 200  # turns of the event loop

pytestmark = [
    pytest.mark.rasa,
    pytest.mark.asyncio(loop_scope="session"),
    pytest.mark.parametrize("store_url", ["sqlite"], indirect=True),  # a worker knows nothing of the database
]


async def all_ready(workers) -> None:
    """Every worker takes turns again."""
    async with asyncio.timeout(180):
        for port in workers.status():
            while not await workers.client.ready(f"http://127.0.0.1:{port}"):
                await asyncio.sleep(0.25)


@pytest_asyncio.fixture(loop_scope="session")
async def pair(workers) -> AsyncIterator[tuple[int, ...]]:
    """The process ids of both workers; whatever is done to them, both run again afterwards."""
    pids = workers.pids
    yield pids
    for pid in pids:
        if alive(pid):
            os.kill(pid, signal.SIGCONT)
    await all_ready(workers)


async def two_talks(desk) -> list[str]:
    """Two sessions whose first question is pending: of any two turns one goes to each worker."""
    opened = [(await desk.open(resident=number)).session for number in (0, 1)]
    for session in opened:
        await desk.say(session, "方便")
    return opened


def fevers(answers) -> list[str]:
    return [answered.state.answers["fever"].value for answered in answers]


def tickets(desk) -> list[tuple[str, str]]:
    with desk.store.reading() as session:
        return [(row.kind, row.owner_id) for row in session.query(TicketRow).order_by(TicketRow.number)]


async def test_a_worker_killed_between_turns_loses_nothing_and_is_started_again(desk, workers, pair) -> None:
    sessions = await two_talks(desk)
    os.kill(pair[0], signal.SIGKILL)
    await until(lambda: not alive(pair[0]))
    assert fevers([await desk.say(session, "没有发烧") for session in sessions]) == ["no", "no"]
    assert not any(isinstance(event, e.WorkerMissed) for session in sessions for event in desk.log(session))
    await until(lambda: len(workers.pids) == 2 and pair[0] not in workers.pids)
    await all_ready(workers)
    assert (await desk.say(sessions[0], "不咳")).state.pending == "chest"


async def test_a_turn_under_way_when_its_worker_is_killed_is_answered_by_the_other(desk, pair) -> None:
    sessions = await two_talks(desk)
    os.kill(pair[0], signal.SIGSTOP)
    await until(lambda: stat_of(pair[0]) == "T")
    turns = {asyncio.create_task(desk.say(session, "没有发烧")) for session in sessions}
    _, hanging = await asyncio.wait(turns, return_when=asyncio.FIRST_COMPLETED)
    assert len(hanging) == 1
    os.kill(pair[0], signal.SIGKILL)
    assert fevers(await asyncio.gather(*turns)) == ["no", "no"]
    for session in sessions:
        assert [type(event) for event in desk.log(session)].count(e.AnswerCaptured) == 1


async def test_a_worker_that_hangs_costs_its_patience_and_no_answer(desk, pair) -> None:
    sessions = await two_talks(desk)
    os.kill(pair[1], signal.SIGSTOP)
    began = time.monotonic()
    assert fevers(await asyncio.gather(*(desk.say(session, "没有发烧") for session in sessions))) == ["no", "no"]
    assert time.monotonic() - began >= TURN_TIMEOUT_SECONDS
    os.kill(pair[1], signal.SIGCONT)


async def test_with_both_workers_dead_danger_still_reaches_a_person_and_others_are_asked_to_wait(
    desk, workers, pair
) -> None:
    endangered, patient = await two_talks(desk)
    for pid in pair:
        os.kill(pid, signal.SIGKILL)
    await until(lambda: not any(map(alive, pair)))
    told = await desk.say(endangered, "我胸口疼得厉害，喘不上气")
    assert told.outcome == "red_flag"
    assert {kind for kind, _ in tickets(desk)} >= {"chest_pain", "person"}
    assert {owner for _, owner in tickets(desk)} == {"owner"}
    waiting = await desk.say(patient, "没有发烧")
    assert "请您稍等" in waiting.replies[0].spoken
    assert waiting.outcome is None
    handed_over = await desk.say(patient, "没有发烧")
    assert handed_over.outcome == "to_person"
    assert "网格员" in handed_over.replies[0].spoken


async def test_a_call_that_begins_without_any_worker_is_opened_all_the_same(desk, workers, pair) -> None:
    for pid in pair:
        os.kill(pid, signal.SIGKILL)
    await until(lambda: not any(map(alive, pair)))
    opened = await desk.open()
    assert "声音是电脑合成的" in opened.replies[0].spoken
    await all_ready(workers)
    assert (await desk.say(opened.session, "方便")).state.pending == "fever"


async def refuse(request: web.Request) -> web.Response:
    """What a worker says that speaks another protocol than ours."""
    await request.read()
    return web.Response(status=OTHER_VERSION)


@asynccontextmanager
async def served(answer: Callable[[web.Request], Awaitable[web.Response]]) -> AsyncIterator[str]:
    """The address of somebody who is asked for turns."""
    application = web.Application()
    application.router.add_post("/webhooks/linyin/turn", answer)
    runner = web.AppRunner(application)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    host, port = runner.addresses[0][:2]
    yield f"http://{host}:{port}"
    await runner.cleanup()


@pytest_asyncio.fixture(loop_scope="session")
async def of_another_version() -> AsyncIterator[str]:
    """A worker that speaks another protocol than ours."""
    async with served(refuse) as address:
        yield address


async def test_beside_a_worker_of_another_version_the_other_one_answers(desk, workers, of_another_version) -> None:
    port = next(iter(workers.status()))
    client = DialogueClient([of_another_version, f"http://127.0.0.1:{port}"], token=workers.token, bodies=desk.bodies)
    mixed = desk.with_dialogue(client)
    opened = await desk.open()
    for words in ("方便", "没有发烧"):
        answered = await desk.say(opened.session, words, by=mixed)
    assert answered.state.pending == "cough"
    await client.close()


async def test_when_every_worker_is_of_another_version_danger_still_reaches_a_person(desk, of_another_version) -> None:
    client = DialogueClient([of_another_version], token="", bodies=desk.bodies)
    opened = await desk.open()
    told = await desk.say(opened.session, "救命啊，胸口疼得厉害，胸口疼", by=desk.with_dialogue(client))
    assert told.outcome == "red_flag"
    raised = [event.key for event in told.events if isinstance(event, e.EscalationRaised)]
    assert len(raised) == len(set(raised))
    assert ("chest_pain", "owner") in tickets(desk)
    await client.close()


async def test_more_turns_than_a_worker_can_take_wait_with_us_and_not_with_the_worker(desk) -> None:
    under_way, most = 0, 0
    full = asyncio.Event()

    async def answer(request: web.Request) -> web.Response:
        nonlocal under_way, most
        under_way += 1
        most = max(most, under_way)
        if under_way == TURNS_IN_FLIGHT:
            full.set()
        await full.wait()
        for _ in range(MOMENTS):  # whoever else is on the way arrives
            await asyncio.sleep(0)
        under_way -= 1
        return await refuse(request)

    async with served(answer) as address:
        client = DialogueClient([address], token="", bodies=desk.bodies)
        request = TurnRequest(
            protocol=PROTOCOL, session="s", questionnaire=desk.questionnaire, state=State(), utterance=None, at=desk.at
        )
        offered = (client.turn(request) for _ in range(4 * TURNS_IN_FLIGHT))
        answered = await asyncio.gather(*offered, return_exceptions=True)
        await client.close()
    assert {type(each) for each in answered} == {WorkersUnavailable}
    assert most == TURNS_IN_FLIGHT
