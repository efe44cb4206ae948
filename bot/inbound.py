"""Takes the calls of residents who call the community, and of pages that hold a ticket."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import replace
from datetime import datetime

from sqlalchemy import select

from bot.clock import Clock
from bot.conversation import Conversation, Dialogue, Opening
from bot.desk import caller, inbound
from bot.evidence.callers import settle_callers
from bot.outbound import Carry
from bot.talk import SessionTalk
from bot.trial_talk import TrialTalk
from bot.visits import Visits
from bot.writer import Database
from campaigns.disposition import Disposition
from integrations.storage.models import IncomingCallRow
from integrations.storage.store import StoreSession
from voice.call import converse
from voice.line import AnsweringLine, Ended, Incoming

log = logging.getLogger(__name__)

LOST = Ended(disposition=Disposition.INTERRUPTED, sip_code=0)


class Inbound:
    """Whoever calls is recognised by number, greeted, helped; every call ends with a disposition."""

    def __init__(
        self,
        *,
        database: Database,
        conversation: Conversation,
        dialogue: Dialogue,
        line: AnsweringLine,
        clock: Clock,
        visits: Visits,
        community: str,
        callback_number: str,
        carry: Carry = converse,
    ) -> None:
        self._database = database
        self._conversation = conversation
        self._dialogue = dialogue
        self._line = line
        self._clock = clock
        self._visits = visits
        self._community = community
        self._callback_number = callback_number
        self._carry = carry
        self._calls: set[asyncio.Task[None]] = set()

    @property
    def calls_up(self) -> int:
        """How many calls are under way."""
        return len(self._calls)

    async def run(self) -> None:
        """Takes calls until it is cancelled; calls that nobody ended when the program died are ended first."""
        lost = await self._database.write(lambda session: _interrupt_lost(session, at=self._clock.now()))
        for session_id in lost:
            await self._conversation.hung_up(session_id, at=self._clock.now())
        try:
            while True:
                incoming = await self._line.incoming()
                task = asyncio.create_task(self._take(incoming), name="incoming call")
                self._calls.add(task)
                task.add_done_callback(self._over)
        finally:
            for task in self._calls:
                task.cancel()
            await asyncio.gather(*self._calls, return_exceptions=True)

    def _over(self, task: asyncio.Task[None]) -> None:
        self._calls.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            log.error("incoming call failed", exc_info=error)

    async def _take(self, incoming: Incoming) -> None:
        if not incoming.reference:
            opening = replace(await self._recognised(incoming.caller), recording=incoming.recording)
            await self._carry_call(incoming, opening, self._carry)
        elif (visit := self._visits.redeem(incoming.reference, at=self._clock.now())) is None:
            log.warning("a page without a good ticket was refused")
            await incoming.call.hang_up()
        elif visit.trial:
            trial = TrialTalk(self._conversation, self._dialogue, visit.opening, self._clock)
            await converse(incoming.call, trial)
        else:
            await self._carry_call(incoming, visit.opening, converse)  # no telephone of a worker joins a page

    async def _carry_call(self, incoming: Incoming, opening: Opening, carry: Carry) -> None:
        at = self._clock.now()
        call_id = await self._database.write(lambda session: _came_in(session, incoming.caller, opening, at=at))
        log.info("incoming_call=%s recognised=%s", call_id, opening.resident_id is not None)

        async def asked(_: datetime) -> Opening:
            return opening

        async def opened(session_id: str) -> None:
            await self._database.write(lambda session: _in_session(session, call_id, session_id))

        talk = SessionTalk(conversation=self._conversation, clock=self._clock, opening=asked, opened=opened)
        end = LOST
        try:
            end = await carry(incoming.call, talk)
        finally:
            silent = end.disposition is Disposition.ANSWERED and not talk.spoken_to
            disposition = Disposition.SILENT if silent else end.disposition
            now = self._clock.now()
            await self._database.write(lambda session: _ended(session, call_id, end, disposition, at=now))

    async def _recognised(self, number: str) -> Opening:
        """A talk with whoever has this number, or with somebody unknown."""
        at = self._clock.now()

        def opening(session: StoreSession) -> Opening:
            return inbound(
                session,
                caller(session, number) if number else None,
                channel="voice",
                community=self._community,
                callback_number=self._callback_number,
                at=at,
            )

        return await self._database.read(opening)


@asynccontextmanager
async def answering(taking: Inbound) -> AsyncIterator[Inbound]:
    """Calls are taken inside the block."""
    task = asyncio.create_task(taking.run(), name="inbound")
    try:
        yield taking
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


def _came_in(session: StoreSession, number: str, opening: Opening, *, at: datetime) -> str:
    row = IncomingCallRow(id=session.new_id(at=at), at=at, caller=number, resident_id=opening.resident_id)
    session.add(row)
    return row.id


def _in_session(session: StoreSession, call_id: str, session_id: str) -> None:
    session.get_one(IncomingCallRow, call_id).session_id = session_id


def _ended(session: StoreSession, call_id: str, end: Ended, disposition: Disposition, *, at: datetime) -> None:
    row = session.get_one(IncomingCallRow, call_id)
    row.ended_at, row.disposition, row.ended_by, row.q850_cause = at, disposition, end.by, end.q850_cause
    if row.session_id is not None:
        settle_callers(session, row.session_id)


def _interrupt_lost(session: StoreSession, *, at: datetime) -> list[str]:
    """The sessions of the calls that it ended."""
    rows = session.scalars(select(IncomingCallRow).where(IncomingCallRow.ended_at.is_(None))).all()
    for row in rows:
        row.ended_at, row.disposition = at, Disposition.INTERRUPTED
        if row.session_id is not None:
            settle_callers(session, row.session_id)
    return [row.session_id for row in rows if row.session_id is not None]
