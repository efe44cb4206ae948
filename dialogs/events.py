"""What happened in a session: past-tense facts, the only truth from which its state is folded.

Every event carries `at` (UTC). Payloads hold personal data and are stored encrypted.
"""

from datetime import datetime
from typing import Any, Literal

import msgspec

from dialogs.call_hours import CallHours
from dialogs.prompts import Prompt
from nlu.utterance import Utterance

Channel = Literal["voice", "chat"]
Speaker = Literal["self", "relative", "other", "unknown"]
Severity = Literal["emergency", "urgent", "normal"]
LookupKind = Literal[
    "job",  # the questions of something that a resident wants to have done
    "ticket",  # a matter for a person: its number, and who has it
    "tickets",  # how far the matters of this household are
    "calls",  # which calls we made to this resident
    "broken_off",  # a questionnaire that broke off, to go on with it
    "identity",  # whether somebody of this name has this telephone number
    "proof",  # whether these are the last digits of the resident's identity number
    "worker",  # which worker they ask for by name, and who it is otherwise
    "data",  # what is kept about the resident
    "places",  # how many places each time still has
    "place",  # one place, taken at once or gone
    "this_line",  # the telephone number that the talk is on, or that the resident registered
]
ProofStep = Literal["phone", "name", "id_tail", "place"]  # place: where somebody in danger is
OpenReason = Literal["unknown", "not_measured", "refused", "not_understood", "vague", "full"]
Outcome = Literal[
    "complete",  # every question was asked or skipped by its own rule
    "partial",  # ended early with at least one answer
    "break_off",  # the line or the resident went away without a word
    "refused",  # this call was refused
    "never_again",  # the resident asked not to be called any more
    "callback",  # the resident asked to be called at another time
    "wrong_person",  # the number is not this household's
    "not_at_home",  # somebody else answered, the person is out
    "to_person",  # handed to a human being
    "red_flag",  # ended because something urgent was raised
]


class Event(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, tag=True):
    """A fact of one session."""

    at: datetime


