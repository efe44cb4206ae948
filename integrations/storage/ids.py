"""Ids: 32 hex digits of a UUID version 7 (RFC 9562), so that rows lie in the order of their making."""

import os
from collections.abc import Callable
from datetime import datetime
from typing import Protocol

_RANDOM_BYTES = 10
_RANDOM_MASK = (1 << 74) - 1
_VERSION_7 = 0x7 << 76
_VARIANT = 0b10 << 62


class IdSource(Protocol):
    """Makes a new id for something that happens at `at`; never the same one twice."""

    def __call__(self, *, at: datetime) -> str: ...


class TimeOrderedIds:
    """UUID version 7 from the given moment and the given source of random bytes."""

    def __init__(self, random_bytes: Callable[[int], bytes] = os.urandom) -> None:
        self._random_bytes = random_bytes

    def __call__(self, *, at: datetime) -> str:
        milliseconds = int(at.timestamp() * 1000)
        chance = int.from_bytes(self._random_bytes(_RANDOM_BYTES)) & _RANDOM_MASK
        high, low = chance >> 62, chance & ((1 << 62) - 1)
        return f"{milliseconds << 80 | _VERSION_7 | high << 64 | _VARIANT | low:032x}"
