"""Numbers that were misheard are no numbers: they speak for the values that they sound like."""

import pytest

from voice.recognise.garbled import garbled
from voice.recognise.plausible import log_odds
from voice.recognise.verdict import VALUES, Candidate, verdict


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("二月十字号", "date"),
        ("二月十字好了", "date"),
        ("自月二十二号", "date"),
        ("意月二十五号", "date"),
        ("36度字", "temperature"),
        ("三十七度吧", "temperature"),
        ("30基度", "temperature"),
    ],
)
def test_a_character_that_sounds_like_a_number_makes_a_value_uncertain(text: str, kind: str) -> None:
    assert garbled(text, kind)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("我是十一月四号回来的", "date"),
        ("是四号吧", "date"),
        ("十月四号的早上", "date"),
        ("坐火车五号就到了", "date"),
        ("上个礼拜四", "date"),
        ("三十七度五", "temperature"),
        ("三十七度，是早上量的", "temperature"),
        ("我电话是13627158840", "phone"),
        ("二月十字号", "text"),
    ],
)
def test_what_people_say_beside_a_number_does_not(text: str, kind: str) -> None:
    assert not garbled(text, kind)


def test_a_garbled_text_speaks_for_the_value_that_it_sounds_like() -> None:
    heard = Candidate("二月十字号", None, -2.3, confidence=0.3)
    expected = [Candidate("二月十四号", "14", -6.9), Candidate("二月十号", "10", -6.5)]
    found = verdict(expected, [heard], VALUES)
    assert found.candidate is not None
    assert found.candidate.meaning == "14"
    assert found.share > 0.5


def test_figures_are_compared_with_words_by_their_sound() -> None:
    heard = [Candidate("摇三627158840", None, -5.1)]
    expected = [Candidate("13627158840", "one", -7.2, odds=5.0), Candidate("15627158840", "other", -7.2, odds=5.0)]
    found = verdict(expected, heard, VALUES)
    assert found.candidate is not None
    assert found.candidate.meaning == "one"


def test_no_thermometer_shows_hundredths() -> None:
    assert log_odds("temperature", '{"unit": "C", "value": 38.33}') < log_odds(
        "temperature", '{"unit": "C", "value": 38.0}'
    )
