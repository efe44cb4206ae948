"""Which expected answer a sound supports, if any: arithmetic on log probabilities, no model and no sound.

Two lists compete for the same sound: the phrases that the question expects, and what the decoder heard on its own. A
free text that can be read as an answer speaks for that answer; one that sounds almost like an expected phrase speaks
partly for it; the rest speaks for "something else". The shares of these pools are a likelihood ratio test: an answer
is taken only when the sound prefers it to everything that the decoder can think of.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from math import exp, log
from pathlib import Path

import yaml

from nlu.pinyin import distance, syllables
from nlu.spoken import spoken_digits

LEAST_DOUBT = 0.02  # no reader is surer than that of a text that a recogniser heard


@dataclass(frozen=True, slots=True)
class Candidate:
    """A text, what it would mean (None: no answer), the log probability that the sound gives it, and log odds that
    such a value is said at all. `confidence` is the reader's, that the text means this and not something else, or
    without a meaning that it is no answer (a garbled number may be one); `unheard` the log probability that the decoder
    gives the text when nobody speaks; `put_right` tells a text that was made of what was heard freely.
    """

    text: str
    meaning: str | None
    score: float
    odds: float = 0.0
    confidence: float = 1.0
    unheard: float = 0.0
    put_right: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Weights:
    """How much each piece of evidence counts, in log probability."""

    temperature: float  # log probabilities are divided by it: the model is surer of itself than it is right
    prior: float  # in favour of the expected texts: most replies do answer
    prior_a_syllable: float = 0.0  # more of it (or less) for each syllable
    habit: float = 0.0  # share of what the decoder says unheard that is taken off an expected text
    distance_cost: float  # lost by a free text for its whole length of wrong syllables
    readable: float = 0.0  # in favour of a free text that can be read as an answer
    heard_a_syllable: float = 0.0  # in favour of a free text for each syllable: long ones are seldom misheard answers


SURE_READING = 0.8  # a text that the decoder heard itself and that means the same stands for the answer: 可以, not 嗯
# No phrase of a question is more unlikely on an empty line; a whole sentence with one word of the question put into it
# (上班一年 → 上感疫年) would win by its length alone.
MOST_UNUSUAL = 40.0
NEAR = 0.5  # a free text further from an expected one than this says nothing for it
# Texts within a vocabulary, where something always comes near; chosen on tests/bench/speech_cases/tuning.yaml.
VALUES = Weights(temperature=1.5, prior=1.5, distance_cost=6.0)


@lru_cache(maxsize=1)
def phrase_weights() -> Weights:
    """For a question's phrases, fitted by tests/bench/speech_fit.py."""
    return Weights(**yaml.safe_load(Path(__file__).with_name("weights.yaml").read_text(encoding="utf-8")))


@dataclass(frozen=True, slots=True)
class Verdict:
    """The most probable answer, its share, and the share of "something else"."""

    candidate: Candidate | None
    share: float
    other: float
    ranked: tuple[tuple[Candidate, float], ...]  # a text for each meaning, with the meaning's share


def verdict(
    expected: Sequence[Candidate], free: Sequence[Candidate], weights: Weights, commands: Sequence[Candidate] = ()
) -> Verdict:
    """The pools' shares, adding up to 1, and the best text of the largest one. Commands speak for something else."""
    pools: dict[str, list[Candidate]] = {}
    for each in expected:
        pools.setdefault(each.meaning or "", []).append(replace(each, score=each.score + favour(each, weights)))
    others = [each.score + favour(each, weights) for each in commands]
    for each in _as_sure_as_they_sound(free):
        heard = each.score + heard_freely(each, weights)
        if each.meaning is not None:
            score = heard + each.odds + weights.readable + log(each.confidence)
            pools.setdefault(each.meaning, []).append(replace(each, score=score))
            others.append(heard + log(max(1.0 - each.confidence, LEAST_DOUBT)))
            continue
        others.append(heard + log(each.confidence))
        for phrase, apart in _near(each, expected):
            score = each.score + favour(phrase, weights) - weights.distance_cost * apart
            pools.setdefault(phrase.meaning or "", []).append(Candidate(phrase.text, phrase.meaning, score))
    masses = {meaning: _pooled([each.score for each in pool], weights) for meaning, pool in pools.items()}
    other = _pooled(others, weights)
    top = max([other, *masses.values()], default=0.0)
    total = sum(exp(each - top) for each in (other, *masses.values()))
    heard_so = {each.text for each in free if each.meaning is not None and each.confidence >= SURE_READING}
    ranked = tuple(
        (max(pools[meaning], key=lambda each: (each.text in heard_so, each.score)), exp(masses[meaning] - top) / total)
        for meaning in sorted(masses, key=lambda each: -masses[each])
    )
    best, share = ranked[0] if ranked else (None, 0.0)
    return Verdict(best, share, exp(other - top) / total, ranked)


def _as_sure_as_they_sound(free: Sequence[Candidate]) -> list[Candidate]:
    """心凡得很 is as surely read as 心烦得很, which sounds and means the same."""
    surest: dict[tuple[str | None, tuple[str, ...]], float] = {}
    for each in free:
        sound = (each.meaning, tuple(syllables(each.text)))
        surest[sound] = max(each.confidence, surest.get(sound, 0.0))
    return [
        each if each.meaning is None else replace(each, confidence=surest[each.meaning, tuple(syllables(each.text))])
        for each in free
    ]


def _near(heard: Candidate, expected: Sequence[Candidate]) -> list[tuple[Candidate, float]]:
    """The expected texts that a free one says something for, and how far off each is; of a garbled one the nearest."""
    garbled = heard.confidence < 1.0
    texts = [each for each in expected if garbled or not each.put_right]  # what was made of it is near it in any case
    apart = [(each, distance(spoken_digits(heard.text), spoken_digits(each.text))) for each in texts]
    within = min([NEAR, *(far for _, far in apart)]) if garbled else NEAR
    return [(each, far) for each, far in apart if far <= within]


def favour(expected: Candidate, weights: Weights) -> float:
    """What speaks for an expected text beside the sound."""
    length = len(syllables(expected.text))
    unusual = min(-expected.unheard, MOST_UNUSUAL)
    return expected.odds + weights.prior + weights.prior_a_syllable * length + weights.habit * unusual


def heard_freely(free: Candidate, weights: Weights) -> float:
    """What speaks for a free text beside the sound."""
    return weights.heard_a_syllable * len(syllables(free.text))


def _pooled(scores: Sequence[float], weights: Weights) -> float:
    """The log of the summed probabilities at the given temperature; far below everything for an empty pool."""
    if not scores:
        return -1e9
    top = max(scores)
    return (top + log(sum(exp(each - top) for each in scores))) / weights.temperature
