"""What a reader made of a text: a value with its evidence, or a reason why not."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, Protocol

Prefer = Literal["past", "future"]

Reason = Literal[
    "not_an_answer",  # words, but none that answer this question
    "unknown",  # the speaker says that they do not know or remember
    "not_measured",  # the speaker says that it was not measured or counted
    "refused",  # the speaker does not want to say
    "vague",  # an answer of the right kind without a usable value: 高烧, 过几天
    "invalid",  # a value that cannot be: a wrong check digit, 30 February, 95 °C
    "this_line",  # of a telephone number: 就是你打的这个
    "incomplete",  # the beginning of a value: 一三八, three digits of a phone number
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """One option of a choice question."""

    key: str
    label: str
    synonyms: tuple[str, ...] = ()
    digit: str = ""  # the telephone key that selects it


@dataclass(frozen=True, slots=True, kw_only=True)
class Expectation:
    """What a question is waiting for: all that a reader may know of it."""

    key: str  # Question.key
    kind: str  # a key of nlu.readers.READERS
    asked: str = ""  # the question as it was put, in words
    prefer: Prefer = "past"
    choices: tuple[Choice, ...] = ()
    offered: int = 0  # the first so many choices were named when it was asked; 0: all
    periods: bool = False  # of a date: a week, a month or a year is enough, told by its first day
    begun: str = ""  # the part of a value that was told before, or the value that is being corrected
    denied: tuple[str, ...] = ()  # values that were said back and are wrong, as JSON with sorted keys
    answered: int = 0  # the place of its answer among those that were given, from 1; 0: none yet
    told_for: bool = False  # somebody else answers for the person who is asked
    narrow: bool = False  # of a text: words that bring up something else are no answer
    behind_promise: bool = False  # it was put behind 今天就请网格员联系您: the words may be about that
    read_back: bool = False  # its value was just said back: a better one need not say what it is


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """A value that was found in a text.

    `value` is JSON-like (str, int, float, bool, list, dict) in the canonical form of its kind, see docs/answers.md.
    `span` is the half-open range of characters in the text as given to the reader. `confidence` is 0..1: the share of
    such readings that are right on the open answer cases of their kind, rounded to steps of 0.05; below 0.5 a reading
    must be read back before it is kept.
    """

    value: Any
    span: tuple[int, int]
    confidence: float


@dataclass(frozen=True, slots=True, kw_only=True)
class NotRead:
    """Why a text holds no value of the kind asked for."""

    reason: Reason
    span: tuple[int, int] | None = None  # the words that say so, where there are any


class Reader(Protocol):
    """Reads one kind of answer out of a text.

    Pure: the same arguments give the same result. Never raises, on any text. Works on text as heard: traditional or
    simplified, full or half width, spoken or written digits.
    """

    def __call__(self, text: str, *, expectation: Expectation, at: datetime) -> Reading | NotRead: ...


def best(readings: Sequence[Reading | NotRead]) -> Reading | NotRead:
    """The most confident reading, or the first reason if nothing was read. Raises ValueError on no readings."""
    found = [each for each in readings if isinstance(each, Reading)]
    return max(found, key=lambda each: each.confidence) if found else readings[0]
