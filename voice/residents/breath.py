"""How a resident says words that the synthesiser, left alone, says otherwise than people do.

Kokoro speaks 嗯 with the rising tone that asks and 咯 as ge, makes a noise of …, and says what follows as a sentence of
its own, of which nobody could understand a single syllable: that is said in one breath with what is before it, then
taken apart.
"""

import re
from collections.abc import Callable, Sequence

import numpy as np

from voice.audio.sound import Sound, joined, silence

BREAK_SECONDS = 0.8
# Around the end of the words before a break, said by themselves; a syllable earlier the voice may be as soft.
EARLIER_SECONDS, LATER_SECONDS = 0.06, 0.16
FRAME_SECONDS, FADE_SECONDS = 0.02, 0.04

_BREAK = re.compile(r"[，,。]*…+[，,。]*(?=.*\w)")
_SPELLED = (("嗯(?=嗯)", "摁，"), ("嗯", "摁"), ("咯", "喽"))


def with_breaks(text: str, speak: Callable[[str], Sound]) -> Sound:
    """The text as `speak` says it, with a silence at every …"""
    for written, spoken in _SPELLED:
        text = re.sub(written, spoken, text)
    breaths: list[list[str]] = []
    for piece in (each for each in _BREAK.split(text) if re.search(r"\w", each)):
        if breaths and len(re.findall(r"\w", piece)) == 1:
            breaths[-1].append(piece)
        else:
            breaths.append([piece])
    parts = [part for breath in breaths for part in _parted(breath, speak)]
    pause = silence(BREAK_SECONDS, parts[0].rate_hz)
    return joined([each for part in parts for each in (part, pause)][:-1])


def _parted(pieces: Sequence[str], speak: Callable[[str], Sound]) -> list[Sound]:
    """The pieces said in one breath, taken apart where the voice is softest."""
    sound = speak("，".join(pieces))
    if len(pieces) == 1:
        return [sound]
    ends = [speak("，".join(pieces[:count])).seconds for count in range(1, len(pieces))]
    places = [_softest(sound, end) for end in ends]
    return [_faded(sound.cut(*each)) for each in zip([0.0, *places], [*places, None], strict=True)]


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
