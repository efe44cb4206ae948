"""What residents answer in words, in tables that community staff can read and add to: tests/nlu/cases/*.yaml."""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import yaml

from nlu.readers import READERS
from nlu.reading import Choice, Expectation, NotRead, Reading

READ_BACK_BELOW = 0.5
AT = datetime(2026, 11, 21, 10, 30, tzinfo=ZoneInfo("Asia/Shanghai"))
CASES = Path(__file__).parent / "cases"
YES_NO = {"yes": "是", "no": "否", "was": "曾", "sometimes": "有时"}
REASONS = {
    "unknown": "不知道",
    "not_measured": "没量",
    "refused": "不愿说",
    "not_an_answer": "不算",
    "vague": "不定",
    "incomplete": "不全",
    "invalid": "不算",
}
COURSES = {None: None, "new": "新", "old": "老", "over": "好了"}
DEGREES = {None: None, "mild": "轻", "severe": "重"}


def table(name: str) -> Any:
    return yaml.safe_load((CASES / f"{name}.yaml").read_text(encoding="utf-8"))


def read(kind: str, said: str, *, asked: str = "", choices: tuple[Choice, ...] = ()) -> Reading | NotRead:
    return READERS[kind](said, expectation=Expectation(key="q", kind=kind, asked=asked, choices=choices), at=AT)


def questions(name: str) -> Iterator[tuple[Any, str, str]]:
    for block in table(name):
        for said, wanted in block["replies"].items():
            yield block, str(said), wanted


@pytest.mark.parametrize(("block", "said", "wanted"), list(questions("yes_no")))
def test_yes_and_no_are_heard_by_what_was_asked(block: Any, said: str, wanted: str) -> None:
    answer = read("yes_no", said, asked=block["asked"])
    assert (YES_NO[answer.value] if isinstance(answer, Reading) else REASONS[answer.reason]) == wanted


@pytest.mark.parametrize(("block", "said", "wanted"), list(questions("choices")))
def test_the_option_that_was_meant_is_picked(block: Any, said: str, wanted: str) -> None:
    choices = tuple(
        Choice(key=label, label=label, synonyms=tuple(synonyms), digit=str(number))
        for number, (label, synonyms) in enumerate(block["options"].items(), start=1)
    )
    answer = read("choice", said, asked=block["asked"], choices=choices)
    assert (answer.value if isinstance(answer, Reading) else REASONS[answer.reason]) == wanted


@pytest.mark.parametrize("case", table("rooms"), ids=lambda case: case["said"])
def test_a_home_is_found_by_its_parts(case: Any) -> None:
    answer = read("room", case["said"])
    parts = ("community", "building", "unit", "floor", "room")
    assert ([answer.value[part] for part in parts] if isinstance(answer, Reading) else "不算") == case["is"]


@pytest.mark.parametrize("case", table("regions"), ids=lambda case: case["said"])
def test_a_place_is_found_with_what_it_lies_in(case: Any) -> None:
    answer = read("region", case["said"])
    parts = ("province", "city", "district")
    assert ([answer.value[part] for part in parts] if isinstance(answer, Reading) else "不算") == case["is"]


@pytest.mark.parametrize(("said", "wanted"), list(table("names").items()))
def test_a_name_is_written_as_its_owner_spells_it(said: str, wanted: str) -> None:
    answer = read("name", said)
    heard = answer.value if isinstance(answer, Reading) else REASONS[answer.reason]
    assert (heard if wanted == "不全" or isinstance(answer, Reading) else "不算") == wanted


@pytest.mark.parametrize(("said", "wanted"), list(table("relations").items()))
def test_kin_and_neighbours_have_one_name_each(said: str, wanted: str) -> None:
    answer = read("relation", said)
    assert (answer.value if isinstance(answer, Reading) else "不算") == wanted


def test_who_says_what_the_other_one_is_tells_what_they_are_themselves() -> None:
    def told(said: str, asked: str) -> Any:
        answer = read("relation", said, asked=asked)
        return answer.value if isinstance(answer, Reading) else answer.reason

    assert told("她是我妈", "您是她什么人？") == "孩子"
    assert told("他是我爷爷", "您是他什么人？") == "vague"
    assert told("我是他孙子", "您是他什么人？") == "孙子"
    assert told("他是我爸", "回来的是您什么人？") == "父亲"


def test_three_or_four_people_are_read_back() -> None:
    answer = read("head_count", "三四个人")
    assert isinstance(answer, Reading)
    assert answer.confidence < READ_BACK_BELOW


