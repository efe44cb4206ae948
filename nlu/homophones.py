"""Mistakes of a recogniser put right: 每有 is 没有 and 发骚 is 发烧, for nothing else sounds like that."""

import re
from collections.abc import Iterator
from functools import cache
from typing import Any

from nlu.clauses import bare, clauses
from nlu.lexicon import load
from nlu.pinyin import syllables
from nlu.rewriting import Rewritten
from nlu.sounds import syllable

HAN = re.compile(r"[\u4e00-\u9fff]")
Sound = tuple[str, ...]


def put_right(text: Rewritten) -> Rewritten:
    """The text with words that sound exactly like one of ours, and are no words themselves, replaced by ours."""
    edits = sorted(_clause_edits(text.text))
    taken = [(start, end) for start, end, _ in edits]
    for edit in _word_edits(text.text):
        if not any(start < edit[1] and edit[0] < end for start, end in taken):
            edits.append(edit)
    return text.replaced(sorted(edits)) if edits else text


def _clause_edits(text: str) -> Iterator[tuple[int, int, str]]:
    meant = _meant("clause")
    for start, end in clauses(text):
        first, last = bare(text, start, end)
        for stop in {last, end}:
            words = text[first:stop]
            if len(words) <= LONGEST and words.isalpha() and not words.isascii():
                right = meant.get(syllables(words))
                if right is not None and right != words and words not in _known():
                    yield first, stop, right
                    break


def _word_edits(text: str) -> Iterator[tuple[int, int, str]]:
    meant, firsts = _meant("anywhere"), _first_syllables()
    sounds = [syllable(character) if HAN.match(character) else "" for character in text]
    position = 0
    while position < len(text):
        end = position
        if sounds[position] in firsts:
            for length in firsts[sounds[position]]:
                right = meant.get(tuple(sounds[position : position + length]))
                heard = text[position : position + length]
                if right is not None and len(heard) == length:
                    if heard != right and not _is_real(text, position, heard):
                        yield position, position + length, right
                    end = position + length
                    break
        position = max(end, position + 1)


def _is_real(text: str, position: int, heard: str) -> bool:
    """Whether what was heard holds a word of its own, or begins inside one: 优点, 加煤油."""
    pairs = (heard[start : start + 2] for start in range(len(heard) - 1))
    return any(pair in _real_pairs() for pair in pairs) or (
        position > 0 and text[position - 1 : position + 1] in _real_pairs()
    )


LONGEST = 4  # characters of the longest word of `clause`, with room for one more


@cache
def _meant(part: str) -> dict[Sound, str]:
    denied = [f"{denial}{word}" for denial, words in _words()["denied"].items() for word in words]
    return {syllables(word): word for word in (*_words()[part], *(denied if part == "anywhere" else ()))}


@cache
def _first_syllables() -> dict[str, tuple[int, ...]]:
    """For the first syllable of a word, the lengths of the words that begin so, longest first."""
    lengths: dict[str, set[int]] = {}
    for sound in _meant("anywhere"):
        lengths.setdefault(sound[0], set()).add(len(sound))
    return {first: tuple(sorted(each, reverse=True)) for first, each in lengths.items()}


@cache
def _real_pairs() -> frozenset[str]:
    return frozenset(word for word in _words()["real"] if len(word) == 2)


@cache
def _known() -> frozenset[str]:
    words = _words()
    return frozenset((*words["real"], *words["anywhere"], *words["clause"]))


@cache
def _words() -> Any:
    return load("homophones.yaml")
