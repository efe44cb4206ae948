"""A whole call with a red flag: the resident stays on the line, and is joined to the worker who took the matter."""

import asyncio
from datetime import datetime

import pytest

from bot.clock import BEIJING
from bot.conversation import Conversation, Opening
from bot.effects import Effects
from bot.handover import Handovers
from bot.installation import bodies, keep_questionnaire
from bot.talk import SessionTalk
from campaigns.disposition import Disposition
from dialogs.definitions import library
from dialogs.dictionary import load_dictionary
from integrations.handover import pins
from integrations.handover.briefing import words_of
from integrations.storage.models import HandoverRingRow, HandoverRow, TicketRow
from integrations.telephony.loopback.population import Population
from integrations.telephony.loopback.process import loopback_line
from integrations.telephony.loopback.worker import simulated_pin
from tests.handover.conftest import CHEAP, PEOPLE, PHONE
from voice.line import DialOrder

pytestmark = [pytest.mark.rasa, pytest.mark.asyncio(loop_scope="session")]

PATIENCE_SECONDS = 240  # a busy machine; every wait ends as soon as what it waits for is there
RING_WITHIN_SECONDS = 10  # from the red flag to the worker's telephone
ENDANGERED = {
    "fates": {}, "dead": {}, "endings": {}, "corrections": 0, "stories": 0, "asides": 0,
    "red_flags": 1, "over": 0, "leaves": 0, "declines": 0, "ignores": 0, "wrong_pin": 0,
}  # fmt: skip
ASKS_FOR_A_PERSON = ENDANGERED | {"red_flags": 0, "endings": {"person_please": 1}}
ASKS_AT_ONCE = "12"  # with this seed before the first question
LEAVES = ENDANGERED | {"leaves": 1}


class OneCall:
    """A call to the household's resident, with the hand-overs beside it."""

    def __init__(self, town, workers, tmp_path, population: dict, *, seed: str = "7") -> None:
        self._seed = seed
        self.town, self.clock = town, town.clock
        self.store = town.store
        self._population = Population(**population)
        self._ledger = tmp_path / "far.jsonl"
        self._conversation = Conversation(
            town.database, workers.client, Effects(load_dictionary()), bodies=bodies(town.store)
        )
        with self.store.writing() as session:
            kept = {
                each.key: keep_questionnaire(session, each, at=self.clock.now())
                for each in library(dictionary=load_dictionary())
            }
            for worker, _, phone, _ in PEOPLE:
                pins.set_pin(session, worker, simulated_pin(phone), hasher=CHEAP, at=self.clock.now())
        self._questionnaire = kept["health-follow-up"]

    async def made(self):
        """The call, from dialling to its end, and until no worker is spoken with any more."""

        async def opening(_: datetime) -> Opening:
            return Opening(
                questionnaire=self._questionnaire,
                channel="voice",
                community="育林社区",
                resident_id="r",
                household_id="h",
            )

        async def opened(_: str) -> None:
            """Nobody else waits for it."""

        async with (
            loopback_line(self._ledger, seed=self._seed, now=self.clock.now, population=self._population) as line,
            asyncio.timeout(PATIENCE_SECONDS),
        ):
            handovers = Handovers(
                database=self.town.database,
                line=line,
                clock=self.clock,
                name="main",
                community="育林社区",
                hasher=CHEAP,
            )
            talk = SessionTalk(conversation=self._conversation, clock=self.clock, opening=opening, opened=opened)
            running = asyncio.create_task(handovers.run())
            call = await line.dial(DialOrder(order="resident", number=PHONE))
            ended = await handovers.converse(call, talk)
            while handovers.busy:
                await asyncio.sleep(0.02)
            running.cancel()
            await asyncio.gather(running, return_exceptions=True)
        return ended, talk

    @property
    def handover(self) -> HandoverRow:
        with self.store.reading() as session:
            return session.query(HandoverRow).one()

    @property
    def rings(self) -> list[HandoverRingRow]:
        with self.store.reading() as session:
            return session.query(HandoverRingRow).order_by(HandoverRingRow.number).all()

    def told(self, who: str) -> str:
        with self.store.reading() as session:
            return "".join(words_of(session, self.handover.id, who))


async def test_a_red_flag_rings_the_worker_at_once_and_the_two_speak_with_each_other(town, workers, tmp_path) -> None:
    call = OneCall(town, workers, tmp_path, ENDANGERED)
    ended, talk = await call.made()
    row, [ring] = call.handover, call.rings
    assert ended.disposition is Disposition.ANSWERED
    assert talk.state.outcome == "red_flag"
    assert (ring.worker_id, ring.outcome) == ("worker", "accepted")
    assert (ring.rang_at - row.raised_at).total_seconds() < RING_WITHIN_SECONDS
    assert row.joined_at is not None
    assert row.resident_left_at is not None
    assert ring.proven_at < row.joined_at
    assert "李芳接了" in call.told("assistant")
    with call.store.reading() as session:
        assert session.get_one(TicketRow, row.ticket_id).owner_id == "worker"


async def test_whoever_asks_for_a_person_gets_one_on_the_same_call(town, workers, tmp_path) -> None:
    call = OneCall(town, workers, tmp_path, ASKS_FOR_A_PERSON, seed=ASKS_AT_ONCE)
    _, talk = await call.made()
    assert talk.state.outcome == "to_person"
    assert call.handover.kind == "person"
    assert call.handover.joined_at is not None


async def test_a_resident_who_hangs_up_is_still_seen_to(town, workers, tmp_path) -> None:
    call = OneCall(town, workers, tmp_path, LEAVES)
    ended, _ = await call.made()
    assert ended.by == "them"
    row, [ring] = call.handover, call.rings
    assert row.joined_at is None
    assert ring.outcome == "accepted"
    gone_at = f"{row.resident_left_at.astimezone(BEIJING):%H:%M}"
    with call.store.reading() as session:
        assert session.get_one(TicketRow, row.ticket_id).result == f"居民 {gone_at} 已挂断，请马上回电。"