@pytest.mark.parametrize("case", table("head_counts"), ids=lambda case: case["said"])
def test_a_household_is_counted_with_those_who_are_away(case: Any) -> None:
    answer = read("head_count", case["said"])
    parts = ("total", "usual", "away")
    assert ([answer.value[part] for part in parts] if isinstance(answer, Reading) else "不算") == case["is"]


@pytest.mark.parametrize("case", table("medicines"), ids=lambda case: case["said"])
def test_a_medicine_is_known_and_how_long_it_lasts(case: Any) -> None:
    answer = read("medicine", case["said"])
    value = [answer.value["name"], answer.value["left_days"]] if isinstance(answer, Reading) else REASONS[answer.reason]
    assert value == case["is"]


@pytest.mark.parametrize("case", table("symptoms"), ids=lambda case: case["said"])
def test_symptoms_are_there_or_not_old_or_new_light_or_heavy(case: Any) -> None:
    answer = read("symptoms", case["said"])
    heard: Any = REASONS[answer.reason] if isinstance(answer, NotRead) else "没有"
    if isinstance(answer, Reading) and answer.value:
        heard = {entry["symptom"]: described(entry) for entry in answer.value}
        assert all(case["said"][slice(*entry["span"])] for entry in answer.value)
    assert heard == case["is"]


def described(entry: dict[str, Any]) -> list[Any]:
    """有 or 无, course, degree, days; what is not known at the end is left out."""
    length = entry["duration"]
    days = length["months"] * 30 + length["seconds"] / 86400 if length else None
    words = ["有" if entry["present"] else "无", COURSES[entry["course"]], DEGREES[entry["degree"]], days]
    while words[-1] is None:
        words.pop()
    return words


@pytest.mark.parametrize("said", ["嗯", "嗯嗯", "好", "好好好", "对", "对对对", "行", "是的"])
@pytest.mark.parametrize("asked", ["家里住几口人？", "您今天体温多少？", "您哪天回来的？", "您觉得怎么样？"])
def test_agreeing_to_an_open_question_answers_nothing(asked: str, said: str) -> None:
    assert read("yes_no", said, asked=asked) == NotRead(reason="not_an_answer", span=None)


@pytest.mark.parametrize("kind", ["head_count", "room", "region", "name", "relation", "medicine", "symptoms", "text"])
@pytest.mark.parametrize("said", ["", " ", "嗯", "好", "好，好", "嗯嗯，对", "呃……", "哦", "？", "。"])
def test_noises_of_listening_are_no_value(kind: str, said: str) -> None:
    answer = read(kind, said)
    assert isinstance(answer, NotRead)
    assert answer.reason == "not_an_answer"


def test_free_text_is_kept_word_for_word() -> None:
    answer = read("text", "  楼道灯坏了，ＢＡＤ！ ")
    assert isinstance(answer, Reading)
    assert answer.value == "楼道灯坏了，ＢＡＤ！"
    assert answer.span == (2, 12)


def test_the_question_decides_what_a_word_answers() -> None:
    said = "没有，有鼻塞"
    assert [read("yes_no", said, asked=asked) for asked in ("胸闷吗？", "鼻塞吗？")] == [
        Reading(value="no", span=(0, 2), confidence=0.95),
        Reading(value="yes", span=(3, 6), confidence=0.95),
    ]


def test_a_span_points_at_the_words_as_they_were_given() -> None:
    said = "哎，我屋裡冇得人發燒"
    answer = read("yes_no", said, asked="家里有没有人发烧？")
    assert isinstance(answer, Reading)
    assert answer.value == "no"
    assert said[slice(*answer.span)] == "我屋裡冇得人發燒"


def test_what_was_only_guessed_is_read_back() -> None:
    sure = read("yes_no", "没发烧", asked="您发烧吗？")
    hedged = read("yes_no", "好像没发烧吧", asked="您发烧吗？")
    listening = read("yes_no", "嗯", asked="您发烧吗？")
    assert isinstance(sure, Reading)
    assert isinstance(hedged, Reading)
    assert isinstance(listening, Reading)
    assert sure.confidence > hedged.confidence > 0
    assert sure.confidence > listening.confidence


def test_the_compounds_of_the_registry_are_known_by_sound() -> None:
    compounds = (Choice(key="yulin", label="育林小区"), Choice(key="fujia", label="福佳花园", synonyms=("福佳",)))
    for said, key in (("玉林小区三栋二单元五零一", "yulin"), ("我住福佳三栋", "fujia"), ("富家花园五栋", "fujia")):
        answer = read("room", said, choices=compounds)
        assert isinstance(answer, Reading)
        assert answer.value["community"] == key
