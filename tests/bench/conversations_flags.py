"""Dangers and ordinary talk in the middle of a call, in words of people who never saw the lexicon."""

from dataclasses import dataclass
from datetime import timedelta
from itertools import cycle
from pathlib import Path
from typing import Any

import yaml

from dialogs import events as e
from dialogs.questionnaire import Questionnaire, content_hash
from dialogs.state import State, fold_all
from dialogs.turn import PROTOCOL, TurnRequest
from nlu.utterance import Utterance
from tests.bench.conversations_calls import AT, SECONDS_PER_TURN, Patient, whole_turn

CASES = Path(__file__).parent / "conversation_cases"
# How the call comes to the question that is pending when it is said.
BEFORE = (("方便",), ("方便", "没有"), ("方便", "没有", "不咳"), ("方便", "没有", "不咳", "不闷"))


@dataclass(frozen=True)
class Heard:
    """Sentences in which a danger was heard, of all that were said; those that were taken wrongly."""

    heard: int
    said: int
    wrong: tuple[str, ...]


async def red_flags(client: Patient, questionnaire: Questionnaire) -> Heard:
    """The dangers that were heard."""
    cases = _cases("red_flags.yaml")
    missed = [each["text"] for each, raised in await _said(client, questionnaire, cases) if not raised]
    return Heard(len(cases) - len(missed), len(cases), tuple(missed))


async def false_alarms(client: Patient, questionnaire: Questionnaire) -> Heard:
    """The ordinary talk that was taken for a danger."""
    cases = _cases("ordinary.yaml")
    taken = [f"{raised}: {each['text']}" for each, raised in await _said(client, questionnaire, cases) if raised]
    return Heard(len(taken), len(cases), tuple(taken))


def _cases(name: str) -> list[dict[str, Any]]:
    cases: list[dict[str, Any]] = yaml.safe_load((CASES / name).read_text(encoding="utf-8"))
    return cases


async def _said(
    client: Patient, questionnaire: Questionnaire, cases: list[dict[str, Any]]
) -> list[tuple[dict[str, Any], str]]:
    states = cycle([await _after(client, questionnaire, words) for words in BEFORE])
    results = []
    for case, state in zip(cases, states, strict=False):
        after = await _turn(client, state, Utterance(text=case["text"]), turn=len(BEFORE))
        kinds = [each.kind for each in after.events if isinstance(each, e.EscalationRaised) and "flag:" in each.key]
        results.append((case, "、".join(kinds)))
    return results


async def _after(client: Patient, questionnaire: Questionnaire, words: tuple[str, ...]) -> State:
    opened = e.SessionOpened(
        at=AT, questionnaire=content_hash(questionnaire), channel="voice", community="育林社区", elder=True
    )
    state = fold_all(State(), [opened])
    for turn, said in enumerate((None, *words)):
        utterance = None if said is None else Utterance(text=said)
        state = (await _turn(client, state, utterance, turn=turn)).state
    return state


async def _turn(client: Patient, state: State, utterance: Utterance | None, *, turn: int) -> Any:
    return await whole_turn(
        client,
        TurnRequest(
            protocol=PROTOCOL,
            session="bench",
            questionnaire=state.questionnaire,
            state=state,
            utterance=utterance,
            at=AT + timedelta(seconds=SECONDS_PER_TURN * turn),
        ),
    )
