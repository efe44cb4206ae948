"""A decoder that has lost the sound repeats itself: 同意同意同意…"""

import re

from nlu.pinyin import syllables

MOST_REPEATS = 3  # 对对对 and 没有没有没有 are said; a fourth time is the decoder's
LONGEST_UNIT = 12
SHORTEST_SENTENCE = 5  # characters: who says so much twice over means it once; 没有没有 and 对不对 are shorter

FASTEST_SYLLABLE_SECONDS = 0.14  # seven in a second

_TWICE = re.compile(rf"(\D{{2,{LONGEST_UNIT}}}?)[\s，,]*(?:\1[\s，,]*)+")
_LOOP = re.compile(rf"(\D{{1,{LONGEST_UNIT}}}?)\1{{{MOST_REPEATS},}}")
_NUMBER_LOOP = re.compile(r"(\d[\d \-.]{5,}?)\1+\d*")  # a whole telephone number said over and over in one breath
_DIGIT_LOOP = re.compile(r"(\d)\1{7,}")  # no number on a telephone has eight equal digits in a row


def without_loops(text: str) -> str:
    """The text with every unit that is repeated more than three times said once."""
    text = _NUMBER_LOOP.sub(r"\1", text)
    return _sentence_once(_DIGIT_LOOP.sub(r"\1", _LOOP.sub(r"\1", text)).strip())


def _sentence_once(text: str) -> str:
    """A text that says one sentence over and over, the last time perhaps in part, with that sentence once."""
    places = [place for place, each in enumerate(text) if each.isalnum()]
    said = [text[place] for place in places]
    if any(each.isdigit() for each in said):
        return text
    for length in range(SHORTEST_SENTENCE, len(said) // 2 + 1):
        if said[length:] == said[:-length]:
            return text[: places[length - 1] + 1]
    return text


def said_once(text: str, spoken_seconds: float) -> str:
    """What was said where a text says it twice or thrice, though nobody can in that time: 没空没空 in half a second."""
    whole = _TWICE.fullmatch(text)
    too_fast = len(syllables(text)) * FASTEST_SYLLABLE_SECONDS > spoken_seconds
    return whole[1].rstrip("，, ") if whole and too_fast else text
