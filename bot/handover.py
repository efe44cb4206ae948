"""Rings the people who take urgent matters, one after the other, and lets them speak with the resident."""

import asyncio
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from argon2 import PasswordHasher

from bot.clock import Clock
from bot.company import Company
from bot.talk import SessionTalk
from bot.writer import Database
from campaigns.disposition import Disposition
from campaigns.handover import worker_call
from campaigns.handover.ringing import RingOutcome, RingPolicy
from campaigns.handover.worker_call import (
    Accept,
    Briefing,
    Decline,
    Errand,
    GiveBack,
    Join,
    JudgePin,
    Note,
    Report,
    WorkerCall,
)
from integrations.handover import briefing, claims, pins, rings
from integrations.handover.rings import Ring
from integrations.storage.errors import StorageError
from integrations.storage.store import StoreSession
from voice.call import converse
from voice.line import Answered, Call, DialOrder, Ended, Line, Parted, Ringing, Said

LOOK_SECONDS = 0.5  # from the commit of a red flag to the ring at most this, and the dialling
AT_ONCE = 20  # matters that are worked on; every one has at most one call up
TRIED_AGAIN_AFTER = timedelta(seconds=5)  # when something of ours failed
_UNANSWERED: dict[Disposition, RingOutcome] = {Disposition.NO_ANSWER: "no_answer", Disposition.BUSY: "busy"}

log = logging.getLogger(__name__)


@dataclass(slots=True)
class _Course:
    """What has happened in one call to a worker."""

    call: WorkerCall
    outcome: RingOutcome | None = None
    answered: bool = False
    words: str = ""  # of the result


