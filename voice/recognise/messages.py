"""What passes between the call and a recogniser's process: length-prefixed msgpack."""

import struct
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

import msgspec
import numpy as np

from nlu.reading import Expectation
from voice.audio.sound import Sound, from_int16, to_int16
from voice.recognise.recogniser import Recognition

HEADER = struct.Struct("<I")


class EngineSpec(msgspec.Struct, frozen=True, kw_only=True):
    """Which recogniser to load, from where."""

    engine: str
    folder: Path
    threads: int = 1


class Request(msgspec.Struct, frozen=True, kw_only=True):
    """One turn to recognise; `samples` are 16-bit little-endian."""

    samples: bytes
    rate_hz: int
    expectation: Expectation | None
    at: datetime


class Reply(msgspec.Struct, frozen=True, kw_only=True):
    """What became of it: a recognition, or an error's code and message. The first reply: the model is loaded."""

    recognition: Recognition | None = None
    code: str = ""
    message: str = ""


def request_of(sound: Sound, expectation: Expectation | None, *, at: datetime) -> Request:
    """The message for a sound."""
    samples = to_int16(sound).astype("<i2").tobytes()
    return Request(samples=samples, rate_hz=sound.rate_hz, expectation=expectation, at=at)


def sound_of(request: Request) -> Sound:
    """The sound of a message."""
    return from_int16(np.frombuffer(request.samples, dtype="<i2"), request.rate_hz)


def framed(message: Request | Reply | EngineSpec) -> bytes:
    """A message with its length before it."""
    body = msgspec.msgpack.encode(message, enc_hook=_encoded)
    return HEADER.pack(len(body)) + body


def _encoded(value: object) -> str:
    if isinstance(value, Path):
        return str(value)
    raise NotImplementedError(type(value))


def decoded_spec(body: bytes) -> EngineSpec:
    """The engine's description from a message's body."""
    return msgspec.msgpack.decode(body, type=EngineSpec, dec_hook=lambda kind, value: kind(value))


def read_body(stream: BinaryIO) -> bytes | None:
    """The next message's body, or None at the end of the stream."""
    header = stream.read(HEADER.size)
    if len(header) < HEADER.size:
        return None
    (length,) = HEADER.unpack(header)
    body = stream.read(length)
    return body if len(body) == length else None
