"""The words of danger in lexicon/red_flags.yaml, and where a text as it was heard holds them."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Literal

from nlu.lexicon import load
from nlu.phrases import Heard, Hit, PhraseIndex

Severity = Literal["emergency", "urgent"]


@dataclass(frozen=True, slots=True)
class Pair:
    """Two words of which each alone is harmless."""

    kind: str
    within: int  # characters at most between its two words
    unless: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Match:
    """A danger named in words that were heard."""

    kind: str
    start: int  # in characters heard
    end: int
    gap: tuple[int, int] | None  # what lies between the two words of a pair
    grave: bool
    unless: tuple[str, ...] = ()  # words near by that make it harmless, beside those of its kind


class Lexicon:
    """The phrases and pairs of lexicon/red_flags.yaml, by kind."""

    def __init__(self, kinds: Mapping[str, Mapping[str, Any]], *, innocent: Sequence[str]) -> None:
        self.kinds = frozenset(kinds)
        self._severity: dict[str, Severity] = {kind: entry["severity"] for kind, entry in kinds.items()}
        self._unless = {kind: tuple(entry["unless"]) for kind, entry in kinds.items()}
        pairs = [(kind, pair) for kind, entry in kinds.items() for pair in entry.get("pairs", ())]
        alone = {
            kind: [*entry["short"], *entry["phrases"], *entry.get("emergency", ())] for kind, entry in kinds.items()
        }
        words = [word for listed in alone.values() for word in listed]
        halves = [word for _, pair in pairs for word in [*pair["first"], *pair["then"]]]
        self._index = PhraseIndex([*words, *halves], innocent=innocent)
        number = self._index.numbers
        self._alone: dict[int, list[str]] = {}
        for kind, listed in alone.items():
            for word in listed:
                self._alone.setdefault(number[word], []).append(kind)
        self._short = {number[word] for entry in kinds.values() for word in entry["short"]}
        self._grave = {number[word] for entry in kinds.values() for word in entry.get("emergency", ())}
        self._pairs = [Pair(kind, pair["within"], tuple(pair.get("unless", ()))) for kind, pair in pairs]
        self._pairs_begun = _by_phrase([number[word] for word in pair["first"]] for _, pair in pairs)
        self._pairs_ended = _by_phrase([number[word] for word in pair["then"]] for _, pair in pairs)

    def severity(self, kind: str, *, grave: bool) -> Severity:
        return "emergency" if grave else self._severity[kind]

    def is_harmless(self, match: Match, text: str, start: int, end: int) -> bool:
        around = text[max(0, start - _NEAR) : end + _NEAR]
        return any(word in around for word in (*self._unless[match.kind], *match.unless))

    def matches(self, heard: Heard) -> list[Match]:
        hits = self._index.find(heard)
        return [*self._said_alone(hits), *self._said_in_pairs(hits, heard)]

    def _said_alone(self, hits: Sequence[Hit]) -> Iterator[Match]:
        words = {
            place for hit in hits if hit.errors == 0 and hit.end - hit.start > 1 for place in range(hit.start, hit.end)
        }
        for hit in hits:
            if not words.isdisjoint(hit.misheard):
                continue  # 躺着 is a word, and no 烫着 misheard
            if hit.phrase in self._alone and self._is_sure(hit):
                for kind in self._alone[hit.phrase]:
                    yield Match(kind, hit.start, hit.end, None, hit.phrase in self._grave)

    def _said_in_pairs(self, hits: Sequence[Hit], heard: Heard) -> Iterator[Match]:
        begun: dict[int, list[Hit]] = {}
        for hit in hits:
            for number in self._pairs_begun.get(hit.phrase, ()):
                begun.setdefault(number, []).append(hit)
        for then in hits:
            for number in self._pairs_ended.get(then.phrase, ()):
                pair = self._pairs[number]
                for first in begun.get(number, ()):
                    together = heard.parts[first.start] == heard.parts[then.start]
                    close = 0 <= then.start - first.end <= pair.within
                    if close and _are_sure_together(first, then, together=together):
                        gap = (first.end, then.start)
                        yield Match(pair.kind, first.start, then.end, gap, False, pair.unless)

    def _is_sure(self, hit: Hit) -> bool:
        length = hit.end - hit.start
        if hit.errors == 0:
            return True
        if length <= 2:
            return hit.phrase in self._short and hit.wrong == 1 and hit.alike
        if length == 3:
            return hit.errors == 1 and (hit.alike or hit.lost == 0)
        return hit.errors <= length // 2


_NEAR = 6  # characters on either side in which a harmless word explains the match


_NEAR_FROM = 4  # characters of a pair from which a merely near sound will do
_WEAK_WITHIN = 2  # farther apart, a lone homophone is a coincidence


def _is_weak(hit: Hit) -> bool:
    return hit.errors > 0 and hit.end - hit.start == 1


def _are_sure_together(first: Hit, then: Hit, *, together: bool) -> bool:
    """Whether the two words of a pair mean the danger; `together` tells that no comma lies between them."""
    errors = first.errors + then.errors
    length = first.end - first.start + then.end - then.start
    if errors == 0:
        return together or then.end - then.start > 1
    if length < 3 or not together:
        return False
    if (_is_weak(first) or _is_weak(then)) and then.start - first.end > _WEAK_WITHIN:
        return False
    near_allowed = length >= _NEAR_FROM
    return errors <= (1 if length < 5 else 2) and (near_allowed or (first.alike and then.alike))


def _by_phrase(pairs: Iterable[Iterable[int]]) -> dict[int, list[int]]:
    """For each phrase the numbers of the pairs that have it."""
    found: dict[int, list[int]] = {}
    for number, phrases in enumerate(pairs):
        for phrase in phrases:
            found.setdefault(phrase, []).append(number)
    return found


@lru_cache(maxsize=1)
def lexicon() -> Lexicon:
    """The shipped lexicon."""
    words = load("red_flags.yaml")
    return Lexicon(words["kinds"], innocent=words["innocent"])
