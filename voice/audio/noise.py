"""Noise of given colour and strength. Randomness comes in as a generator, so the same seed gives the same noise."""

from collections.abc import Sequence

import numpy as np
import scipy  # its submodules load at first use

from voice.audio.resample import resample
from voice.audio.sound import Samples, Sound

SPEECH_FLOOR_DB = 35.0  # frames further below the loudest one are pauses, and do not count as speech level
FRAME_SECONDS = 0.02


def speech_power(sound: Sound) -> float:
    """Mean power of the frames that hold speech, so that pauses do not make a speaker seem softer."""
    size = max(1, round(FRAME_SECONDS * sound.rate_hz))
    count = len(sound.samples) // size
    if count == 0:
        return float(np.mean(np.square(sound.samples))) if len(sound.samples) else 0.0
    powers = np.mean(np.square(sound.samples[: count * size].reshape(count, size), dtype=np.float64), axis=1)
    loud = powers[powers >= powers.max() * 10 ** (-SPEECH_FLOOR_DB / 10)]
    return float(loud.mean())


def mixed(sound: Sound, noise: Samples, snr_db: float) -> Sound:
    """Speech with noise (same length or longer) under it, the speech being `snr_db` above it."""
    under = noise[: len(sound.samples)]
    noise_power = float(np.mean(np.square(under, dtype=np.float64)))
    if noise_power == 0.0 or len(under) == 0:
        return sound
    gain = np.sqrt(speech_power(sound) / noise_power * 10 ** (-snr_db / 10))
    samples = np.clip(sound.samples + under * np.float32(gain), -1.0, 1.0)
    return Sound(samples.astype(np.float32), sound.rate_hz)


def room_noise(count: int, rng: np.random.Generator) -> Samples:
    """Brownish noise like a room and a street behind a window, unit variance."""
    noise = scipy.signal.lfilter([1.0], [1.0, -0.9], rng.standard_normal(count))
    return np.asarray(noise / np.std(noise), dtype=np.float32)


def babble(voices: Sequence[Sound], count: int, rate_hz: int, rng: np.random.Generator) -> Samples:
    """Several voices at once, each from a random place, like a television in the room; unit variance.

    Raises ValueError on no voices.
    """
    if not voices:
        raise ValueError("babble needs at least one voice")
    total = np.zeros(count, dtype=np.float64)
    for voice in voices:
        samples = resample(voice, rate_hz).samples
        repeated = np.tile(samples, count // len(samples) + 2)
        start = int(rng.integers(0, len(samples)))
        total += repeated[start : start + count]
    return np.asarray(total / (np.std(total) + 1e-9), dtype=np.float32)
