"""One level for all prompts, and no silence around them."""

import numpy as np

from voice.audio.noise import speech_power
from voice.audio.sound import Sound

SPEECH_LEVEL_DB = -20.0  # of speech frames below full scale: loud enough for a handset, 17 dB of headroom for peaks
TRIM_BELOW_DB = -45.0
EDGE_SECONDS = 0.04  # kept at both ends, so that no consonant is cut
LIMIT = 0.97


def levelled(sound: Sound, *, gain_db: float = 0.0) -> Sound:
    """The sound at the common speech level plus a gain; peaks are rounded off instead of clipped."""
    power = speech_power(sound)
    if power == 0.0:
        return sound
    factor = 10 ** ((SPEECH_LEVEL_DB + gain_db) / 20) / np.sqrt(power)
    loud = sound.samples * factor
    soft_limited = LIMIT * np.tanh(loud / LIMIT) if np.max(np.abs(loud)) > LIMIT else loud
    return Sound(soft_limited.astype(np.float32), sound.rate_hz)


def trimmed(sound: Sound) -> Sound:
    """The sound without the silence at its ends."""
    loud = np.flatnonzero(np.abs(sound.samples) > 10 ** (TRIM_BELOW_DB / 20))
    if not len(loud):
        return sound
    edge = round(EDGE_SECONDS * sound.rate_hz)
    return Sound(sound.samples[max(0, loud[0] - edge) : loud[-1] + edge], sound.rate_hz)
