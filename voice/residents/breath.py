"""How a resident says words that the synthesiser, left alone, says otherwise than people do.

Kokoro speaks 嗯 with the rising tone that asks, makes a noise of …, and says what follows it as a sentence of its own,
which nobody could understand if it is a single syllable. So words with breaks are said in one breath, then taken apart.
"""

import re
from collections.abc import Callable

import numpy as np

from voice.audio.sound import Sound, joined, silence

BREAK_SECONDS = 0.8
# Around the end of the words before a break, said by themselves; a syllable earlier the voice may be as soft.
EARLIER_SECONDS, LATER_SECONDS = 0.06, 0.16
FRAME_SECONDS, FADE_SECONDS = 0.02, 0.04

_BREAK = re.compile(r"[，,。]*…+[，,。]*(?=.*\w)")
_AGREES = (("嗯(?=嗯)", "摁，"), ("嗯", "摁"))


def in_one_breath(text: str, speak: Callable[[str], Sound]) -> Sound:
    """The text as `speak` says it, with a silence at every …; it falls where the voice is softest."""
    for written, spoken in _AGREES:
        text = re.sub(written, spoken, text)
    sound, pieces = speak(_BREAK.sub("，", text)), _BREAK.split(text)
    if len(pieces) == 1:
        return sound
    ends = [speak("，".join(pieces[:count])).seconds for count in range(1, len(pieces))]
    places = [_softest(sound, end) for end in ends]
    parts: list[Sound] = []
    for start, end in zip([0.0, *places], [*places, None], strict=True):
        parts += [_faded(sound.cut(start, end)), silence(BREAK_SECONDS, sound.rate_hz)]
    return joined(parts[:-1])


def _faded(sound: Sound) -> Sound:
    """Without a click at either end, which would be heard as a consonant."""
    edge = np.ones(len(sound.samples), np.float32)
    size = min(round(FADE_SECONDS * sound.rate_hz), len(edge))
    edge[:size] = np.linspace(0, 1, size)
    edge[len(edge) - size :] *= np.linspace(1, 0, size, dtype=np.float32)
    return Sound(sound.samples * edge, sound.rate_hz)


def _softest(sound: Sound, end_seconds: float) -> float:
    """The softest moment where the words before a break end, said by themselves, in seconds."""
    size = round(FRAME_SECONDS * sound.rate_hz)
    count = max(1, len(sound.samples) // size)
    frames = sound.samples[: count * size].reshape(count, -1)
    levels = np.convolve(np.square(frames).mean(axis=1), np.ones(3), mode="same")
    last = min(count - 1, round((end_seconds + LATER_SECONDS) / FRAME_SECONDS))
    first = max(0, min(last, round((end_seconds - EARLIER_SECONDS) / FRAME_SECONDS)))
    return (first + int(np.argmin(levels[first : last + 1])) + 0.5) * FRAME_SECONDS
