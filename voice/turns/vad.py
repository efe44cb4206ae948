"""Which frames of a sound hold speech (WebRTC's voice activity detector, BSD)."""

from collections.abc import Sequence

import webrtcvad

from voice.audio.resample import resample
from voice.audio.sound import TELEPHONE_HZ, Sound, level_db, to_int16

FRAME_SECONDS = 0.02
FRAME_SAMPLES = round(FRAME_SECONDS * TELEPHONE_HZ)
# 3 is the strictest mode. Room noise at 15 dB passes mode 1 as speech in 40 % of its frames (tests/voice/test_vad.py).
STRICTNESS = 3
SOFTEST_DB = -55.0  # a frame below this is line noise, whatever its shape
LEAST_SPEECH_SECONDS = 0.1  # 嗯 takes 0.15 s


class SpeechDetector:
    """Tells speech frame by frame; it keeps the detector's state, so one call has one detector."""

    def __init__(self) -> None:
        self._vad = webrtcvad.Vad(STRICTNESS)

    def is_speech(self, frame: Sound) -> bool:
        """Whether 20 ms of telephone sound hold speech. Raises ValueError on another length or rate."""
        if frame.rate_hz != TELEPHONE_HZ or len(frame.samples) != FRAME_SAMPLES:
            raise ValueError(f"expected {FRAME_SAMPLES} samples at {TELEPHONE_HZ} Hz")
        return level_db(frame) > SOFTEST_DB and bool(self._vad.is_speech(to_int16(frame).tobytes(), TELEPHONE_HZ))


def speech_frames(sound: Sound) -> list[bool]:
    """Speech or not for every whole frame of 20 ms."""
    detector = SpeechDetector()
    narrow = resample(sound, TELEPHONE_HZ)
    starts = range(0, len(narrow.samples) - FRAME_SAMPLES + 1, FRAME_SAMPLES)
    return [detector.is_speech(Sound(narrow.samples[each : each + FRAME_SAMPLES], TELEPHONE_HZ)) for each in starts]


def speech_seconds(frames: Sequence[bool]) -> float:
    """How long speech was heard in all."""
    return sum(frames) * FRAME_SECONDS


def holds_speech(sound: Sound) -> bool:
    """Whether there is enough speech for a word."""
    return speech_seconds(speech_frames(sound)) >= LEAST_SPEECH_SECONDS
