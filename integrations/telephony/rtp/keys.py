"""Telephone keys as RTP events (RFC 4733), both ways."""

import struct
from collections.abc import Iterator
from dataclasses import dataclass

from voice.media import FRAME_BYTES, KEYS

_EVENT = struct.Struct("!BBH")
_END = 0x80
_VOLUME = 10  # -10 dBm0, an ordinary keypad
_TONE_FRAMES = 8  # 160 ms; exchanges want at least 40 ms, old ones 100 ms
_GAP_FRAMES = 4  # 80 ms between two keys
_END_REPEATS = 3  # RFC 4733, 2.5.1.4


@dataclass(frozen=True, slots=True)
class EventPacket:
    """One packet of a key press we send; `offset` is its frame within the press."""

    payload: bytes
    marker: bool


def press(key: str) -> Iterator[tuple[EventPacket, ...]]:
    """What goes out in each 20 ms of one key press; empty tuples are the gap after it."""
    event = KEYS.index(key)
    for frame in range(1, _TONE_FRAMES + 1):
        duration = frame * FRAME_BYTES
        if frame < _TONE_FRAMES:
            yield (EventPacket(_EVENT.pack(event, _VOLUME, duration), marker=frame == 1),)
        else:
            yield (EventPacket(_EVENT.pack(event, _END | _VOLUME, duration), marker=False),) * _END_REPEATS
    for _ in range(_GAP_FRAMES):
        yield ()


class KeyReader:
    """Counts each key press once: all packets of one press carry the timestamp of its beginning."""

    def __init__(self) -> None:
        self._last: int | None = None

    def read(self, timestamp: int, payload: bytes) -> str | None:
        """The key when this packet begins a press not seen before, else None."""
        if len(payload) < _EVENT.size:
            return None
        event = payload[0]
        if event >= len(KEYS) or not self._is_new(timestamp):
            return None
        self._last = timestamp
        return KEYS[event]

    def _is_new(self, timestamp: int) -> bool:
        """Later than the last press, in 32-bit arithmetic: a packet of an older press may come late."""
        return self._last is None or 0 < (timestamp - self._last) & 0xFFFFFFFF < 0x80000000

    def restart(self) -> None:
        """The far end began a new stream."""
        self._last = None
