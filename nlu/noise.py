"""Turns a text into what a recogniser might have heard instead. For training, tests and measurement."""

import random
from collections.abc import Callable
from functools import lru_cache

from nlu.sounds import folded_syllable, syllable

# How a recogniser errs on a telephone line, as shares of all wrong characters.
_SAME_SOUND = 0.55  # a homophone, tones ignored: 没 → 每, 梅
_NEAR_SOUND = 0.20  # another initial of its kind, or the other nasal: 三 → 山, 您 → 凝
_DROPPED = 0.15
_DOUBLED = 0.10

# GB 2312 level one, the 3 755 characters in common use: a recogniser writes no rare ones.
_FIRST_ROW, _LAST_ROW = 0xB0, 0xD7


def misheard(text: str, *, error_rate: float, rng: random.Random) -> str:
    """The text with about `error_rate` of its Chinese characters heard wrongly (0..1). Other characters stay."""
    return "".join(
        _misheard_character(each, rng) if _is_common(each) and rng.random() < error_rate else each for each in text
    )


def _misheard_character(character: str, rng: random.Random) -> str:
    kind = rng.random()
    if kind < _SAME_SOUND:
        return _another(_by_syllable()[syllable(character)], character, rng)
    if kind < _SAME_SOUND + _NEAR_SOUND:
        return _another(_by_fold()[folded_syllable(character)], character, rng)
    return "" if kind < _SAME_SOUND + _NEAR_SOUND + _DROPPED else character * 2


def _another(alike: tuple[str, ...], character: str, rng: random.Random) -> str:
    others = [each for each in alike if each != character]
    return rng.choice(others) if others else ""  # nothing sounds like it: it is lost


def _is_common(character: str) -> bool:
    return character in _common_characters()


@lru_cache(maxsize=1)
def _common_characters() -> dict[str, None]:
    codes = (bytes((row, cell)) for row in range(_FIRST_ROW, _LAST_ROW + 1) for cell in range(0xA1, 0xFF))
    return dict.fromkeys("".join(code.decode("gb2312", errors="ignore") for code in codes))


@lru_cache(maxsize=1)
def _by_syllable() -> dict[str, tuple[str, ...]]:
    return _grouped(syllable)


@lru_cache(maxsize=1)
def _by_fold() -> dict[str, tuple[str, ...]]:
    return _grouped(folded_syllable)


def _grouped(sound_of: Callable[[str], str]) -> dict[str, tuple[str, ...]]:
    groups: dict[str, list[str]] = {}
    for character in _common_characters():
        groups.setdefault(sound_of(character), []).append(character)
    return {sound: tuple(characters) for sound, characters in groups.items()}
