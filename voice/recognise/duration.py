"""How long a text takes to say, against how long somebody spoke: 是 is not what took two seconds."""

import numpy as np

from nlu.pinyin import syllables
from voice.audio.resample import resample
from voice.audio.sound import TELEPHONE_HZ, Sound
from voice.turns.vad import speech_frames, speech_seconds

# The slowest that one says a text of n syllables. Of the tuning cases 95 % take less than 0.45 + 0.2 n seconds at the
# ordinary tempo; the old take a third longer.
LONGEST_SECONDS, LONGEST_SECONDS_A_SYLLABLE = 0.5, 0.26
LOST_A_SECOND = 20.0  # log probability lost by each second beyond that
FRAME_SECONDS = 0.02
LOUD_SHARE = 90  # percentile of the frames' levels that stands for the speaker
BELOW_LOUD_DB = 10.0  # a television in the room is softer than this
CLOSED_GAP_SECONDS = 0.2  # a pause inside a word


def spoken_seconds(sound: Sound) -> float:
    """How long the nearest voice in the sound spoke, pauses left out."""
    return min(speech_seconds(speech_frames(sound)), _loud_seconds(resample(sound, TELEPHONE_HZ)))


def log_odds(text: str, seconds: float) -> float:
    """What a text loses (0 or less) because somebody spoke for that long."""
    longest = LONGEST_SECONDS + LONGEST_SECONDS_A_SYLLABLE * len(syllables(text))
    return -LOST_A_SECOND * max(0.0, seconds - longest)


def _loud_seconds(sound: Sound) -> float:
    """How long the sound was near its loudest, short gaps included."""
    size = round(FRAME_SECONDS * sound.rate_hz)
    count = len(sound.samples) // size
    if not count:
        return 0.0
    powers = np.square(sound.samples[: count * size].reshape(count, size), dtype=np.float64).mean(axis=1)
    levels = 10 * np.log10(np.maximum(powers, 1e-12))
    loud = np.flatnonzero(levels > np.percentile(levels, LOUD_SHARE) - BELOW_LOUD_DB)
    gaps = np.diff(loud) * FRAME_SECONDS
    return float((np.where(gaps <= CLOSED_GAP_SECONDS, gaps, FRAME_SECONDS)).sum() + FRAME_SECONDS)
