"""What the sound before an answer is, by its cadence alone: China's call-progress tones are all 450 Hz (GB/T 3380)."""

from itertools import groupby

import numpy as np

from voice.audio.g711 import decode_alaw
from voice.audio.sound import TELEPHONE_HZ
from voice.media import FRAME_BYTES, FRAME_SECONDS, EarlyMediaClass

_TONE_HZ = 450.0
_SILENT_DB = -50.0  # below this a frame is silence; comfort noise lies near -60
_TONE_SHARE = 0.8  # of a frame's energy at 450 ± 25 Hz; speech hardly ever reaches it for two frames
_ANNOUNCEMENT_SECONDS = 0.4  # of anything that is neither tone nor silence
_FRAME_LIMIT = 3_000  # a minute is enough to know
_WAVE = np.exp(-2j * np.pi * _TONE_HZ * np.arange(FRAME_BYTES) / TELEPHONE_HZ)


class EarlyMediaEar:
    """Listens to frames before the answer; `heard` may be asked at any time."""

    def __init__(self) -> None:
        self._kinds: list[str] = []  # of each frame: "s" silence, "t" the tone, "x" anything else

    def feed(self, alaw: bytes) -> None:
        if len(self._kinds) < _FRAME_LIMIT:
            self._kinds.append(_kind(alaw))

    @property
    def heard(self) -> EarlyMediaClass:
        if not self._kinds:
            return EarlyMediaClass.NONE
        other, tone = self._kinds.count("x"), self._kinds.count("t")
        if other * FRAME_SECONDS >= _ANNOUNCEMENT_SECONDS and other > tone / 4:
            return EarlyMediaClass.ANNOUNCEMENT
        if not tone:
            return EarlyMediaClass.SILENCE
        return self._cadence()

    def _cadence(self) -> EarlyMediaClass:
        """By the length of whole bursts of tone; a first and a last burst may be cut."""
        smoothed = ["t" if kind == "t" else "s" for kind in self._kinds]
        runs = [(kind, sum(1 for _ in group) * FRAME_SECONDS) for kind, group in groupby(smoothed)]
        bursts = [seconds for kind, seconds in runs if kind == "t" and seconds > 0.06]
        pauses = [seconds for kind, seconds in runs[1:] if kind == "s"]
        longest = max(bursts, default=0.0)
        if 0.8 <= longest <= 1.3 and max(pauses, default=0.0) >= 1.0:
            return EarlyMediaClass.RINGBACK
        if 0.28 <= longest <= 0.45:
            return EarlyMediaClass.BUSY
        if 0.6 <= longest < 0.8:
            return EarlyMediaClass.CONGESTION
        return EarlyMediaClass.TONE


def _kind(alaw: bytes) -> str:
    samples = decode_alaw(alaw).samples
    energy = float(np.sum(np.square(samples)))
    if 10 * np.log10(energy / len(samples) + 1e-12) < _SILENT_DB:
        return "s"
    share = 2 * abs(complex(np.dot(samples, _WAVE))) ** 2 / len(samples) / energy
    return "t" if share >= _TONE_SHARE else "x"
