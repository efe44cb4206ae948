"""A recording as a file that any browser plays: WAV, the resident left, the assistant right."""

import io
import wave
from pathlib import Path

import numpy as np

from bot.evidence.files import pieces
from integrations.storage.keys import KeyRing
from voice.audio.g711 import decode_alaw
from voice.audio.sound import to_int16
from voice.media import SAMPLES_PER_SECOND

SIDES, SAMPLE_BYTES = 2, 2


def as_wav(
    folder: Path, recording: str, keys: KeyRing, *, start_seconds: float = 0.0, end_seconds: float | None = None
) -> bytes | None:
    """The recording, or the part between two moments, as 16-bit stereo; None where there is no sound.

    Raises RecordingDamaged.
    """
    far, near = bytearray(), bytearray()
    for piece in pieces(folder, recording, keys):
        far += piece.far
        near += piece.near
    first = round(max(0.0, start_seconds) * SAMPLES_PER_SECOND)
    last = len(far) if end_seconds is None else round(end_seconds * SAMPLES_PER_SECOND)
    sides = [to_int16(decode_alaw(bytes(each[first:last]))) for each in (far, near)]
    if not len(sides[0]):
        return None
    sound = io.BytesIO()
    with wave.open(sound, "wb") as file:
        file.setnchannels(SIDES)
        file.setsampwidth(SAMPLE_BYTES)
        file.setframerate(SAMPLES_PER_SECOND)
        file.writeframes(np.stack(sides, axis=1).astype("<i2").tobytes())
    return sound.getvalue()
