"""Danger to life is heard, plainly said or hinted at, clearly or badly; what is denied or past is told apart."""

import random
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import example, given
from hypothesis import strategies as st

from nlu.noise import misheard
from nlu.red_flags import RedFlag, find_red_flags
from nlu.spoken import spoken_digits

CASES: dict[str, Any] = yaml.safe_load((Path(__file__).parent / "cases" / "red_flags.yaml").read_text(encoding="utf-8"))
ERROR_RATE = 0.15
HEARD_CLEARLY = 1.0
HEARD_BADLY = 0.92  # measured 0.94: half of what is missed lost the very word that told it
FALSE_ALARMS = 0.02
FALSE_ALARMS_HEARD_BADLY = 0.04


def _pressing(text: str) -> list[RedFlag]:
    return [flag for flag in find_red_flags(text) if flag.pressing]


@pytest.mark.parametrize("case", CASES["dangers"], ids=lambda case: case["say"])
def test_a_danger_that_is_told_is_heard_as_what_it_is(case: dict[str, str]) -> None:
    assert case["kind"] in [flag.kind for flag in _pressing(case["say"])]


def test_nearly_every_danger_is_heard_through_recogniser_noise() -> None:
    rng = random.Random(7)
    heard = [
        bool(_pressing(misheard(case["say"], error_rate=ERROR_RATE, rng=rng)))
        for case in CASES["dangers"]
        for _ in range(10)
    ]
    assert sum(heard) / len(heard) >= HEARD_BADLY


@pytest.mark.parametrize("place", ["厦门", "四川成都", "武汉", "新疆喀什"])
@pytest.mark.parametrize("told", ["一直在{}", "在{}念书", "人在{}呢，刚回", "从{}那边过来"])
def test_where_somebody_comes_from_is_no_danger(told: str, place: str) -> None:
    assert _pressing(told.format(place)) == []


def test_ordinary_talk_of_health_raises_no_alarm() -> None:
    alarms = [text for text in CASES["ordinary"] if _pressing(text)]
    assert len(CASES["ordinary"]) >= 150
    assert len(alarms) / len(CASES["ordinary"]) <= FALSE_ALARMS


def test_ordinary_talk_heard_badly_raises_few_alarms() -> None:
    rng = random.Random(7)
    said = [text for text in CASES["ordinary"] for _ in range(5)]
    alarms = [text for text in said if _pressing(misheard(text, error_rate=ERROR_RATE, rng=rng))]
    assert len(alarms) / len(said) <= FALSE_ALARMS_HEARD_BADLY


@pytest.mark.parametrize(
    ("text", "whose"),
    [
        ("我胸口疼", "self"),
        ("我老伴喘不上气", "family"),
        ("我妈摔倒了", "family"),
        ("隔壁老张倒在地上了", "neighbour"),
        ("楼下有个老人晕倒了", "neighbour"),
    ],
)
def test_it_is_known_about_whom_a_danger_is_told(text: str, whose: str) -> None:
    assert _pressing(text)[0].whose == whose


@pytest.mark.parametrize(
    ("text", "when"),
    [
        ("现在胸口疼", "now"),
        ("昨儿夜里胸口闷，坐起来才好点，今儿好多了", "recent"),
        ("昨天摔了一跤", "recent"),
        ("前年脑梗过", "past_over"),
        ("以前晕倒过，早好了", "past_over"),
        ("上个月摔了一跤，没事了", "past_over"),
        ("俺儿出车祸走了半年了", "past_over"),
    ],
)
def test_what_is_long_over_presses_nobody_but_a_better_night_does_not_cancel(text: str, when: str) -> None:
    assert {flag.when for flag in find_red_flags(text)} == {when}


@pytest.mark.parametrize(
    "text",
    ["没有胸闷，也不喘", "胸口不疼", "从来没晕倒过", "胸闷、喘不上气这些都没有", "你问胸闷不闷？不闷", "没有喘不上气"],
)
def test_what_is_denied_is_no_danger(text: str) -> None:
    assert find_red_flags(text) == ()


def test_whoever_is_tired_of_living_is_believed_whatever_story_it_ends() -> None:
    assert _pressing("俺那口子九月里没的，五十一年了……屋里空落落的，我都不想活了。")[0].kind == "suicidal"


@pytest.mark.parametrize(
    "text",
    [
        "爸，你胸口闷吗？",
        "要是摔了怎么办",
        "怕摔倒，不敢下楼",
        "电视里说有人煤气中毒",
        "听讲座讲中风",
    ],
)
def test_what_is_feared_supposed_or_seen_on_television_is_no_danger(text: str) -> None:
    assert find_red_flags(text) == ()


def test_a_fall_is_urgent_and_not_getting_up_again_an_emergency() -> None:
    assert {flag.severity for flag in find_red_flags("昨天摔了一跤")} == {"urgent"}
    assert "emergency" in {flag.severity for flag in find_red_flags("摔了一跤，起不来了")}


def test_a_flag_in_a_long_story_points_at_the_words_that_tell_it() -> None:
    story = "上個禮拜三坐大巴從武漢回的嘛，兒子非要我回……吹了風咳兩天，昨兒夜裡胸口悶，今兒好多了。你問啥來著？"
    (flag,) = find_red_flags(story)
    assert (flag.kind, flag.words, story[slice(*flag.span)]) == ("chest_pain", "胸口悶", "胸口悶")


def test_homophones_lost_and_doubled_characters_do_not_hide_a_danger() -> None:
    for text in ["兄口门得慌", "胸口闷闷得慌", "喘不上七", "不想火了"]:
        assert _pressing(text), text


@given(st.text("0123456789", min_size=4, max_size=18), st.sampled_from(("", "，", " ")), st.sampled_from((3, 4, 6)))
@example("18605828084", "，", 4)
def test_a_number_that_is_said_is_no_danger_whatever_it_sounds_like(digits: str, pause: str, group: int) -> None:
    said = spoken_digits(digits)
    groups = [said[start : start + group] for start in range(0, len(said), group)]
    assert _pressing(f"你记一下{pause}{pause.join(groups)}") == []


@given(st.text(alphabet="胸口疼闷不没有喘气，。摔药死活abc1 \u3000😀", max_size=40))
def test_no_text_makes_it_fail(text: str) -> None:
    for flag in find_red_flags(text):
        assert text[slice(*flag.span)] == flag.words
