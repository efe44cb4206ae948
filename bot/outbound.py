"""Makes the calls that are due: claims attempts, dials, talks, settles."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Coroutine, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from bot.clock import Clock
from bot.conversation import Conversation, Opening
from bot.registry_view import caller_facts, of_their_family
from bot.sessions import cut_off, told_in_the_call_before
from bot.talk import SessionTalk
from bot.writer import Database
from campaigns.disposition import Disposition
from dialogs.dictionary import Dictionary
from integrations.campaigns.course import finish_done, next_due
from integrations.campaigns.dial import LEASE, Held, Ready, keep_leases, start_dialling
from integrations.campaigns.ending import CallEnd, answered, ended, held_by, interrupt_lost
from integrations.campaigns.pace import Claimed, Paces
from integrations.registry.pace import keep_pace
from integrations.storage.errors import StorageError
from integrations.storage.store import StoreSession
from integrations.storage.waking import woken
from voice.call import converse
from voice.line import Call, DialOrder, Ended, Line

log = logging.getLogger(__name__)

# When nothing is due for longer, look again all the same: staff may have launched something.
LOOK_AGAIN = timedelta(minutes=1)
RENEWALS_PER_LEASE = 4
HELD_BACK_SECONDS = 0.25  # while a campaign's set-ups per second hold it back; at 34 a second eight start together
# A dialler may die with a thousand calls: they are settled so many in a transaction, and the turns of other calls come
# in between.
SETTLED_TOGETHER = 50
LOOK_SECONDS = 1.0  # while calls are up and lines are free, what falls due meanwhile is seen after this

Carry = Callable[[Call, SessionTalk], Awaitable[Ended]]
"""Carries a talk over a call to the call's end (`voice.call.converse`, `Handovers.converse`)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """Who calls, and how many calls at once."""

    name: str  # of this dialling process, in leases
    community: str
    callback_number: str
    lines: int
    recorded: bool = False  # calls are recorded, where the line can


