"""From a red flag to the worker's telephone: whole calls over the loopback, on this machine's clock."""

import asyncio
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from argon2 import PasswordHasher
from sqlalchemy import func, select

from bot.clock import SystemClock
from bot.conversation import Conversation, Opening
from bot.dialogue.workers import DialogueWorkers
from bot.effects import Effects
from bot.handover import Handovers
from bot.installation import bodies, opened
from bot.settings import Settings
from bot.talk import SessionTalk
from bot.writer import Database
from dialogs.dictionary import load_dictionary
from integrations.handover import pins
from integrations.registry.importing import import_household_book
from integrations.registry.sample.workbook import sample_community
from integrations.storage.models import (
    HandoverRingRow,
    HandoverRow,
    QuestionnaireRow,
    ResidentRow,
    WorkerRow,
)
from integrations.telephony.loopback.population import Population
from integrations.telephony.loopback.process import loopback_line
from integrations.telephony.loopback.worker import simulated_pin
from voice.line import DialOrder, Line

AT_ONCE = 3  # red flags in the same community at the same moment: more than a bad day has
ENDANGERED = Population(fates={}, dead={}, endings={}, corrections=0, stories=0, asides=0, red_flags=1, over=0)
QUESTIONNAIRE = "health-follow-up"


class Flagged:
    """Calls in which something urgent is said, to residents of a sample community."""

    def __init__(self, folder: Path, workers: DialogueWorkers, clock: SystemClock) -> None:
        self._folder = folder
        self._workers = workers
        self._clock = clock

    async def seconds(self, calls: int) -> list[float]:
        """For each hand-over the seconds from the commit of the red flag to the first ring of a worker's telephone."""
        at = self._clock.now()
        with opened(Settings(data=self._folder), at=at) as store:
            book = self._folder / "名册.xlsx"
            sample_community(book, shape="yuling", seed=11, households=calls * 4)
            import_household_book(book, store, at=at)
            with store.writing() as session:
                hasher = PasswordHasher()
                for worker in session.scalars(select(WorkerRow).where(WorkerRow.phone.is_not(None))):
                    pins.set_pin(session, worker.id, simulated_pin(worker.phone or ""), hasher=hasher, at=at)
                people = session.scalars(
                    select(ResidentRow).where(ResidentRow.phone.is_not(None)).order_by(ResidentRow.id)
                ).all()
                self._questionnaire = session.scalars(
                    select(QuestionnaireRow.hash).where(QuestionnaireRow.key == QUESTIONNAIRE)
                ).one()
            database = Database(store)
            self._conversation = Conversation(
                database, self._workers.client, Effects(load_dictionary()), bodies=bodies(store)
            )
            async with loopback_line(
                self._folder / "far.jsonl", seed="bench", now=self._clock.now, population=ENDANGERED
            ) as line:
                handovers = Handovers(
                    database=database, line=line, clock=self._clock, name="bench", community="育林社区"
                )
                running = asyncio.create_task(handovers.run())
                one_after_the_other = asyncio.Semaphore(AT_ONCE)
                await asyncio.gather(
                    *(self._call(line, handovers, person, one_after_the_other) for person in _spread(people, calls))
                )
                while handovers.busy:
                    await asyncio.sleep(0.1)
                running.cancel()
                await asyncio.gather(running, return_exceptions=True)
            first = func.min(HandoverRingRow.rang_at)
            with store.reading() as session:
                rows = session.execute(
                    select(HandoverRow.raised_at, first)
                    .join(HandoverRingRow, HandoverRingRow.handover_id == HandoverRow.id)
                    .group_by(HandoverRow.id, HandoverRow.raised_at)
                ).all()
            database.close()
        return [(rang - raised).total_seconds() for raised, rang in rows if rang is not None]

    async def _call(self, line: Line, handovers: Handovers, person: ResidentRow, limit: asyncio.Semaphore) -> None:
        resident, household, phone = person.id, person.household_id, person.phone or ""

        async def opening(_: datetime) -> Opening:
            return Opening(
                questionnaire=self._questionnaire,
                channel="voice",
                community="育林社区",
                resident_id=resident,
                household_id=household,
            )

        async def nobody_waits(_: str) -> None:
            """Nobody else waits for the session."""

        async with limit:
            talk = SessionTalk(conversation=self._conversation, clock=self._clock, opening=opening, opened=nobody_waits)
            await handovers.converse(await line.dial(DialOrder(order=resident, number=phone)), talk)


def _spread(people: Sequence[ResidentRow], calls: int) -> Sequence[ResidentRow]:
    """So many residents from all over the community: a danger does not come to one grid three times at once."""
    return people[:: max(1, len(people) // calls)][:calls]
