"""Which characters were meant, where the decoder's own texts agree on a sound and not on how it is written.

It writes what it hears, and a rare word with any characters that sound so: 刻了, 课了 for 克了, 商务犯, 商务饭 for
晌午饭. A place where its texts differ in their characters alone is open; a word of residents that sounds the same and
takes in such a place stands there. What all texts write alike is left (上课了), unless a word of four syllables or more
sounds exactly so.
"""

from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from functools import lru_cache
from itertools import product
from pathlib import Path
from typing import Any

import yaml

from nlu.dialect import shipped
from nlu.pinyin import syllables
from nlu.sounds import fold, syllable

LONG = 3  # syllables from which usual confusions of sounds count as the same: 四处二 for 是初二
SURE = 4  # syllables that no other words happen to sound like: 昨儿刻了

Sound = tuple[str, ...]


def spelled(text: str, texts: Sequence[str]) -> str:
    """The text with its open places written as the longest words that sound so; `texts` are what else was heard."""
    sounds = [fold(syllable(each)) for each in text]
    free = _open_places(text, sounds, texts)
    for start, word in sorted(_fitting(text, sounds), key=lambda each: (-len(each[1]), each[0])):
        place = range(start, start + len(word))
        if free.intersection(place) or _surely(text[start : start + len(word)], word):
            text = text[:start] + word + text[start + len(word) :]
            free.difference_update(place)
    return text


def _surely(heard: str, word: str) -> bool:
    return len(word) >= SURE and syllables(heard) == syllables(word)


def _open_places(text: str, sounds: Sequence[str], texts: Sequence[str]) -> set[int]:
    """Where another text has another character of the same sound."""
    found: set[int] = set()
    for other in texts:
        theirs = [fold(syllable(each)) for each in other]
        for block in SequenceMatcher(None, sounds, theirs, autojunk=False).get_matching_blocks():
            found.update(block.a + each for each in range(block.size) if text[block.a + each] != other[block.b + each])
    return found


def _fitting(text: str, sounds: Sequence[str]) -> Iterator[tuple[int, str]]:
    """Every word that sounds like a part of the text, and where that begins."""
    exact = [syllable(each) for each in text]
    for length, words in _words().items():
        heard = sounds if length >= LONG else exact
        for start in range(len(text) - length + 1):
            word = words.get(tuple(heard[start : start + length]))
            if word is not None:
                yield start, word


@lru_cache(maxsize=1)
def _words() -> dict[int, dict[Sound, str]]:
    """By the number of their syllables and their sound: toneless, and folded in long ones."""
    found: dict[int, dict[Sound, str]] = {}
    for word in (*_listed(), *(each.form for each in shipped().words if len(each.form) >= LONG)):
        sound = tuple(fold(syllable(each)) if len(word) >= LONG else syllable(each) for each in word)
        found.setdefault(len(word), {}).setdefault(sound, word)
    return found


def _listed() -> Iterator[str]:
    data: dict[str, Any] = yaml.safe_load(Path(__file__).with_name("spelling.yaml").read_text(encoding="utf-8"))
    for pattern, number, meal, day in product(data["words"], data["number"], data["meal"], data["day"]):
        yield pattern.format(number=number, meal=meal, day=day)
