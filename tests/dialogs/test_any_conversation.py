"""Whatever residents say in whatever order: the log explains the state, nobody is asked twice, every talk can end."""

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dialogs import events as e
from dialogs import loop, phases
from dialogs.questionnaire import Question
from nlu.own_questions import MAY_ASK
from nlu.understood import Flag, Found, Understood
from tests.dialogs.conftest import rules

LIBRARY = ("health-follow-up", "policy-notice", "return-registration")
INTENTS = sorted({intent for intent, _ in rules()} - {"begin"})
REASONS = ("", "not_an_answer", "unknown", "not_measured", "refused", "vague", "invalid", "incomplete", "this_line")
FLAGS = ("chest_pain", "fall", phases.LOW_SPIRITS)
# As docs/answers.md writes them.
VALUES: dict[str, st.SearchStrategy[Any]] = {
    "yes_no": st.sampled_from(["yes", "no", "was", "sometimes"]),
    "temperature": st.sampled_from([36.5, 38.2, 39.4]).map(lambda degrees: {"value": degrees, "unit": "C"}),
    "date": st.sampled_from([["2026-12-08"], ["2026-11-20T15:30:00", "2026-11-21T15:30:00"]]).map(
        lambda candidates: {"candidates": candidates, "grain": "day"}
    ),
    "phone": st.just(["13912345678"]),
    "region": st.just({"province": "湖北省", "city": "荆州市", "district": None}),
    "head_count": st.just({"total": 3, "usual": 2, "away": ["孙子"]}),
    "text": st.just("灯坏了好几天"),
}
# What the readers make of the questions that belong to no questionnaire.
AROUND: dict[str, st.SearchStrategy[Any]] = {
    MAY_ASK: VALUES["yes_no"],
    phases.RIGHT: VALUES["yes_no"],
    phases.STILL: VALUES["yes_no"],
    phases.CALLBACK: st.sampled_from(
        [{"at": "2026-11-21T15:00:00", "words": "下午三点"}, {"at": "2026-11-21T09:00:00", "words": "现在"}]
    ),
}


def value_of(question: Question) -> st.SearchStrategy[Any]:
    if question.kind == "choice":
        return st.sampled_from([option.key for option in question.choices])
    return VALUES[question.kind]


@st.composite
def turn(draw, questionnaire) -> Understood:
    """One turn as understanding may hand it over: mostly answers, values for anything in any phase."""
    values = {question.key: value_of(question) for question in questionnaire.questions} | AROUND
    keys = draw(st.lists(st.sampled_from(sorted(values)), unique=True, max_size=4))
    act = draw(st.one_of(st.sampled_from(["answer", "correct_that"]), st.sampled_from(INTENTS)))
    kinds = draw(st.lists(st.sampled_from(FLAGS), unique=True, min_size=1, max_size=2)) if act == "red_flag" else []
    return Understood(
        act=act,
        reason=draw(st.sampled_from(REASONS)),
        found={
            key: Found(value=draw(values[key]), span=(0, 1), confidence=draw(st.sampled_from([0.2, 0.9])))
            for key in keys
        },
        flags=tuple(Flag(kind=kind, severity="emergency", whose="self", when="now", words="") for kind in kinds),
        heard="居民的话",
    )


@pytest.mark.parametrize("key", LIBRARY)
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_any_conversation_can_be_had(open_talk, key, data) -> None:
    talk = open_talk(key)
    known = data.draw(st.sets(st.sampled_from([each.key for each in talk.questionnaire.questions])))
    talk = open_talk(key, known=dict.fromkeys(known, "no"))
    for _ in range(data.draw(st.integers(1, 25))):
        before = talk.state
        events = talk.take(data.draw(turn(talk.questionnaire)))  # folds its log anew, and compares
        check(talk, before, events)
        if talk.state.outcome is not None:
            assert talk.state.phase == "closed"
            assert isinstance(events[-1], e.SessionEnded | e.AssistantSpoke)
            return
    assert len({each.key for each in talk.facts(e.EscalationRaised)}) == len(talk.facts(e.EscalationRaised))


def check(talk, before, events) -> None:
    open_to_others = {each.key for each in talk.questionnaire.questions if not loop.is_left_open(each, before)}
    answered, closed = set(before.answers) | (set(before.left_open) - open_to_others), False
    for event in events:
        assert not closed or isinstance(event, e.AssistantSpoke)
        match event:
            case e.AnswerWithdrawn():
                answered.discard(event.question)
            case e.SpeakerHeard():  # what one of them does not know is asked of the next
                answered -= {key for key, reason in before.left_open.items() if reason == "unknown"}
            case e.AnswerCaptured() | e.QuestionLeftOpen():
                answered.add(event.question)
            case e.QuestionAsked():
                assert event.question not in answered
                spoken_of = {each.question for each in talk.facts(e.AnswerWithdrawn)}
                assert event.question not in talk.state.known or event.question in spoken_of
            case e.AnswersReadBack():
                assert event.questions
                assert set(event.questions) <= set(talk.state.answers)
            case e.SessionEnded():
                closed = True
    assert talk.said, "nobody is left without a word"
    assert "{" not in talk.said
    if talk.state.outcome == "complete":
        assert loop.next_question(talk.questionnaire, talk.state) is None


@pytest.mark.parametrize("key", LIBRARY)
@pytest.mark.parametrize("act", ["no_match", "silence"])
def test_whoever_never_answers_is_let_go(open_talk, key, act) -> None:
    for phase in (
        {},
        {"act": "busy_later"},
        {"act": "correct_that"},
        {"act": "red_flag", "flags": ["fall"]},
        {"act": "answer", MAY_ASK: "yes"},
    ):
        talk = open_talk(key)
        if phase:
            talk.hear(phase["act"], **{name: value for name, value in phase.items() if name != "act"})
        turns = 0
        while talk.state.outcome is None:
            talk.hear(act)
            turns += 1
            assert turns <= 8, (phase, talk.state.phase)
