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
    """Counts each key press once: all packets of one press carry the timestamp of its beginning.

    Packets must come in order, one reader for each source.
    """

    def __init__(self) -> None:
        self._last: tuple[int, int] | None = None  # timestamp, event

    def read(self, timestamp: int, payload: bytes) -> str | None:
        """The key when this packet begins a press not seen before, else None."""
        if len(payload) < _EVENT.size or payload[0] >= len(KEYS):
            return None
        press_id = (timestamp, payload[0])
        if press_id == self._last:
            return None
        self._last = press_id
        return KEYS[payload[0]]
