"""The running program in small: a store with two households in it, the conversation service over real workers."""

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import pytest
import pytest_asyncio

from bot.conversation import Answered, Conversation, Dialogue, Opening
from bot.dialogue.workers import DialogueWorkers
from bot.effects import Effects
from bot.installation import bodies, keep_questionnaire
from bot.sessions import read_events
from bot.writer import Database
from dialogs.definitions import library
from dialogs.dictionary import load_dictionary
from dialogs.events import AnyEvent, Channel
from dialogs.jobs import own_questionnaires
from dialogs.turn import TurnReply, TurnRequest
from integrations.registry.lookup import name_index, phone_index
from integrations.storage.models import HouseholdRow, PlaceRow, ResidentRow, WorkerRow
from integrations.storage.store import Store
from nlu.utterance import Utterance

PEOPLE = (("李秀英", "13812340001"), ("王建国", "13812340002"))
TURN_LASTS = timedelta(seconds=8)
PATIENCE_SECONDS = 120.0  # a busy machine; every wait ends as soon as what it waits for is there
LOOK_SECONDS = 0.05


async def until(condition: Callable[[], object], *, within: float = PATIENCE_SECONDS) -> None:
    """Returns once the condition holds; it concerns other processes, which send no event."""
    async with asyncio.timeout(within):
        while not condition():
            await asyncio.sleep(LOOK_SECONDS)


def stat_of(pid: int) -> str:
    """The state letter of a process; "" when it is gone."""
    try:
        return Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()[0]
    except OSError:
        return ""


def alive(pid: int) -> bool:
    """Whether the process runs; one that only waits to be buried does not."""
    return stat_of(pid) not in ("", "Z", "X")


class Gate:
    """A dialogue whose turns are held back once they are decided, until the gate is opened."""

    def __init__(self, inner: Dialogue) -> None:
        self._inner = inner
        self.decided = asyncio.Event()
        self.opened = asyncio.Event()

    async def turn(self, request: TurnRequest) -> TurnReply:
        try:
            reply = await self._inner.turn(request)
        finally:
            self.decided.set()  # also when nobody decides: whoever waits goes on, and fails
        await self.opened.wait()
        return reply


@dataclass
class Desk:
    """A store, a conversation service over it, and time that goes on by a turn each turn."""

    store: Store
    database: Database
    client: Dialogue
    conversation: Conversation
    questionnaire: str
    at: datetime

    async def open(self, *, resident: int | None = 0, channel: Channel = "voice") -> Answered:
        """A session with one of PEOPLE, or with somebody unknown."""
        opening = Opening(
            questionnaire=self.questionnaire,
            channel=channel,
            community="育林社区",
            resident_id=None if resident is None else f"r{resident}",
            household_id=None if resident is None else f"h{resident}",
        )
        return await self.conversation.open(opening, at=self.at)

    async def say(self, session: str, words: str, *, by: Conversation | None = None) -> Answered:
        """One turn."""
        self.at += TURN_LASTS
        return await (by or self.conversation).handle(session, Utterance(text=words), at=self.at)

    @property
    def bodies(self) -> Callable[[str], bytes]:
        """Questionnaires as workers are sent them."""
        return bodies(self.store)

    def with_dialogue(self, dialogue: Dialogue) -> Conversation:
        """Another conversation service on the same store, as a second process would have."""
        return Conversation(self.database, dialogue, Effects(load_dictionary()), bodies=self.bodies)

    def log(self, session: str) -> tuple[AnyEvent, ...]:
        """The events of a session as they are committed."""
        with self.store.reading() as reading:
            return read_events(reading, session)


def settle_in(store: Store, *, at: datetime) -> str:
    """Two households of one grid with worker and deputy, and the library; the hash of 健康随访."""
    with store.writing() as session:
        session.add(PlaceRow(id="g", parent_id=None, kind="grid", name="第一网格", sort=0))
        session.flush()
        for worker in ("owner", "deputy"):
            session.add(WorkerRow(id=worker, name=f"网格员{worker}", role="grid_worker", grid_id="g"))
        session.flush()
        for number, (name, phone) in enumerate(PEOPLE):
            household, place = f"h{number}", "g"
            session.add(
                HouseholdRow(
                    id=household,
                    place_id=place,
                    grid_id=place,
                    room=str(number),
                    ref_idx=f"{number}" * 64,
                    worker_id="owner",
                    deputy_id="deputy",
                )
            )
            session.flush()
            session.add(
                ResidentRow(
                    id=f"r{number}",
                    household_id=household,
                    name=name,
                    name_idx=name_index(store.keys, name),
                    phone=phone,
                    phone_idx=phone_index(store.keys, phone),
                    is_head=True,
                    consent="given",
                    birth_year=1941,
                    created_at=at,
                    updated_at=at,
                )
            )
        dictionary = load_dictionary()
        every = (*library(dictionary=dictionary), *own_questionnaires(dictionary=dictionary))
        kept = {each.key: keep_questionnaire(session, each, at=at) for each in every}
    return kept["health-follow-up"]


@pytest.fixture
def at() -> datetime:
    """09:00 in Shanghai."""
    return datetime.fromisoformat("2026-11-21T01:00:00+00:00")


@pytest_asyncio.fixture(loop_scope="session")
async def desk(store: Store, workers: DialogueWorkers, at: datetime) -> AsyncIterator[Desk]:
    """The conversation service over real workers, once on each database."""
    questionnaire, database = settle_in(store, at=at), Database(store)
    conversation = Conversation(database, workers.client, Effects(load_dictionary()), bodies=bodies(store))
    yield Desk(
        store=store,
        database=database,
        client=workers.client,
        conversation=conversation,
        questionnaire=questionnaire,
        at=at,
    )
    database.close()
