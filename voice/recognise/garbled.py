"""Free texts of a value in which a number was misheard: 二月十字号 is not the tenth, 36度字 not 36.0.

The decoder, left free, writes what sounds like a word of the kind's vocabulary with any character. Read as it stands,
such a text gives a wrong value; by its sound it speaks for the right one.
"""

import re
from functools import lru_cache

from nlu.pinyin import SAME_FINAL, syllable_distance
from nlu.sounds import syllable
from voice.recognise.vocabulary import ALL_DIGITS, words_of

NUMBERS = "零幺一二三四五六七八九十号"
ENDS = "号日"  # nothing of a number follows them
USUAL = frozenset("是的了我就在也还要有那这几呢嘛")  # what people do say beside a number
NOTHING_ELSE = 0.3  # probability that such a text is no value at all

_MISHEARD = re.compile(r"(?<![^\Wkeu])(?:(?<=k)s+(?!a)|s+(?=k))")


def garbled(text: str, kind: str) -> bool:
    """Whether characters that sound like a number, and are none, stand where a number may stand."""
    known = _characters(kind)
    return bool(known) and _MISHEARD.search("".join(_sort(each, known) for each in text)) is not None


def _sort(character: str, known: frozenset[str]) -> str:
    """k: of the kind's vocabulary, e: such that ends a value, u: usual beside one, s: sounds like a number, a: any."""
    if character in known:
        return "e" if character in ENDS else "k"
    if character in USUAL:
        return "u"
    if not character.isalnum():
        return " "
    return "s" if _like_a_number(character) else "a"


@lru_cache(maxsize=64)
def _characters(kind: str) -> frozenset[str]:
    words = words_of(kind)
    return frozenset(
        "".join(each for each in words if each != ALL_DIGITS) + ("0123456789" if ALL_DIGITS in words else "")
    )


@lru_cache(maxsize=4096)
def _like_a_number(character: str) -> bool:
    return character.isalpha() and any(
        syllable_distance(syllable(character), syllable(each)) <= SAME_FINAL for each in NUMBERS
    )
