"""WAV files in and out, with clear words for what is wrong with one."""

import struct
from io import BytesIO
from pathlib import Path
from typing import BinaryIO

import numpy as np

from voice.audio.g711 import decode_alaw, decode_ulaw
from voice.audio.sound import Sound, from_int16, level_db, to_int16
from voice.errors import BadAudio

PCM, ALAW, ULAW, EXTENSIBLE = 1, 6, 7, 0xFFFE
RATES_HZ = (8_000, 16_000, 22_050, 24_000, 32_000, 44_100, 48_000)
SILENT_DB = -60.0  # below any speech: a handset in a quiet room stays above -55 dB
CLIPPED_SHARE = 0.01  # of samples at full scale; clean speech has none, a shout into the handset 0.1 %
FULL_SCALE = 0.999

SYNTHETIC_LABEL = "AIGC: synthetic speech 合成语音"  # kept in the file's comment, see docs/speech.md


def read_wav(path: Path) -> Sound:
    """The sound of a mono 16-bit, A-law or µ-law WAV file.

    Raises BadAudio: not a WAV, truncated, not mono, unknown coding or rate. Silence and clipping are not errors of the
    file: see `require_speech`.
    """
    try:
        data = path.read_bytes()
    except OSError as problem:
        raise BadAudio("audio.unreadable", f"读不了录音文件 {path.name}，请检查路径和权限。") from problem
    return parse_wav(data, name=path.name)


def parse_wav(data: bytes, *, name: str) -> Sound:
    """As `read_wav`, from bytes; `name` is used in messages."""
    chunks = _chunks(data, name)
    if "fmt " not in chunks or "data" not in chunks:
        raise BadAudio("audio.truncated", f"录音文件 {name} 不完整，缺少声音数据，请重新导出或重新录音。")
    coding, channels, rate_hz, bits = _format(chunks["fmt "], name)
    if channels != 1:
        raise BadAudio("audio.stereo", f"录音文件 {name} 有 {channels} 个声道，请转成单声道再试。")
    if rate_hz not in RATES_HZ:
        known = "、".join(str(each) for each in RATES_HZ)
        raise BadAudio("audio.rate", f"录音文件 {name} 的采样率是 {rate_hz} Hz，只支持 {known} Hz，请转换后再试。")
    samples = chunks["data"]
    if coding == PCM and bits == 16:
        return from_int16(np.frombuffer(samples[: len(samples) // 2 * 2], dtype="<i2"), rate_hz)
    if coding in (ALAW, ULAW) and bits == 8:
        decoded = decode_alaw(samples) if coding == ALAW else decode_ulaw(samples)
        return Sound(decoded.samples, rate_hz)
    raise BadAudio("audio.coding", f"录音文件 {name} 的编码不支持，请存成 16 位 PCM、A 律或 µ 律的 WAV。")


def require_speech(sound: Sound, *, name: str) -> None:
    """Raises BadAudio when there is nothing to hear, or when the recording is badly clipped."""
    if not len(sound.samples) or level_db(sound) < SILENT_DB:
        raise BadAudio("audio.silence", f"录音 {name} 里没有声音，请检查麦克风或重新录音。")
    if float(np.mean(np.abs(sound.samples) >= FULL_SCALE)) > CLIPPED_SHARE:
        raise BadAudio("audio.clipping", f"录音 {name} 音量过大、已经失真，请离话筒远一点或调低音量后重录。")


def write_wav(path: Path, sound: Sound, *, comment: str = "") -> None:
    """Writes 16-bit PCM; `comment` (say, SYNTHETIC_LABEL) goes into the file's LIST/INFO chunk."""
    with path.open("wb") as file:
        file.write(wav_bytes(sound, comment=comment))


def wav_bytes(sound: Sound, *, comment: str = "") -> bytes:
    """A 16-bit PCM WAV file as bytes."""
    samples = to_int16(sound).astype("<i2").tobytes()
    body = BytesIO()
    body.write(b"WAVE")
    _write_chunk(body, b"fmt ", struct.pack("<HHIIHH", PCM, 1, sound.rate_hz, sound.rate_hz * 2, 2, 16))
    if comment:
        text = BytesIO()
        text.write(b"INFO")
        _write_chunk(text, b"ICMT", comment.encode() + b"\0")
        _write_chunk(body, b"LIST", text.getvalue())
    _write_chunk(body, b"data", samples)
    return b"RIFF" + struct.pack("<I", len(body.getvalue())) + body.getvalue()


def comment_of(data: bytes) -> str:
    """The comment inside a WAV file, or nothing."""
    info = _chunks(data, "").get("LIST", b"")
    if not info.startswith(b"INFO") or info[4:8] != b"ICMT":
        return ""
    (size,) = struct.unpack_from("<I", info, 8)
    return info[12 : 12 + size].rstrip(b"\0").decode(errors="replace")


def _write_chunk(body: BinaryIO, kind: bytes, content: bytes) -> None:
    body.write(kind + struct.pack("<I", len(content)) + content + b"\0" * (len(content) % 2))


def _chunks(data: bytes, name: str) -> dict[str, bytes]:
    if data[:4] != b"RIFF" or data[8:12] != b"WAVE":
        raise BadAudio("audio.not_wav", f"{name} 不是 WAV 录音文件，请转成 WAV 再试。")
    chunks: dict[str, bytes] = {}
    place = 12
    while place + 8 <= len(data):
        (size,) = struct.unpack_from("<I", data, place + 4)
        content = data[place + 8 : place + 8 + size]
        if len(content) < size:
            raise BadAudio("audio.truncated", f"录音文件 {name} 不完整，请重新导出或重新录音。")
        chunks[data[place : place + 4].decode("latin-1")] = content
        place += 8 + size + size % 2
    return chunks


def _format(content: bytes, name: str) -> tuple[int, int, int, int]:
    """Coding, channels, rate in Hz and bits a sample."""
    if len(content) < 16:
        raise BadAudio("audio.truncated", f"录音文件 {name} 的文件头不完整，请重新导出。")
    coding, channels, rate_hz, _, _, bits = struct.unpack_from("<HHIIHH", content)
    if coding == EXTENSIBLE and len(content) >= 26:
        (coding,) = struct.unpack_from("<H", content, 24)
    return coding, channels, rate_hz, bits