class Handovers:
    """The hand-overs of one process. `name` outlives a restart, so that what was under way is found again."""

    def __init__(
        self,
        *,
        database: Database,
        line: Line,
        clock: Clock,
        name: str,
        community: str,
        policy: RingPolicy | None = None,
        hasher: PasswordHasher | None = None,
        render: Callable[[Sequence[str]], None] = lambda _: None,
    ) -> None:
        """`render` has what a worker hears first made into sound while the telephone rings; it names nobody."""
        self._database = database
        self._line = line
        self._clock = clock
        self._name = name
        self._community = community
        self._policy = policy or RingPolicy()
        self._hasher = hasher or PasswordHasher()
        self._render = render
        self._companies: set[Company] = set()
        self._working: set[asyncio.Task[None]] = set()

    @property
    def busy(self) -> bool:
        """Whether a worker is being rung or spoken with."""
        return bool(self._working)

    async def converse(self, call: Call, talk: SessionTalk) -> Ended:
        """Carries a resident's call; it stays up after the dialogue while a person is on the way."""
        company = Company(talk, database=self._database, clock=self._clock)
        self._companies.add(company)
        hung_up = True
        try:
            ended = await converse(call, talk, company=company)
            hung_up = ended.by != "us"
            return ended
        finally:
            company.over()
            self._companies.discard(company)
            if company.in_need:
                await self._resident_left(company.session or "", hung_up=hung_up)
                await self.start_due()

    async def _resident_left(self, session_id: str, *, hung_up: bool) -> None:
        at = self._clock.now()
        await self._database.write(lambda session: briefing.resident_left(session, session_id, hung_up=hung_up, at=at))

    async def run(self) -> None:
        """Rings whoever is to be rung until it is cancelled; calls to workers end with it."""
        await self._database.write(lambda session: claims.take_back_own(session, by=self._name, at=self._clock.now()))
        try:
            while True:
                try:
                    await self.start_due()
                except StorageError as error:  # looked for again in a moment; whoever waits must not wait for ever
                    log.error("handovers not looked for: %s", error.code)
                await asyncio.sleep(LOOK_SECONDS)
        finally:
            for task in self._working:
                task.cancel()
            await asyncio.gather(*self._working, return_exceptions=True)

    async def start_due(self) -> int:
        """Renews the leases of what is worked on and begins with what is due; how many matters that were."""
        at, free = self._clock.now(), AT_ONCE - len(self._working)
        due_at = await self._database.read(claims.next_due)
        if not self._working and (due_at is None or due_at > at):
            return 0

        def claim(session: StoreSession) -> list[str]:
            if self._working:
                claims.keep_leases(session, by=self._name, at=at)
            return claims.claim_due(session, by=self._name, at=at, limit=free)

        due = await self._database.write(claim)
        for handover_id in due:
            task = asyncio.create_task(self._work_on(handover_id), name=f"handover {handover_id}")
            self._working.add(task)
            task.add_done_callback(self._done)
        return len(due)

    def _done(self, task: "asyncio.Task[None]") -> None:
        self._working.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            log.error("%s failed", task.get_name(), exc_info=error)

    async def _work_on(self, handover_id: str) -> None:
        """Rings one person after the other until there is nothing to do now."""
        later: datetime | None = self._clock.now() + TRIED_AGAIN_AFTER
        try:
            while True:
                following = await self._database.write(
                    lambda session: rings.start_next(session, handover_id, self._policy, at=self._clock.now())
                )
                if not isinstance(following, Ring):
                    later = following
                    break
                await self._ring(following)
        finally:
            await self._database.write(
                lambda session: claims.release(session, handover_id, by=self._name, due_at=later)
            )

    async def _ring(self, ring: Ring) -> None:
        log.info("handover=%s ring=%s tier=%s", ring.handover_id, ring.id, ring.link.tier)
        at = self._clock.now()
        course = _Course(WorkerCall(briefing=await self._briefing(ring), purpose=ring.purpose))
        self._render([each.spoken for each in worker_call.begin(course.call).say])
        outcome: RingOutcome = "interrupted"
        try:
            call = await self._line.dial(
                DialOrder(order=ring.id, number=ring.link.phone, ring_seconds=self._policy.ring_seconds)
            )
            try:
                ended = await self._speak_with(call, ring, course, until=at + self._policy.accept_within)
            finally:
                await call.hang_up()
            outcome = course.outcome or _unanswered(ring, course, ended)
            if outcome == "accepted" and course.call.phase == "pin":  # hung up before showing who they are
                outcome = "silent"
                await self._database.write(lambda session: rings.reopen(session, ring.handover_id))
        finally:
            await self._database.write(
                lambda session: rings.end(session, ring, outcome, self._policy, at=self._clock.now())
            )
        log.info("handover=%s ring=%s outcome=%s", ring.handover_id, ring.id, outcome)

    async def _speak_with(self, call: Call, ring: Ring, course: _Course, *, until: datetime) -> Ended:
        """The call to a worker to its end; nothing is accepted after `until`."""
        next_event = asyncio.create_task(call.next())
        try:
            while True:
                await asyncio.wait({next_event}, timeout=LOOK_SECONDS)
                if course.outcome is None and ring.purpose == "offer" and self._clock.now() >= until:
                    await call.hang_up()
                if not next_event.done():
                    continue
                event = next_event.result()
                if isinstance(event, Ended):
                    return event
                next_event = asyncio.create_task(call.next())
                match event:
                    case Ringing():
                        await self._mark(ring, "rang_at")
                    case Answered():
                        course.answered = True
                        await self._mark(ring, "answered_at")
                        await self._go(call, ring, course, worker_call.begin(course.call))
                    case Said(utterance=utterance):
                        await self._go(call, ring, course, worker_call.heard(course.call, utterance))
                    case Parted():
                        await self._go(call, ring, course, worker_call.parted(course.call))
        finally:
            next_event.cancel()

    async def _go(self, call: Call, ring: Ring, course: _Course, step: worker_call.Step) -> None:
        """Runs the errands of a step, then says its words."""
        while True:
            course.call = step.call
            if step.say:
                following = () if step.last else worker_call.soon(step.call)
                await call.say(step.say, last=step.last, expecting=worker_call.expecting(step.call), soon=following)
            after = await self._run(step.errand, call, ring, course) if step.errand is not None else None
            if after is None:
                return
            step = after

    async def _run(self, errand: Errand, call: Call, ring: Ring, course: _Course) -> worker_call.Step | None:
        at = self._clock.now()
        match errand:
            case Accept():
                first = await self._database.write(lambda session: rings.accept(session, ring, at=at))
                course.outcome = "accepted" if first else "elsewhere"
                return worker_call.accepted(course.call, first=first, resident_waits=self._waits(ring))
            case Decline():
                course.outcome = "declined"
            case JudgePin(pin=pin):
                right, locked = await self._judge(ring, pin)
                if right:
                    await self._mark(ring, "proven_at")
                    # what the resident has said while they waited belongs to it
                    course.call = replace(course.call, briefing=await self._briefing(ring))
                return worker_call.pin_judged(course.call, right=right, locked=locked, resident_waits=self._waits(ring))
            case GiveBack():
                course.outcome = "not_proven"
                await self._database.write(lambda session: rings.reopen(session, ring.handover_id))
            case Join():
                company = self._company(ring)
                together = company is not None and await company.join(call)
                if not together:  # they went meanwhile
                    course.call = replace(course.call, briefing=await self._briefing(ring))
                return worker_call.joined(course.call, together=together)
            case Note(words=words):
                course.words = words
                await self._database.write(
                    lambda session: briefing.keep_words(session, ring.handover_id, "worker", words, at=at)
                )
            case Report(kind=kind):
                course.outcome = "accepted" if ring.purpose == "offer" else "reported"
                await self._database.write(lambda session: rings.report(session, ring, kind, words=course.words, at=at))
        return None

    async def _judge(self, ring: Ring, pin: str) -> tuple[bool, bool]:
        worker_id, at = ring.link.worker_id, self._clock.now()
        tried = await self._database.write(lambda session: pins.begin_try(session, worker_id, at=at))
        if tried.pin_hash is None:
            return False, True
        if not await asyncio.to_thread(pins.matches, self._hasher, tried.pin_hash, pin):
            return False, tried.locks
        await self._database.write(lambda session: pins.was_right(session, worker_id))
        return True, False

    async def _briefing(self, ring: Ring) -> Briefing:
        at = self._clock.now()
        return await self._database.read(
            lambda session: briefing.briefing(session, ring, community=self._community, at=at)
        )

    async def _mark(self, ring: Ring, what: rings.Mark) -> None:
        at = self._clock.now()
        await self._database.write(lambda session: rings.mark(session, ring.id, what, at=at))

    def _company(self, ring: Ring) -> Company | None:
        return next((each for each in self._companies if each.session == ring.session_id), None)

    def _waits(self, ring: Ring) -> bool:
        company = self._company(ring)
        return company is not None and company.waits


def _unanswered(ring: Ring, course: _Course, ended: Ended) -> RingOutcome:
    """Why a call in which nobody took or told anything was one."""
    if ring.purpose == "result":
        return "untold"
    if course.answered:
        return "silent"
    return _UNANSWERED.get(ended.disposition, "unreachable")
