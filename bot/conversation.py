"""One utterance, start to end: a dialogue worker decides, one transaction keeps it, then the reply goes out."""

import asyncio
import logging
import weakref
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

import msgspec

from bot.dialogue.client import Bodies
from bot.effects import Effects, came_themselves
from bot.errors import SessionOver, SessionUnknown, TurnOvertaken, WorkersUnavailable
from bot.evidence.keeping import begin_recording
from bot.live_sessions import Live, LiveSessions
from bot.lookups import Asker, Lookups
from bot.policy_answers import PolicyAnswers
from bot.sessions import add_session, append_events, decode_state, encode_state, load_session, replace_turn
from bot.writer import Database
from dialogs import emergency, phases
from dialogs.call_hours import CallHours
from dialogs.events import AnyEvent, Channel, LeftOpen, Member, Outcome, Party, SessionOpened
from dialogs.prompts import Prompt
from dialogs.questionnaire import Questionnaire
from dialogs.script import Step
from dialogs.soon import said_soon
from dialogs.state import State, fold_all
from dialogs.turn import LOOKUPS_A_TURN, PROTOCOL, TurnReply, TurnRequest, followed_by, next_request
from dialogs.turns import begin
from integrations.storage.models import SessionRow
from integrations.storage.store import StoreSession
from nlu.reading import Expectation
from nlu.utterance import Utterance

log = logging.getLogger(__name__)
_decode_questionnaire = msgspec.json.Decoder(Questionnaire).decode


class Dialogue(Protocol):
    """Whoever decides turns. Raises WorkersUnavailable when nobody answers in time."""

    async def turn(self, request: TurnRequest) -> TurnReply: ...


class Ending(Protocol):
    """How a session ends without a turn of the resident."""

    def __call__(self, state: State, *, at: datetime) -> Step: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Opening:
    """What a session is about and with whom."""

    questionnaire: str  # content hash
    channel: Channel
    community: str
    callback_number: str = ""
    resident_id: str | None = None
    household_id: str | None = None
    contact_id: str | None = None
    attempt_id: str | None = None
    elder: bool = True
    known: dict[str, Any] | None = None  # Question.key → value
    inbound: bool = False  # the resident came to us
    broken_off: bool = False  # and left a questionnaire half-way before
    missed: bool = False  # or was rung in vain
    party: Party | None = None  # who has to be asked for before anything personal
    watchword: str = ""
    members: tuple[Member, ...] = ()  # of the household, the person meant first, where each is asked about
    announced: bool = False  # a notice hangs that tells of this call
    hours: CallHours | None = None  # in which a call may be promised; None: those of the law
    last_call: bool = False  # none may be promised
    left_open: dict[str, LeftOpen] = field(default_factory=dict)  # Question.key → what was no value in the call before
    recording: str | None = None  # names the recording of the call, where its sound is kept


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """The assistant's side of a turn, after it was committed."""

    session: str
    replies: tuple[Prompt, ...]
    events: tuple[AnyEvent, ...]
    state: State

    @property
    def outcome(self) -> Outcome | None:
        """Set once the session has ended."""
        return self.state.outcome


def _request(session_id: str, state: State, utterance: Utterance | None, *, at: datetime) -> TurnRequest:
    return TurnRequest(
        protocol=PROTOCOL,
        session=session_id,
        questionnaire=state.questionnaire,
        state=state,
        utterance=utterance,
        at=at,
    )


def _as_reply(step: Step) -> TurnReply:
    return TurnReply(protocol=PROTOCOL, replies=step.replies, events=step.events, state=step.state)


