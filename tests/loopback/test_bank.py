"""The phrase bank: large, natural, and never copied from the training data."""

import random
import re
from datetime import date, timedelta
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from integrations.telephony.loopback.facts import Facts
from integrations.telephony.loopback.hearing import understand
from integrations.telephony.loopback.numerals import cardinal, digits, heard_day, heard_digits, past_days, temperatures

ROOT = Path(__file__).parents[2]
ON = date(2026, 11, 21)
LIBRARY = sorted((ROOT / "dialogs" / "library").glob("*.yaml"))
STANDARD = ("health-follow-up", "policy-notice", "return-registration")


def bare(text: str) -> str:
    return re.sub(r"[\W_]", "", text)


def training_examples() -> set[str]:
    examples: set[str] = set()
    for path in (ROOT / "nlu" / "data").glob("*.yml"):
        for block in yaml.safe_load(path.read_text(encoding="utf-8"))["nlu"]:
            lines = str(block.get("examples", "")).splitlines()
            examples |= {bare(re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", line.removeprefix("- "))) for line in lines}
    return examples


def test_no_phrase_of_the_bank_is_a_training_example(bank) -> None:
    examples = training_examples()
    assert len(examples) > 1000
    assert [each for each in bank.phrases() if bare(each) in examples] == []


def test_no_phrase_of_the_bank_stands_twice(bank) -> None:
    phrases = list(bank.phrases())
    assert sorted(each for each in set(phrases) if phrases.count(each) > 1) == []


def test_every_value_is_said_in_a_dozen_ways(bank) -> None:
    thin = {
        f"{name}.{value}": len(phrases)
        for name, topic in bank.topics.items()
        for value, phrases in topic.values.items()
        if len(phrases) < 12
    }
    assert thin == {}


def test_at_least_sixty_red_flags_and_a_third_of_them_indirect(bank) -> None:
    direct = sum(len(each.direct) for each in bank.red_flags.values())
    indirect = sum(len(each.indirect) for each in bank.red_flags.values())
    assert direct + indirect >= 60
    assert indirect / (direct + indirect) >= 1 / 3


@pytest.mark.parametrize("name", STANDARD)
def test_residents_understand_every_wording_of_the_standard_questionnaires(bank, name) -> None:
    """A resident knows the question by its words; the topic's name happens to be the question's key, for scoring."""
    questionnaire = yaml.safe_load((ROOT / "dialogs" / "library" / f"{name}.yaml").read_text(encoding="utf-8"))
    assert understand(bank, questionnaire["opening"]["spoken"]).ask == "opening"
    for question in questionnaire["questions"]:
        told = question.get("tell", {}).get("spoken", "")
        for wording in (told + question["ask"]["spoken"], *(each["spoken"] for each in question["again"])):
            assert understand(bank, "不着急，您慢慢来。" + wording).topic == question["key"], wording


def test_residents_understand_what_the_assistant_says_around_the_questions(bank) -> None:
    phrases = yaml.safe_load((ROOT / "dialogs" / "phrases.yaml").read_text(encoding="utf-8"))
    expected = {
        "may_ask": "opening",
        "shall_go_on": "opening",
        "your_home_surname": "party",
        "which_of_you": "sharers",
        "read_back": "agreement",
        "can_you_hear": "hear_me",
        "when_to_call": "callback",
        "when_to_call_exact": "callback",
        "when_home": "callback",
        "which_is_wrong": "which_wrong",
        "flag_check": "flag_check",
        "flag_check_low": "flag_check",
        "flag_check_away": "flag_check",
        "flag_check_lost": "flag_check",
        "take_your_time": "wait",
    }
    spoken = {name: each if isinstance(each, str) else each["spoken"] for name, each in phrases.items()}
    heard = {name: understand(bank, spoken[name]).ask for name in expected}
    assert heard == expected
    for keypad in ("keypad_yes_no", "keypad_choice", "keypad_digits", "keypad_date"):
        assert understand(bank, phrases[keypad]["spoken"]).ask == "keypad", keypad


def test_every_brace_of_the_bank_is_filled(bank) -> None:
    rng = random.Random(1)
    for name, topic in bank.topics.items():
        facts = Facts(seed="1", on=ON, notice_day=(12, 8))
        for phrases in (*topic.values.values(), *topic.statements.values()):
            for phrase in phrases:
                assert "{" not in phrase.format_map(facts.slots(name, rng))
    for phrase in (*bank.corrections, *bank.agreement.disagrees):
        assert "{again}" in phrase
    assert all("{answer}" in phrase for phrase in bank.stories)


@given(st.dates(date(2026, 1, 1), date(2028, 12, 31)), st.integers(1, 13))
def test_a_day_in_the_last_fortnight_is_said_so_that_it_means_that_day(on: date, ago: int) -> None:
    day = on - timedelta(days=ago)
    words = {"昨天": 1, "前天": 2, "大前天": 3}
    for way in past_days(day, on=on):
        if way in words:
            assert words[way] == ago
        elif "月" in way:
            assert heard_day(way) == (day.month, day.day)
        elif way.endswith("号"):
            assert way == f"{cardinal(day.day)}号"
            assert (day.year, day.month) == (on.year, on.month)
        else:
            monday = on - timedelta(days=on.weekday() + (7 if way.startswith("上") else 0))
            assert monday + timedelta(days="一二三四五六日".index(way[-1])) == day


@given(st.integers(0, 10**11 - 1), st.booleans(), st.booleans())
def test_a_telephone_number_survives_being_said_and_heard(number: int, grouped: bool, yao: bool) -> None:
    written = f"{number:011}"
    assert heard_digits(digits(written, grouped=grouped, yao=yao)) == written


def test_temperatures_are_said_as_people_do() -> None:
    assert temperatures(37.2) == ("三十七度二", "三十七点二度")
    assert temperatures(38.0)[0] == "三十八度"


@given(st.integers(1, 12), st.integers(1, 31))
def test_a_date_read_back_is_heard_in_words_and_in_figures(month: int, day: int) -> None:
    assert heard_day(f"{cardinal(month)}月{cardinal(day)}号，对不对") == (month, day)
    assert heard_day(f"2026年{month}月{day}日") == (month, day)
