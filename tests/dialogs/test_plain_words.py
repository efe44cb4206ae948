"""Whoever cannot hear well is told the same in fewer words."""

import re

import pytest

from dialogs import phrases
from dialogs.definitions import library
from dialogs.dictionary import load_dictionary
from dialogs.jobs import own_questionnaires
from dialogs.questionnaire import Question, Questionnaire, Wording
from nlu.understood import Understood

LONG = 20  # characters without what the braces stand for
FILLED = re.compile(r"\{\w+\}")
UNSAID = re.compile(r"[，。！？、：；\s]")
# Longer than a breath, each for a reason, and each with a plainer form or said once at the very end.
MAY_BE_LONG = {
    "policy-notice": "the notice itself: day, place, paper, fasting",
    "not_a_fraud": "what is never asked for, and the two places where one can check",
    "check_on_us": "the same, and that no machine calls again",
    "who_is_there": "a new voice is owed who is calling, and that it is a machine",
    "a_machine": "the same",
    "flag_check": "sit down, somebody knows, and the one question",
    "flag_check_low": "the same, for low spirits",
    "flag_check_lost": "the same, where somebody is missing",
    "flag_check_away": "the same, where one has to get away",
    "flag_still": "who comes, and what to do until then",
    "keypad_digits": "three keys have to be named",
    "what_i_can_do": "a list",
    "that_was_not_us": "what to do about whoever it was",
    "watchword_only_when_we_call": "no hint of the word, and who can be asked",
    "help_at_once": "what to do at once, and why we ask who they are",
}
OFFICIAL = re.compile("贵户|该户|予以|进行|相关|贵方|敬请|如有|是否|届时|办理完毕|请于|及时|反馈|知悉|配合")
NEXT = re.compile("下一题|下一个问题|下面一题|接下来")
EVERY = (*library(dictionary=load_dictionary()), *own_questionnaires(dictionary=load_dictionary()))
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


def breath(text: str) -> int:
    return len(UNSAID.sub("", FILLED.sub("", text)))


def prompts(questionnaire: Questionnaire) -> list[Wording]:
    """All that is said in the middle of it; the opening says who calls, why, and how to reach a person."""
    found = [questionnaire.closing]
    for question in questionnaire.questions:
        replies = [option.reply for option in question.choices if option.reply]
        told = [each for each in (question.tell, question.when_full) if each]
        found += [question.ask, *question.again, *told, *replies]
    return found


@pytest.mark.parametrize("questionnaire", EVERY, ids=lambda each: each.key)
def test_no_prompt_is_longer_than_a_breath(questionnaire: Questionnaire) -> None:
    allowed = 2 * LONG if questionnaire.key in MAY_BE_LONG else LONG + 6
    assert [each.spoken for each in prompts(questionnaire) if breath(each.spoken) > allowed] == []


def test_no_phrase_is_longer_than_a_breath_but_for_a_reason() -> None:
    long = {name for name, each in phrases.named().items() if breath(each.spoken) > LONG}
    assert long <= MAY_BE_LONG.keys()


@pytest.mark.parametrize("questionnaire", EVERY, ids=lambda each: each.key)
def test_a_prompt_asks_one_thing(questionnaire: Questionnaire) -> None:
    for question in questionnaire.questions:
        for each in (question.ask, *question.again):
            assert each.spoken.count("？") <= 2, each.spoken
            assert not re.search("？.*(?:另外|还有|以及|并且)", each.spoken), each.spoken


@pytest.mark.parametrize("wording", [*phrases.all_phrases(), *(w for each in EVERY for w in prompts(each))])
def test_nothing_sounds_like_an_office_or_like_an_examination(wording: Wording) -> None:
    assert not OFFICIAL.search(wording.spoken), wording.spoken
    assert not NEXT.search(wording.spoken), wording.spoken


def test_numbers_are_read_back_as_people_say_them(open_talk) -> None:
    talk = open_talk("household-check")
    talk.hear("answer", _may_ask="yes")
    talk.hear("answer", room={"community": None, "building": "3", "unit": "2", "floor": None, "room": "501"})
    assert talk.said == "三栋二单元五零幺，对不对？"
    talk = open_talk("chronic-follow-up")
    talk.hear("answer", _may_ask="yes")
    talk.hear("answer", pressure={"systolic": 150, "diastolic": 95})
    assert talk.said == "高压一百五十，低压九十五，对不对？"
    talk = open_talk("chronic-follow-up")
    talk.hear("answer", _may_ask="yes")
    talk.hear("answer", pressure={"systolic": 170, "diastolic": None})
    assert talk.said == "低压呢？"
    talk.hear("answer", pressure={"systolic": 170, "diastolic": None})
    assert talk.said == "高压一百七十，对不对？"


def test_bad_news_is_met_with_a_word_and_not_with_the_next_question_alone(open_talk) -> None:
    talk = open_talk("living-alone-care")
    talk.hear("answer", _may_ask="yes")
    talk.hear("answer", mood="low")
    assert talk.said.startswith("我记着了")
