"""Words that mean the same to the intent model, by class: 闺女 and 孙子 are family, 录音 and 录下来 are recording."""

from functools import lru_cache

from nlu.lexicon import load
from nlu.sounds import folded_syllable

_HEARD_FROM = 2  # a single syllable has too many homophones to be known by its sound


def word_classes(words: str) -> list[str]:
    """The classes of the words in a text without punctuation, in order; the longest word wins where words overlap.

    Words of two characters and more are known by their sound too.
    """
    written, heard, longest = _words()
    sounds = [folded_syllable(each) for each in words]
    found: list[str] = []
    at = 0
    while at < len(words):
        for length in range(min(longest, len(words) - at), 0, -1):
            known = written.get(words[at : at + length])
            if known is None and length >= _HEARD_FROM:
                known = heard.get(" ".join(sounds[at : at + length]))
            if known is not None:
                found.append(known)
                at += length
                break
        else:
            at += 1
    return found


@lru_cache(maxsize=1)
def _words() -> tuple[dict[str, str], dict[str, str], int]:
    classes: dict[str, list[str]] = load("word_classes.yaml")
    written = {word: name for name, words in reversed(classes.items()) for word in words}
    heard = {
        " ".join(folded_syllable(each) for each in word): name
        for word, name in written.items()
        if len(word) >= _HEARD_FROM
    }
    return written, heard, max(map(len, written))
