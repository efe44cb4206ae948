"""Stays on the line with a resident while a person is on the way, and lets the person in."""

import asyncio
import contextlib
from datetime import datetime, timedelta

from bot.clock import Clock
from bot.talk import SessionTalk
from bot.writer import Database
from campaigns.handover import company as words
from campaigns.handover.ringing import wants_a_person_now
from integrations.handover import briefing, rings
from voice.line import Call, CallEvent, Ended, Parted, Said
from voice.manner import manner
from voice.synthesise.synthesiser import ELDER

LOOK_SECONDS = 0.5  # how often the standing of the matter is read while a resident waits for it
FREE_WITHIN_SECONDS = 10.0  # a worker who wants the resident waits so long for the assistant's last question
SPEAKS_EVERY = timedelta(seconds=6)  # into a silence: a line with sound calls nothing a silence that is shorter
FOR_A_PERSON = frozenset({"red_flag", "to_person"})  # how a dialogue ends after which somebody waits for a person
LONGEST = timedelta(minutes=30)  # whoever forgot to hang up; a person on the floor is looked after long before


class Company:
    """The assistant beside one resident, from the first word of the call to its end (`voice.call.Company`)."""

    def __init__(self, talk: SessionTalk, *, database: Database, clock: Clock) -> None:
        self._talk = talk
        self._database = database
        self._clock = clock
        self._handover = ""
        self._call: Call | None = None
        self._decided = asyncio.Event()  # the dialogue is over: the line is kept, or the call has ended
        self._state = words.Company()
        self._joined = False
        self._telling = asyncio.Lock()
        self._silent = False  # the resident has said nothing, and nothing was said to that
        self._spoke_at: datetime | None = None

    @property
    def session(self) -> str | None:
        """The session of the call, once it is open."""
        return self._talk.session

    @property
    def waits(self) -> bool:
        """Whether the resident can be joined to a person, now or after the assistant's last question."""
        return self._call is not None or not self._decided.is_set()

    @property
    def in_need(self) -> bool:
        """Whether something was said for which somebody is rung."""
        state = self._talk.state
        return state is not None and any(wants_a_person_now(key, key.removeprefix("flag:")) for key in state.raised)

    async def stays(self) -> bool:
        """Whether somebody is on the way for what was said in the session."""
        session_id, state = self.session, self._talk.state
        if session_id is None or state is None or state.outcome not in FOR_A_PERSON:
            return False
        found = await self._database.read(lambda session: briefing.handover_of(session, session_id))
        self._handover = found or ""
        return found is not None

    async def join(self, other: Call) -> bool:
        """Lets a person speak with the resident; False when the resident is gone or still being asked something."""
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._decided.wait(), FREE_WITHIN_SECONDS)
        call = self._call
        if call is None:
            return False
        await self._tell_news(call)  # who is coming is said before they are there
        self._joined = True
        if not await _bridged(call, other):
            self._joined = False
            return False
        await self._database.write(lambda session: rings.join(session, self._handover, at=self._clock.now()))
        return True

    def over(self) -> None:
        """The call has ended."""
        self._call = None
        self._decided.set()

    async def keep(self, call: Call) -> Ended:
        """Keeps the resident company until the call ends."""
        self._call = call
        self._decided.set()
        until = self._clock.now() + LONGEST
        next_event = asyncio.create_task(call.next())
        try:
            while True:
                await asyncio.wait({next_event}, timeout=LOOK_SECONDS)
                if next_event.done():
                    event = next_event.result()
                    if isinstance(event, Ended):
                        return event
                    await self._take(call, event)
                    next_event = asyncio.create_task(call.next())
                elif self._clock.now() > until:
                    await call.hang_up()
                elif not (self._joined or await self._tell_news(call)):
                    await self._break_silence(call)
        finally:
            next_event.cancel()
            self.over()

    async def _take(self, call: Call, event: CallEvent) -> None:
        match event:
            case Said(utterance=utterance) if utterance.silent:
                self._silent = True
            case Said(utterance=utterance):
                await self._keep_words("resident", utterance.text or utterance.keys)
                if not await self._tell_news(call):
                    await self._say(call, words.heard(self._state, utterance))
            case Parted():
                self._joined = False
                at = self._clock.now()
                await self._database.write(lambda session: rings.part(session, self._handover, at=at))
                await self._say(call, words.parted(self._state))
            case _:
                pass

    async def _tell_news(self, call: Call) -> bool:
        """Says how far the matter is, if there is anything new; whether there was."""
        async with self._telling:
            standing = await self._database.read(lambda session: briefing.standing(session, self._handover))
            step = words.news(self._state, standing)
            self._state = step.company
            if step.say:
                await self._say(call, step)
            return bool(step.say)

    async def _break_silence(self, call: Call) -> None:
        if self._silent and (self._spoke_at is None or self._clock.now() >= self._spoke_at + SPEAKS_EVERY):
            await self._say(call, words.silence(self._state))

    async def _say(self, call: Call, step: words.Step) -> None:
        self._state, self._silent, self._spoke_at = step.company, False, self._clock.now()
        await self._keep_words("assistant", "".join(each.spoken for each in step.say))
        state = self._talk.state
        await call.say(step.say, last=step.last, manner=manner(state) if state else ELDER)

    async def _keep_words(self, who: str, said: str) -> None:
        at = self._clock.now()
        await self._database.write(lambda session: briefing.keep_words(session, self._handover, who, said, at=at))


async def _bridged(resident: Call, worker: Call) -> bool:
    try:
        return await resident.bridge(worker)
    except ValueError:  # they came over two different lines, which nothing joins
        return False
