"""One stretch of mono sound."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Samples = NDArray[np.float32]

TELEPHONE_HZ = 8_000  # G.711
RECOGNISER_HZ = 16_000  # what Whisper and the wide-band vosk models were trained on
SYNTHESISER_HZ = 24_000  # Kokoro


@dataclass(frozen=True, slots=True, eq=False)
class Sound:
    """Mono samples (float32, shape [n], full scale ±1) and their rate."""

    samples: Samples
    rate_hz: int

    @property
    def seconds(self) -> float:
        return len(self.samples) / self.rate_hz

    def cut(self, start_seconds: float, end_seconds: float | None = None) -> "Sound":
        """The part between two moments; the end of the sound if no end is given."""
        first = max(0, round(start_seconds * self.rate_hz))
        last = len(self.samples) if end_seconds is None else round(end_seconds * self.rate_hz)
        return Sound(self.samples[first:last], self.rate_hz)

    def scaled(self, factor: float) -> "Sound":
        """The same sound louder or softer; what exceeds full scale is clipped."""
        return Sound(np.clip(self.samples * np.float32(factor), -1.0, 1.0).astype(np.float32), self.rate_hz)


def silence(seconds: float, rate_hz: int) -> Sound:
    """Digital silence."""
    return Sound(np.zeros(round(seconds * rate_hz), dtype=np.float32), rate_hz)


def joined(parts: Sequence[Sound]) -> Sound:
    """Sounds of one rate, one after another. Raises ValueError on none, or on different rates."""
    rates = {each.rate_hz for each in parts}
    if len(rates) != 1:
        raise ValueError(f"expected one rate, got {sorted(rates)}")
    return Sound(np.concatenate([each.samples for each in parts]), rates.pop())


def level_db(sound: Sound) -> float:
    """Root-mean-square level in dB below full scale; -120 for digital silence."""
    power = float(np.mean(np.square(sound.samples, dtype=np.float64))) if len(sound.samples) else 0.0
    return 10.0 * float(np.log10(max(power, 1e-12)))


def from_int16(samples: NDArray[np.int16], rate_hz: int) -> Sound:
    """Sound from 16-bit samples."""
    return Sound((samples.astype(np.float32) / 32_768.0).astype(np.float32), rate_hz)


def to_int16(sound: Sound) -> NDArray[np.int16]:
    """16-bit samples, clipped at full scale."""
    return np.clip(np.round(sound.samples * 32_767.0), -32_768, 32_767).astype(np.int16)
