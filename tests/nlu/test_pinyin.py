"""Phrases are as near to each other as they sound without tones."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlu.pinyin import distance, find, nearest, syllable_distance, syllables

HAN = st.text(alphabet="没有每油发烧骚咳嗽索火车货大巴飞机鸡育林玉小区", min_size=1, max_size=8)


def test_the_same_sounds_are_no_distance() -> None:
    assert distance("火车", "货车") == 0
    assert distance("飞机", "飞鸡") == 0


@pytest.mark.parametrize(("near", "far"), [("湖南", "河南"), ("张", "藏"), ("四", "是"), ("兰", "南"), ("英", "音")])
def test_slips_of_accent_are_near_but_not_nothing(near: str, far: str) -> None:
    assert 0 < distance(near, far) <= 0.75


@given(HAN, HAN)
def test_distance_is_the_same_both_ways_and_between_nought_and_one(one: str, other: str) -> None:
    assert distance(one, other) == pytest.approx(distance(other, one))
    assert 0 <= distance(one, other) <= 1


@given(HAN)
def test_every_phrase_is_nearest_to_itself(phrase: str) -> None:
    found = nearest(phrase, [phrase, "完全不同的话"], within=1.0)
    assert found is not None
    assert (found.phrase, found.distance) == (phrase, 0.0)


def test_nothing_is_near_when_all_is_far() -> None:
    assert nearest("今天天气", ["火车", "大巴"], within=0.2) is None


def test_a_phrase_is_found_inside_a_text() -> None:
    assert find("育林小区", "我住玉林小区三栋", within=0.1) == (2, 6)
    assert find("育林小区", "我住花园", within=0.1) is None
    assert find("", "我住花园", within=0.1) is None


def test_punctuation_and_blanks_make_no_sound() -> None:
    assert syllables("没，有 。") == syllables("没有") == ("mei", "you")


def test_unlike_syllables_are_far() -> None:
    assert syllable_distance("ma", "xi") == 1.0
    assert syllable_distance("zhang", "zan") < syllable_distance("zhang", "tang") < 1.0
