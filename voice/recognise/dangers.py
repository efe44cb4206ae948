"""Danger that was said and misheard: free texts with what sounds like a danger of nlu's lexicon put right.

先口一阵阵地疼 → 心口一阵阵地疼. These are only proposals: each is scored against the sound like every other text.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import product
from typing import Any

from nlu.lexicon import load
from nlu.pinyin import distance
from nlu.red_flags import find_red_flags
from nlu.sounds import folded_syllable

MOST_PROPOSALS = 8  # each costs 15 ms
SHORTEST, SHORTEST_PAIR = 3, 4  # characters: what is shorter sounds like too much else
ALIKE = 0.5  # share of the syllables that must be heard right
WITHIN = 0.45  # per syllable, as nlu.pinyin measures


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a phrase seems to begin in a text."""

    phrase: int
    start: int


def proposals(texts: Sequence[str]) -> tuple[str, ...]:
    """At most eight texts that tell of a danger, the likest first; none where one of the texts tells of one already."""
    if any(find_red_flags(text) for text in texts):
        return ()
    found: dict[str, float] = {}
    for text in texts:
        for repaired, apart in _repaired(text):
            if repaired not in found and find_red_flags(repaired):
                found[repaired] = apart
    return tuple(sorted(found, key=found.__getitem__)[:MOST_PROPOSALS])


def _repaired(text: str) -> Iterator[tuple[str, float]]:
    """The text with each phrase of the lexicon that sounds like a part of it, and how unlike they sound."""
    phrases, places = _phrases()
    votes: Counter[_Place] = Counter()
    for position, character in enumerate(text):
        for number, offset in places.get(folded_syllable(character), ()):
            if position >= offset:
                votes[_Place(number, position - offset)] += 1
    for place, count in votes.items():
        phrase = phrases[place.phrase]
        heard = text[place.start : place.start + len(phrase)]
        if count < ALIKE * len(phrase) or len(heard) < len(phrase):
            continue
        apart = distance(heard, phrase)
        if apart <= WITHIN:
            yield text[: place.start] + phrase + text[place.start + len(phrase) :], apart


@lru_cache(maxsize=1)
def _phrases() -> tuple[tuple[str, ...], Mapping[str, Sequence[tuple[int, int]]]]:
    """Every phrase, and where in which of them a syllable stands."""
    kinds: Mapping[str, Mapping[str, Any]] = load("red_flags.yaml")["kinds"]
    phrases = tuple(dict.fromkeys(each for kind in kinds.values() for each in _of_kind(kind)))
    places: dict[str, list[tuple[int, int]]] = defaultdict(list)
    for number, phrase in enumerate(phrases):
        for offset, character in enumerate(phrase):
            places[folded_syllable(character)].append((number, offset))
    return phrases, places


def _of_kind(kind: Mapping[str, Any]) -> Iterator[str]:
    alone = (*kind["phrases"], *kind.get("emergency", ()))
    yield from (each for each in alone if len(each) >= SHORTEST)
    for pair in kind.get("pairs", ()):
        for first, then in product(pair["first"], pair["then"]):
            if len(first + then) >= SHORTEST_PAIR:
                yield first + then
