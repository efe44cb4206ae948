"""The questionnaire loop and the talk around it, turn by turn, without Rasa."""

import msgspec
import pytest

from dialogs import events as e
from dialogs.loop import EXPLAIN_AGAIN_LIMIT
from nlu.understood import Found, Understood

CALLED_AT_THREE = {"at": "2026-11-21T15:00:00", "words": "下午三点"}


@pytest.fixture
def talk(open_talk):
    """健康随访, the opening agreed to: the first question is pending."""
    opened = open_talk()
    opened.hear("answer", _may_ask="yes")
    assert opened.state.pending == "fever"
    return opened


def answer(**found):
    return Understood(
        act="answer",
        found={key: Found(value=value, span=(0, 1), confidence=sure) for key, (value, sure) in found.items()},
        heard="居民的话",
    )


def wording(talk, number):
    return talk.questionnaire.question(talk.state.pending).again[number].spoken


def test_two_other_wordings_then_the_keypad_then_a_person(talk) -> None:
    talk.hear("no_match")
    assert talk.said == wording(talk, 0)
    talk.hear("no_match")
    assert talk.said == wording(talk, 1)
    talk.hear("no_match")
    assert "按一" in talk.said
    assert talk.state.outcome is None
    talk.hear("no_match")
    assert talk.state.outcome == "to_person"
    assert [each.kind for each in talk.facts(e.EscalationRaised)] == ["not_understood"]
    assert talk.state.left_open == {"fever": "not_understood"}


def test_an_answer_ends_the_ladder_and_the_next_question_starts_a_new_one(talk) -> None:
    talk.hear("no_match")
    talk.hear("no_match")
    talk.hear("answer", fever="no")
    assert (talk.state.pending, talk.state.misses, talk.state.wording) == ("cough", 0, 0)
    talk.hear("no_match")
    assert talk.said == wording(talk, 0)


def test_words_without_any_answer_to_a_read_back_end_with_a_person_too(talk) -> None:
    talk.hear("answer", fever="yes")
    talk.hear("answer", temperature={"value": 38.2, "unit": "C"})
    assert talk.state.phase == "reading_back"
    talk.hear("no_match")
    assert "对不对" in talk.said
    talk.hear("no_match")
    assert "按一" in talk.said
    talk.hear("no_match")
    assert talk.state.outcome == "to_person"
    assert talk.state.answers["temperature"].confirmed is False


def test_nobody_who_is_silent_is_asked_for_ever(talk) -> None:
    talk.hear("silence")
    assert "听得到吗" in talk.said
    talk.hear("silence")
    assert wording(talk, 0) in talk.said
    talk.hear("silence")
    assert talk.state.outcome == "break_off"


def test_a_word_between_silences_starts_the_count_anew(talk) -> None:
    talk.hear("silence")
    talk.hear("silence")
    talk.hear("smalltalk")
    talk.hear("silence")
    assert talk.state.outcome is None
    assert talk.state.silences == 1


def test_silence_after_a_red_flag_counts_as_yes(talk) -> None:
    talk.hear("red_flag", flags=["breathless"])
    for _ in range(3):
        talk.hear("silence")
    assert talk.state.outcome == "red_flag"
    assert [each.still for each in talk.facts(e.RedFlagChecked)] == [None]


def test_what_is_read_back_and_agreed_to_is_confirmed(talk) -> None:
    talk.hear("answer", fever="yes")
    talk.hear("answer", temperature={"value": 38.2, "unit": "C"})
    assert "三十八度二" in talk.said
    talk.hear("answer", _right="yes")
    assert talk.state.answers["temperature"].confirmed
    assert talk.state.pending == "cough"


def test_a_yes_that_was_hardly_heard_is_asked_for_again_and_then_counts(talk) -> None:
    talk.hear("answer", fever="yes")
    talk.hear("answer", temperature={"value": 38.2, "unit": "C"})
    doubtful = msgspec.structs.replace(answer(_right=("yes", 0.9)), confidence=0.7)
    talk.take(doubtful)
    assert talk.state.phase == "reading_back"
    assert not talk.facts(e.AnswerConfirmed)
    talk.take(doubtful)
    assert talk.state.answers["temperature"].confirmed


def test_a_no_that_was_hardly_heard_takes_the_value_back_at_once(talk) -> None:
    talk.hear("answer", fever="yes")
    talk.hear("answer", temperature={"value": 38.2, "unit": "C"})
    talk.take(msgspec.structs.replace(answer(_right=("no", 0.9)), confidence=0.5))
    assert "temperature" not in talk.state.answers


