"""What a recogniser may have heard instead."""

import random

import pytest

from nlu.noise import misheard
from nlu.sounds import fold, folded_syllable, syllable

TEXT = "我上周三坐大巴从武汉回来的，没发烧，36.8度"


def test_the_share_of_changed_characters_is_the_rate_asked_for() -> None:
    rng = random.Random(1)
    said = "我上周三坐大巴从武汉回来的没发烧" * 200
    substituted = [misheard(each, error_rate=0.15, rng=rng) != each for each in said]
    assert sum(substituted) / len(said) == pytest.approx(0.15, abs=0.02)


def test_nothing_is_misheard_at_rate_zero_and_the_same_seed_mishears_the_same() -> None:
    assert misheard(TEXT, error_rate=0.0, rng=random.Random(1)) == TEXT
    assert misheard(TEXT, error_rate=0.5, rng=random.Random(1)) == misheard(TEXT, error_rate=0.5, rng=random.Random(1))


def test_digits_and_punctuation_stay() -> None:
    noisy = misheard(TEXT, error_rate=1.0, rng=random.Random(2))
    assert "36.8" in noisy
    assert noisy.count("，") == 2


def test_a_character_is_heard_as_one_that_sounds_like_it_or_is_lost_or_doubled() -> None:
    rng = random.Random(3)
    kinds = set()
    for character in "没听清楚咳嗽发烧三天" * 50:
        heard = misheard(character, error_rate=1.0, rng=rng)
        if heard == "":
            kinds.add("lost")
        elif heard == character * 2:
            kinds.add("doubled")
        else:
            assert fold(syllable(heard)) == folded_syllable(character)
            kinds.add("homophone" if syllable(heard) == syllable(character) else "near")
    assert kinds == {"lost", "doubled", "homophone", "near"}
