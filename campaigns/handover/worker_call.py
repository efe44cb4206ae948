"""The call to a worker, as a state machine: offer, PIN, details, the resident's line, the result.

Before the right PIN nothing is said but the building and the kind of matter. What has to be done meanwhile (accepting,
judging the PIN, joining the lines) is an `Errand`; whoever runs the call does it and tells how it went.
"""

from dataclasses import dataclass, replace
from typing import Literal

from campaigns.handover.phrases import phrase
from dialogs.prompts import Prompt
from nlu.reading import Expectation
from nlu.utterance import Utterance

PIN_TRIES = 3  # in one call
QUIET_BEFORE_GOODBYE = 3  # turns in a row without a usable key

Purpose = Literal["offer", "result"]
ResultKind = Literal["settled", "visiting", "ambulance", "not_reached", "going_on"]
Phase = Literal["offer", "accepting", "pin", "join", "number", "joined", "result", "words", "over"]

PIN = Expectation(key="_pin", kind="number", asked="请输入工作密码")  # several keys, up to the number sign

RESULTS: dict[str, ResultKind] = {"1": "settled", "2": "visiting", "3": "ambulance", "4": "not_reached"}
RESULT_WORDS: dict[ResultKind, str] = {
    "settled": "电话里办好了",
    "visiting": "上门去",
    "ambulance": "叫了120",
    "not_reached": "没联系上居民",
    "going_on": "还要接着办",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Briefing:
    """What may be said about a matter; everything from `who` on only to a worker who has proven who they are."""

    community: str
    place: str  # compound and building
    kind: str  # Chinese
    number: str  # of the ticket, as it is said; "" without one
    has_pin: bool  # whether this worker can prove it
    who: str  # name and age
    room: str
    heard: str  # the resident's own words
    phone: str  # as it is said; "" when unknown
    left: str = ""  # when the resident hung up, as it is said; "" while they are there, or nobody knows


@dataclass(frozen=True, slots=True)
class Accept:
    """The worker takes it."""


@dataclass(frozen=True, slots=True)
class Decline:
    """The worker does not take it."""


@dataclass(frozen=True, slots=True)
class JudgePin:
    """Whether this is the worker's PIN."""

    pin: str


@dataclass(frozen=True, slots=True)
class GiveBack:
    """Whoever accepted did not know the PIN."""


@dataclass(frozen=True, slots=True)
class Join:
    """The worker wants to speak with the resident now."""


@dataclass(frozen=True, slots=True)
class Report:
    """How it went."""

    kind: ResultKind


@dataclass(frozen=True, slots=True)
class Note:
    """How it went, in the worker's words."""

    words: str


Errand = Accept | Decline | JudgePin | GiveBack | Join | Report | Note


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkerCall:
    """Where the call stands."""

    briefing: Briefing
    purpose: Purpose
    phase: Phase = "offer"
    proven: bool = False
    pins_wrong: int = 0
    quiet: int = 0  # turns in a row without a usable key


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """What comes next: words, the end of the call with `last`, an errand to run first."""

    call: WorkerCall
    say: tuple[Prompt, ...] = ()
    last: bool = False
    errand: Errand | None = None


def expecting(call: WorkerCall) -> Expectation | None:
    """What the worker is asked for; None where one key, or any words, will do."""
    return PIN if call.phase == "pin" else None


def begin(call: WorkerCall) -> Step:
    """The worker picked up."""
    told = call.briefing
    if call.purpose == "offer":
        said = phrase("worker", "offer", community=told.community, place=told.place, kind=told.kind)
        return Step(call=replace(call, phase="offer"), say=(said,))
    if told.has_pin:
        said = phrase("worker", "result_pin", community=told.community, place=told.place)
        return Step(call=replace(call, phase="pin"), say=(said,))
    said = phrase("worker", "result_first", community=told.community, place=told.place)
    return Step(call=replace(call, phase="result"), say=(said,))


def soon(call: WorkerCall) -> tuple[Prompt, ...]:
    """What is said next if the PIN is right: it takes seconds to render, and is not heard before."""
    return (_told(replace(call, proven=True)),) if call.phase == "pin" and call.purpose == "offer" else ()


def heard(call: WorkerCall, utterance: Utterance) -> Step:
    """One turn of the worker."""
    key = utterance.keys.rstrip("#")
    match call.phase:
        case "offer" if key == "1":
            return Step(call=replace(call, phase="accepting", quiet=0), errand=Accept())
        case "offer" if key == "2":
            return _bye(call, "declined", errand=Decline())
        case "pin" if key:
            return Step(call=replace(call, quiet=0), errand=JudgePin(key))
        case "join" if key == "1":
            return Step(call=replace(call, quiet=0), errand=Join())
        case "number" if key == "1":
            return _bye(call, "please_go")
        case "join" | "number" if key == "2":
            return _details(replace(call, quiet=0), resident_waits=call.phase == "join")
        case "result" if key in RESULTS:
            return _bye(call, "thanks", errand=Report(RESULTS[key]))
        case "result" if utterance.text:
            said = phrase("worker", "result_words")
            return Step(call=replace(call, phase="words", quiet=0), say=(said,), errand=Note(utterance.text))
        case "words" if key in ("1", "2"):
            return _bye(call, "thanks", errand=Report("settled" if key == "1" else "going_on"))
        case "joined" | "over" | "accepting":
            return Step(call=call)
        case _:
            return _again(call)


def accepted(call: WorkerCall, *, first: bool, resident_waits: bool) -> Step:
    """The acceptance was tried; `first`: nobody else had taken the matter."""
    if not first:
        return _bye(call, "taken")
    if call.briefing.has_pin:
        return Step(call=replace(call, phase="pin"), say=(phrase("worker", "pin"),))
    return _details(call, resident_waits=resident_waits)


def pin_judged(call: WorkerCall, *, right: bool, locked: bool, resident_waits: bool) -> Step:
    """The PIN was judged; `locked`: too many wrong ones lately, none is right for a while."""
    if right:
        proven = replace(call, proven=True)
        if call.purpose == "result":
            return Step(call=replace(proven, phase="result"), say=(phrase("worker", "result"),))
        return _details(proven, resident_waits=resident_waits)
    wrong = replace(call, pins_wrong=call.pins_wrong + 1)
    if locked or wrong.pins_wrong >= PIN_TRIES:
        if call.purpose == "result":
            return _bye(wrong, "later")
        return _bye(wrong, "pin_wrong", errand=GiveBack())
    return Step(call=wrong, say=(phrase("worker", "pin_again"),))


def joined(call: WorkerCall, *, together: bool) -> Step:
    """The lines were joined, or the resident was gone."""
    if together:
        return Step(call=replace(call, phase="joined"))
    return _number(call)


def parted(call: WorkerCall) -> Step:
    """The resident hung up, or the bridge broke: how did it go?"""
    return Step(call=replace(call, phase="result", quiet=0), say=(phrase("worker", "result"),))


def _details(call: WorkerCall, *, resident_waits: bool) -> Step:
    said = _told(call)
    if resident_waits:
        return Step(call=replace(call, phase="join"), say=(said, phrase("worker", "join")))
    after = _number(call)
    return replace(after, say=(said, *after.say))


def _told(call: WorkerCall) -> Prompt:
    """Whom it is about and where, for who has shown who they are; the number of the ticket for others."""
    told = call.briefing
    if call.proven:
        return phrase("worker", "details", who=told.who, room=told.room, heard=told.heard)
    return phrase("worker", "no_details", number=told.number)


def _number(call: WorkerCall) -> Step:
    if not call.proven:
        said = phrase("worker", "call_back_console")
    elif call.briefing.phone:
        said = phrase("worker", "call_back", left=call.briefing.left, phone=call.briefing.phone)
    else:
        said = phrase("worker", "call_back_unknown")
    return Step(call=replace(call, phase="number"), say=(said,))


def _again(call: WorkerCall) -> Step:
    quiet = replace(call, quiet=call.quiet + 1)
    match call.phase:
        case "offer":  # the minute that a matter may lie with one person ends it
            return Step(call=quiet, say=(phrase("worker", "offer_again"),))
        case "pin" if quiet.quiet >= QUIET_BEFORE_GOODBYE and call.purpose == "offer":
            return _bye(quiet, "pin_wrong", errand=GiveBack())
        case _ if quiet.quiet >= QUIET_BEFORE_GOODBYE:
            return _bye(quiet, "please_go" if call.phase in ("join", "number") else "later")
        case "pin":
            return Step(call=quiet, say=(phrase("worker", "pin"),))
        case "join":
            return Step(call=quiet, say=(phrase("worker", "join"),))
        case "number":
            return replace(_number(quiet), call=quiet)
        case "words":
            return Step(call=quiet, say=(phrase("worker", "result_words"),))
        case _:
            return Step(call=quiet, say=(phrase("worker", "result"),))


def _bye(call: WorkerCall, name: str, *, errand: Errand | None = None) -> Step:
    return Step(call=replace(call, phase="over"), say=(phrase("worker", name),), last=True, errand=errand)
