"""Log-mel features as Whisper was trained on (Radford et al. 2022; Slaney's mel scale)."""

import numpy as np
from numpy.typing import NDArray

from voice.audio.resample import resample
from voice.audio.sound import RECOGNISER_HZ, Sound

MELS = 80
FFT_SIZE = 400  # 25 ms
HOP = 160  # 10 ms a frame
DYNAMIC_RANGE = 8.0  # in log10 power below the loudest bin
LINEAR_BELOW_HZ, HZ_PER_MEL = 1_000.0, 200.0 / 3
LOG_STEP = np.log(6.4) / 27.0

# Whisper was trained on 30 s. Shorter windows cost a fraction and lose nothing on turns that leave silence in them.
WINDOWS_SECONDS = (5, 10, 20, 30)
TAIL_SECONDS = 1.0  # of silence after the turn, without which the decoder loops


def window_seconds(seconds: float) -> int:
    """The shortest window that holds a turn of that length and its tail; the longest one for longer turns."""
    return next((each for each in WINDOWS_SECONDS if seconds + TAIL_SECONDS <= each), WINDOWS_SECONDS[-1])


def log_mel(sound: Sound, *, window: int) -> NDArray[np.float32]:
    """Features of the sound padded or cut to `window` seconds, shape [1, 80, 100 × window]."""
    count = window * RECOGNISER_HZ
    samples = resample(sound, RECOGNISER_HZ).samples[:count]
    padded = np.pad(samples, (0, count - len(samples)))
    framed = np.pad(padded, FFT_SIZE // 2, mode="reflect")
    starts = np.arange(count // HOP) * HOP
    frames = framed[starts[:, None] + np.arange(FFT_SIZE)] * _WINDOW
    power = np.abs(np.fft.rfft(frames, axis=1)) ** 2
    logs = np.log10(np.maximum(power @ _FILTERS.T, 1e-10))
    logs = (np.maximum(logs, logs.max() - DYNAMIC_RANGE) + 4.0) / 4.0
    return np.ascontiguousarray(logs.T[None].astype(np.float32))


def _hz(mels: NDArray[np.float64]) -> NDArray[np.float64]:
    linear = mels * HZ_PER_MEL
    bend = LINEAR_BELOW_HZ / HZ_PER_MEL
    return np.where(mels >= bend, LINEAR_BELOW_HZ * np.exp(LOG_STEP * (mels - bend)), linear)


def _filters() -> NDArray[np.float64]:
    """Triangular filters of equal area, shape [80, 201]."""
    top = LINEAR_BELOW_HZ / HZ_PER_MEL + np.log(RECOGNISER_HZ / 2 / LINEAR_BELOW_HZ) / LOG_STEP
    edges = _hz(np.linspace(0.0, top, MELS + 2))
    bins = np.fft.rfftfreq(FFT_SIZE, 1.0 / RECOGNISER_HZ)
    rising = (bins - edges[:-2, None]) / (edges[1:-1] - edges[:-2])[:, None]
    falling = (edges[2:, None] - bins) / (edges[2:] - edges[1:-1])[:, None]
    area: NDArray[np.float64] = 2.0 / (edges[2:] - edges[:-2])
    return np.maximum(0.0, np.minimum(rising, falling)) * area[:, None]


_FILTERS = _filters()
_WINDOW = np.hanning(FFT_SIZE + 1)[:-1]
