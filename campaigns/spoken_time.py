"""How long words take on the telephone, for calls that were only played through in words."""

from dataclasses import dataclass

_SPOKEN = frozenset("，。！？、；：“”（）()…—,.!?;:\"' \n")


@dataclass(frozen=True, slots=True, kw_only=True)
class Tempo:
    """How fast the two sides are. Syllables a second; a Chinese character is one syllable."""

    assistant: float = 3.6  # the pace for elders; read Mandarin runs at 4 to 5
    resident: float = 4.0
    resident_thinks_seconds: float = 0.9  # before each reply
    turn_ends_seconds: float = 1.1  # silence by which the end of a reply is known, and the assistant's own start


TEMPO = Tempo()
ELDER_TEMPO = Tempo(resident=3.2, resident_thinks_seconds=1.6)
"""An old person who takes their time: slower words, and a pause before each."""

RING_SECONDS = 14.0  # three rings until somebody has walked to the telephone
UNANSWERED_SECONDS = 40.0  # how long it rings before it is given up
REFUSED_SECONDS = 8.0  # busy, switched off, no such number: the carrier says so at once


def syllables(text: str) -> int:
    """How many syllables a text has: every character but punctuation; a digit or a letter counts as one."""
    return sum(each not in _SPOKEN for each in text)


def turn_seconds(heard: str, said: str, tempo: Tempo = TEMPO) -> float:
    """The assistant says `heard`, the resident replies `said`; "" for no reply."""
    seconds = syllables(heard) / tempo.assistant
    if said:
        seconds += tempo.resident_thinks_seconds + syllables(said) / tempo.resident
    return seconds + tempo.turn_ends_seconds
