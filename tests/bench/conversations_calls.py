"""Whole calls in text between the dialogue workers and old people of ten kinds, and what each came to."""

import asyncio
import contextlib
import random
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from bot.dialogue.client import DialogueClient
from bot.errors import WorkersUnavailable
from campaigns.spoken_time import ELDER_TEMPO, turn_seconds
from dialogs import events as e
from dialogs.call_hours import BEIJING
from dialogs.questionnaire import Questionnaire, content_hash
from dialogs.state import State, fold_all
from dialogs.turn import PROTOCOL, TurnReply, TurnRequest, followed_by, next_request
from integrations.telephony.loopback.bank import Bank
from integrations.telephony.loopback.facts import Facts
from integrations.telephony.loopback.personas import Elder, Persona
from integrations.telephony.loopback.resident import Reply
from integrations.telephony.loopback.scoring import is_right
from nlu.noise import misheard
from nlu.utterance import Utterance

AT = datetime(2026, 11, 23, 9, 30, tzinfo=BEIJING)  # a Monday morning
LONGEST_CALL_TURNS = 80  # a call that is not over by then goes round in circles
SECONDS_PER_TURN = 8
TRIES = 20  # of a turn, each with the client's own time limit
RESTS_SECONDS = 2.0
HANDED_OVER = frozenset({"to_person", "red_flag"})
# Dangers that these people's own answers tell: a tight chest is no false alarm of whoever has one.
TOLD_BY_ANSWER = {"chest_pain": ("chest", "yes"), "no_medicine": ("medicine", "no")}


@dataclass(kw_only=True)
class Call:
    """One call and what is to be counted of it."""

    persona: str
    questionnaire: str
    number: int
    outcome: str = ""  # "" when the person lost patience or the call went on for ever
    seconds: float = 0.0
    questions: int = 0  # different ones that were put
    told: int = 0  # answers given clearly
    right: int = 0  # of them, kept as they are true
    # Question, what had been said to it. It counts whenever the question is put once more after an answer, be that lost
    # on the line, not understood or taken for something else; a value that is said back for 对不对 does not.
    asked_again: list[tuple[str, str]] = field(default_factory=list)
    wrong: list[tuple[str, str, Any]] = field(default_factory=list)  # question, words, what was kept
    confirmed_wrong: list[tuple[str, str]] = field(default_factory=list)  # by whoever agrees to everything
    flags: list[str] = field(default_factory=list)  # taken for a danger, though nothing is the matter
    transcript: list[tuple[str, str]] = field(default_factory=list)

    @property
    def stuck(self) -> bool:
        """Whether nobody was reached at the end: not the questions' end, not a person."""
        return self.outcome == ""

    @property
    def ended_well(self) -> bool:
        """Every question was asked, or somebody takes over with what was said."""
        return self.outcome == "complete" or self.outcome in HANDED_OVER


class Patient:
    """A dialogue that is asked again when the machine is too busy for it: here it counts what it says, not how soon."""

    def __init__(self, client: DialogueClient) -> None:
        self._client = client

    async def turn(self, request: TurnRequest) -> TurnReply:
        """A worker's reply. Raises WorkersUnavailable when there is none for minutes."""
        for _ in range(TRIES - 1):
            with contextlib.suppress(WorkersUnavailable):
                return await self._client.turn(request)
            await asyncio.sleep(RESTS_SECONDS)
        return await self._client.turn(request)


async def whole_turn(client: Patient, request: TurnRequest) -> TurnReply:
    """A turn to its end: whatever the platform is asked to look up, nothing is found. Raises WorkersUnavailable."""
    reply = await client.turn(request)
    while reply.state.lookup is not None and reply.state.outcome is None:
        answered = e.LookupAnswered(at=request.at, kind=reply.state.lookup.kind, found={})
        request = next_request(request, fold_all(reply.state, [answered]))
        reply = followed_by(reply, answered, await client.turn(request))
    return reply


