"""What a telephone leaves of a sound."""

import numpy as np
import scipy  # its submodules load at first use, and signal takes two seconds

from voice.audio.g711 import decode_alaw, encode_alaw
from voice.audio.resample import resample
from voice.audio.sound import TELEPHONE_HZ, Sound

BAND_HZ = (300.0, 3_400.0)  # ITU-T G.712 pass band
FILTER_ORDER = 4


def telephone_band(sound: Sound) -> Sound:
    """The sound as it leaves a fixed-line telephone: 300-3400 Hz, 8 kHz, A-law."""
    return decode_alaw(encode_alaw(band_limited(sound)))


def band_limited(sound: Sound) -> Sound:
    """The sound at 8 kHz within 300-3400 Hz, not yet quantised."""
    narrow = resample(sound, TELEPHONE_HZ)
    sections = scipy.signal.butter(FILTER_ORDER, BAND_HZ, btype="bandpass", fs=TELEPHONE_HZ, output="sos")
    return Sound(scipy.signal.sosfilt(sections, narrow.samples).astype(np.float32), TELEPHONE_HZ)