class Outbound:
    """The dialler of one process."""

    def __init__(
        self,
        *,
        database: Database,
        conversation: Conversation,
        line: Line,
        clock: Clock,
        caller: Caller,
        dictionary: Dictionary,
        carry: Carry = converse,
        may_ring: Callable[[str], bool] = lambda _: True,
    ) -> None:
        """`may_ring` says of a questionnaire (content hash) whether the line can speak it yet."""
        self._database = database
        self._conversation = conversation
        self._line = line
        self._clock = clock
        self._caller = caller
        self._dictionary = dictionary
        self._carry = carry
        self._calls: set[asyncio.Task[None]] = set()
        self._carried: dict[str, asyncio.Task[None]] = {}  # attempt → its call, until it is being settled
        self._freed = asyncio.Event()
        self._clearing: asyncio.Task[None]
        self._paces = Paces(may_ring)
        self.draining = False

    @property
    def calls_up(self) -> int:
        """How many calls are under way."""
        return len(self._calls)

    def drain(self) -> None:
        """No new calls; `run` returns once those under way are over."""
        self.draining = True
        self._freed.set()

    async def run(self, *, until_finished: bool = False) -> None:
        """Calls until it is cancelled, or until no attempt of a running campaign is left.

        Attempts that this dialler held when it died are ended as interrupted, and their sessions with them, while it
        dials already.
        """
        lost = await self._database.read(lambda session: held_by(session, self._caller.name))
        self._clearing = asyncio.create_task(self._clear_up(lost))
        renewing = asyncio.create_task(self._renew_leases())
        try:
            async with woken(self._database.store) as wake:
                while not await self._dialled_on(wake, until_finished=until_finished):
                    await asyncio.sleep(LOOK_SECONDS)
        finally:
            renewing.cancel()
            self._clearing.cancel()
            for call in self._calls:
                call.cancel()
            await asyncio.gather(*self._calls, renewing, self._clearing, return_exceptions=True)

    async def _dialled_on(self, wake: asyncio.Event, *, until_finished: bool) -> bool:
        """Dials until there is no more to do; False when the database failed meanwhile and is to be asked again."""
        try:
            await self._dial_on(wake, until_finished=until_finished)
        except StorageError as error:
            if not error.retryable:
                raise
            log.error("dialling=waits error=%s", error.code)
            return False
        return True

    async def _dial_on(self, wake: asyncio.Event, *, until_finished: bool) -> None:
        while True:
            again_at = None
            if not self.draining:
                wake.clear()
                started, again_at = await self._start_due()
                if started and again_at is None:
                    continue
            if again_at is not None and self._calls:
                await asyncio.sleep(HELD_BACK_SECONDS)
                continue
            if self._calls:
                await self._wait_for_a_line(wake)
                continue
            await self._clearing  # what follows from the calls before is due only then
            if self.draining:
                return
            await self._database.write(lambda session: finish_done(session, at=self._clock.now()))
            due = await self._database.read(next_due)
            if due is None and until_finished:
                return
            idle = self._clock.idle_until(again_at or due or self._clock.now() + LOOK_AGAIN)
            await _first_of(idle, wake.wait())

    async def _clear_up(self, lost: Sequence[str]) -> None:
        """Ends the calls with which this dialler died, and their sessions."""
        try:
            for ids in _some_at_a_time(lost):
                await self._database.write(partial(interrupt_lost, at=self._clock.now(), attempts=ids))
            for sessions in _some_at_a_time(await self._database.read(cut_off)):
                at = self._clock.now()
                await asyncio.gather(*(self._conversation.hung_up(each, at=at) for each in sessions))
        except StorageError as error:  # their leases run out, and a tick ends them
            log.error("clearing_up=failed error=%s", error.code)

    async def _start_due(self) -> tuple[int, datetime | None]:
        """How many attempts were taken, and when the pace of their campaign allows the next."""
        free = self._caller.lines - len(self._calls)
        if free <= 0:
            return 0, None
        claimed, ready, held = await self._database.write(lambda session: self._take_due(session, free=free))
        for each in held:
            log.info("attempt=%s held=%s", each.attempt_id, each.reason)
        for attempt in ready:
            task = asyncio.create_task(self._call(attempt), name=f"call {attempt.attempt_id}")
            self._calls.add(task)
            self._carried[attempt.attempt_id] = task
            task.add_done_callback(self._over)
        return len(claimed.ids), claimed.again_at

    def _take_due(self, session: StoreSession, *, free: int) -> tuple[Claimed, list[Ready], list[Held]]:
        """Claimed and marked as dialling in one transaction: nobody else sees anything in between."""
        at, name = self._clock.now(), self._caller.name
        claimed = self._paces.claim(session, dialler=name, at=at, free_lines=free)
        ready, held = start_dialling(session, claimed.ids, dialler=name, at=at) if claimed.ids else ([], [])
        return claimed, ready, held

    async def _wait_for_a_line(self, wake: asyncio.Event) -> None:
        self._freed.clear()
        await _first_of(self._freed.wait(), wake.wait(), asyncio.sleep(LOOK_SECONDS))

    def _over(self, task: asyncio.Task[None]) -> None:
        self._calls.discard(task)
        self._freed.set()
        if not task.cancelled() and (error := task.exception()) is not None:
            log.error("%s failed", task.get_name(), exc_info=error)

    async def _call(self, ready: Ready) -> None:
        async def opening(at: datetime) -> Opening:
            recording = ready.attempt_id if call.recorded else None
            return await self._database.read(lambda session: self._opening(session, ready, recording, at=at))

        async def opened(session_id: str) -> None:
            await self._database.write(
                lambda session: answered(session, ready.attempt_id, session_id=session_id, at=self._clock.now())
            )

        talk = SessionTalk(conversation=self._conversation, clock=self._clock, opening=opening, opened=opened)
        end = Ended(disposition=Disposition.FAILED, sip_code=0)
        try:
            call = await self._line.dial(
                DialOrder(order=ready.attempt_id, number=ready.phone, recorded=self._caller.recorded, pace=ready.pace)
            )
            end = await self._carry(call, talk)
        finally:
            self._carried.pop(ready.attempt_id, None)
            await self._settle(ready, end, talk)

    def _opening(self, session: StoreSession, ready: Ready, recording: str | None, *, at: datetime) -> Opening:
        facts = caller_facts(session, ready.resident_id, ready.questionnaire, self._dictionary, at=at)
        told = told_in_the_call_before(session, ready.contact_id, ready.questionnaire, at=at)
        return Opening(
            questionnaire=ready.questionnaire,
            channel="voice",
            community=self._caller.community,
            callback_number=self._caller.callback_number,
            resident_id=ready.resident_id,
            household_id=ready.household_id,
            contact_id=ready.contact_id,
            attempt_id=ready.attempt_id,
            elder=facts.elder,
            known=facts.known | told.known,
            left_open=told.left_open,
            party=of_their_family(session, ready.resident_id) if ready.channel == "family" else facts.party,
            watchword=facts.watchword,
            members=facts.members,
            announced=ready.announced,
            hours=ready.hours,
            last_call=ready.last,
            recording=recording,
        )

    async def _settle(self, ready: Ready, end: Ended, talk: SessionTalk) -> None:
        silent = end.disposition is Disposition.ANSWERED and not talk.spoken_to
        report = CallEnd(
            disposition=Disposition.SILENT if silent else end.disposition,
            outcome=talk.state.outcome if talk.state else None,
            callback_at=talk.callback_at,
            sip_code=end.sip_code,
            q850_cause=end.q850_cause,
            early_media=end.early_media or None,
        )

        def settle(session: StoreSession) -> None:
            ended(session, ready.attempt_id, report, at=self._clock.now())
            if end.pace is not None:
                keep_pace(session, ready.resident_id, end.pace)

        await self._database.write(settle)

    async def _renew_leases(self) -> None:
        while True:
            await asyncio.sleep(LEASE.total_seconds() / RENEWALS_PER_LEASE)
            await self.renew_leases()

    async def renew_leases(self) -> None:
        """Says that the calls under way are alive. Calls that were taken away meanwhile, because this process hung for
        longer than a lease, are hung up: somebody else may be calling the same people."""
        up = dict(self._carried)
        try:
            kept = await self._database.write(
                lambda session: keep_leases(session, up, dialler=self._caller.name, at=self._clock.now())
            )
        except StorageError as error:
            log.warning("leases=not renewed error=%s", error.code)
            return
        for attempt in up.keys() - kept:
            if attempt in self._carried:
                log.warning("attempt=%s lease=lost, hung up", attempt)
                up[attempt].cancel()


def _some_at_a_time(ids: Sequence[str]) -> Iterator[Sequence[str]]:
    for start in range(0, len(ids), SETTLED_TOGETHER):
        yield ids[start : start + SETTLED_TOGETHER]


async def _first_of(*waits: Coroutine[Any, Any, Any]) -> None:
    """Returns when the first of them is over; the others are given up."""
    tasks = [asyncio.ensure_future(each) for each in waits]
    try:
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.cancel()