class Caller:
    """Makes calls. `noise` is the share of characters that are misheard."""

    def __init__(self, client: Patient, bank: Bank, *, noise: float) -> None:
        self._client = client
        self._bank = bank
        self._noise = noise

    async def call(self, questionnaire: Questionnaire, name: str, persona: Persona, number: int) -> Call:
        """One call to one person."""
        seed = f"{name}:{questionnaire.key}:{number}"
        rng = random.Random(f"{seed}:talk")
        elder = Elder(
            bank=self._bank, persona=persona, facts=Facts(seed=seed, on=date(AT.year, AT.month, AT.day)), rng=rng
        )
        made = Call(persona=name, questionnaire=questionnaire.key, number=number)
        course = _Course(self._client, questionnaire, elder, made)
        await course.run(lambda words: misheard(words, error_rate=self._noise, rng=rng) if self._noise else words)
        return made


class _Course:
    def __init__(self, client: Patient, questionnaire: Questionnaire, elder: Elder, made: Call) -> None:
        self._client = client
        self._elder = elder
        self._made = made
        self._explained = {each.key for each in questionnaire.questions if each.expected is not None}
        opened = e.SessionOpened(
            at=AT, questionnaire=content_hash(questionnaire), channel="voice", community="育林社区", elder=True
        )
        self._state = fold_all(State(), [opened])
        self._asked: set[str] = set()

    async def run(self, heard_as: Callable[[str], str]) -> None:
        """Turns until the call is over."""
        said: Utterance | None = None
        for turn in range(LONGEST_CALL_TURNS):
            before = dict(self._elder.topics)
            reply = await whole_turn(
                self._client,
                TurnRequest(
                    protocol=PROTOCOL,
                    session="bench",
                    questionnaire=self._state.questionnaire,
                    state=self._state,
                    utterance=said,
                    at=AT + timedelta(seconds=SECONDS_PER_TURN * turn),
                ),
            )
            self._state = reply.state
            self._take(reply.events, before)
            words = "".join(each.spoken for each in reply.replies)
            answer = self._elder.hear(words, last=reply.state.outcome is not None)
            self._made.seconds += turn_seconds(words, answer.text or answer.keys if answer else "", ELDER_TEMPO)
            self._made.transcript.append((words, answer.text or answer.keys if answer else ""))
            if answer is None or answer.hangs_up:
                break
            said = _utterance(answer, heard_as)
        self._count()

    def _take(self, events: tuple[e.AnyEvent, ...], told: dict[str, Any]) -> None:
        for event in events:
            match event:
                case e.QuestionAsked(question=key):
                    if key in told and key not in self._explained:
                        self._made.asked_again.append((key, told[key].said))
                    self._asked.add(key)
                case e.EscalationRaised(key=key, kind=kind, heard=heard) if key.startswith("flag:"):
                    topic, value = TOLD_BY_ANSWER.get(kind, ("", ""))
                    if topic not in told or told[topic].value != value:
                        self._made.flags.append(f"{kind}: {heard}")
                case e.AnswerConfirmed(question=key) if self._elder.persona.agrees_to_all:
                    kept = self._state.answers.get(key)
                    true = told.get(key)
                    if kept is not None and (true is None or not is_right(key, true.value, kept.value)):
                        self._made.confirmed_wrong.append((key, kept.shown))

    def _count(self) -> None:
        made, state = self._made, self._state
        made.outcome = state.outcome or ""
        made.questions = len(self._asked)
        for key, fact in self._elder.topics.items():
            kept = state.answers.get(key)
            made.told += 1
            if is_right(key, fact.value, kept.value if kept else None):
                made.right += 1
            else:
                made.wrong.append((key, fact.said, kept.value if kept else state.left_open.get(key, "-")))


def _utterance(answer: Reply, heard_as: Callable[[str], str]) -> Utterance:
    if answer.text:
        return Utterance(text=heard_as(answer.text))
    return Utterance(keys=answer.keys, silence_seconds=answer.silence_seconds)
