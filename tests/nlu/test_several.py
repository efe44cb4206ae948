"""One utterance, many answers: everything that was said is found, each with its span, and nothing is invented."""

from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from nlu.reading import Choice, Expectation, Reading
from nlu.several import find_answers

AT = datetime(2026, 11, 21, 10, tzinfo=timezone(timedelta(hours=8)))
CASES: dict[str, Any] = yaml.safe_load((Path(__file__).parent / "cases" / "several.yaml").read_text(encoding="utf-8"))
FOUND = 0.95
INVENTED = 0.01
DAYS_A_MONTH, SECONDS_A_DAY = 30, 86400


def _expectation(question: dict[str, Any]) -> Expectation:
    choices = tuple(
        Choice(key=each["key"], label=each["label"], synonyms=tuple(each.get("synonyms", ())))
        for each in question.get("choices", ())
    )
    return Expectation(**{**question, "choices": choices})


QUESTIONNAIRES = {
    name: tuple(_expectation(each) for each in questions) for name, questions in CASES["questionnaires"].items()
}


def _short(kind: str, value: Any) -> Any:
    """A value as the table writes it."""
    forms = {
        "date": lambda: value["candidates"][0],
        "region": lambda: value["city"] or value["province"],
        "temperature": lambda: value["value"],
        "quantity": lambda: value["amount"],
        "head_count": lambda: value["total"],
        "phone": lambda: value[0],
        "blood_pressure": lambda: value["systolic"],
        "glucose": lambda: value["mmol_l"],
        "room": lambda: value["building"],
        "medicine": lambda: value["name"],
        "duration": lambda: (value["months"] or 0) * DAYS_A_MONTH + (value["seconds"] or 0) / SECONDS_A_DAY,
    }
    return forms.get(kind, lambda: value)()


def _same(one: Any, other: Any) -> bool:
    try:
        return float(one) == float(other)
    except (TypeError, ValueError):
        return str(one) == str(other)


def _find(name: str, text: str) -> dict[str, Reading]:
    return find_answers(text, expectations=QUESTIONNAIRES[name], at=AT)


def test_what_was_said_is_found_and_nothing_else() -> None:
    told = hits = invented = 0
    for name, cases in CASES["cases"].items():
        kinds = {each.key: each.kind for each in QUESTIONNAIRES[name]}
        for case in cases:
            found = {key: _short(kinds[key], each.value) for key, each in _find(name, case["say"]).items()}
            told += len(case["finds"])
            hits += sum(key in found and _same(found[key], value) for key, value in case["finds"].items())
            allowed = set(case.get("may", ()))
            invented += sum(
                key not in allowed and not _same(value, case["finds"].get(key)) for key, value in found.items()
            )
    assert sum(map(len, CASES["cases"].values())) >= 150
    assert hits / told >= FOUND
    assert invented / told <= INVENTED


def test_each_value_points_at_the_words_that_say_it_in_the_text_as_given() -> None:
    text = "我上週三坐大巴從武漢回來的，沒發燒"
    words = {key: text[slice(*each.span)] for key, each in _find("return", text).items()}
    assert words["date"] == "上週三"
    assert words["origin"] == "武漢"
    assert words["vehicle"] == "大巴"
    assert "沒發燒" in words["fever"]


def test_one_date_does_not_serve_two_questions() -> None:
    found = _find("return", "昨天回来的")
    assert "date" in found
    assert "leave" not in found


@pytest.mark.parametrize("text", ["嗯", "好的", "没有", "对对对", "不知道", "行吧", "挺好的", "一般"])
def test_a_bare_yes_no_or_well_answers_no_question_that_was_not_asked(text: str) -> None:
    assert _find("return", text) == {}
    assert _find("care", text) == {}


def test_what_ails_somebody_else_answers_no_question_about_the_person_asked() -> None:
    found = _find("return", "孙子发烧三十八度五，我不咳")
    assert set(found) == {"cough"}


def test_people_who_cough_are_not_the_household() -> None:
    assert "people" not in _find("return", "家里有三个人咳嗽")


def test_a_corrected_choice_counts_as_corrected() -> None:
    assert _find("return", "不是坐火车，是坐大巴回来的")["vehicle"].value == "coach"


@given(st.text(alphabet="我昨天坐大巴从武汉回来没发烧咳三十六度八号楼，。1一 😀", max_size=30))
def test_no_text_makes_it_fail_and_every_span_lies_within_the_text(text: str) -> None:
    for name in QUESTIONNAIRES:
        for reading in _find(name, text).values():
            start, end = reading.span
            assert 0 <= start <= end <= len(text)