def test_whose_yes_was_the_answer_to_an_open_question_confirms_nothing_with_it(talk) -> None:
    talk.hear("answer", fever="yes")
    talk.take(Understood(act="no_match", heard="好好好"))
    talk.hear("answer", temperature={"value": 38.2, "unit": "C"})
    talk.hear("answer", _right="yes")
    assert not talk.state.answers["temperature"].confirmed
    assert talk.state.pending == "cough"


def test_what_is_not_agreed_to_is_taken_back_and_asked_in_the_plainest_words(talk) -> None:
    talk.hear("answer", fever="yes")
    talk.hear("answer", temperature={"value": 38.2, "unit": "C"})
    talk.hear("answer", _right="no")
    assert "temperature" not in talk.state.answers
    assert talk.state.pending == "temperature"
    assert talk.said.endswith(wording(talk, -1))


def test_the_right_value_said_at_once_is_read_back_itself(talk) -> None:
    talk.hear("answer", fever="yes")
    talk.hear("answer", temperature={"value": 39.2, "unit": "C"})
    talk.hear("answer", _right="no", temperature={"value": 37.2, "unit": "C"})
    assert "三十七度二" in talk.said
    talk.hear("answer", _right="yes")
    assert talk.state.answers["temperature"].value == {"value": 37.2, "unit": "C"}
    assert talk.state.answers["temperature"].confirmed


def test_a_clear_value_in_place_of_one_that_was_hardly_heard_needs_no_other_read_back(talk) -> None:
    talk.take(answer(fever=("yes", 0.3)))
    assert talk.state.reading_back == ("fever",)
    talk.take(answer(fever=("no", 0.95)))
    assert talk.state.pending == "cough"
    assert talk.state.phase == "asking"


def test_what_was_said_beside_the_question_is_read_back_as_well(talk) -> None:
    talk.hear("answer", temperature={"value": 38.2, "unit": "C"})
    assert talk.state.reading_back == ("temperature",)
    talk.hear("answer", _right="yes")
    assert talk.state.pending == "fever"


def test_a_question_that_another_answer_makes_pointless_is_not_asked_again(open_talk) -> None:
    talk = open_talk()
    talk.hear("answer", _may_ask="yes", fever="yes")
    assert talk.state.pending == "temperature"
    talk.hear("correct_that", fever="no")
    assert talk.state.pending == "cough"


def test_no_fever_no_temperature(talk) -> None:
    talk.hear("answer", fever="no")
    assert talk.state.pending == "cough"


@pytest.mark.parametrize("key", ["health-follow-up", "return-registration", "policy-notice"])
def test_what_is_known_is_never_asked(open_talk, key) -> None:
    questions = open_talk(key).questionnaire.questions
    known = {question.key: "no" for question in questions[:-1]}
    talk = open_talk(key, known=known)
    talk.hear("answer", _may_ask="yes")
    assert not {each.question for each in talk.facts(e.QuestionAsked)} & set(known)


def test_when_everything_is_known_nothing_is_asked(open_talk) -> None:
    keys = [question.key for question in open_talk().questionnaire.questions]
    talk = open_talk(known=dict.fromkeys(keys, "no"))
    talk.hear("answer", _may_ask="yes")
    assert talk.state.outcome == "complete"


def test_a_correction_with_its_value_is_taken_and_the_questions_go_on(talk) -> None:
    talk.hear("answer", fever="no")
    talk.hear("correct_that", fever="yes")
    assert talk.state.answers["fever"].value == "yes"
    assert talk.state.pending == "temperature"
    assert [each.question for each in talk.facts(e.AnswerWithdrawn)] == ["fever"]


def test_a_correction_without_a_value_asks_which_and_falls_back_to_the_last_answer(talk) -> None:
    talk.hear("answer", fever="no")
    talk.hear("answer", cough="no")
    talk.hear("correct_that")
    assert "哪一样" in talk.said
    talk.hear("answer")
    assert "cough" not in talk.state.answers
    assert talk.state.pending == "cough"


def test_a_correction_before_any_answer_harms_nothing(open_talk) -> None:
    talk = open_talk()
    talk.hear("correct_that")
    talk.hear("answer")
    assert talk.state.pending == "fever"


def test_a_matter_is_raised_once_however_often_it_is_said(talk) -> None:
    talk.hear("red_flag", flags=["chest_pain"])
    talk.hear("answer", _still="no")
    talk.hear("red_flag", flags=["chest_pain"])
    talk.hear("answer", _still="no")
    for _ in range(2):
        talk.hear("repair_request")
    assert [each.key for each in talk.facts(e.EscalationRaised)] == ["flag:chest_pain", "repair_request:11b379ff"]


