"""Rings the numbers that staff want to hear a questionnaire on: a real call, and nothing of it is kept."""

import asyncio
import logging
from datetime import timedelta
from functools import partial

from bot.clock import Clock
from bot.conversation import Conversation, Dialogue, Opening
from bot.trial_talk import TrialTalk
from bot.writer import Database
from campaigns.disposition import Disposition
from integrations.campaigns import trials
from integrations.storage.errors import StorageError
from voice.call import converse
from voice.line import DialOrder, Ended, Line

log = logging.getLogger(__name__)

LOOK_AGAIN = timedelta(seconds=1)  # whoever pressed the button waits for the ring


class TrialCalls:
    """The caller of one process. Trial calls use no line of a campaign: there are few, and staff wait for them."""

    def __init__(
        self,
        *,
        database: Database,
        conversation: Conversation,
        dialogue: Dialogue,
        line: Line,
        clock: Clock,
        name: str,
        community: str,
        callback_number: str,
    ) -> None:
        self._database = database
        self._conversation = conversation
        self._dialogue = dialogue
        self._line = line
        self._clock = clock
        self._name = name
        self._community = community
        self._callback_number = callback_number

    async def run(self) -> None:
        """Rings until it is cancelled; what it had up when it died is over."""
        calls: set[asyncio.Task[None]] = set()
        await self._database.write(partial(trials.end_lost, caller=self._name, at=self._clock.now()))
        try:
            while True:
                try:
                    due = await self._database.write(partial(trials.claim, caller=self._name, at=self._clock.now()))
                except StorageError as error:  # the next look tries again
                    log.warning("trial=failed error=%s", error.code)
                    due = []
                for trial in due:
                    task = asyncio.create_task(self.call(trial), name=f"trial {trial.id}")
                    calls.add(task)
                    task.add_done_callback(calls.discard)
                await self._clock.idle_until(self._clock.now() + LOOK_AGAIN)
        finally:
            for task in calls:
                task.cancel()
            await asyncio.gather(*calls, return_exceptions=True)

    async def call(self, trial: trials.Trial) -> None:
        """One call, to its end."""
        opening = Opening(
            questionnaire=trial.questionnaire,
            channel="voice",
            community=self._community,
            callback_number=self._callback_number,
            announced=trial.announced,
        )
        end = Ended(disposition=Disposition.FAILED, sip_code=0)
        try:
            call = await self._line.dial(DialOrder(order=trial.id, number=trial.phone))
            end = await converse(call, TrialTalk(self._conversation, self._dialogue, opening, self._clock))
        finally:
            await self._database.write(
                partial(trials.finish, trial_id=trial.id, disposition=end.disposition, at=self._clock.now())
            )
        log.info("trial=%s disposition=%s", trial.id, end.disposition)
