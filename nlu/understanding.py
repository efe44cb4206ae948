"""One utterance in the light of what is pending: which act it is, and which values it holds."""

import re
from collections.abc import Sequence
from datetime import datetime

from nlu.acts import heard_act, without_what_was_misheard
from nlu.corrections import CORRECTS_TOO, behind_what_was_taken_back, call_again, corrected
from nlu.intents import Ranking
from nlu.keyed import keyed
from nlu.pressing import is_danger, pressing_dangers, without_cooking
from nlu.reading import Expectation, NotRead, Reading
from nlu.several import find_answers
from nlu.speakers import speaks_as_child, weeps
from nlu.told_in_parts import read_pending
from nlu.understood import Flag, Found, Understood, found_in
from nlu.utterance import Utterance
from nlu.wishes import find_wishes

TAKEN_BACK_AT_ONCE = frozenset({"yes_no", "choice"})  # readers of figures see to it themselves
PAUSE_IN_A_NUMERAL = re.compile(r"(?<=[十百点])(…+)([一二三四五六七八九])(?=[，。,.；;！!度]|$)")


def understand(
    utterance: Utterance,
    *,
    pending: Expectation | None,
    others: Sequence[Expectation],
    rank: Ranking,
    at: datetime,
) -> Understood:
    """What a resident said, keyed or left out, given what is being asked (`pending`) and what else might be told.

    Pure and total: never raises. `found` holds a value for `pending` and for each of `others` that the words answer.
    """
    if utterance.silent:
        return Understood(act="silence")
    if utterance.keys:
        return keyed(utterance.keys, pending, at=at)
    text = utterance.text
    if pending and pending.kind in ("yes_no", "choice") and text.strip().isdecimal() and len(text.strip()) == 1:
        return keyed(text.strip(), pending, at=at)
    return _spoken(text, pending, others, rank, confidence=utterance.confidence, at=at)


def _spoken(
    text: str,
    pending: Expectation | None,
    others: Sequence[Expectation],
    rank: Ranking,
    *,
    confidence: float,
    at: datetime,
) -> Understood:
    text, heard = without_cooking(_joined(without_what_was_misheard(text)), pending), text
    reading = _read_first(text, pending, at=at) if pending else NotRead(reason="not_an_answer")
    dangers = pressing_dangers(heard, text, pending, reading)
    asked = {each.key: each.asked for each in (pending, *others) if each}
    told = _values(text, pending, reading, others, at=at)
    found = {key: each for key, each in told.items() if not is_danger(each, asked[key], dangers)}
    act, probability = heard_act(text, pending=pending, reading=reading, found=found, rank=rank)
    found |= corrected(text, act, found, others, at=at)
    if weeps(text):
        act, probability = "crying", 1.0
    elif speaks_as_child(text):
        act, probability = "child_speaks", 1.0
    if dangers:
        act, probability = "red_flag", 1.0
    found |= call_again(text, act, found, at=at)
    return Understood(
        act=act,
        confidence=round(min(confidence, 1.0 if act == "answer" else probability), 3),
        found=found,
        reason=reading.reason if isinstance(reading, NotRead) else "",
        flags=tuple(
            Flag(kind=each.kind, severity=each.severity, whose=each.whose, when=each.when, words=each.words)
            for each in dangers
        ),
        wishes=() if pending else find_wishes(heard, rank),
        heard=heard,
    )


def _read_first(text: str, pending: Expectation, *, at: datetime) -> Reading | NotRead:
    """The value for what is pending; what puts an earlier answer right behind it is no part of it, nor is what was
    taken back in the same breath.
    """
    if pending.kind in TAKEN_BACK_AT_ONCE and (start := behind_what_was_taken_back(text)):
        better = read_pending("，" * start + text[start:], pending, at=at)
        if isinstance(better, Reading):
            return better
    righted = CORRECTS_TOO.search(text)
    if righted is not None and righted.start() and not pending.begun:
        before = read_pending(text[: righted.start()], pending, at=at)
        if isinstance(before, Reading):
            return before
    return read_pending(text, pending, at=at)


def _joined(text: str) -> str:
    """一百四十……二: a numeral over a pause, in as many characters."""
    return PAUSE_IN_A_NUMERAL.sub(r"\2\1", text)


def _values(
    text: str,
    pending: Expectation | None,
    reading: Reading | NotRead,
    others: Sequence[Expectation],
    *,
    at: datetime,
) -> dict[str, Found]:
    """What the words hold for each question, by its key."""
    found = {key: found_in(each) for key, each in find_answers(text, expectations=others, at=at).items()}
    for each in others:
        if each.read_back and isinstance(better := read_pending(text, each, at=at), Reading):
            found[each.key] = found_in(better)
    if pending and isinstance(reading, Reading):
        found[pending.key] = found_in(reading)
    return found
