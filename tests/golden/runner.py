"""Runs golden conversations: words said and facts expected, against anything that takes turns.

Between turns the session is stored and loaded, and its log is replayed; both must equal the live state.
"""

from collections.abc import Awaitable, Callable, Iterator, Sequence
from copy import deepcopy
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import msgspec
import yaml

from dialogs import events as e
from dialogs.definitions import library
from dialogs.dictionary import load_dictionary
from dialogs.jobs import own_questionnaires
from dialogs.questionnaire import Questionnaire, content_hash
from dialogs.state import Lookup, State, fold_all
from dialogs.turn import LOOKUPS_A_TURN, PROTOCOL, TurnReply, TurnRequest, followed_by, next_request
from nlu.utterance import Utterance

QUESTIONNAIRES = Path(__file__).parent / "questionnaires"  # that stand only in conversations of the tests
CONVERSATIONS = Path(__file__).parent / "conversations"
TURN_LASTS = timedelta(seconds=8)
# A conversation must name every one of these that happens; other facts may go unnamed.
NAMED_FACTS = (e.AnswerCaptured, e.EscalationRaised, e.CallbackRequested, e.RefusalHeard, e.AnswerWithdrawn)

Take = Callable[[TurnRequest], Awaitable[TurnReply]]


@dataclass(frozen=True)
class Golden:
    """One conversation of a file."""

    name: str
    spec: dict[str, Any]

    @property
    def questionnaire(self) -> str:
        return str(self.spec["questionnaire"])


class ConversationFailed(AssertionError):
    """A conversation went otherwise than it should."""


def conversations() -> Iterator[Golden]:
    """Every golden conversation, by file and name."""
    for path in sorted(CONVERSATIONS.glob("*.yaml")):
        for spec in yaml.safe_load_all(path.read_text(encoding="utf-8")):
            yield Golden(f"{path.stem}/{spec['name']}", spec)


@cache
def questionnaires() -> dict[str, Questionnaire]:
    """The library by key."""
    dictionary = load_dictionary()
    tested = library(dictionary=dictionary, folder=QUESTIONNAIRES)
    every = (*library(dictionary=dictionary), *own_questionnaires(dictionary=dictionary), *tested)
    return {each.key: each for each in every}


def opened(questionnaire: Questionnaire, spec: dict[str, Any]) -> e.SessionOpened:
    """The event with which a golden session begins."""
    return e.SessionOpened(
        at=datetime.fromisoformat(str(spec.get("at", "2026-11-21T09:30:00+08:00"))).astimezone(UTC),
        questionnaire=content_hash(questionnaire),
        channel=spec.get("channel", "voice"),
        community="育林社区",
        callback_number="027-12345678",
        known=spec.get("known", {}),
        resumed=spec.get("resumed", False),
        free_talk=not questionnaire.questions,
        inbound=spec.get("inbound", False),
        broken_off=spec.get("broken_off", False),
        last_call=spec.get("last_call", False),
        missed=spec.get("rung_in_vain", False),
        recognised=spec.get("recognised", True),
        watchword=spec.get("watchword", ""),
        announced=spec.get("announced", False),
        members=msgspec.convert(spec.get("members", ()), tuple[e.Member, ...]),
        left_open=msgspec.convert(spec.get("left_open", {}), dict[str, e.LeftOpen]),
        party=msgspec.convert(spec["party"], e.Party) if "party" in spec else None,
    )


def utterance(turn: dict[str, Any]) -> Utterance:
    """What the resident does in a turn."""
    if "silence" in turn:
        return Utterance(silence_seconds=float(turn["silence"]))
    if "keys" in turn:
        return Utterance(keys=str(turn["keys"]))
    return Utterance(text=str(turn["resident"]))


async def run(golden: Golden, take: Take) -> list[e.AnyEvent]:
    """All events of the conversation. Raises ConversationFailed at the first turn that differs."""
    golden = replace(golden, spec=deepcopy(golden.spec))  # what its registry holds is used up
    questionnaire = questionnaires()[golden.questionnaire]
    begun = opened(questionnaire, golden.spec)
    log: list[e.AnyEvent] = [begun]
    state, at = fold_all(State(), log), begun.at
    state, replies = await take_turn(golden, take, state, None, log, at=at)
    for number, turn in enumerate(golden.spec["turns"], start=1):
        where = f"{golden.name}, turn {number} {turn}"
        said = "".join(prompt.spoken for prompt in replies)
        if "bot" in turn and turn["bot"] not in said:
            raise ConversationFailed(f"{where}: the assistant said {said!r}")
        if "unsaid" in turn and turn["unsaid"] in said:
            raise ConversationFailed(f"{where}: the assistant should not have said {said!r}")
        if not {"resident", "silence", "keys"} & set(turn):
            break
        at += TURN_LASTS
        before = len(log)
        state, replies = await take_turn(golden, take, state, utterance(turn), log, at=at)
        _check_facts(where, turn.get("facts", []), log[before:])
    if state.outcome != golden.spec.get("ends"):
        raise ConversationFailed(f"{golden.name}: ended {state.outcome}, expected {golden.spec.get('ends')}")
    return log