class Conversation:
    """Opens sessions and takes their turns. Everything that matters is committed before it returns."""

    def __init__(self, database: Database, dialogue: Dialogue, effects: Effects, *, bodies: Bodies) -> None:
        self._database = database
        self._dialogue = dialogue
        self._effects = effects
        self._answers = PolicyAnswers(database)
        self._bodies = bodies
        self._lookups = Lookups(database, effects.dictionary)
        self._questionnaires: dict[str, Questionnaire] = {}  # by content hash: what a hash names never changes
        self._lives = LiveSessions()
        self._turns: weakref.WeakValueDictionary[str, asyncio.Lock] = weakref.WeakValueDictionary()

    async def open(self, opening: Opening, *, at: datetime) -> Answered:
        """A new session with the assistant's first words; they are the platform's own when no worker answers."""
        opened = self._opened(opening, at=at)
        state = fold_all(State(), [opened])
        session_id = self._database.store.new_id(at=at)
        asker = Asker(session=session_id, resident=opening.resident_id, household=opening.household_id)
        first = await self._begin(session_id, state, at=at)
        reply = await self._through_lookups(asker, _request(session_id, state, None, at=at), first)
        events: list[AnyEvent] = [opened, *reply.events]
        row = SessionRow(
            id=session_id,
            resident_id=opening.resident_id,
            household_id=opening.household_id,
            contact_id=opening.contact_id,
            attempt_id=opening.attempt_id,
            questionnaire=opening.questionnaire,
            channel=opening.channel,
            turn=0,
            state=encode_state(reply.state),
            opened_at=at,
        )

        def keep(session: StoreSession) -> None:
            add_session(session, row)
            append_events(session, session_id, turn=0, events=events)
            if opening.inbound and opening.resident_id is not None:
                came_themselves(session, opening.resident_id)
            if opening.recording is not None:
                keep_days = self.questionnaire(opening.questionnaire).keep_days
                begin_recording(session, opening.recording, row, keep_days=keep_days, at=at)

        await self._database.write(keep)
        self._lives.remember(Live(row, reply.state), reply.state)
        return Answered(session=session_id, replies=reply.replies, events=tuple(events), state=reply.state)

    async def handle(self, session_id: str, utterance: Utterance, *, at: datetime) -> Answered:
        """The reply to one utterance.

        Raises SessionUnknown, SessionOver, TurnOvertaken. When no worker answers, a red flag is still raised, and the
        session ends with a person.
        """
        lock = self._turns.setdefault(session_id, asyncio.Lock())
        async with lock:
            live = await self._live(session_id)
            row, state = live.row, live.state
            if row.ended_at is not None:
                raise SessionOver("这次对话已经结束，请重新开始。")
            asker = Asker(session=session_id, resident=row.resident_id, household=row.household_id)
            reply = await self._answers.fill_in(state, await self._turn(asker, state, utterance, at=at))
            await self._commit(live, reply, at=at)
        return Answered(session=session_id, replies=reply.replies, events=reply.events, state=reply.state)

    def state_of(self, opening: Opening, *, at: datetime) -> State:
        """The state with which a session will begin."""
        return fold_all(State(), [self._opened(opening, at=at)])

    def pending(self, state: State) -> Expectation | None:
        """What the resident is being asked in this state; None where nothing in particular is."""
        return phases.pending(self.questionnaire(state.questionnaire), state)

    def soon(self, state: State, *, at: datetime) -> tuple[Prompt, ...]:
        """What holds a name and is likely said next."""
        return said_soon(self.questionnaire(state.questionnaire), state, at=at)

    def questionnaire(self, key: str) -> Questionnaire:
        """The questionnaire of this content hash."""
        if key not in self._questionnaires:
            self._questionnaires[key] = _decode_questionnaire(self._bodies(key))
        return self._questionnaires[key]

    async def hung_up(self, session_id: str, *, at: datetime) -> State:
        """The far end went away: the session ends as what it had become."""
        return await self._end(session_id, emergency.hung_up, at=at)

    def _opened(self, opening: Opening, *, at: datetime) -> SessionOpened:
        return SessionOpened(
            at=at,
            questionnaire=opening.questionnaire,
            channel=opening.channel,
            community=opening.community,
            callback_number=opening.callback_number,
            elder=opening.elder,
            known=opening.known or {},
            free_talk=not self.questionnaire(opening.questionnaire).questions,
            inbound=opening.inbound,
            broken_off=opening.broken_off,
            missed=opening.missed,
            recognised=opening.resident_id is not None,
            party=opening.party,
            watchword=opening.watchword,
            members=opening.members,
            left_open=opening.left_open,
            recorded=opening.recording is not None,
            announced=opening.announced,
            hours=opening.hours,
            last_call=opening.last_call,
        )

    async def _turn(self, asker: Asker, state: State, utterance: Utterance, *, at: datetime) -> TurnReply:
        """One turn, with all that the platform is asked for in the middle of it."""
        request = _request(asker.session, state, utterance, at=at)
        return await self._through_lookups(asker, request, await self._reply(request))

    async def _through_lookups(self, asker: Asker, request: TurnRequest, reply: TurnReply) -> TurnReply:
        for _ in range(LOOKUPS_A_TURN):
            if reply.state.lookup is None or reply.state.outcome is not None:
                break
            answered = await self._lookups.answer(asker, reply.state.lookup, at=request.at)
            if answered.kind == "identity" and answered.found:
                asker = Asker(
                    session=asker.session,
                    resident=answered.found["resident"],
                    household=answered.found["household"],
                )
            request = next_request(request, fold_all(reply.state, [answered]))
            reply = followed_by(reply, answered, await self._reply(request))
        return reply

    async def _begin(self, session_id: str, state: State, *, at: datetime) -> TurnReply:
        try:
            return await self._dialogue.turn(_request(session_id, state, None, at=at))
        except WorkersUnavailable:
            log.error("session=%s no dialogue worker for the opening", session_id)
            return _as_reply(begin(self.questionnaire(state.questionnaire), state, at=at))

    async def _reply(self, request: TurnRequest) -> TurnReply:
        try:
            return await self._dialogue.turn(request)
        except WorkersUnavailable:
            log.error("session=%s no dialogue worker answered", request.session)
            utterance = request.utterance or Utterance()
            return _as_reply(emergency.without_worker(request.state, utterance, at=request.at))

    async def _end(self, session_id: str, ending: Ending, *, at: datetime) -> State:
        lock = self._turns.setdefault(session_id, asyncio.Lock())
        async with lock:
            try:
                return await self._ended(session_id, ending, at=at)
            except TurnOvertaken:  # a turn that was called off had been handed to the database already
                return await self._ended(session_id, ending, at=at)

    async def _ended(self, session_id: str, ending: Ending, *, at: datetime) -> State:
        live = await self._live(session_id)
        if live.row.ended_at is not None:
            return live.state
        reply = _as_reply(ending(live.state, at=at))
        await self._commit(live, reply, at=at)
        return reply.state

    async def _live(self, session_id: str) -> Live:
        """The session as it stands. Raises SessionUnknown."""
        live = self._lives.recall(session_id)
        if live is not None:
            return live
        row = await self._database.read(lambda session: load_session(session, session_id))
        if row is None:
            raise SessionUnknown("没有这个会话，请重新开始。")
        return Live(row, decode_state(row.state))

    async def _commit(self, live: Live, reply: TurnReply, *, at: datetime) -> None:
        self._lives.forget(live.row.id)  # should the transaction fail, nobody knows how the session stands
        await self._database.write(lambda session: self._keep(session, live.row, reply, at=at))
        self._lives.remember(live, reply.state)

    def _keep(self, session: StoreSession, row: SessionRow, reply: TurnReply, *, at: datetime) -> None:
        """One turn, one transaction; refused when the session went on meanwhile."""
        if not replace_turn(session, row, reply.state, at=at):
            raise TurnOvertaken("这次对话刚才已经往下走了，请再说一遍。")
        append_events(session, row.id, turn=row.turn, events=reply.events)
        self._effects.apply(session, row, reply.events, at=at)
