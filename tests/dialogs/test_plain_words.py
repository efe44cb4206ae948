"""Whoever cannot hear well is told the same in fewer words."""

import re

import pytest

from dialogs import phrases
from dialogs.definitions import library
from dialogs.dictionary import load_dictionary
from dialogs.questionnaire import Question, Wording
from nlu.understood import Understood

LONG = 20  # characters without what the braces stand for
FILLED = re.compile(r"\{\w+\}")
QUESTIONS = [question for each in library(dictionary=load_dictionary()) for question in each.questions]


def length(text: str) -> int:
    return len(FILLED.sub("", text))


@pytest.mark.parametrize("wording", phrases.all_phrases(), ids=lambda wording: wording.spoken[:12])
def test_whatever_is_long_has_a_plainer_form(wording: Wording) -> None:
    if length(wording.spoken) > LONG:
        assert wording.plain
    if wording.plain:
        assert length(wording.plain) < max(length(wording.spoken), LONG + 6)


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda question: question.key)
def test_every_question_has_a_simplest_wording_of_one_breath(question: Question) -> None:
    assert length(question.again[-1].spoken) <= LONG + 6


def test_who_asks_for_louder_hears_the_question_in_its_simplest_words_and_then_everything_plainly(open_talk) -> None:
    talk = open_talk("health-follow-up")
    talk.hear("answer", _may_ask="yes")
    talk.hear("louder")
    assert talk.said == "好，我大声一点。您有没有发烧？说有，或者没有。"
    talk.take(Understood(act="who_is_this", heard="你是谁"))
    assert talk.said.startswith("我是育林社区的邻音。")
