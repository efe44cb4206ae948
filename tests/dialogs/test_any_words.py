"""Words of real conversations in any order: nobody is stuck, pressed, or left alone with a danger.

Understanding is the real one, with the trained intents; the rules file chooses the act, and no worker is needed.
"""

import os
from collections.abc import Sequence
from functools import cache
from pathlib import Path

import pytest
import yaml
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from bot.settings import ROOT, Settings
from dialogs import events as e
from dialogs import phases
from dialogs.acts.unclear import TURNS_AROUND, TURNS_PER_QUESTION
from nlu.intents import IntentModel
from nlu.understanding import understand
from nlu.utterance import Utterance

pytestmark = pytest.mark.rasa  # the intents come out of the trained model

GOLDEN = Path(__file__).parents[1] / "golden" / "conversations"
LIBRARY = ("health-follow-up", "return-registration", "policy-notice", "living-alone-care", "household-check")
# 可以 and 中 are left out: said of sleep or mood they are an answer.
AGREEING = ("嗯", "好", "好好好", "对对对", "是的是的", "嗯嗯", "行", "对，行", "好的")
SILENCE = ""
# A red flag is followed up by one calm question, or by a ticket where the matter can wait.
FOLLOWED_UP = (e.RedFlagCheckAsked, e.RedFlagChecked, e.SessionEnded)


@cache
def words() -> Sequence[str]:
    """Everything that residents say in the golden conversations, and a silence."""
    said = {
        str(turn["resident"])
        for path in sorted(GOLDEN.glob("*.yaml"))
        for spec in yaml.safe_load_all(path.read_text(encoding="utf-8"))
        for turn in spec["turns"]
        if "resident" in turn
    }
    return (SILENCE, *sorted(said))


@cache
def model() -> IntentModel:
    return IntentModel.from_archive(Settings(data=Path(os.environ.get("LINYIN_DATA", ROOT / "var"))).model)


def say(talk, text: str) -> tuple[e.AnyEvent, ...]:
    """One turn in real words."""
    spoken = Utterance(text=text) if text else Utterance(silence_seconds=6.0)
    understood = understand(
        spoken,
        pending=phases.pending(talk.questionnaire, talk.state),
        others=phases.others(talk.questionnaire, talk.state),
        rank=model().rank,
        at=talk.at,
    )
    return talk.take(understood, spoken)


def told_again(before, events) -> list[str]:
    """Questions that were put although they had an answer before this turn that nobody took back."""
    withdrawn = {each.question for each in events if isinstance(each, e.AnswerWithdrawn)}
    asked = [each.question for each in events if isinstance(each, e.QuestionAsked)]
    return [key for key in asked if (key in before.answers or key in before.known) and key not in withdrawn]


@pytest.mark.parametrize("key", LIBRARY)
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(said=st.lists(st.sampled_from(words()), min_size=3, max_size=30))
@example(said=["方便", "麻麻哋啦，起身两次。叫我个孙女同你讲。", SILENCE, "……五。", "……五。"])
def test_any_words_in_any_order_lead_somewhere(open_talk, key: str, said: list[str]) -> None:
    talk = open_talk(key)
    for text in said:
        if talk.state.outcome is not None:
            break
        before = talk.state
        events = say(talk, text)
        assert talk.said or talk.state.lookup is not None, "nobody is left without a word"
        assert not told_again(before, events), (said, text)
        for raised in (each for each in events if isinstance(each, e.EscalationRaised)):
            if raised.key.startswith("flag:") and raised.severity == "emergency":
                assert any(isinstance(each, FOLLOWED_UP) for each in events), (said, text)
    assert talk.state.turns <= TURNS_AROUND + TURNS_PER_QUESTION * len(talk.questionnaire.questions) + 1


@pytest.mark.parametrize("key", LIBRARY)
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(said=st.lists(st.sampled_from(words()), min_size=1, max_size=8))
@example(said=["方便"])
def test_a_person_is_reached_in_one_turn_from_anywhere(open_talk, key: str, said: list[str]) -> None:
    talk = open_talk(key)
    for text in said:
        say(talk, text)
        if talk.state.outcome is not None:
            return
    say(talk, "转人工")
    assert talk.state.outcome == "to_person"
    assert "person" in {each.kind for each in talk.facts(e.EscalationRaised)}


@pytest.mark.parametrize("key", LIBRARY)
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(said=st.lists(st.sampled_from(AGREEING), min_size=40, max_size=40))
def test_who_agrees_to_everything_is_let_go_and_nothing_is_proposed_to_them(open_talk, key: str, said) -> None:
    talk = open_talk(key)
    for text in said:
        if talk.state.outcome is not None:
            break
        say(talk, text)
    assert talk.state.outcome is not None
    for kept in talk.facts(e.AnswerCaptured):
        # 嗯 is no number and no date; 好 is a choice only where 好 is one of them.
        assert kept.kind == "yes_no" or (kept.kind == "choice" and kept.shown in kept.heard)
    assert not talk.facts(e.AnswerConfirmed)


@pytest.mark.parametrize("key", LIBRARY)
@pytest.mark.parametrize("danger", ["我胸口疼得厉害", "喘不上气了", "我摔了一跤起不来了", "不想活了"])
@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(said=st.lists(st.sampled_from(words()), max_size=6))
def test_a_danger_is_raised_from_anywhere(open_talk, key: str, danger: str, said: list[str]) -> None:
    talk = open_talk(key)
    for text in said:
        say(talk, text)
        if talk.state.outcome is not None or any(each.startswith("flag:") for each in talk.state.raised):
            return
    events = say(talk, danger)
    assert any(isinstance(each, e.EscalationRaised) and each.key.startswith("flag:") for each in events)
    assert talk.state.phase in ("red_flag", "closed")
