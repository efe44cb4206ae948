"""Ids: 32 hex digits of a UUID version 7 (RFC 9562), so that rows lie in the order of their making."""

import os
from collections.abc import Callable
from datetime import datetime
from threading import Lock
from typing import Protocol

_RANDOM_BYTES = 10
_RANDOM_MASK = (1 << 74) - 1
_LOW_BITS = 62  # after the two bits of the variant
_LOW_MASK = (1 << _LOW_BITS) - 1
_VERSION_7 = 0x7 << 76
_VARIANT = 0b10 << 62


class IdSource(Protocol):
    """Makes a new id for something that happens at `at`; never the same one twice."""

    def __call__(self, *, at: datetime) -> str: ...


class TimeOrderedIds:
    """UUID version 7 from the given moment and the given source of random bytes.

    Ids of the same millisecond count up from a random beginning (RFC 9562, 6.2, method 2). Safe across threads.
    """

    def __init__(self, random_bytes: Callable[[int], bytes] = os.urandom) -> None:
        self._random_bytes = random_bytes
        self._lock = Lock()
        self._last = (-1, 0)  # millisecond, random part

    def __call__(self, *, at: datetime) -> str:
        milliseconds = int(at.timestamp() * 1000)
        with self._lock:
            before, chance = self._last
            if milliseconds == before and chance < _RANDOM_MASK:
                chance += 1
            else:
                chance = int.from_bytes(self._random_bytes(_RANDOM_BYTES)) & _RANDOM_MASK
            self._last = milliseconds, chance
        high, low = chance >> _LOW_BITS, chance & _LOW_MASK
        return f"{milliseconds << 80 | _VERSION_7 | high << 64 | _VARIANT | low:032x}"