class Party(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Whom a call is meant for, as far as it may be said before it is known who answered: never more than a surname."""

    surname: str
    title: str = ""  # 女士, 先生
    sharers: tuple[str, ...] = ()  # everybody's full name where several share the telephone, the person meant first
    family: bool = False  # the number is that of their family: a relative answers, about them


class Member(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One person of the household, as the registry knows them."""

    id: str
    name: str
    relation: str = ""  # to the head of the household


class LeftOpen(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Why a question got no value, and from whom."""

    reason: OpenReason
    speaker: Speaker = "self"


class SessionOpened(Event, frozen=True, kw_only=True):
    """A conversation about one questionnaire began; carries all that the dialogue may know."""

    questionnaire: str  # content hash
    channel: Channel
    community: str  # 育林社区: who is calling
    callback_number: str = ""  # the number to call back and check
    elder: bool = True  # short sentences, slow, digits one by one
    known: dict[str, Any] = {}  # Question.key → value that is fresh in the registry and is not asked
    resumed: bool = False  # an earlier session broke off and goes on here
    recorded: bool = False  # the call is recorded, and the first words say so
    announced: bool = False  # a notice hangs that tells of this call, and the first words may refer to it
    hours: CallHours | None = None  # in which they may be called again; None: those of the law
    last_call: bool = False  # the campaign rings no more after this one
    free_talk: bool = False  # the resident came to us: no questionnaire, they say what they want
    broken_off: bool = False  # and a questionnaire that broke off waits for them
    missed: bool = False  # or one for which we rang them in vain
    inbound: bool = False  # they came to us: who calls in is not yet who is registered with the number
    recognised: bool = True  # the platform knows which resident and household this is
    party: Party | None = None  # set where personal things are asked: first it is made sure whose home this is
    watchword: str = ""  # agreed with the household through the grid worker; the assistant says it, never asks for it
    members: tuple[Member, ...] = ()  # of the household, the person meant first, where each is asked about
    left_open: dict[str, LeftOpen] = {}  # Question.key → what was no value in the call before, which goes on here


class UtteranceHeard(Event, frozen=True, kw_only=True):
    """The resident said, keyed or left out something; `act` is what Rasa took it for."""

    utterance: Utterance
    act: str
    confidence: float = 1.0


class AssistantSpoke(Event, frozen=True, kw_only=True):
    """The assistant's side of the turn."""

    prompts: tuple[Prompt, ...]


class QuestionAsked(Event, frozen=True, kw_only=True):
    """A question was put; `wording` counts from 0, the first wording."""

    question: str
    wording: int = 0


class AnswerCaptured(Event, frozen=True, kw_only=True):
    """A reply was understood as the value of one question."""

    question: str
    field: str  # of the data dictionary
    kind: str
    value: Any
    shown: str  # the value as a person reads it
    heard: str  # the resident's own words
    confidence: float  # 0..1, the lower of recognition and understanding
    span: tuple[int, int] | None = None  # of the utterance
    speaker: Speaker = "self"
    member: str = ""  # Member.id of whom the value is about; "": the person meant, or the household


class AnswerBegun(Event, frozen=True, kw_only=True):
    """The beginning of a long value was told; the rest is waited for."""

    question: str
    heard: str


class AnswersReadBack(Event, frozen=True, kw_only=True):
    """Values were repeated to the resident, who is asked whether they are right."""

    questions: tuple[str, ...]


class ReadBackPutOff(Event, frozen=True, kw_only=True):
    """Values that must be agreed to were told beside a danger; they are read back once that is over."""

    questions: tuple[str, ...]


class AnswerConfirmed(Event, frozen=True, kw_only=True):
    """The value was read back and agreed to."""

    question: str
    heard: str


class AnswerHeardRight(Event, frozen=True, kw_only=True):
    """Whoever answers for the person agreed that the value was heard right; it stays reported, not confirmed."""

    question: str
    heard: str


class AnswerWithdrawn(Event, frozen=True, kw_only=True):
    """The resident took an earlier answer back; it is asked again."""

    question: str
    heard: str


class QuestionLeftOpen(Event, frozen=True, kw_only=True):
    """A question ends without a value."""

    question: str
    field: str
    reason: OpenReason
    heard: str = ""
    speaker: Speaker = "self"


class EscalationRaised(Event, frozen=True, kw_only=True):
    """Something that a person must see; `key` makes it one ticket however often it is raised."""

    kind: str  # a red flag's kind, or "person", "help", "not_understood", "complaint", "note", "suspicious"
    severity: Severity
    heard: str
    key: str
    member: str = ""  # Member.id of whom it is about; "": the person meant


class RedFlagCheckAsked(Event, frozen=True, kw_only=True):
    """The questionnaire stopped for one calm question about a red flag."""

    kind: str


class RedFlagChecked(Event, frozen=True, kw_only=True):
    """The one calm question after a red flag was answered."""

    kind: str
    still: bool | None  # None: no usable answer


class NoticeExplainedAgain(Event, frozen=True, kw_only=True):
    """The answer showed that a notice was not understood; it is told once more."""

    question: str
    heard: str


class CorrectionAsked(Event, frozen=True, kw_only=True):
    """The resident says that something told before is wrong, not yet what."""

    heard: str


class CallbackTimeAsked(Event, frozen=True, kw_only=True):
    """The resident cannot talk now and was asked when to call."""

    heard: str


class PutOffTakenBack(Event, frozen=True, kw_only=True):
    """Now is a good time after all: the questions go on where they stood."""

    heard: str


class CallbackRequested(Event, frozen=True, kw_only=True):
    """The resident wants to be called at another time."""

    due: datetime  # UTC
    heard: str


class RefusalHeard(Event, frozen=True, kw_only=True):
    """The resident does not want this question, this call, recording, or any call at all."""

    scope: Literal["question", "call", "always", "recording"]
    heard: str


class WrongPartyReached(Event, frozen=True, kw_only=True):
    """The number or the person is not the one that was meant."""

    kind: Literal["wrong_number", "not_at_home"]
    heard: str


class SpeakerAsked(Event, frozen=True, kw_only=True):
    """The telephone changed hands, and the new voice was asked who it is."""

    heard: str


class SpeakerHeard(Event, frozen=True, kw_only=True):
    """Who is on the line from now on, by their own words."""

    speaker: Speaker
    heard: str


class PartyAsked(Event, frozen=True, kw_only=True):
    """Whoever answered was asked whether this is the home we mean, or who they are."""


class PartyHeard(Event, frozen=True, kw_only=True):
    """It is the home we mean."""

    heard: str


class AdultAskedFor(Event, frozen=True, kw_only=True):
    """A child is on the line and was asked to fetch an adult."""

    heard: str


class SuspicionHeard(Event, frozen=True, kw_only=True):
    """The resident takes the call for a fraud."""

    heard: str


class LookupAsked(Event, frozen=True, kw_only=True):
    """The assistant needs something that only the platform knows; it answers in the same turn."""

    kind: LookupKind
    about: dict[str, Any] = {}


class LookupAnswered(Event, frozen=True, kw_only=True):
    """What the platform found; empty when there is nothing."""

    kind: LookupKind
    found: dict[str, Any] = {}


class JobWanted(Event, frozen=True, kw_only=True):
    """The resident said what they want to have done; `job` is the intent."""

    job: str
    heard: str
    moves: bool = False  # another time for what was booked: all else that was told of it holds


class JobPutOff(Event, frozen=True, kw_only=True):
    """The resident wanted this in the same breath as something else: it comes after that."""

    job: str
    heard: str


class JobFinished(Event, frozen=True, kw_only=True):
    """What the resident wanted was taken down, and the talk goes on."""

    job: str
    questionnaire: str = ""  # content hash of its questions, when all of them were gone through


class MoreTold(Event, frozen=True, kw_only=True):
    """The resident said more about a matter that was taken down; `key` is that of the matter's escalation."""

    key: str
    heard: str


class ProofAsked(Event, frozen=True, kw_only=True):
    """The resident was asked for something that shows who they are."""

    step: ProofStep


class ProofGiven(Event, frozen=True, kw_only=True):
    """One part of what shows who the resident is."""

    step: ProofStep
    value: str


class ProofWithheld(Event, frozen=True, kw_only=True):
    """Who the resident is was asked in vain; it is not asked again in this talk."""


class WatchwordSaid(Event, frozen=True, kw_only=True):
    """The assistant said the watchword, because it was asked for it."""


class WatchwordWithheld(Event, frozen=True, kw_only=True):
    """The watchword was asked for once too often, guessed at, or there is none: nothing was said of it."""

    heard: str


class PolicyQuestionAsked(Event, frozen=True, kw_only=True):
    """The resident asked about rules, money, papers or opening hours."""

    heard: str
    source: str = ""  # the notice that answered it; "" when only the community can


class NotUnderstood(Event, frozen=True, kw_only=True):
    """The words, or the silence, were no answer to what is pending."""

    silent: bool = False
    agreed: bool = False  # nothing but 嗯, 好, 对, where something else was asked for


class WorkerMissed(Event, frozen=True, kw_only=True):
    """No dialogue worker took the turn; the resident was asked to wait, or a person was called."""


class PaceChanged(Event, frozen=True, kw_only=True):
    """The resident asked for slower or louder speech."""

    slower: bool = False
    louder: bool = False


class SessionEnded(Event, frozen=True, kw_only=True):
    """Nothing more is said in this session."""

    outcome: Outcome


AnyEvent = (
    SessionOpened
    | UtteranceHeard
    | AssistantSpoke
    | QuestionAsked
    | AnswerCaptured
    | AnswerBegun
    | AnswersReadBack
    | ReadBackPutOff
    | AnswerConfirmed
    | AnswerHeardRight
    | AnswerWithdrawn
    | QuestionLeftOpen
    | EscalationRaised
    | RedFlagCheckAsked
    | RedFlagChecked
    | NoticeExplainedAgain
    | CorrectionAsked
    | CallbackTimeAsked
    | PutOffTakenBack
    | CallbackRequested
    | RefusalHeard
    | WrongPartyReached
    | SpeakerAsked
    | SpeakerHeard
    | AdultAskedFor
    | PartyAsked
    | PartyHeard
    | SuspicionHeard
    | LookupAsked
    | LookupAnswered
    | JobWanted
    | JobPutOff
    | JobFinished
    | MoreTold
    | ProofAsked
    | ProofGiven
    | ProofWithheld
    | WatchwordSaid
    | WatchwordWithheld
    | PolicyQuestionAsked
    | NotUnderstood
    | WorkerMissed
    | PaceChanged
    | SessionEnded
)
