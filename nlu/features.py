"""What a text looks like to the intent model: its characters and its sounds, one to four at a time."""

import re
from functools import lru_cache

from nlu.normalise import normalise
from nlu.sounds import folded_syllable

LONGEST_CHARACTERS = 4  # 1 to 4 characters: most Chinese words and the short phrases that carry an intent
LONGEST_SOUNDS = 3  # three syllables keep a homophone recognisable, a fourth only made the model larger

_SILENT = re.compile(r"[\W_]+")
_DIGITS = re.compile(r"[0-9]+")


def features(text: str) -> tuple[str, ...]:
    """The distinct features of a text: `c` + characters, `s` + folded toneless syllables, `^` and `$` mark its ends.

    Punctuation is dropped and a run of digits becomes one 0: a recogniser writes neither reliably.
    """
    return _features(text)


@lru_cache(maxsize=512)
def _features(text: str) -> tuple[str, ...]:
    words = _DIGITS.sub("0", _SILENT.sub("", normalise(text).text.lower()))
    characters = ["^", *words, "$"]
    sounds = ["^", *(folded_syllable(each) for each in words), "$"]
    found = dict.fromkeys(_runs("c", characters, LONGEST_CHARACTERS))
    found.update(dict.fromkeys(_runs("s", sounds, LONGEST_SOUNDS)))
    return tuple(found)


def _runs(prefix: str, tokens: list[str], longest: int) -> list[str]:
    return [
        prefix + " ".join(tokens[start : start + length])
        for length in range(1, longest + 1)
        for start in range(len(tokens) - length + 1)
    ]
