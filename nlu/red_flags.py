"""Danger to life in what somebody says: what, how grave, about whom, and whether it is now.

The words are in lexicon/red_flags.yaml, a second opinion is in nlu/danger_opinion.py. Pure and fast
(tests/nlu/test_red_flags.py measures it): every utterance passes through it in every state, in the dialogue worker and,
when no worker answers, in the platform itself.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any, Literal, cast

from nlu.danger_opinion import ALARMS_FROM, DENIED_ALARMS_FROM, DOUBTS_BELOW, Opinion, shipped
from nlu.lexicon import load
from nlu.normalise import Normalised, normalise
from nlu.phrases import Heard, Hit, PhraseIndex
from nlu.readers.region import find_region
from nlu.red_flag_context import When, Whose, is_denied, is_imagined, when_of, whose_of

Severity = Literal["emergency", "urgent"]

_MEANT = frozenset({"now", "recent", "past_over"})  # outcomes of a danger that is told, not denied or imagined
_BREATH = 40  # characters that are weighed together: the stories of a danger and of ordinary talk are about as long
# 一直在厦门: where somebody is or comes from is told in words that dangers are told in as well.
PLACE_ALARMS_FROM = 3.0
VAGUE_ALARMS_FROM = 0.5  # of a call for help without a reason: 今天能来人吗 asks for a plumber too
_DIGITS_ALONE = re.compile(r"[零〇幺一二两三四五六七八九十0-9\s，,]+")
_PART = re.compile(r"[^，。！？；,!?;\n]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class RedFlag:
    """One danger that was told. `span` is the half-open range in the text as given, `words` what stands there."""

    kind: str
    severity: Severity
    whose: Whose
    when: When
    span: tuple[int, int]
    words: str
    hint: float | None = None
    """The score (log-odds) of the second opinion where it alone raised the alarm, else None."""

    @property
    def pressing(self) -> bool:
        """Whether somebody must act: everything but what is long over."""
        return self.when != "past_over"


@dataclass(frozen=True, slots=True)
class _Pair:
    kind: str
    within: int  # characters at most between its two words
    unless: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Match:
    kind: str
    start: int  # in characters heard
    end: int
    gap: tuple[int, int] | None  # what lies between the two words of a pair
    grave: bool
    unless: tuple[str, ...] = ()  # words near by that make it harmless, beside those of its kind


@dataclass(frozen=True, slots=True)
class _Told:
    match: _Match
    start: int  # in the plain text
    end: int
    outcome: str  # When, or denied, imagined, harmless


def kinds() -> frozenset[str]:
    """Every kind of danger that is known."""
    return _lexicon().kinds


def find_red_flags(text: str) -> tuple[RedFlag, ...]:
    """Every danger told in the text, in order, each kind once per part of the sentence; denied ones are left out.

    The words of the lexicon decide, and beside them a second opinion (nlu/danger_opinion.py), which hears hints that
    the lexicon does not know and doubts words said in jest. What is long over is found too, with `when` = past_over:
    it presses nobody. Never raises.
    """
    plain = normalise(text)
    told = _told(plain.text)
    flags = tuple(_flag(text, plain, each) for each in told if each.outcome in _MEANT)
    stretch, opinion = _strongest_opinion(plain.text, told)
    pressing = sum(flag.pressing for flag in flags)
    if pressing == 1 and opinion.score < DOUBTS_BELOW:  # two dangers in one breath are not misheard
        return tuple(flag for flag in flags if not flag.pressing)
    if not pressing and _alarms(plain.text, opinion, denied=bool(told and not flags)):
        return (*flags, _hinted(text, plain, _telling_part(plain.text, stretch, told), opinion))
    return flags


def _alarms(text: str, opinion: Opinion, *, denied: bool) -> bool:
    """Whether the second opinion alone raises the alarm. Places are looked for last: it costs most."""
    vague = opinion.kind == "call_for_help"
    least = DENIED_ALARMS_FROM if denied else VAGUE_ALARMS_FROM if vague else ALARMS_FROM
    return opinion.score >= least and (opinion.score >= PLACE_ALARMS_FROM or find_region(text) is None)


def outcomes_of(text: str) -> frozenset[str]:
    """What the lexicon alone makes of a text: for each danger named in it whether it is denied, imagined, harmless …"""
    return _outcomes(_told(normalise(text).text), (0, len(text)))


def _told(text: str) -> list[_Told]:
    """Each danger that the lexicon finds named in a plain text, and whether it is meant."""
    heard = Heard.of(text)
    told = []
    for match in _lexicon().matches(heard):
        start, end = heard.positions[match.start], heard.positions[match.end - 1] + 1
        if _DIGITS_ALONE.fullmatch(text, start, end):  # part of a number, whatever it sounds like
            continue
        gap = match.gap and text[heard.positions[match.gap[0] - 1] + 1 : heard.positions[match.gap[1]]]
        told.append(_Told(match, start, end, _outcome(match, text, start, end, gap or "")))
    return _strongest(told)


def _outcome(match: _Match, text: str, start: int, end: int, gap: str) -> str:
    if is_denied(text, start, end, gap):
        return "denied"
    if is_imagined(text, start, end):
        return "imagined"
    if _lexicon().is_harmless(match, text, start, end):
        return "harmless"
    return when_of(text, start, end, lasting=match.kind == "suicidal")


def _outcomes(told: Sequence[_Told], stretch: tuple[int, int]) -> frozenset[str]:
    inside = frozenset(each.outcome for each in told if stretch[0] <= each.start and each.end <= stretch[1])
    return inside or frozenset({"nothing"})


def _flag(text: str, plain: Normalised, told: _Told) -> RedFlag:
    span = plain.span(told.start, told.end)
    return RedFlag(
        kind=told.match.kind,
        severity=_lexicon().severity(told.match.kind, grave=told.match.grave),
        whose=whose_of(plain.text, told.start),
        when=cast("When", told.outcome),
        span=span,
        words=text[slice(*span)],
    )


def _hinted(text: str, plain: Normalised, part: tuple[int, int], opinion: Opinion) -> RedFlag:
    """The danger that the second opinion hears in a part of the text. It was told, so it is not long over."""
    span = plain.span(*part)
    when = when_of(plain.text, *part, lasting=True)
    return RedFlag(
        kind=opinion.kind,
        severity=_lexicon().severity(opinion.kind, grave=False),
        whose=whose_of(plain.text, part[1]),
        when="recent" if when == "past_over" else when,
        span=span,
        words=text[slice(*span)],
        hint=opinion.score,
    )


def _strongest_opinion(text: str, told: Sequence[_Told]) -> tuple[tuple[int, int], Opinion]:
    """The stretch of the text that sounds most like danger, and the opinion on it."""
    opinions = [(each, shipped().of(text[slice(*each)], _outcomes(told, each))) for each in _stretches(text)]
    return max(opinions, key=lambda each: each[1].score)


def _telling_part(text: str, stretch: tuple[int, int], told: Sequence[_Told]) -> tuple[int, int]:
    """The part of a stretch, between two commas, that sounds most like danger."""
    parts = [part for part in _parts(text) if stretch[0] <= part[0] and part[1] <= stretch[1]] or [stretch]
    return max(parts, key=lambda part: shipped().of(text[slice(*part)], _outcomes(told, part)).score)


def _stretches(text: str) -> list[tuple[int, int]]:
    """The text in stretches of a breath, neighbours overlapping; a short one whole. A danger drowns in a long story."""
    if len(text) <= _BREATH:
        return [(0, len(text))]
    parts = _parts(text)
    stretches: list[tuple[int, int]] = []
    for number, (start, _) in enumerate(parts):
        ends = [end for _, end in parts[number:] if end - start <= _BREATH]
        if ends and (not stretches or ends[-1] > stretches[-1][1]):
            stretches.append((start, ends[-1]))
    return stretches or [(0, len(text))]


def _parts(text: str) -> list[tuple[int, int]]:
    """The parts of a text between punctuation; one without any is cut every so often, each piece half over the next."""
    parts: list[tuple[int, int]] = []
    for match in _PART.finditer(text):
        start, end = match.span()
        starts = range(start, max(start + 1, end - _BREATH // 2), _BREATH // 2)
        parts += [(each, min(end, each + _BREATH)) for each in starts]
    return parts


def _strongest(told: Sequence[_Told]) -> list[_Told]:
    """One of a kind where several overlap: the longest, grave if any of them is."""
    kept: list[_Told] = []
    for each in sorted(told, key=lambda each: (each.match.kind, each.start - each.end, each.start)):
        for index, other in enumerate(kept):
            if other.match.kind == each.match.kind and other.start < each.end and each.start < other.end:
                longest = each if _holds_the_denial(each, other) else other
                grave = other.match.grave or each.match.grave
                kept[index] = replace(longest, match=replace(longest.match, grave=grave))
                break
        else:
            kept.append(each)
    return sorted(kept, key=lambda each: each.start)


def _holds_the_denial(shorter: _Told, longer: _Told) -> bool:
    """Whether what denies the longer words is itself a part of the danger: 不想活 beside 想活了，跟她去."""
    return longer.outcome == "denied" and shorter.outcome in _MEANT and shorter.start < longer.start


class _Lexicon:
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
        self._pairs = [_Pair(kind, pair["within"], tuple(pair.get("unless", ()))) for kind, pair in pairs]
        self._pairs_begun = _by_phrase([number[word] for word in pair["first"]] for _, pair in pairs)
        self._pairs_ended = _by_phrase([number[word] for word in pair["then"]] for _, pair in pairs)

    def severity(self, kind: str, *, grave: bool) -> Severity:
        return "emergency" if grave else self._severity[kind]

    def is_harmless(self, match: _Match, text: str, start: int, end: int) -> bool:
        around = text[max(0, start - _NEAR) : end + _NEAR]
        return any(word in around for word in (*self._unless[match.kind], *match.unless))

    def matches(self, heard: Heard) -> list[_Match]:
        hits = self._index.find(heard)
        return [*self._said_alone(hits), *self._said_in_pairs(hits, heard)]

    def _said_alone(self, hits: Sequence[Hit]) -> Iterator[_Match]:
        for hit in hits:
            if hit.phrase in self._alone and self._is_sure(hit):
                for kind in self._alone[hit.phrase]:
                    yield _Match(kind, hit.start, hit.end, None, hit.phrase in self._grave)

    def _said_in_pairs(self, hits: Sequence[Hit], heard: Heard) -> Iterator[_Match]:
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
                        yield _Match(pair.kind, first.start, then.end, gap, False, pair.unless)

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
def _lexicon() -> _Lexicon:
    words = load("red_flags.yaml")
    return _Lexicon(words["kinds"], innocent=words["innocent"])
