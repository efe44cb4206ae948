"""Free texts with what sounds like an expected word put right: 坐大包回来的 → 坐大巴回来的, 36度吧 → 36度八; or like
a word of the question, for answers say its words back: to 够吃一个星期吗, 吃不到一个形器 → 吃不到一个星期.

Repaired texts are only proposals: each is scored against the sound like every other.
"""

import re
from collections.abc import Iterator, Sequence

from nlu.pinyin import find
from nlu.reading import Expectation
from nlu.sounds import syllable
from nlu.topic import topic_of
from voice.recognise.vocabulary import ALL_DIGITS, words_of

REPAIRED_TEXTS = 6
# Half a syllable of two: 大包 for 大巴. Wider, unlike words are proposed; the sound would refuse them, for their cost.
WITHIN = 0.4
SAID_BACK_WITHIN = 0.35
LONGEST_SAID_BACK = 4  # characters of a question's word
EMPTY = frozenset("的是了个在有不没要")  # no word of the question that holds one of these is one to say back
SHORTEST = 2  # syllables: one alone is found everywhere

_SPELLED = {"零": "零", "幺": "幺", **{each: each for each in "一二三四五六七八九十点度"}}
_BY_SOUND = {syllable(character): character for character in _SPELLED}
_BETWEEN_DIGITS = re.compile(r"(?<=[\d零幺一二三四五六七八九])[\s.,，、\-]+(?=[\d零幺一二三四五六七八九])")
_WHOLE_DEGREES = re.compile(r"([\d三四十一二五六七八九]{2,3})\s*[度个股°]")
_DIGIT_STRINGS = ("digits", "phone", "id_number")


def repaired(texts: Sequence[str], expectation: Expectation) -> tuple[str, ...]:
    """At most six texts, and nine more for a temperature; none of them among the given ones."""
    found = list(_with_tenths(texts)) if expectation.kind == "temperature" else []
    room = len(found) + REPAIRED_TEXTS
    for text in texts:
        proposals = _PROPOSALS.get(expectation.kind, _with_words)(text, expectation)
        found += [each for each in proposals if each not in texts and each not in found]
    return tuple(found[:room])


def _with_choices(text: str, expectation: Expectation) -> Iterator[str]:
    for choice in expectation.choices:
        for word in (choice.label, *choice.synonyms):
            place = find(word, text, within=WITHIN) if len(word) >= SHORTEST else None
            if place:
                yield text[: place[0]] + word + text[place[1] :]


def _with_question(text: str, expectation: Expectation) -> Iterator[str]:
    """With a word of the question in place of one that sounds like it; one syllable of it at least was heard right."""
    topic = topic_of(expectation.asked)
    words = (*topic.nouns, *topic.verbs, *topic.qualities) if topic else ()
    for word in dict.fromkeys(words):
        if not SHORTEST <= len(word) <= LONGEST_SAID_BACK or EMPTY & set(word):
            continue
        place = find(word, text, within=SAID_BACK_WITHIN)
        heard = text[slice(*place)] if place else word
        if heard != word and set(map(syllable, heard)) & set(map(syllable, word)):
            yield text.replace(heard, word, 1)


def _with_tenths(texts: Sequence[str]) -> Iterator[str]:
    """38度 with each tenth after it: the last syllable is the softest, and 八 is heard as 吧 or not at all."""
    degrees = next((found for each in texts if (found := _WHOLE_DEGREES.search(each))), None)
    if degrees:
        names = range(1, 10) if degrees.group(1).isdigit() else "一二三四五六七八九"
        yield from (f"{degrees.group(1)}度{tenth}" for tenth in names)


def _with_words(text: str, expectation: Expectation) -> Iterator[str]:
    """The text with every character that sounds like a word of the kind's vocabulary written as that word."""
    words = words_of(expectation.kind)
    if not words:
        return
    if ALL_DIGITS in words:
        yield "".join(_as_word(each, words) for each in text)
    if expectation.kind in _DIGIT_STRINGS:
        yield "".join(_as_word(each, words) for each in _BETWEEN_DIGITS.sub("", text))


def _as_word(character: str, words: Sequence[str]) -> str:
    meant = _BY_SOUND.get(syllable(character), character) if character.isalpha() else character
    return meant if meant in words and character not in words else character


_PROPOSALS = {"choice": _with_choices, "yes_no": _with_question}
