"""Which expected answer a sound supports, if any: arithmetic on log probabilities, no model and no sound.

Two lists compete for the same sound: the phrases that the question expects, and what the decoder heard on its own. A
free text that can be read as an answer speaks for that answer; one that sounds almost like an expected phrase speaks
partly for it; the rest speaks for "something else". The shares of these pools are a likelihood ratio test: an answer
is taken only when the sound prefers it to everything that the decoder can think of.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import exp, log

from nlu.pinyin import distance, syllables

LEAST_DOUBT = 0.02  # no reader is surer than that of a text that a recogniser heard


@dataclass(frozen=True, slots=True)
class Candidate:
    """A text, what it would mean (None: no answer), the log probability that the sound gives it, and log odds that
    such a value is said at all. `confidence` is the reader's, that the text means this and not something else.
    """

    text: str
    meaning: str | None
    score: float
    odds: float = 0.0
    confidence: float = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Weights:
    """Fitted on tests/bench/speech_cases/tuning.yaml at 15 and 10 dB; docs/speech.md has the table."""

    temperature: float = 1.5  # log probabilities are divided by it: the model is surer of itself than it is right
    distance_cost: float = 6.0  # log probability lost by a free text for its whole length of wrong syllables
    near: float = 0.5  # a free text further from a phrase than this says nothing for it
    prior: float = 6.5  # log odds in favour of the expected phrases: most replies do answer
    short: int = (
        4  # syllables up to which the prior counts in full; a whole sentence is more often about something else
    )
    value_prior: float = 1.5  # the same for texts within a vocabulary, where something always comes near


@dataclass(frozen=True, slots=True)
class Verdict:
    """The most probable answer, its share, and the share of "something else"."""

    candidate: Candidate | None
    share: float
    other: float
    ranked: tuple[tuple[Candidate, float], ...]  # the best text of each meaning, with its share


def verdict(
    expected: Sequence[Candidate], free: Sequence[Candidate], weights: Weights, *, listed: bool = True
) -> Verdict:
    """The pools' shares, adding up to 1, and the best text of the largest one.

    `listed`: the expected texts are a question's phrases, not whatever the decoder found within a vocabulary.
    """
    pools: dict[str, list[Candidate]] = {}
    for each in expected:
        pools.setdefault(each.meaning or "", []).append(_moved(each, _prior(each.text, weights, listed=listed)))
    others = []
    for each in free:
        if each.meaning is not None:
            pools.setdefault(each.meaning, []).append(_moved(each, log(each.confidence)))
            others.append(each.score + log(max(1.0 - each.confidence, LEAST_DOUBT)))
            continue
        others.append(each.score)
        for phrase in expected:
            apart = distance(each.text, phrase.text)
            if apart <= weights.near:
                prior = _prior(phrase.text, weights, listed=listed)
                score = each.score + phrase.odds + prior - weights.distance_cost * apart
                pools.setdefault(phrase.meaning or "", []).append(Candidate(phrase.text, phrase.meaning, score))
    masses = {meaning: _pooled([each.score for each in pool], weights) for meaning, pool in pools.items()}
    other = _pooled(others, weights)
    top = max([other, *masses.values()], default=0.0)
    total = sum(exp(each - top) for each in (other, *masses.values()))
    ranked = tuple(
        (max(pools[meaning], key=lambda each: each.score), exp(masses[meaning] - top) / total)
        for meaning in sorted(masses, key=lambda each: -masses[each])
    )
    best, share = ranked[0] if ranked else (None, 0.0)
    return Verdict(best, share, exp(other - top) / total, ranked)


def _prior(text: str, weights: Weights, *, listed: bool) -> float:
    if not listed:
        return weights.value_prior
    return weights.prior * min(1.0, weights.short / max(1, len(syllables(text))))


def _moved(candidate: Candidate, by: float) -> Candidate:
    return replace(candidate, score=candidate.score + candidate.odds + by)


def _pooled(scores: Sequence[float], weights: Weights) -> float:
    """The log of the summed probabilities at the given temperature; far below everything for an empty pool."""
    if not scores:
        return -1e9
    top = max(scores)
    return (top + log(sum(exp(each - top) for each in scores))) / weights.temperature
