"""Recognisers that hear while the resident is still speaking."""

from collections.abc import Sequence
from typing import Protocol

from nlu.reading import Expectation
from voice.audio.sound import Sound
from voice.recognise.recogniser import Recognition


class RecognitionStream(Protocol):
    """One turn being heard.

    Must hold: `partial` never shrinks to nothing once words were heard; after `finish` the stream is used up; sound in
    many small pieces gives the same words as in one.
    """

    def accept(self, sound: Sound) -> None:
        """Hears another piece, at any rate."""
        ...

    def partial(self) -> str:
        """The words so far; they may still change."""
        ...

    def finish(self) -> Recognition:
        """The words of the whole turn."""
        ...


class StreamingRecogniser(Protocol):
    """A Recogniser that can also be listened in on."""

    def stream(self, expectation: Expectation | None) -> RecognitionStream:
        """A stream for one turn."""
        ...

    def unknown_words(self, phrases: Sequence[str]) -> tuple[str, ...]:
        """The words of the phrases that the model's lexicon lacks: it would silently never hear them."""
        ...
