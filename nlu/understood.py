"""What one utterance was taken for, as it travels from understanding to the dialogue."""

from typing import Any

import msgspec

from nlu.reading import Reading


class Found(msgspec.Struct, frozen=True, kw_only=True):
    """The value that an utterance holds for one question; forms as in docs/answers.md."""

    value: Any
    span: tuple[int, int]
    confidence: float


class Flag(msgspec.Struct, frozen=True, kw_only=True):
    """Something urgent in the words, see nlu.red_flags."""

    kind: str
    severity: str
    whose: str
    when: str
    words: str


class Wish(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that a resident who came in wants, in their words; `intent` is one of nlu.intents."""

    intent: str
    words: str


class Understood(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One utterance, understood in the light of what is pending."""

    act: str  # the intent that Rasa's rules decide on
    confidence: float = 1.0
    found: dict[str, Found] = {}  # Question.key → value
    reason: str = ""  # why the pending question has no value in it, see nlu.reading.Reason
    flags: tuple[Flag, ...] = ()
    wishes: tuple[Wish, ...] = ()  # what is wanted, besides an answer where one is pending; in the order it was said
    asked: str = ""  # what the resident asks beside an answer: 不能吃，那喝水行不行
    heard: str = ""  # the words that were understood, as they were heard
    said: str = ""  # the same without fillers, where there were any


def found_in(reading: Reading) -> Found:
    """A reader's reading as it travels on."""
    return Found(value=reading.value, span=reading.span, confidence=reading.confidence)
