"""Keypad tones in the sound itself (ITU-T Q.23, Q.24), for trunks that send no RFC 4733 events."""

from collections.abc import Iterator

import numpy as np

from voice.audio.sound import TELEPHONE_HZ, Samples, Sound, joined, silence

LOW_HZ = (697.0, 770.0, 852.0, 941.0)
HIGH_HZ = (1209.0, 1336.0, 1477.0, 1633.0)
KEYS = ("123A", "456B", "789C", "*0#D")

FRAME_SECONDS = 0.0256  # 205 samples at 8 kHz, the classical Goertzel block: bins fit all eight frequencies
MIN_FRAMES = 2  # Q.24: a tone of 40 ms must be taken
MIN_LEVEL_DB = -40.0  # Q.24 asks for -25 dBm; a handset across the room is softer
MIN_SHARE = 0.70  # of the block's energy within the two tones; speech stays below (tests/voice/test_dtmf.py)
MAX_TWIST_DB = 9.0  # difference of the two tones: Q.24 allows 4 to 8 dB


def tones(keys: str, *, tone_seconds: float = 0.1, gap_seconds: float = 0.1) -> Sound:
    """The tones of the given keys at 8 kHz. Raises ValueError on a character that is no key."""
    parts = []
    for key in keys:
        low_hz, high_hz = _frequencies(key)
        moments = np.arange(round(tone_seconds * TELEPHONE_HZ)) / TELEPHONE_HZ
        tone = 0.25 * (np.sin(2 * np.pi * low_hz * moments) + np.sin(2 * np.pi * high_hz * moments))
        parts += [Sound(tone.astype(np.float32), TELEPHONE_HZ), silence(gap_seconds, TELEPHONE_HZ)]
    return joined(parts) if parts else silence(0.0, TELEPHONE_HZ)


def pressed_keys(sound: Sound) -> str:
    """The keys whose tones are in a sound at 8 kHz, in order."""
    pressed, current, run = "", "", 0
    for key in _keys_by_frame(sound):
        run = run + 1 if key == current else 1
        current = key
        if key and run == MIN_FRAMES:
            pressed += key
    return pressed


def _keys_by_frame(sound: Sound) -> Iterator[str]:
    size = round(FRAME_SECONDS * sound.rate_hz)
    for start in range(0, len(sound.samples) - size + 1, size):
        yield _key(sound.samples[start : start + size], sound.rate_hz)


def _key(frame: Samples, rate_hz: int) -> str:
    """The key heard in one block, or nothing."""
    total = float(np.sum(np.square(frame, dtype=np.float64)))
    if 10 * np.log10(total / len(frame) + 1e-12) < MIN_LEVEL_DB:
        return ""
    moments = np.arange(len(frame)) / rate_hz
    waves = np.exp(-2j * np.pi * np.outer(LOW_HZ + HIGH_HZ, moments))
    energies = 2 * np.abs(waves @ frame) ** 2 / len(frame)
    low, high = int(np.argmax(energies[:4])), int(np.argmax(energies[4:]))
    both = float(energies[low] + energies[4 + high])
    twist_db = abs(10 * np.log10((energies[low] + 1e-12) / (energies[4 + high] + 1e-12)))
    return KEYS[low][high] if both / total >= MIN_SHARE and twist_db <= MAX_TWIST_DB else ""


def _frequencies(key: str) -> tuple[float, float]:
    for row, low_hz in zip(KEYS, LOW_HZ, strict=True):
        if key and key in row:
            return low_hz, HIGH_HZ[row.index(key)]
    raise ValueError(f"not a telephone key: {key!r}")
