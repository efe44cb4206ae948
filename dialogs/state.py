"""The state of a session: the fold of its events, nothing else."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from functools import reduce
from typing import Any, Literal, TypeVar

import msgspec

from dialogs import events as e
from dialogs.call_hours import CallHours
from dialogs.prompts import Prompt

V = TypeVar("V")

# Acts that answer nothing: the same one again and again leads nowhere.
ASIDES = frozenset(
    {"repeat", "slower", "louder", "who_is_this", "how_got_number", "recorded_or_robot", "ask_back", "smalltalk",
     "thanks"}
)  # fmt: skip

SHOWS_WHO: frozenset[e.LookupKind] = frozenset({"identity", "proof"})

Phase = Literal[
    "opening",  # we said who we are and asked whether now is a good time
    "asking",  # a question is pending
    "reading_back",  # values were read back, waiting for 对/不对
    "red_flag",  # the one calm question after a red flag
    "callback",  # asked when to call again
    "correcting",  # asked which answer was wrong
    "party",  # asked whether this is the home we mean
    "identifying",  # the telephone changed hands: asked who is speaking
    "with_child",  # a child answered: asked to fetch an adult
    "desk",  # free talk: asked what the resident wants
    "job_begun",  # the questions of what they want are there, their first words are read for answers
    "proving",  # asked for something that shows who they are
    "closed",
]


class Answer(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The value of one question so far."""

    value: Any
    shown: str
    kind: str
    confirmed: bool = False


class Waiting(msgspec.Struct, frozen=True, kw_only=True):
    """Something that a resident wants after what is being worked on, in their words."""

    job: str
    words: str


