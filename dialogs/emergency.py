"""What is done without a dialogue worker: when none answers, and when the resident hangs up."""

from datetime import datetime

from dialogs import events as e
from dialogs import phrases
from dialogs.script import NOTICE_BOARD, Step
from dialogs.state import State, fold_all
from nlu.red_flags import RedFlag, find_red_flags
from nlu.utterance import Utterance

NO_WORKER_ACT = "no_worker"
PATIENCE = 1  # how often the resident is asked to wait before a person takes over


def without_worker(state: State, utterance: Utterance, *, at: datetime) -> Step:
    """No worker took the turn: red flags are raised all the same; 请稍等 the first time, a person the second."""
    events: list[e.AnyEvent] = [
        e.UtteranceHeard(at=at, utterance=utterance, act=NO_WORKER_ACT),
        e.WorkerMissed(at=at),
    ]
    pressing = (flag for flag in find_red_flags(utterance.text) if flag.pressing)
    raised = [_flag_raised(flag, utterance.text, at=at) for flag in pressing]
    flags = {flag.key: flag for flag in raised}  # the same danger may be told twice in one breath
    events += [flag for key, flag in flags.items() if key not in state.raised]
    over = bool(flags) or state.workers_missed >= PATIENCE
    if over:
        person = e.EscalationRaised(at=at, kind="person", severity="normal", heard=utterance.text, key="person")
        events += [person] if person.key not in state.raised else []
        if state.phase == "red_flag":
            events.append(e.RedFlagChecked(at=at, kind=state.flag, still=None))
        endangered = bool(flags) or state.phase == "red_flag"
        events.append(e.SessionEnded(at=at, outcome="red_flag" if endangered else "to_person"))
    names = {"callback_number": state.callback_number or NOTICE_BOARD}
    said = phrases.phrase("to_person" if over else "one_moment", spoken=names, written=names)
    events.append(e.AssistantSpoke(at=at, prompts=(said,)))
    return Step(events=tuple(events), replies=(said,), state=fold_all(state, events))


def hung_up(state: State, *, at: datetime) -> Step:
    """The resident went away without a word: what was said is kept."""
    outcome: e.Outcome = "partial" if state.answers else "break_off"
    events: list[e.AnyEvent] = []
    if state.phase == "red_flag":
        outcome = "red_flag"
        events.append(e.RedFlagChecked(at=at, kind=state.flag, still=None))
    events.append(e.SessionEnded(at=at, outcome=outcome))
    return Step(events=tuple(events), replies=(), state=fold_all(state, events))


def _flag_raised(flag: RedFlag, heard: str, *, at: datetime) -> e.EscalationRaised:
    severity: e.Severity = "emergency" if flag.severity == "emergency" else "urgent"
    return e.EscalationRaised(at=at, kind=flag.kind, severity=severity, heard=heard, key=f"flag:{flag.kind}")
