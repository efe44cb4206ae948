"""Danger to life in what somebody says: what, how grave, about whom, and whether it is now.

The words are in lexicon/red_flags.yaml, a second opinion is in nlu/danger_opinion.py. Pure and fast
(tests/nlu/test_red_flags.py measures it): every utterance passes through it in every state, in the dialogue worker and,
when no worker answers, in the platform itself.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import cast

from nlu.danger_opinion import ALARMS_FROM, DENIED_ALARMS_FROM, DOUBTS_BELOW, Opinion, shipped
from nlu.medicine_left import fetched_since, runs_out
from nlu.normalise import Normalised, normalise
from nlu.phrases import Heard
from nlu.readers.region import find_region
from nlu.red_flag_context import When, Whose, is_denied, is_imagined, is_of_a_thing, is_of_the_dead, when_of, whose_of
from nlu.red_flag_lexicon import Match, Severity, lexicon

NO_MEDICINE = "no_medicine"
_MEANT = frozenset({"now", "recent", "past_over"})  # outcomes of a danger that is told, not denied or imagined
_BREATH = 40  # characters that are weighed together: the stories of a danger and of ordinary talk are about as long
# 一直在厦门: where somebody is or comes from is told in words that dangers are told in as well.
PLACE_ALARMS_FROM = 3.0
VAGUE_ALARMS_FROM = 0.5  # of a call for help without a reason: 今天能来人吗 asks for a plumber too
STOCK_DOUBTED_BELOW = -2.4  # of medicine that is named and counted: it is told as calmly as ordinary things
BEYOND_DOUBT_FROM = 6.0  # 苦到我想死 in ordinary talk has 5.0
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
class _Told:
    match: Match
    start: int  # in the plain text
    end: int
    outcome: str  # When, or denied, imagined, harmless


def kinds() -> frozenset[str]:
    """Every kind of danger that is known."""
    return lexicon().kinds


def find_red_flags(text: str) -> tuple[RedFlag, ...]:
    """Every danger told in the text, in order, each kind once per part of the sentence; denied ones are left out.

    The words of the lexicon decide, and beside them a second opinion (nlu/danger_opinion.py), which hears hints that
    the lexicon does not know and doubts words said in jest. What is long over is found too, with `when` = past_over:
    it presses nobody. Never raises.
    """
    plain = normalise(text)
    told = _told(plain.text)
    counted = tuple(_out_of_medicine(text, plain, told))
    flags = (*(_flag(text, plain, each) for each in told if each.outcome in _MEANT), *counted)
    stretch, opinion = _strongest_opinion(plain.text, told)
    pressing = sum(flag.pressing for flag in flags)
    doubted = opinion.score < DOUBTS_BELOW and not counted and not _plainly_wants_to_die(plain.text, told)
    if pressing == 1 and doubted:  # two dangers in one breath are not misheard
        return tuple(flag for flag in flags if not flag.pressing)
    if not pressing and _alarms(plain.text, opinion, denied=bool(told and not flags)):
        return (*flags, _hinted(text, plain, _telling_part(plain.text, stretch, told), opinion))
    return flags


def _plainly_wants_to_die(text: str, told: Sequence[_Told]) -> bool:
    """Whether words of suicide, heard alone, leave no doubt, whatever story they end: 屋里空落落的，我都不想活了."""
    return any(
        shipped().of(text[slice(*part)], _outcomes(told, part)).score >= BEYOND_DOUBT_FROM
        for each in told
        if each.match.kind == "suicidal" and each.outcome in _MEANT
        for part in _parts(text)
        if part[0] <= each.start and each.end <= part[1]
    )


def _out_of_medicine(text: str, plain: Normalised, told: Sequence[_Told]) -> Iterator[RedFlag]:
    """Medicine that runs out, named in one clause and counted in another, where the lexicon heard nothing of it."""
    span = runs_out(plain.text)
    if span is None or any(each.match.kind == NO_MEDICINE for each in told):
        return
    if max(shipped().of(plain.text[slice(*each)], ()).score for each in _stretches(plain.text)) < STOCK_DOUBTED_BELOW:
        return
    given = plain.span(*span)
    yield RedFlag(
        kind=NO_MEDICINE,
        severity=lexicon().severity(NO_MEDICINE, grave=False),
        whose=whose_of(plain.text, span[0]),
        when="now",
        span=given,
        words=text[slice(*given)],
    )


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
    for match in lexicon().matches(heard):
        start, end = heard.positions[match.start], heard.positions[match.end - 1] + 1
        if _DIGITS_ALONE.fullmatch(text, start, end):  # part of a number, whatever it sounds like
            continue
        gap = match.gap and text[heard.positions[match.gap[0] - 1] + 1 : heard.positions[match.gap[1]]]
        told.append(_Told(match, start, end, _outcome(match, text, start, end, gap or "")))
    return _strongest(told)


def _outcome(match: Match, text: str, start: int, end: int, gap: str) -> str:
    if is_denied(text, start, end, gap):
        return "denied"
    if is_imagined(text, start, end):
        return "imagined"
    if (match.kind == "fall" and is_of_a_thing(text, start)) or (
        match.kind == NO_MEDICINE and fetched_since(text, end)
    ):
        return "harmless"
    if lexicon().is_harmless(match, text, start, end):
        return "harmless"
    if is_of_the_dead(text, end):
        return "past_over"
    return when_of(text, start, end, lasting=match.kind == "suicidal")


def _outcomes(told: Sequence[_Told], stretch: tuple[int, int]) -> frozenset[str]:
    inside = frozenset(each.outcome for each in told if stretch[0] <= each.start and each.end <= stretch[1])
    return inside or frozenset({"nothing"})


def _flag(text: str, plain: Normalised, told: _Told) -> RedFlag:
    span = plain.span(told.start, told.end)
    return RedFlag(
        kind=told.match.kind,
        severity=lexicon().severity(told.match.kind, grave=told.match.grave),
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
        severity=lexicon().severity(opinion.kind, grave=False),
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
    """One of a kind where several overlap: the longest, grave if any of them is; a pain that has a place is that of its
    place: 心口痛得直冒汗.
    """
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
    hearts = [each for each in kept if each.match.kind == "chest_pain" and each.match.gap is not None]
    return sorted((each for each in kept if not _is_pain_of(each, hearts)), key=lambda each: each.start)


def _is_pain_of(pain: _Told, hearts: Sequence[_Told]) -> bool:
    return pain.match.kind == "severe_pain" and any(pain.start < each.end and each.start < pain.end for each in hearts)


def _holds_the_denial(shorter: _Told, longer: _Told) -> bool:
    """Whether what denies the longer words is itself a part of the danger: 不想活 beside 想活了，跟她去."""
    return longer.outcome == "denied" and shorter.outcome in _MEANT and shorter.start < longer.start
