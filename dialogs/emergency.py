"""What is done without a dialogue worker: when none answers, and when the resident hangs up."""

from datetime import datetime

from dialogs import events as e
from dialogs import phrases
from dialogs.script import NOTICE_BOARD, Step
from dialogs.state import State, fold_all
from nlu.red_flags import find_red_flags
from nlu.utterance import Utterance

NO_WORKER_ACT = "no_worker"
PATIENCE = 1  # how often the resident is asked to wait before a person takes over


def without_worker(state: State, utterance: Utterance, *, at: datetime) -> Step:
    """No worker took the turn: red flags are raised all the same; 请稍等 the first time, a person the second."""
    events: list[e.AnyEvent] = [
        e.UtteranceHeard(at=at, utterance=utterance, act=NO_WORKER_ACT),
        e.WorkerMissed(at=at),
    ]
    for flag in find_red_flags(utterance.text):
        severity: e.Severity = "emergency" if flag.severity == "emergency" else "urgent"
        _raise(state, events, flag.kind, severity, f"flag:{flag.kind}", utterance.text, at=at)
    flagged = any(isinstance(event, e.EscalationRaised) for event in events)
    over = flagged or state.workers_missed >= PATIENCE
    if over:
        _raise(state, events, "person", "normal", "person", utterance.text, at=at)
        events.append(e.SessionEnded(at=at, outcome="red_flag" if flagged else "to_person"))
    names = {"callback_number": state.callback_number or NOTICE_BOARD}
    said = phrases.phrase("to_person" if over else "one_moment", spoken=names, written=names)
    events.append(e.AssistantSpoke(at=at, prompts=(said,)))
    return Step(events=tuple(events), replies=(said,), state=fold_all(state, events))


def hung_up(state: State, *, at: datetime) -> Step:
    """The resident went away without a word: what was said is kept."""
    outcome: e.Outcome = "partial" if state.answers else "break_off"
    if state.phase == "red_flag":
        outcome = "red_flag"
    ended = e.SessionEnded(at=at, outcome=outcome)
    return Step(events=(ended,), replies=(), state=fold_all(state, [ended]))


def _raise(
    state: State, events: list[e.AnyEvent], kind: str, severity: e.Severity, key: str, heard: str, *, at: datetime
) -> None:
    if key not in state.raised:
        events.append(e.EscalationRaised(at=at, kind=kind, severity=severity, heard=heard, key=key))
