"""Sessions in plain values: the rules file says which act an intent leads to, the loop does the rest, no Rasa."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from dialogs import events as e
from dialogs import turns
from dialogs.acts import ACTS
from dialogs.definitions import LIBRARY, library
from dialogs.dictionary import load_dictionary
from dialogs.questionnaire import Questionnaire, content_hash
from dialogs.script import Step
from dialogs.state import State, fold_all
from nlu.understood import Flag, Found, Understood
from nlu.utterance import Utterance

AT = datetime(2026, 11, 21, 1, 0, tzinfo=UTC)  # 09:00 in Shanghai
TURN_LASTS = timedelta(seconds=8)
IN_THE_MIDDLE = frozenset({"tickets", "worker", "this_line"})  # looked up beside a question; nothing is found
RULES = Path(LIBRARY).parent / "rasa" / "project" / "rules.yml"


@cache
def rules() -> dict[tuple[str, str], str]:
    """(intent, phase) → act; the phase is "" where a rule holds in every phase."""
    found = {}
    for rule in yaml.safe_load(RULES.read_text(encoding="utf-8"))["rules"]:
        condition = rule.get("condition", [])
        phase = condition[0]["slot_was_set"][0]["phase"] if condition else ""
        found[rule["steps"][0]["intent"], phase] = rule["steps"][1]["action"]
    return found


def act_for(intent: str, phase: str) -> str:
    """The act that the rules choose."""
    return rules().get((intent, phase)) or rules().get((intent, "")) or "act_fallback"


@dataclass
class Talk:
    """One session while it goes on; every turn is folded anew from its log and must come to the same state."""

    questionnaire: Questionnaire
    state: State
    at: datetime
    log: list[e.AnyEvent] = field(default_factory=list)
    said: str = ""

    def _keep(self, step: Step) -> tuple[e.AnyEvent, ...]:
        before = len(self.log)
        self._fold(step)
        while self.state.lookup is not None and self.state.lookup.kind in IN_THE_MIDDLE:
            nothing = e.LookupAnswered(at=self.at, kind=self.state.lookup.kind)
            self.log.append(nothing)
            self._fold(turns.begin(self.questionnaire, fold_all(self.state, [nothing]), at=self.at))
        return tuple(self.log[before:])

    def _fold(self, step: Step) -> None:
        self.log += step.events
        self.state = step.state
        assert fold_all(State(), self.log) == step.state
        self.said = "".join(prompt.spoken for prompt in step.replies)

    def begin(self) -> tuple[e.AnyEvent, ...]:
        """The assistant's first words."""
        return self._keep(turns.begin(self.questionnaire, self.state, at=self.at))

    def take(self, understood: Understood, utterance: Utterance | None = None) -> tuple[e.AnyEvent, ...]:
        """One turn of the resident."""
        self.at += TURN_LASTS
        silent = understood.act == "silence"
        spoken = utterance or (Utterance(silence_seconds=5.0) if silent else Utterance(text=understood.heard or "话"))
        act = ACTS[act_for(understood.act, self.state.phase)]
        events = self._keep(turns.take(self.questionnaire, self.state, spoken, understood, act, at=self.at))
        return events + self._looked_up()

    def _looked_up(self) -> tuple[e.AnyEvent, ...]:
        """The platform knows of no matter of this household; other lookups nobody answers here."""
        if self.state.lookup is None or self.state.lookup.kind != "tickets":
            return ()
        answered = e.LookupAnswered(at=self.at, kind="tickets", found={})
        self.log.append(answered)
        self.state = fold_all(self.state, [answered])
        return (answered, *self.begin())

    def hear(self, act: str, *, reason: str = "", flags: Sequence[str] = (), **found: Any) -> tuple[e.AnyEvent, ...]:
        """A turn that was taken for `act`, with values by question."""
        return self.take(
            Understood(
                act=act,
                reason=reason,
                found={key: Found(value=value, span=(0, 1), confidence=0.9) for key, value in found.items()},
                flags=tuple(
                    Flag(kind=kind, severity="emergency", whose="self", when="now", words="") for kind in flags
                ),
                heard="居民的话",
            )
        )

    def facts(self, kind: type[e.AnyEvent]) -> list[Any]:
        """Every event of one kind so far."""
        return [event for event in self.log if isinstance(event, kind)]


@cache
def _library() -> dict[str, Questionnaire]:
    return {each.key: each for each in library(dictionary=load_dictionary())}


OpenTalk = Callable[..., Talk]


@pytest.fixture(scope="session")
def open_talk() -> OpenTalk:
    """Opens a session: `open_talk("health-follow-up", known={...}, resumed=False)`."""

    def opened(key: str = "health-follow-up", **more: Any) -> Talk:
        questionnaire = _library()[key]
        event = e.SessionOpened(
            at=AT, questionnaire=content_hash(questionnaire), channel="voice", community="育林社区", **more
        )
        talk = Talk(questionnaire=questionnaire, state=fold_all(State(), [event]), at=AT, log=[event])
        talk.begin()
        return talk

    return opened
