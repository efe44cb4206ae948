"""What every engine that speaks can do."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from voice.audio.sound import Sound


@dataclass(frozen=True, slots=True, kw_only=True)
class Manner:
    """How to say something."""

    speed: float = 1.0  # 1 is the voice's own tempo, 0.8 takes a quarter longer
    gain_db: float = 0.0  # added to the common speech level
    digits_apart: bool = False  # 一 三 九 with a pause after each group, instead of in one breath
    pause_seconds: float = 0.0  # added after every sentence


PLAIN = Manner()
# Comfortable at every age is 150-200 syllables a minute (notes on speech); Kokoro speaks about 250 at speed 1.
ELDER = Manner(speed=0.78, gain_db=4.0, digits_apart=True, pause_seconds=0.35)
LOUDER = Manner(speed=0.7, gain_db=7.0, digits_apart=True, pause_seconds=0.5)  # after 大点声 or 慢点


class Synthesiser(Protocol):
    """Says a text.

    Must hold: the result is not empty and not silent for any text with a letter or a digit in it; the same text, voice
    and manner give the same sound; a slower manner takes longer; EngineTimeout within the time limit, never a hang.
    `for_residents` is False for a voice that residents (and our own recogniser) do not understand over a telephone:
    staff confirm a warning before it speaks to them.
    """

    name: str
    for_residents: bool

    @property
    def voices(self) -> Sequence[str]:
        """The names that `speak` knows."""
        ...

    def speak(self, text: str, *, voice: str, manner: Manner) -> Sound:
        """The text as speech at the engine's own rate. Raises ValueError on an unknown voice or an empty text."""
        ...
