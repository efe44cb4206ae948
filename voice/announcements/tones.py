"""Tones on the line: special information tone, fax, ringing, busy (ITU-T E.180, E.182, T.30; GF 002-9002 in China)."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from voice.audio.resample import resample
from voice.audio.sound import TELEPHONE_HZ, Samples, Sound, level_db

Tone = Literal["information", "fax", "ringing", "busy", "beep"]

FRAME_SECONDS = 0.04  # bins of 25 Hz
SOFTEST_DB = -40.0
PURE_SHARE = 0.8  # of a frame's energy within one frequency's bins; voices spread over their harmonics
INFORMATION_HZ = (950.0, 1_400.0, 1_800.0)  # one after another, a third of a second each
FAX_HZ = (1_100.0, 2_100.0)  # calling and answering fax
EXCHANGE_HZ = 450.0  # ringing and busy tone in China
TOLERANCE_HZ = 40.0
FAX_SECONDS = 0.4
INFORMATION_SECONDS = 0.2
BEEP_SECONDS = 0.15
RINGING_ON_SECONDS, BUSY_ON_SECONDS = 0.8, 0.2  # 1 s of 5 s for ringing, 0.35 s of 0.7 s for busy


@dataclass(frozen=True, slots=True)
class _Run:
    hz: float
    seconds: float


def tone_in(sound: Sound) -> Tone | None:
    """The tone that a sound holds, if any; the most telling one when there are several."""
    runs = _runs(sound)
    if _in_order(runs):
        return "information"
    if any(each.seconds >= FAX_SECONDS for hz in FAX_HZ for each in _at(runs, hz)):
        return "fax"
    exchange = _at(runs, EXCHANGE_HZ)
    if any(each.seconds >= RINGING_ON_SECONDS for each in exchange):
        return "ringing"
    if sum(each.seconds >= BUSY_ON_SECONDS for each in exchange) >= 2:
        return "busy"
    return "beep" if any(each.seconds >= BEEP_SECONDS and each.hz >= 600.0 for each in runs) else None


def _in_order(runs: Sequence[_Run]) -> bool:
    """Whether the three information tones follow one another."""
    wanted = list(INFORMATION_HZ)
    for run in runs:
        if wanted and abs(run.hz - wanted[0]) <= TOLERANCE_HZ and run.seconds >= INFORMATION_SECONDS:
            wanted.pop(0)
    return not wanted


def _at(runs: Sequence[_Run], hz: float) -> list[_Run]:
    return [each for each in runs if abs(each.hz - hz) <= TOLERANCE_HZ]


def _runs(sound: Sound) -> list[_Run]:
    """Stretches of one pure frequency, in order."""
    narrow = resample(sound, TELEPHONE_HZ)
    size = round(FRAME_SECONDS * TELEPHONE_HZ)
    runs: list[_Run] = []
    current, frames = 0.0, 0
    for start in range(0, len(narrow.samples) - size + 1, size):
        hz = _pure_hz(narrow.samples[start : start + size])
        if hz and current and abs(hz - current) <= TOLERANCE_HZ:
            frames += 1
            continue
        if current:
            runs.append(_Run(current, frames * FRAME_SECONDS))
        current, frames = hz, 1
    return [*runs, _Run(current, frames * FRAME_SECONDS)] if current else runs


def _pure_hz(frame: Samples) -> float:
    """The frequency of a frame that is one tone; 0 for anything else."""
    if level_db(Sound(frame, TELEPHONE_HZ)) < SOFTEST_DB:
        return 0.0
    power = np.abs(np.fft.rfft(frame * np.hanning(len(frame)))) ** 2
    peak = int(np.argmax(power))
    around = float(power[max(0, peak - 2) : peak + 3].sum())
    return peak / FRAME_SECONDS if around / float(power.sum()) >= PURE_SHARE else 0.0
