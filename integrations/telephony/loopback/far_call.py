"""One call at the far end: what the carrier does, then a simulated resident, then the ledger."""

import asyncio
import contextlib
import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Literal

from campaigns.disposition import Disposition
from integrations.telephony.loopback.bank import Bank
from integrations.telephony.loopback.ledger import Closed, Dialled, Ledger
from integrations.telephony.loopback.population import Population, Script, script
from integrations.telephony.loopback.protocol import Dial, FromFarEnd, Join, Over, PicksUp, Rings, Say, Speaks
from integrations.telephony.loopback.resident import Reply, Resident
from integrations.telephony.loopback.worker import Worker

By = Literal["us", "them", "network"]
_NORMAL_CLEARING = 16  # Q.850
_TALK_TURNS = 4  # how long two people who were joined talk, in turns
# What a Chinese carrier answers when nobody picks up: SIP code, Q.850 cause, what is played before.
_CARRIER: dict[Disposition, tuple[int, int | None, str]] = {
    Disposition.NO_ANSWER: (487, 19, "ringback"),
    Disposition.BUSY: (486, 17, "busy"),
    Disposition.DECLINED: (603, 21, ""),
    Disposition.POWER_OFF: (480, 20, "power_off"),
    Disposition.SUSPENDED: (404, None, "suspended"),
    Disposition.EMPTY_NUMBER: (404, 1, "empty_number"),
    Disposition.UNREACHABLE: (480, None, "unreachable"),
    Disposition.BLOCKED: (403, None, ""),
    Disposition.FAILED: (503, 34, ""),
}
_RINGS = frozenset(
    {Disposition.NO_ANSWER, Disposition.DECLINED, Disposition.ANSWERED, Disposition.VOICEMAIL, Disposition.FAX}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Timing:
    """How long residents take, in seconds from..to; all zero: at once."""

    ring: tuple[float, float] = (0.0, 0.0)
    turn: tuple[float, float] = (0.0, 0.0)  # to listen and to speak


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """What all calls share."""

    bank: Bank
    population: Population
    seed: str
    timing: Timing
    ledger: Ledger


class FarCall:
    """One call at the far end: a queue of what the near end does, and the task that lives it."""

    def __init__(self, world: World, dial: Dial, send: Callable[[FromFarEnd], None]) -> None:
        self._world = world
        self._dial = dial
        self._send = send
        self._turns: asyncio.Queue[Say | Join | None] = asyncio.Queue()  # None: the near end is gone
        self._worker: Worker | None = None  # who picked up turned out to be a worker of the community
        self._gone = asyncio.Event()
        self._by: By = "them"

    def take(self, message: Say | Join) -> None:
        """The assistant speaks, or lets somebody else speak."""
        self._turns.put_nowait(message)

    def leave(self, by: By) -> None:
        """The near end hung up, or its connection broke."""
        if not self._gone.is_set():
            self._by = by
            self._gone.set()
            self._turns.put_nowait(None)

    async def live(self) -> None:
        """The whole call, until the ledger has it and the near end was told."""
        world, dial = self._world, self._dial
        world.ledger.calls[dial.number] += 1
        nth = world.ledger.calls[dial.number]
        household = f"{world.seed}:{dial.number}"
        rng = random.Random(f"{household}:{nth}")  # noqa: S311  a simulation
        course = script(world.population, rng, random.Random(household))  # noqa: S311
        resident = Resident.answering(world.bank, course, seed=household, rng=rng, on=date.fromisoformat(dial.on))
        await world.ledger.write(Dialled(order=dial.call, number=dial.number, nth=nth))
        over, spoke = await self._course(course, resident, rng)
        await world.ledger.write(self._closing(over, course, resident, nth, spoke=spoke))
        self._send(over)

    async def _course(self, course: Script, resident: Resident, rng: random.Random) -> tuple[Over, bool]:
        """How the call ends, and whether anybody was spoken with."""
        call = self._dial.call
        if course.fate in _RINGS:
            self._send(Rings(call=call))
        if await self._leaves_within(min(self._dial.ring_seconds, rng.uniform(*self._world.timing.ring))):
            return Over(call=call, sip_code=487, by=self._by), False
        if course.fate in _CARRIER:
            sip_code, cause, early_media = _CARRIER[course.fate]
            return Over(call=call, sip_code=sip_code, q850_cause=cause, early_media=early_media, by="network"), False
        if course.fate is Disposition.ANSWERED:
            self._send(PicksUp(call=call))
            spoke = await self._talk(resident)
        else:
            self._send(PicksUp(call=call, machine="fax" if course.fate is Disposition.FAX else "voicemail"))
            await self._gone.wait()
            spoke = False
        return Over(call=call, sip_code=200, q850_cause=_NORMAL_CLEARING, by=self._by), spoke

    async def _talk(self, resident: Resident) -> bool:
        """Turns until somebody hangs up; whether the assistant ever spoke."""
        spoke = False
        person: Resident | Worker = resident
        while (turn := await self._turns.get()) is not None:
            if isinstance(turn, Join):
                talk = _TALK_TURNS * resident.rng.uniform(*self._world.timing.turn)
                if await self._leaves_within(talk) or person.hangs_up_after_talk:
                    break
                continue
            words = "".join(turn.words)
            if not spoke and self._world.bank.worker.speaks_to_one(words):
                person = self._worker = Worker.answering(
                    self._world.bank, self._world.population, number=self._dial.number, rng=resident.rng
                )
            spoke = True
            reply = person.hear(words, last=turn.last)
            if await self._leaves_within(resident.rng.uniform(*self._world.timing.turn)):
                break
            if reply is None:
                self._by = "us"
                break
            if reply.hangs_up:
                break
            self._send(_spoken(self._dial.call, reply))
        return spoke

    async def _leaves_within(self, seconds: float) -> bool:
        """Lets time pass; whether the near end left meanwhile."""
        if seconds > 0 and not self._gone.is_set():
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._gone.wait(), seconds)
        return self._gone.is_set()

    def _closing(self, over: Over, course: Script, resident: Resident, nth: int, *, spoke: bool) -> Closed:
        disposition = course.fate
        outcome = resident.outcome(completed=over.by == "us") if spoke else None
        turns = resident.turns
        if self._worker is not None:
            outcome, turns = None, self._worker.turns
        if over.sip_code == 487 and self._gone.is_set():
            disposition = Disposition.NO_ANSWER
        elif spoke and course.ending == "mute" and self._worker is None:
            disposition = Disposition.SILENT
        return Closed(
            order=self._dial.call,
            number=self._dial.number,
            nth=nth,
            disposition=disposition,
            outcome=outcome,
            by=over.by,
            topics=resident.topics,
            red_flags=tuple(resident.red_flags),
            asides=tuple(resident.asides),
            turns=tuple(turns),
        )


def _spoken(call: str, reply: Reply) -> Speaks:
    return Speaks(call=call, text=reply.text, keys=reply.keys, silence_seconds=reply.silence_seconds)