def found(golden: Golden, lookup: Lookup) -> dict[str, Any]:
    """What the platform would find: `registry` of the conversation, by kind; a list is used up one by one."""
    if lookup.kind == "job":
        return {"questionnaire": content_hash(questionnaires()[lookup.about["questionnaire"]])}
    written = golden.spec.get("registry", {}).get(lookup.kind, {})
    answer = (written.pop(0) if written else {}) if isinstance(written, list) else written
    if "questionnaire" in answer:
        return answer | {"questionnaire": content_hash(questionnaires()[answer["questionnaire"]])}
    return dict(answer)


async def take_turn(
    golden: Golden, take: Take, state: State, said: Utterance | None, log: list[e.AnyEvent], *, at: datetime
) -> tuple[State, Sequence[Any]]:
    """One turn with its lookups, stored and replayed. Raises ConversationFailed when either differs."""
    request = TurnRequest(
        protocol=PROTOCOL, session=golden.name, questionnaire=state.questionnaire, state=state, utterance=said, at=at
    )
    reply = await take(request)
    for _ in range(LOOKUPS_A_TURN):
        if reply.state.lookup is None or reply.state.outcome is not None:
            break
        answered = e.LookupAnswered(at=at, kind=reply.state.lookup.kind, found=found(golden, reply.state.lookup))
        request = next_request(request, fold_all(reply.state, [answered]))
        reply = followed_by(reply, answered, await take(request))
    if reply.state.lookup is not None and reply.state.outcome is None:
        raise ConversationFailed(f"{golden.name}: one lookup leads to the next")
    log.extend(reply.events)
    stored = msgspec.json.decode(msgspec.json.encode(reply.state), type=State)
    if stored != reply.state:
        raise ConversationFailed(f"{golden.name}: the state differs once it was stored")
    if fold_all(State(), log) != reply.state:
        raise ConversationFailed(f"{golden.name}: the log replays to another state")
    return stored, reply.replies


def fact(event: e.AnyEvent) -> tuple[str, ...]:
    """The ways in which a conversation may name an event."""
    name = type(event).__name__
    match event:
        case e.AnswerCaptured():
            kept = (f"{name} {event.question}={event.value}", f"{name} {event.question}={event.shown}")
            # What somebody else says must be named as theirs.
            return kept if event.speaker == "self" else tuple(f"{each} by {event.speaker}" for each in kept)
        case e.EscalationRaised():
            return (f"{name} {event.kind}", f"{name} {event.kind} {event.severity}")
        case e.SpeakerHeard():
            return (f"{name} {event.speaker}",)
        case e.AnswerWithdrawn() | e.AnswerConfirmed() | e.AnswerHeardRight() | e.QuestionAsked():
            return (f"{name} {event.question}",)
        case e.QuestionLeftOpen():
            return (f"{name} {event.question} {event.reason}",)
        case e.RefusalHeard():
            return (f"{name} {event.scope}",)
        case e.WrongPartyReached():
            return (f"{name} {event.kind}",)
        case e.CallbackRequested():
            return (f"{name} {(event.due + timedelta(hours=8)):%Y-%m-%d %H:%M}",)
        case e.LookupAsked() | e.LookupAnswered():
            return (f"{name} {event.kind}",)
        case e.JobWanted() | e.JobPutOff() | e.JobFinished():
            return (f"{name} {event.job}",)
        case e.ProofAsked() | e.ProofGiven():
            return (f"{name} {event.step}",)
        case e.RedFlagChecked():
            return (f"{name} {event.kind} {event.still}",)
        case _:
            return (name,)


def _check_facts(where: str, expected: Sequence[str], events: Sequence[e.AnyEvent]) -> None:
    left = [(event, fact(event)) for event in events]
    for each in expected:
        hit = next((index for index, (_, names) in enumerate(left) if str(each) in names), None)
        if hit is None:
            raise ConversationFailed(f"{where}: no {each!r} in {[names[0] for _, names in left]}")
        del left[hit]
    surplus = [names[0] for event, names in left if isinstance(event, NAMED_FACTS)]
    if surplus:
        raise ConversationFailed(f"{where}: unexpected {surplus}")
