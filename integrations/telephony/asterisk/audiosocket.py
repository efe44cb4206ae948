"""AudioSocket: a call's sound over TCP as Asterisk's `externalMedia` carries it.

A frame is one type byte, a 16-bit big-endian length and the payload; sound is signed 16-bit little-endian at 8 kHz.
Source: res_audiosocket.c of Asterisk 22 and the recorded traces in tests/telephony/ari.
"""

import asyncio
import struct
import uuid
from collections.abc import Callable
from typing import Protocol

import numpy as np

from integrations.telephony.rtp.playback import Playback
from voice.audio.g711 import decode_alaw, encode_alaw
from voice.audio.sound import TELEPHONE_HZ, from_int16, to_int16
from voice.media import ALAW_SILENCE, FRAME_BYTES, KEYS, MediaCounts

HANG_UP, UUID, KEY, SOUND, FAILURE = 0x00, 0x01, 0x03, 0x10, 0xFF
_HEADER = struct.Struct("!BH")
_UNSENT_LIMIT = 32_000  # bytes waiting in the connection: 2 s of sound that Asterisk does not take
_LINEAR = to_int16(decode_alaw(bytes(range(256))))
_ALAW = np.frombuffer(
    encode_alaw(from_int16(np.arange(-32_768, 32_768, dtype=np.int32).astype(np.int16), TELEPHONE_HZ)), dtype=np.uint8
)


def linear_of(alaw: bytes) -> bytes:
    """Signed 16-bit little-endian samples of A-law."""
    return _LINEAR[np.frombuffer(alaw, dtype=np.uint8)].astype("<i2").tobytes()


def alaw_of(linear: bytes) -> bytes:
    """A-law of signed 16-bit little-endian samples; an odd last byte is left out."""
    samples = np.frombuffer(linear[: len(linear) & ~1], dtype="<i2").astype(np.int32)
    return _ALAW[samples + 32_768].tobytes()


def encode(kind: int, payload: bytes) -> bytes:
    return _HEADER.pack(kind, len(payload)) + payload


class FrameReader:
    """Cuts a byte stream into frames; the length field bounds what it keeps at 64 KiB."""

    def __init__(self) -> None:
        self._buffer = bytearray()

    def feed(self, data: bytes) -> list[tuple[int, bytes]]:
        self._buffer += data
        frames = []
        while len(self._buffer) >= _HEADER.size:
            kind, length = _HEADER.unpack_from(self._buffer)
            end = _HEADER.size + length
            if len(self._buffer) < end:
                break
            frames.append((kind, bytes(self._buffer[_HEADER.size : end])))
            del self._buffer[:end]
        return frames


class MediaSink(Protocol):
    """Who listens to a media connection. Called synchronously."""

    def audio(self, alaw: bytes, lost_before: int) -> None: ...

    def key(self, key: str) -> None: ...

    def playback_finished(self) -> None: ...

    def media_lost(self) -> None:
        """The connection is gone and nobody had closed it."""
        ...


class AudioSocketMedia:
    """The sound of one call; paced from outside (rtp.pacer.Paced)."""

    def __init__(self, sink: MediaSink, counts: MediaCounts, playback: Playback) -> None:
        self._sink = sink
        self._counts = counts
        self._playback = playback
        self._transport: asyncio.Transport | None = None
        self._leftover = b""
        self.closing = False

    def connected(self, transport: asyncio.Transport) -> None:
        self._transport = transport

    def close(self) -> None:
        self.closing = True
        if self._transport is not None:
            self._transport.close()

    def lost(self) -> None:
        self._transport = None
        if not self.closing:
            self.closing = True
            self._sink.media_lost()

    def take(self, kind: int, payload: bytes) -> None:
        """One frame from Asterisk."""
        if kind == SOUND:
            alaw = self._leftover + alaw_of(payload)
            whole = len(alaw) - len(alaw) % FRAME_BYTES
            self._leftover = alaw[whole:]
            for at in range(0, whole, FRAME_BYTES):
                self._counts.received += 1
                self._sink.audio(alaw[at : at + FRAME_BYTES], 0)
        elif kind == KEY and payload.decode("latin-1") in KEYS and len(payload) == 1:
            self._sink.key(payload.decode("latin-1"))
        elif kind in {HANG_UP, FAILURE}:
            self.lost()
        else:
            self._counts.junk += 1

    def frame_due(self, now: float, *, late: bool) -> None:  # noqa: ARG002  # the protocol of the pacer
        if self._transport is None or self._transport.is_closing():
            return
        if self._transport.get_write_buffer_size() > _UNSENT_LIMIT:
            self._counts.unsent += 1
            return
        finished = False
        frame = ALAW_SILENCE
        if self._playback:
            frame = self._playback.next_frame()
            finished = not self._playback
        self._transport.write(encode(SOUND, linear_of(frame)))
        self._counts.sent += 1
        self._counts.sent_late += late
        if finished:
            self._sink.playback_finished()

    def skip_frames(self, frames: int) -> None:
        self._counts.sent_late += frames


class AudioSocketConnection(asyncio.Protocol):
    """One TCP connection from Asterisk: its first frame says whose sound it is."""

    def __init__(self, claim: Callable[[uuid.UUID], AudioSocketMedia | None]) -> None:
        self._claim = claim
        self._reader = FrameReader()
        self._media: AudioSocketMedia | None = None
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        for kind, payload in self._reader.feed(data):
            if self._media is not None:
                self._media.take(kind, payload)
            elif not self._introduce(kind, payload):
                assert self._transport is not None
                self._transport.abort()
                return

    def _introduce(self, kind: int, payload: bytes) -> bool:
        if kind != UUID or len(payload) != 16:
            return False
        self._media = self._claim(uuid.UUID(bytes=payload))
        if self._media is None or self._transport is None:
            return False
        self._media.connected(self._transport)
        return True

    def connection_lost(self, error: Exception | None) -> None:  # noqa: ARG002  # asyncio's signature
        if self._media is not None:
            self._media.lost()
