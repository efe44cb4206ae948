"""Changing the rate or the tempo of a sound."""

from math import gcd

import numpy as np
import scipy  # its submodules load at first use, and signal takes two seconds

from voice.audio.sound import Sound


def resample(sound: Sound, rate_hz: int) -> Sound:
    """The same sound at another rate (polyphase filter, no aliasing)."""
    if sound.rate_hz == rate_hz or not len(sound.samples):
        return Sound(sound.samples, rate_hz)
    shared = gcd(sound.rate_hz, rate_hz)
    samples = scipy.signal.resample_poly(sound.samples, rate_hz // shared, sound.rate_hz // shared)
    return Sound(samples.astype(np.float32), rate_hz)
