"""Texts arrive in many ways of writing; spans must still point into the text as it was given."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlu.normalise import normalise


@pytest.mark.parametrize(
    ("given_text", "plain"),
    [
        ("三十八點五度", "三十八点五度"),
        ("３７．２℃", "37.2°C"),
        ("參萬肆仟", "参万肆仟"),
        ("我　姓\t王", "我 姓 王"),
        ("零\u200b点\ufeff五", "零点五"),
        ("一三八…不对", "一三八…不对"),
    ],
)
def test_the_same_words_are_written_one_way(given_text: str, plain: str) -> None:
    assert normalise(given_text).text == plain


def test_a_span_points_into_the_text_as_given() -> None:
    heard = "\u200b體溫３７．２℃左右"
    plain = normalise(heard)
    start = plain.text.index("37.2°C")
    begin, end = plain.span(start, start + len("37.2°C"))
    assert heard[begin:end] == "３７．２℃"


@given(st.text(max_size=40))
def test_every_character_has_a_place_in_the_text_as_given(text: str) -> None:
    plain = normalise(text)
    assert len(plain.text) == len(plain.starts) == len(plain.ends)
    assert all(0 <= start < end <= len(text) for start, end in zip(plain.starts, plain.ends, strict=True))
    begin, end = plain.span(0, len(plain.text))
    assert 0 <= begin <= end <= max(len(text), 0)
