"""G.711 A-law and µ-law by table (ITU-T G.711; `audioop` left the standard library in Python 3.13)."""

import numpy as np
from numpy.typing import NDArray

from voice.audio.sound import TELEPHONE_HZ, Sound, from_int16, to_int16

ALAW_SILENCE = b"\xd5"  # the code of the smallest positive sample
ULAW_SILENCE = b"\xff"


def _alaw_table() -> NDArray[np.int16]:
    """16-bit sample of each of the 256 A-law codes."""
    codes = np.arange(256, dtype=np.int32) ^ 0x55  # even bits are inverted on the line
    mantissa, exponent = codes & 0x0F, (codes >> 4) & 0x07
    magnitude = np.where(exponent == 0, (mantissa << 4) + 8, ((mantissa << 4) + 0x108) << np.maximum(exponent - 1, 0))
    return np.where(codes & 0x80, magnitude, -magnitude).astype(np.int16)


def _ulaw_table() -> NDArray[np.int16]:
    """16-bit sample of each of the 256 µ-law codes."""
    codes = ~np.arange(256, dtype=np.int32) & 0xFF
    magnitude = ((((codes & 0x0F) << 3) + 0x84) << ((codes >> 4) & 0x07)) - 0x84
    return np.where(codes & 0x80, -magnitude, magnitude).astype(np.int16)


def _inverse(table: NDArray[np.int16]) -> NDArray[np.uint8]:
    """The nearest code of each of the 65 536 samples, indexed by sample + 32 768."""
    order = np.argsort(table, kind="stable")
    levels = table[order].astype(np.int32)
    borders = (levels[1:] + levels[:-1] + 1) // 2
    return order[np.searchsorted(borders, np.arange(-32_768, 32_768), side="right")].astype(np.uint8)


_ALAW = _alaw_table()
_ULAW = _ulaw_table()
_TO_ALAW = _inverse(_ALAW)
_TO_ULAW = _inverse(_ULAW)


def decode_alaw(data: bytes) -> Sound:
    """The sound of A-law bytes at 8 kHz, one sample a byte."""
    return from_int16(_ALAW[np.frombuffer(data, dtype=np.uint8)], TELEPHONE_HZ)


def decode_ulaw(data: bytes) -> Sound:
    """The sound of µ-law bytes at 8 kHz, one sample a byte."""
    return from_int16(_ULAW[np.frombuffer(data, dtype=np.uint8)], TELEPHONE_HZ)


def encode_alaw(sound: Sound) -> bytes:
    """A-law bytes of a sound that is already at 8 kHz. Raises ValueError on another rate."""
    return bytes(_TO_ALAW[_codes(sound)].tobytes())


def encode_ulaw(sound: Sound) -> bytes:
    """µ-law bytes of a sound that is already at 8 kHz. Raises ValueError on another rate."""
    return bytes(_TO_ULAW[_codes(sound)].tobytes())


def _codes(sound: Sound) -> NDArray[np.int32]:
    if sound.rate_hz != TELEPHONE_HZ:
        raise ValueError(f"G.711 is sampled at {TELEPHONE_HZ} Hz, got {sound.rate_hz} Hz")
    return to_int16(sound).astype(np.int32) + 32_768
