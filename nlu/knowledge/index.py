"""Finds the passage that answers a question: BM25 over pairs of characters, words of one meaning made one."""

import math
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from functools import lru_cache

from nlu.knowledge.passages import Passage
from nlu.lexicon import load
from nlu.normalise import normalise

# Robertson and Zaragoza (2009): usual values, and short passages hardly differ with them.
K1, B = 1.2, 0.5
HEADING_WEIGHT = 2  # a word of the heading or the title counts for every passage under it, twice
FACET_RARITY = 1.5  # what a passage of the asked kind (a time, a price) is worth, beside one rare word: about 2.5
ANSWERED_FROM = 0.38
"""The least share of a question's matter, by rarity of its words, that a passage must hold: measured in
tests/nlu/test_knowledge.py."""

# Numbers in a question rarely stand in the answer as they were said.
_SILENT = re.compile(r"[\W_0-9一二三四五六七八九十两百]+")


class KnowledgeIndex:
    """Passages, ready to be asked. Immutable: a new notice makes a new index."""

    def __init__(self, passages: Iterable[Passage]) -> None:
        self.passages = tuple(passages)
        self._counts = [self._counted(passage) for passage in self.passages]
        self._facets = [facets_held(f"{passage.heading} {passage.text}") for passage in self.passages]
        self._lengths = [sum(counts.values()) for counts in self._counts]
        self._usual_length = sum(self._lengths) / len(self._lengths) if self._lengths else 1.0
        spread = Counter(term for counts in self._counts for term in counts)
        total = len(self.passages)
        self._rarity = {term: math.log(1 + (total - n + 0.5) / (n + 0.5)) for term, n in spread.items()}
        self._unseen_rarity = math.log(1 + (total + 0.5) / 0.5)

    def ask(self, question: str) -> Passage | None:
        """The passage that answers the question best, or None where none speaks of it."""
        ranked = self.rank(question, limit=1)
        return ranked[0][0] if ranked and ranked[0][1] >= ANSWERED_FROM else None

    def rank(self, question: str, *, limit: int) -> tuple[tuple[Passage, float], ...]:
        """The best passages with the share of the question that each holds (0..1), best first."""
        facets = facets_asked(question)
        asked = list(dict.fromkeys(_terms(question, is_question=True)))
        whole = sum(self._rarity.get(term, self._unseen_rarity) for term in asked)
        scored: list[tuple[float, float, int]] = []
        for number, counts in enumerate(self._counts):
            held = [term for term in asked if term in counts]
            if held:
                share = sum(self._rarity[term] for term in held) / whole
                fitting = FACET_RARITY * len(facets & self._facets[number])
                scored.append((self._relevance(number, held) + fitting, share, -number))
        scored.sort(reverse=True)
        return tuple((self.passages[-number], share) for _, share, number in scored[:limit])

    def _relevance(self, number: int, held: Sequence[str]) -> float:
        counts = self._counts[number]
        stretch = K1 * (1 - B + B * self._lengths[number] / self._usual_length)
        return sum(self._rarity[term] * counts[term] * (K1 + 1) / (counts[term] + stretch) for term in held)

    @staticmethod
    def _counted(passage: Passage) -> Counter[str]:
        counts = Counter(_terms(passage.text, is_question=False))
        for term in [*_terms(passage.heading, is_question=False), *_terms(passage.source, is_question=False)]:
            counts[term] += HEADING_WEIGHT
        return counts


def facets_asked(question: str) -> frozenset[str]:
    """What a question wants to know of its matter: time, price, papers, place …"""
    return frozenset(name for name, words in _facets().items() if any(word in question for word in words[0]))


def facets_held(passage: str) -> frozenset[str]:
    """What a passage tells of its matter."""
    return frozenset(name for name, words in _facets().items() if words[1].search(passage))


def _terms(text: str, *, is_question: bool) -> list[str]:
    """Words of one meaning as themselves, everything else in pairs of characters; asking words are left out."""
    same, longest, asking = _words()
    plain = _SILENT.sub(" ", normalise(text).text.lower())
    terms: list[str] = []
    rest = ""
    at = 0
    while at <= len(plain):
        word = next(
            (plain[at : at + n] for n in range(min(longest, len(plain) - at), 0, -1) if plain[at : at + n] in same), ""
        )
        skipped = next((each for each in asking if plain.startswith(each, at)), "") if is_question and not word else ""
        if word or skipped or at == len(plain) or plain[at] == " ":
            terms.extend(rest[i : i + 2] for i in range(len(rest) - 1))
            rest = ""
            if word:
                terms.append(same[word])
            at += len(word or skipped) or 1
        else:
            rest += plain[at]
            at += 1
    return terms


@lru_cache(maxsize=1)
def _words() -> tuple[dict[str, str], int, tuple[str, ...]]:
    words = load("policy_words.yaml")
    same = {word: f"={group[0]}" for group in words["same"] for word in group}
    asking = [*words["asking"], *(word for facet in words["facets"].values() for word in facet["asked"])]
    return same, max(map(len, same)), tuple(sorted(asking, key=len, reverse=True))


@lru_cache(maxsize=1)
def _facets() -> dict[str, tuple[tuple[str, ...], re.Pattern[str]]]:
    facets = load("policy_words.yaml")["facets"]
    return {name: (tuple(facet["asked"]), re.compile(facet["signs"])) for name, facet in facets.items()}
