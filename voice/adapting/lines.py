"""A saying as it may come over some telephone, from some speaker, in some room: chosen anew each time it is heard."""

from collections.abc import Sequence

import numpy as np
import scipy
from numpy.typing import NDArray

from voice.audio.noise import babble, mixed, room_noise, speech_power
from voice.audio.resample import resample
from voice.audio.sound import RECOGNISER_HZ, TELEPHONE_HZ, Sound, joined, silence
from voice.audio.telephone import telephone_band
from voice.residents.line import with_losses
from voice.residents.mobile import through_mobile

WARPED_SHARE, WARP = 0.6, (0.84, 1.16)  # of pitch, formants and tempo together, as another person's
STRETCHED_SHARE, LONGEST_PAUSE_SECONDS, LONGEST_TO_STRETCH_SECONDS = 0.35, 1.1, 5.0
LEAD_SECONDS, TAIL_SECONDS = (0.05, 0.5), (0.15, 0.8)
LEVEL_DB = (-36.0, -14.0)
MOBILE_SHARE = 0.12
LOSSY_SHARE, LOSSES = 0.15, 0.02
FRAME = 320  # samples at 16 kHz, 20 ms
QUIET, SHORTEST_PAUSE_FRAMES, EDGE_FRAMES = 0.02, 4, 5

Samples = NDArray[np.float32]


def on_some_line(speech: Samples, rng: np.random.Generator, others: Sequence[Sound]) -> Sound:
    """Clean speech at 16 kHz as it arrives at 8 kHz; `others` are who may talk behind it."""
    spoken = Sound(speech, RECOGNISER_HZ)
    if rng.random() < WARPED_SHARE:
        spoken = _warped(spoken, rng.uniform(*WARP))
    if rng.random() < STRETCHED_SHARE and spoken.seconds < LONGEST_TO_STRETCH_SECONDS:
        spoken = Sound(_paused(spoken.samples, rng), RECOGNISER_HZ)
    return through(spoken, rng, others)


def through(spoken: Sound, rng: np.random.Generator, others: Sequence[Sound]) -> Sound:
    """The way from the mouth to us: a room, a level, a codec, a line."""
    before, after = (silence(rng.uniform(*each), RECOGNISER_HZ) for each in (LEAD_SECONDS, TAIL_SECONDS))
    sound = resample(joined([before, spoken, after]), TELEPHONE_HZ)
    power = speech_power(sound) or 1.0
    sound = sound.scaled(float(10 ** (rng.uniform(*LEVEL_DB) / 20) / np.sqrt(power)))
    noise, snr_db = _noise(len(sound.samples), rng, others)
    sound = mixed(sound, noise, snr_db)
    if rng.random() < MOBILE_SHARE:
        sound = through_mobile(sound)
    return with_losses(telephone_band(sound), LOSSES if rng.random() < LOSSY_SHARE else 0.0, rng)


def no_words(rng: np.random.Generator) -> Sound:
    """Sobs, coughs, or nobody, at 16 kHz."""
    kind = rng.random()
    if kind < 0.55:
        return _sobs(rng)
    if kind < 0.85:
        return _coughs(rng)
    hum = 1e-3 * rng.standard_normal(int(RECOGNISER_HZ * rng.uniform(0.5, 2.5)))
    return Sound(hum.astype(np.float32), RECOGNISER_HZ)


def _noise(count: int, rng: np.random.Generator, others: Sequence[Sound]) -> tuple[Samples, float]:
    """Noise and how far speech is above it, in dB: a room, a hiss, other voices, or next to nothing."""
    kind = rng.random()
    if kind < 0.6:
        return room_noise(count, rng), rng.uniform(7, 25)
    if kind < 0.7:
        return rng.standard_normal(count).astype(np.float32), rng.uniform(10, 28)
    if kind < 0.9 and others:
        chosen = [others[each] for each in rng.integers(0, len(others), rng.integers(1, 4))]
        return babble(chosen, count, TELEPHONE_HZ, rng), rng.uniform(10, 20)
    return room_noise(count, rng), rng.uniform(22, 40)


def _warped(sound: Sound, factor: float) -> Sound:
    samples = scipy.signal.resample_poly(sound.samples, 100, round(100 * factor))
    return Sound(samples.astype(np.float32), sound.rate_hz)


def _paused(samples: Samples, rng: np.random.Generator) -> Samples:
    """Longer pauses where there are some."""
    count = len(samples) // FRAME
    levels = np.sqrt(np.mean(np.square(samples[: count * FRAME].reshape(count, FRAME)), axis=1))
    quiet = levels < QUIET * levels.max(initial=0.0)
    parts, done, place = [], 0, EDGE_FRAMES
    while place < count - EDGE_FRAMES:
        end = place
        while end < count and quiet[end]:
            end += 1
        if end - place >= SHORTEST_PAUSE_FRAMES and end < count - EDGE_FRAMES:
            middle = (place + end) // 2 * FRAME
            pause = np.zeros(int(rng.uniform(0.0, LONGEST_PAUSE_SECONDS) * RECOGNISER_HZ), np.float32)
            parts += [samples[done:middle], pause]
            done = middle
        place = end + 1
    return np.concatenate([*parts, samples[done:]])


def _sobs(rng: np.random.Generator) -> Sound:
    """Breathy tones that fall and tremble."""
    parts, left = [], rng.uniform(1.0, 4.0)
    while left > 0:
        seconds, pause = rng.uniform(0.12, 0.5), rng.uniform(0.03, 0.4)
        moments = np.arange(int(RECOGNISER_HZ * seconds)) / RECOGNISER_HZ
        tremor = 1 + 0.03 * np.sin(2 * np.pi * rng.uniform(5, 9) * moments)
        pitch = rng.uniform(180, 480) * np.exp(-rng.uniform(0, 1) * moments / moments[-1]) * tremor
        phase, tilt = 2 * np.pi * np.cumsum(pitch) / RECOGNISER_HZ, rng.uniform(0.8, 1.6)
        tone = np.sum([np.sin(each * phase) / each**tilt for each in range(1, 9)], axis=0)
        tone += rng.uniform(0.05, 0.6) * rng.standard_normal(len(moments))
        sob = tone * np.sin(np.pi * moments / seconds) ** rng.uniform(0.4, 1)
        parts += [0.4 * sob / np.abs(sob).max(), np.zeros(int(RECOGNISER_HZ * pause))]
        left -= seconds + pause
    return Sound(np.concatenate(parts).astype(np.float32), RECOGNISER_HZ)


def _coughs(rng: np.random.Generator) -> Sound:
    """Bursts of filtered noise that die away."""
    parts = []
    for _ in range(rng.integers(1, 4)):
        count = int(RECOGNISER_HZ * rng.uniform(0.1, 0.35))
        band = (rng.uniform(200, 600), rng.uniform(1500, 3300))
        sections = scipy.signal.butter(2, band, "bandpass", fs=RECOGNISER_HZ, output="sos")
        burst = scipy.signal.sosfilt(sections, rng.standard_normal(count))
        burst *= np.exp(-np.arange(count) / RECOGNISER_HZ * rng.uniform(6, 18))
        parts += [0.5 * burst / np.abs(burst).max(), np.zeros(int(RECOGNISER_HZ * rng.uniform(0.05, 0.4)))]
    return Sound(np.concatenate(parts).astype(np.float32), RECOGNISER_HZ)
