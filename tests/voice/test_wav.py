"""Recordings as files, and what is said about bad ones."""

import struct
from pathlib import Path

import numpy as np
import pytest

from voice.audio.g711 import encode_alaw, encode_ulaw
from voice.audio.sound import Sound, silence
from voice.audio.wav import (
    SYNTHETIC_LABEL,
    comment_of,
    parse_wav,
    read_wav,
    require_speech,
    wav_bytes,
    write_wav,
)
from voice.errors import BadAudio


def voice(level: float = 0.2, rate_hz: int = 8_000) -> Sound:
    moments = np.arange(rate_hz) / rate_hz
    return Sound((level * np.sin(2 * np.pi * 440 * moments)).astype(np.float32), rate_hz)


def riff(coding: int, channels: int, rate_hz: int, bits: int, data: bytes) -> bytes:
    header = struct.pack(
        "<HHIIHH", coding, channels, rate_hz, rate_hz * channels * bits // 8, channels * bits // 8, bits
    )
    body = b"WAVEfmt " + struct.pack("<I", 16) + header + b"data" + struct.pack("<I", len(data)) + data
    return b"RIFF" + struct.pack("<I", len(body)) + body


def test_a_recording_comes_back_as_it_was_written(tmp_path: Path) -> None:
    write_wav(tmp_path / "a.wav", voice(), comment=SYNTHETIC_LABEL)
    back = read_wav(tmp_path / "a.wav")
    assert back.rate_hz == 8_000
    assert np.allclose(back.samples, voice().samples, atol=1e-4)
    assert comment_of((tmp_path / "a.wav").read_bytes()) == SYNTHETIC_LABEL


@pytest.mark.parametrize(("coding", "encode"), [(6, encode_alaw), (7, encode_ulaw)])
def test_telephone_codings_are_read(coding: int, encode: object) -> None:
    assert callable(encode)
    back = parse_wav(riff(coding, 1, 8_000, 8, encode(voice())), name="a.wav")
    assert np.allclose(back.samples, voice().samples, atol=0.01)


@pytest.mark.parametrize(
    ("data", "code", "word"),
    [
        (b"ID3 not a wav at all", "audio.not_wav", "WAV"),
        (riff(1, 2, 8_000, 16, b"\0" * 64), "audio.stereo", "单声道"),
        (riff(1, 1, 11_025, 16, b"\0" * 64), "audio.rate", "11025"),
        (riff(3, 1, 8_000, 32, b"\0" * 64), "audio.coding", "16 位"),
        (riff(1, 1, 8_000, 16, b"\0" * 64)[:-8], "audio.truncated", "不完整"),
        (b"RIFF\x04\0\0\0WAVE", "audio.truncated", "不完整"),
    ],
)
def test_a_bad_file_is_named_with_what_to_do(data: bytes, code: str, word: str) -> None:
    with pytest.raises(BadAudio) as problem:
        parse_wav(data, name="录音.wav")
    assert problem.value.code == code
    assert word in problem.value.message


def test_a_missing_file_is_told_by_name(tmp_path: Path) -> None:
    with pytest.raises(BadAudio, match=r"没有\.wav"):
        read_wav(tmp_path / "没有.wav")


def test_silence_and_a_shouted_recording_are_refused() -> None:
    with pytest.raises(BadAudio, match="没有声音"):
        require_speech(silence(1.0, 8_000), name="a.wav")
    with pytest.raises(BadAudio, match="失真"):
        require_speech(voice().scaled(20.0), name="a.wav")
    require_speech(voice(), name="a.wav")


def test_an_odd_chunk_before_the_data_is_stepped_over() -> None:
    plain = wav_bytes(voice())
    odd = plain[:12] + b"note" + struct.pack("<I", 3) + b"abc\0" + plain[12:]
    assert len(parse_wav(odd, name="a.wav").samples) == 8_000
