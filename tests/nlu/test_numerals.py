"""Numerals in running text: where they begin and end, and what is none."""

import pytest

from nlu.digits import find_runs
from nlu.numerals import find_numerals, read_count, read_numeral


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("一百二八十", [120, 80]),
        ("五十五百", [50, 500]),
        ("12千米", [12]),
        ("三千克", [3]),
        ("二两", [2]),
        ("三两五钱", [3, 5]),
        ("我一定去，万一下雨就算了", []),
        ("一点不疼，十分好", []),
        ("三千万", [30_000_000]),
        ("姓陆，家里八口", [8]),
        ("1,234,567", [1_234_567]),
        ("星期三", []),
        ("三十点五", [30.5]),
    ],
)
def test_numerals_are_found_where_they_stand(text: str, numbers: list[float]) -> None:
    assert [numeral.value for numeral in find_numerals(text)] == numbers


@pytest.mark.parametrize("words", ["", "万", "百", "陆", "三十百", "点五", "一点", "1.2.3", "二两", "abc", "一" * 50])
def test_what_is_no_number_is_none(words: str) -> None:
    assert read_numeral(words) is None


@pytest.mark.parametrize(
    ("words", "low", "high"), [("三四", 3, 4), ("七八十", 70, 80), ("一百五六", 150, 160), ("三五", 3, 5)]
)
def test_an_estimate_has_two_ends(words: str, low: float, high: float) -> None:
    numeral = read_count(words)
    assert numeral is not None
    assert (numeral.value, numeral.upto) == (low, high)


def test_digits_told_one_by_one_keep_their_zeros() -> None:
    numeral = read_numeral("零零七")
    assert numeral is not None
    assert numeral.digits == "007"


@pytest.mark.parametrize(
    ("text", "groups"),
    [
        ("幺三八，一二三四，三个八五", [["138", "1234", "8885"]]),
        ("一三八酒七六五四三二一", [["13897654321"]]),
        ("一三八，后面是一二三四", [["138", "1234"]]),
        ("最后四位是五六七八", [["5678"]]),
        ("我一三八，你是一三九", [["138"], ["139"]]),
    ],
)
def test_digits_are_heard_group_by_group(text: str, groups: list[list[str]]) -> None:
    assert [[group.digits for group in run] for run in find_runs(text)] == groups


def test_a_sentence_is_not_taken_for_misheard_digits() -> None:
    assert all(len(group.digits) == 1 for run in find_runs("一是我，二是他") for group in run)