class Lookup(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What the platform was asked, and its answer once it is there."""

    kind: e.LookupKind
    about: dict[str, Any] = {}
    found: dict[str, Any] | None = None


ASKED = "asked"  # key of the matter of whoever asked what only the community can answer


class State(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Where a session stands. Every field is explained by events, see `fold`."""

    questionnaire: str = ""
    channel: e.Channel = "chat"
    community: str = ""
    callback_number: str = ""
    elder: bool = True
    resumed: bool = False
    known: dict[str, Any] = {}  # Question.key → value that the registry has and is not asked
    phase: Phase = "opening"
    pending: str = ""  # Question.key that is being asked
    wording: int = 0  # how often the pending question was put, less one
    begun: str = ""  # the beginning of the pending value, as far as it was told
    explained: int = 0  # how often the pending notice was told again
    reading_back: tuple[str, ...] = ()  # Question.keys whose values wait for 对/不对
    flag: str = ""  # the red flag that is being checked
    speaker: e.Speaker = "self"  # who is on the line
    party: e.Party | None = None  # whom we mean, where that has to be made sure before personal things are asked
    party_known: bool = False
    members: tuple[e.Member, ...] = ()  # of the household, the person meant first, where each is asked about
    suspicions: int = 0  # how often the resident took the call for a fraud
    misses: int = 0  # turns in a row that were no answer
    aside: str = ""  # the act of the last turn, if it was an aside
    aside_again: int = 0  # how often in a row that act came back
    silences: int = 0  # turns in a row without a word
    agrees_to_all: bool = False  # 好好好 was the answer to an open question: their 对 confirms nothing
    answers: dict[str, Answer] = {}  # in the order in which they were given
    left_open: dict[str, e.OpenReason] = {}  # Question.key → why it has no value
    left_open_by: dict[str, e.Speaker] = {}  # and who gave none
    raised: tuple[str, ...] = ()  # escalation keys, so that each is raised once
    said: tuple[Prompt, ...] = ()  # the assistant's last turn
    workers_missed: int = 0  # turns that no dialogue worker took
    slower: bool = False
    louder: bool = False
    desk: str = ""  # content hash of the free talk, to which a finished job comes back; "" outside
    inbound: bool = False
    broken_off: bool = False  # a questionnaire waits that broke off, and the resident was asked about it
    missed: bool = False  # the same of one for which we rang in vain
    recognised: bool = True  # which resident and household this is, is known
    proved: bool = False  # that it is the resident in person was shown
    proving: str = ""  # what shows it is being asked for, see events.ProofStep
    proofs: dict[str, str] = {}  # parts of it that were given
    failed_proofs: int = 0
    withheld: bool = False  # who they are was asked in vain
    job: str = ""  # the intent that is being worked on
    job_words: str = ""  # in which words it was wanted
    jobs_done: int = 0
    moves: bool = False  # it is another time for what was booked
    booked: dict[str, Any] = {}  # Question.key → value, what was told with the last booking, its place left out
    matter: str = ""  # key of the escalation of what was taken down last; more may be told about it
    waiting: tuple[Waiting, ...] = ()  # what else they want, in the order in which it was said
    lookup: Lookup | None = None
    free: dict[str, tuple[str, ...]] = {}  # Question.key → choices that had a place when they were last counted
    watchword: str = ""
    watchword_said: int = 0
    watchword_withheld: int = 0
    recorded: bool = False  # the call is recorded, as the first words say
    announced: bool = False  # a notice hangs that tells of this call
    hours: CallHours | None = None  # in which a call may be promised; None: those of the law
    last_call: bool = False  # no call may be promised: a person calls
    unrecorded: bool = False  # the resident does not want the call to be recorded
    turns: int = 0  # of the resident
    opened_at: datetime | None = None
    outcome: e.Outcome | None = None


def fold_all(state: State, events: Iterable[e.AnyEvent]) -> State:
    """`state` after `events`, in order."""
    return reduce(fold, events, state)


def fold(state: State, event: e.AnyEvent) -> State:
    """`state` after one event."""
    change = msgspec.structs.replace
    match event:
        case e.SessionOpened():
            return State(
                questionnaire=event.questionnaire,
                channel=event.channel,
                community=event.community,
                callback_number=event.callback_number,
                elder=event.elder,
                resumed=event.resumed,
                recorded=event.recorded,
                announced=event.announced,
                hours=event.hours,
                last_call=event.last_call,
                known=event.known,
                opened_at=event.at,
                phase="desk" if event.free_talk else "opening",
                desk=event.questionnaire if event.free_talk else "",
                inbound=event.inbound,
                broken_off=event.broken_off,
                missed=event.missed,
                speaker=_who_answers(event),
                recognised=event.recognised,
                watchword=event.watchword,
                party=event.party,
                members=event.members,
                **_left_open(event.left_open),
            )
        case e.UtteranceHeard():
            return change(
                state,
                turns=state.turns + 1,
                silences=0 if not event.utterance.silent else state.silences,
                aside=event.act if event.act in ASIDES else "",
                aside_again=state.aside_again + 1 if event.act in ASIDES and event.act == state.aside else 0,
            )
        case e.AssistantSpoke():
            answered = state.lookup is not None and state.lookup.found is not None
            return change(state, said=event.prompts, lookup=None if answered else state.lookup)
        case e.NotUnderstood():
            return change(
                state,
                misses=state.misses + 1,
                silences=state.silences + event.silent,
                agrees_to_all=state.agrees_to_all or event.agreed,
            )
        case e.WorkerMissed():
            return change(state, workers_missed=state.workers_missed + 1)
        case e.PaceChanged():
            return change(state, slower=state.slower or event.slower, louder=state.louder or event.louder)
        case e.SessionEnded():
            return change(state, phase="closed", outcome=event.outcome)
        case _:
            return _fold_question(state, event)


def _left_open(before: Mapping[str, e.LeftOpen]) -> dict[str, Any]:
    """The fields of what was left open in the call before."""
    return {
        "left_open": {key: each.reason for key, each in before.items()},
        "left_open_by": {key: each.speaker for key, each in before.items()},
    }


def _who_answers(opened: e.SessionOpened) -> e.Speaker:
    if opened.inbound:
        return "unknown"
    return "relative" if opened.party is not None and opened.party.family else "self"


def _fold_question(state: State, event: e.AnyEvent) -> State:
    change = msgspec.structs.replace
    match event:
        case e.QuestionAsked():
            fresh = event.question != state.pending
            return change(
                state,
                phase="asking",
                pending=event.question,
                wording=event.wording,
                reading_back=(),
                misses=0 if fresh else state.misses,
                explained=0 if fresh else state.explained,
                begun="" if fresh else state.begun,
            )
        case e.AnswerCaptured():
            answer = Answer(value=event.value, shown=event.shown, kind=event.kind)
            return change(
                state,
                answers=_without(state.answers, event.question) | {event.question: answer},
                left_open=_without(state.left_open, event.question),
                left_open_by=_without(state.left_open_by, event.question),
                begun="",
                misses=0,
            )
        case e.AnswerBegun():
            return change(state, begun="，".join(filter(None, (state.begun, event.heard))), misses=0)
        case e.AnswersReadBack():
            return change(state, phase="reading_back", reading_back=event.questions)
        case e.ReadBackPutOff():
            return change(state, reading_back=event.questions)
        case e.AnswerConfirmed():
            confirmed = change(state.answers[event.question], confirmed=True)
            return change(
                state,
                answers=state.answers | {event.question: confirmed},
                reading_back=tuple(key for key in state.reading_back if key != event.question),
                misses=0,
            )
        case e.AnswerHeardRight():
            return change(
                state, reading_back=tuple(key for key in state.reading_back if key != event.question), misses=0
            )
        case e.AnswerWithdrawn():
            return change(
                state,
                answers=_without(state.answers, event.question),
                reading_back=tuple(key for key in state.reading_back if key != event.question),
            )
        case e.QuestionLeftOpen():
            return change(
                state,
                left_open=state.left_open | {event.question: event.reason},
                left_open_by=state.left_open_by | {event.question: event.speaker},
                misses=0,
            )
        case e.NoticeExplainedAgain():
            return change(state, explained=state.explained + 1)
        case _:
            return _fold_detour(state, event)


def _fold_detour(state: State, event: e.AnyEvent) -> State:
    change = msgspec.structs.replace
    match event:
        case e.EscalationRaised():
            return change(state, raised=(*state.raised, event.key), matter=event.key)
        case e.RedFlagCheckAsked():
            return change(state, phase="red_flag", flag=event.kind, misses=0)
        case e.RedFlagChecked():
            return change(state, phase="desk" if state.desk and not state.job else state.phase)
        case e.CallbackTimeAsked():
            return change(state, phase="callback", misses=0)
        case e.PutOffTakenBack():
            return change(state, phase="asking" if state.pending else "opening", misses=0)
        case e.CorrectionAsked():
            return change(state, phase="correcting", misses=0)
        case e.SpeakerAsked():
            return change(state, phase="identifying", speaker="unknown", misses=0)
        case e.AdultAskedFor():
            return change(state, phase="with_child", speaker="other", misses=0)
        case e.SpeakerHeard():
            waiting = state.phase in ("identifying", "with_child", "party")
            phase = _taken_up(state) if waiting else state.phase
            known = state.party_known or event.speaker != "unknown"
            return change(state, speaker=event.speaker, phase=phase, misses=0, party_known=known)
        case e.PartyAsked():
            return change(state, phase="party", misses=0)
        case e.PartyHeard():
            return change(state, phase="opening", party_known=True, suspicions=0, misses=0)
        case e.SuspicionHeard():
            return change(state, suspicions=state.suspicions + 1)
        case e.RefusalHeard(scope="recording"):
            return change(state, unrecorded=True)
        case e.WatchwordSaid():
            return change(state, watchword_said=state.watchword_said + 1)
        case e.WatchwordWithheld():
            return change(state, watchword_withheld=state.watchword_withheld + 1)
        case _:
            return _fold_job(state, event)


def _taken_up(state: State) -> Phase:
    """Where it goes on once it is known who has taken the telephone."""
    if state.pending:
        return "asking"
    if state.desk:
        return "proving" if state.proving else "desk"
    return "opening"


def _fold_job(state: State, event: e.AnyEvent) -> State:
    change = msgspec.structs.replace
    match event:
        case e.LookupAsked():
            begun = state.phase == "job_begun" and event.kind == "ticket"  # the first words answered every question
            lookup = Lookup(kind=event.kind, about=event.about)
            proving = state.proving if event.kind in SHOWS_WHO else ""  # anything else was begun without it
            return change(state, lookup=lookup, phase="desk" if begun else state.phase, proving=proving)
        case e.LookupAnswered():
            return _fold_lookup(state, event)
        case e.JobWanted():
            return change(
                state,
                job=event.job,
                job_words=event.heard,
                moves=event.moves,
                matter="",
                missed=state.missed and event.job != "resume_call",
                waiting=tuple(each for each in state.waiting if each.words != event.heard),
                misses=0,
            )
        case e.PolicyQuestionAsked(source=""):
            return change(state, matter=ASKED)
        case e.MoreTold():
            if state.phase != "proving":
                return change(state, misses=0)
            return change(state, job_words=f"{state.job_words}，{event.heard}")
        case e.JobPutOff():
            return change(state, waiting=(*state.waiting, Waiting(job=event.job, words=event.heard)))
        case e.JobFinished():
            return change(
                _questions_anew(state, state.desk),
                phase="desk",
                booked=_booked(state),
                job="",
                job_words="",
                proving="",
                jobs_done=state.jobs_done + 1,
            )
        case e.ProofAsked():
            return change(state, phase="proving", proving=event.step, misses=0)
        case e.ProofGiven():
            return change(state, proofs=state.proofs | {event.step: event.value}, misses=0)
        case e.ProofWithheld():
            return change(state, withheld=True)
        case _:
            return state


def _fold_lookup(state: State, event: e.LookupAnswered) -> State:
    """The answer stands beside the question until the assistant has spoken."""
    change = msgspec.structs.replace
    found = event.found
    state = change(state, lookup=change(state.lookup or Lookup(kind=event.kind), found=found))
    match event.kind:
        case "job" | "broken_off" if found:
            fresh = _questions_anew(state, found["questionnaire"])
            phase: Phase = "job_begun" if event.kind == "job" else state.phase
            members = msgspec.convert(found.get("members", ()), tuple[e.Member, ...])
            left_open = msgspec.convert(found.get("left_open", {}), dict[str, e.LeftOpen])
            known = found.get("known", {}) | (state.booked if state.moves else {})
            return change(fresh, phase=phase, known=known, members=members, **_left_open(left_open))
        case "places" | "place":
            question = state.lookup.about["question"] if state.lookup else ""
            return change(state, free=state.free | {question: tuple(found["free"])})
        case "identity":
            matched = bool(found)
            return change(
                state,
                recognised=matched,
                speaker="self" if matched else state.speaker,
                proofs={} if matched else state.proofs,
                phase="desk",
                proving="",
                failed_proofs=state.failed_proofs + (not matched),
            )
        case "proof":
            matched = bool(found)
            return change(
                state,
                proved=matched,
                speaker="self" if matched else state.speaker,
                proofs={},
                phase="desk",
                proving="",
                failed_proofs=state.failed_proofs + (not matched),
            )
        case _:
            return state


def _booked(state: State) -> dict[str, Any]:
    """What was told with a booking that is done now; else with the one before."""
    if not state.free:
        return state.booked
    told = state.known | {key: answer.value for key, answer in state.answers.items()}
    return {key: value for key, value in told.items() if key not in state.free}


def _questions_anew(state: State, questionnaire: str) -> State:
    return msgspec.structs.replace(
        state,
        questionnaire=questionnaire,
        known={},
        members=(),
        pending="",
        wording=0,
        begun="",
        explained=0,
        reading_back=(),
        answers={},
        left_open={},
        left_open_by={},
        free={},
        misses=0,
    )


def _without(mapping: dict[str, V], key: str) -> dict[str, V]:
    return {each: value for each, value in mapping.items() if each != key}
