"""Whether a sound has a voice in it: coughs, knocks and rustling have no pitch, words have."""

import numpy as np

from voice.audio.resample import resample
from voice.audio.sound import TELEPHONE_HZ, Sound

FRAME_SECONDS, STEP_SECONDS = 0.032, 0.016  # two periods of the lowest voice
LOWEST_HZ, HIGHEST_HZ = 70.0, 450.0  # of voices, children's among them
PERIODIC = 0.5  # correlation of a frame with itself a period later; noise stays below 0.4
BELOW_LOUD_DB = 15.0  # frames softer than this are the room's
# The shortest of 140 short answers has 0.13 s at 10 to 15 dB (a man's 吃了); coughs have 0.02 at most.
LEAST_SECONDS = 0.06


def is_voice(sound: Sound) -> bool:
    """Whether somebody speaks in the sound, or only coughs or knocks."""
    return voiced_seconds(sound) >= LEAST_SECONDS


def voiced_seconds(sound: Sound) -> float:
    """For how long a voice sounds, by the pitch of the loud frames."""
    samples = resample(sound, TELEPHONE_HZ).samples.astype(np.float64)
    size, step = round(FRAME_SECONDS * TELEPHONE_HZ), round(STEP_SECONDS * TELEPHONE_HZ)
    if len(samples) < size:
        return 0.0
    frames = np.lib.stride_tricks.sliding_window_view(samples, size)[::step]
    frames = frames - frames.mean(axis=1, keepdims=True)
    powers = np.square(frames).sum(axis=1)
    loud = frames[powers > max(powers.max() * 10 ** (-BELOW_LOUD_DB / 10), 1e-9)]
    shortest, longest = round(TELEPHONE_HZ / HIGHEST_HZ), round(TELEPHONE_HZ / LOWEST_HZ)
    spectra = np.fft.rfft(loud, 2 * size, axis=1)
    correlated = np.fft.irfft(np.abs(spectra) ** 2, axis=1)[:, : longest + 1]
    unbiased = correlated / (1 - np.arange(longest + 1) / size)  # the later, the less of the frame is left to compare
    peaks = unbiased[:, shortest:].max(axis=1, initial=0.0) / np.maximum(correlated[:, 0], 1e-12)
    return float((peaks >= PERIODIC).sum()) * STEP_SECONDS
