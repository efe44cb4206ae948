"""What a text looks like to the intent model: its characters, its sounds, and the classes of its words."""

import re
from functools import lru_cache
from itertools import combinations

from nlu.normalise import normalise
from nlu.sounds import folded_syllable
from nlu.word_classes import word_classes

LONGEST_CHARACTERS = 4  # 1 to 4 characters: most Chinese words and the short phrases that carry an intent
LONGEST_SOUNDS = 3  # three syllables keep a homophone recognisable, a fourth only made the model larger
MOST_CLASSES = 8  # of which every ordered pair is a feature: 28 at most

REMEMBERED_TEXTS = 512  # a turn asks for the same few texts again

_SILENT = re.compile(r"[\W_]+")
_DIGITS = re.compile(r"[0-9]+")


@lru_cache(maxsize=REMEMBERED_TEXTS)
def features(text: str) -> tuple[str, ...]:
    """The distinct features of a text: `c` + characters, `s` + folded toneless syllables, `w` + word classes.

    `^` and `$` mark the ends. Punctuation is dropped and a run of digits becomes one 0: a recogniser writes neither
    reliably.
    """
    words = _DIGITS.sub("0", _SILENT.sub("", normalise(text).text.lower()))
    characters = ["^", *words, "$"]
    sounds = ["^", *(folded_syllable(each) for each in words), "$"]
    found = dict.fromkeys(_runs("c", characters, LONGEST_CHARACTERS))
    found.update(dict.fromkeys(_runs("s", sounds, LONGEST_SOUNDS)))
    classes = word_classes(words)[:MOST_CLASSES]
    found.update(dict.fromkeys("w" + each for each in classes))
    found.update(dict.fromkeys(f"w{one} {other}" for one, other in combinations(classes, 2)))
    return tuple(found)


def _runs(prefix: str, tokens: list[str], longest: int) -> list[str]:
    return [
        prefix + " ".join(tokens[start : start + length])
        for length in range(1, longest + 1)
        for start in range(len(tokens) - length + 1)
    ]