def test_who_tells_of_the_danger_again_when_asked_whether_it_is_over_has_said_that_it_is_not(talk) -> None:
    talk.hear("red_flag", flags=["chest_pain"])
    talk.hear("red_flag", flags=["chest_pain"])
    assert talk.state.outcome == "red_flag"
    assert [each.still for each in talk.facts(e.RedFlagChecked)] == [True]


def test_a_second_danger_is_raised_beside_the_first_and_help_comes_without_another_question(talk) -> None:
    talk.hear("red_flag", flags=["fall"])
    talk.hear("red_flag", flags=["fall", "breathless"])
    assert [each.kind for each in talk.facts(e.EscalationRaised)] == ["fall", "breathless"]
    assert [each.still for each in talk.facts(e.RedFlagChecked)] == [True]
    assert talk.state.outcome == "red_flag"


def test_a_goodbye_to_the_question_after_a_red_flag_is_no_all_clear(talk) -> None:
    talk.hear("red_flag", flags=["fall"])
    talk.hear("goodbye")
    assert talk.state.outcome == "red_flag"
    assert [each.still for each in talk.facts(e.RedFlagChecked)] == [None]


def test_the_questions_go_on_where_they_stood_once_a_danger_is_over(talk) -> None:
    talk.hear("answer", fever="no")
    talk.hear("red_flag", flags=["fall"])
    talk.hear("answer", _still="no")
    assert talk.state.pending == "cough"


def test_a_notice_is_told_again_twice_and_then_by_a_person(open_talk) -> None:
    talk = open_talk("policy-notice")
    talk.hear("answer", _may_ask="yes")
    told = talk.questionnaire.question("day").tell.spoken
    for _ in range(EXPLAIN_AGAIN_LIMIT):
        talk.hear("answer", day={"candidates": ["2026-12-09"], "grain": "day"})
        assert told in talk.said
    talk.hear("answer", day={"candidates": ["2026-12-09"], "grain": "day"})
    assert talk.state.pending == "fasting"
    assert [each.kind for each in talk.facts(e.EscalationRaised)] == ["notice_unclear"]


@pytest.mark.parametrize(
    ("reason", "then"), [("unknown", "temperature"), ("not_measured", "temperature"), ("refused", "cough")]
)
def test_who_has_no_answer_is_not_pressed_nor_asked_more_of_what_they_refused(talk, reason, then) -> None:
    talk.hear("answer", reason=reason)
    assert talk.state.left_open == {"fever": reason}
    assert talk.state.pending == then


@pytest.mark.parametrize(
    ("intent", "outcome"),
    [
        ("refuse_call", "refused"),
        ("stop_calling", "never_again"),
        ("wrong_number", "wrong_person"),
        ("person_please", "to_person"),
        ("goodbye", "break_off"),
    ],
)
def test_one_turn_is_enough_to_end_the_call(talk, intent, outcome) -> None:
    talk.hear(intent)
    assert talk.state.outcome == outcome


def test_a_call_back_is_promised_for_the_time_that_was_said(talk) -> None:
    talk.hear("busy_later")
    talk.hear("answer", _callback=CALLED_AT_THREE)
    [request] = talk.facts(e.CallbackRequested)
    assert request.due.isoformat() == "2026-11-21T07:00:00+00:00"
    assert talk.state.outcome == "callback"
    assert "今天下午三点" in talk.said


def test_now_is_no_time_to_call_again(talk) -> None:
    talk.hear("busy_later", _callback={"at": "2026-11-21T09:00:00", "words": "现在"})
    assert talk.facts(e.CallbackRequested) == []
    assert talk.state.phase == "callback"


@pytest.mark.parametrize(
    "aside",
    ["slower", "who_is_this", "how_got_number", "is_this_fraud", "recorded_or_robot", "ask_back", "smalltalk",
     "thanks", "stop_recording", "policy_question", "complaint"],
)  # fmt: skip
def test_an_aside_is_answered_and_the_question_put_again(talk, aside) -> None:
    asked = talk.said
    talk.hear(aside)
    assert talk.said.endswith(asked)
    assert len(talk.said) > len(asked)
    assert talk.state.misses == 0


def test_say_it_again_says_it_again_word_for_word(talk) -> None:
    said = talk.said
    talk.hear("repeat")
    assert talk.said == said


def test_whoever_needs_a_moment_is_not_asked_meanwhile(talk) -> None:
    talk.hear("wait_please")
    assert talk.questionnaire.question("fever").ask.spoken not in talk.said


def test_a_session_that_broke_off_goes_on_without_the_opening(open_talk) -> None:
    talk = open_talk(known={"fever": "no"}, resumed=True)
    assert talk.state.pending == "cough"
    assert "接着刚才的问" in talk.said
