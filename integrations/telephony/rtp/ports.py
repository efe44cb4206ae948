"""Sockets for sound: an even UDP port each, from a range a firewall can name."""

import socket
from collections.abc import Iterator

from voice.media import LineError

_BUFFER_BYTES = 64 * 1_024  # 350 packets: what a stalled process may find waiting


class MediaPorts:
    """Hands out ports round robin, so that late packets of an old call meet nobody."""

    def __init__(self, host: str, first: int, last: int) -> None:
        self._host = host
        self._first = first + first % 2
        self._count = (last - self._first) // 2 + 1
        self._next = 0
        if self._count < 1:
            raise ValueError(f"no even port in {first}–{last}")

    def open(self) -> socket.socket:
        """A bound, non-blocking socket. Raises LineError when the whole range is taken."""
        for port in self._candidates():
            sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
            try:
                sock.bind((self._host, port))
            except OSError:
                sock.close()
                continue
            sock.setblocking(False)
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _BUFFER_BYTES)
            return sock
        raise LineError("line.no-media-port", "语音端口已全部占用，请扩大端口范围或减少同时通话数。")

    def _candidates(self) -> Iterator[int]:
        for _ in range(self._count):
            yield self._first + 2 * self._next
            self._next = (self._next + 1) % self._count
