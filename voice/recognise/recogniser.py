"""What every engine that hears can do."""

from datetime import datetime
from typing import Protocol

import msgspec

from nlu.reading import Expectation
from voice.audio.sound import Sound


class Hypothesis(msgspec.Struct, frozen=True, kw_only=True):
    """One thing the recogniser may have heard."""

    text: str
    confidence: float  # 0..1, as calibrated


class Recognition(msgspec.Struct, frozen=True, kw_only=True):
    """What was heard in one turn.

    `text` is what is passed on: the expected answer where the sound supports one, else the free text, so that a story
    or a call for help is never forced into the nearest expected phrase. `expected` tells which of the two it is; None
    when nothing was expected. `confidence` is calibrated: the share of such texts that are right (docs/speech.md).
    """

    text: str
    alternatives: tuple[Hypothesis, ...] = ()  # best first, without `text`
    confidence: float = 0.0  # 0..1
    expected: bool | None = None
    free_text: str = ""  # what the engine heard without any expectation
    seconds: float = 0.0  # of sound that was heard


class Recogniser(Protocol):
    """Turns the sound of one turn into words.

    Must hold: silence and noise without speech give an empty text; nothing of the expectation leaks into the text of
    sound that does not hold it; alternatives are ordered by confidence; the same sound gives the same result; a loop
    of the decoder is cut; any rate is accepted. Kaldi dithers, so vosk's result may differ in unclear sound.
    """

    name: str

    def recognise(self, sound: Sound, *, expectation: Expectation | None, at: datetime) -> Recognition:
        """The words of one turn. `at` is when they were said, for words like 昨天. Raises EngineError."""
        ...
