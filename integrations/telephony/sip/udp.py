"""The thin shell around the user agent: one UDP socket and one timer on the event loop."""

import asyncio
import secrets
import socket
from collections.abc import Callable

from integrations.telephony.sip.timers import Schedule
from integrations.telephony.sip.transactions import Endpoint

_READ_AT_ONCE = 64  # datagrams per wake-up, so that a flood cannot keep the pacer of the sound waiting
_BUFFER_BYTES = 4 * 1_024 * 1_024  # what a burst of set-ups may leave waiting


def random_word() -> str:
    """Fresh randomness for tags, branches and nonces: 64 bits, as RFC 3261, 19.3 wants at least 32."""
    return secrets.token_hex(8)


class UdpShell:
    """Feeds datagrams and due timers to whoever was attached."""

    def __init__(self, host: str, port: int) -> None:
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        try:
            self.socket.bind((host, port))
        except OSError:
            self.socket.close()
            raise
        self.socket.setblocking(False)
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _BUFFER_BYTES)
        self._loop = asyncio.get_running_loop()
        self.schedule = Schedule(self._loop.time)
        self.schedule.wake = self._arm
        self._handle: asyncio.TimerHandle | None = None
        self._receive: Callable[[bytes, Endpoint], None] | None = None
        self.unsent = 0

    @property
    def address(self) -> Endpoint:
        host, port = self.socket.getsockname()
        return host, port

    def attach(self, receive: Callable[[bytes, Endpoint], None]) -> None:
        self._receive = receive
        self._loop.add_reader(self.socket, self._readable)

    def send(self, datagram: bytes, destination: Endpoint) -> None:
        """Send or lose, as UDP does; what is lost is repeated by its transaction."""
        try:
            self.socket.sendto(datagram, destination)
        except OSError:
            self.unsent += 1

    def close(self) -> None:
        if self._handle is not None:
            self._handle.cancel()
        self.schedule.wake = None
        self._loop.remove_reader(self.socket)
        self.socket.close()

    def _readable(self) -> None:
        assert self._receive is not None
        for _ in range(_READ_AT_ONCE):
            try:
                datagram, source = self.socket.recvfrom(65_536)
            except OSError:
                return
            self._receive(datagram, source)

    def _arm(self, due: float) -> None:
        if self._handle is not None:
            self._handle.cancel()
        self._handle = self._loop.call_at(due, self._run_due)

    def _run_due(self) -> None:
        self._handle = None
        self.schedule.run_due()
        due = self.schedule.next_due()
        if due is not None and self._handle is None:
            self._arm(due)


def local_address_towards(destination: Endpoint, bound: Endpoint) -> Endpoint:
    """The address the kernel would send from; the bound one unless it is the wildcard."""
    if bound[0] != "0.0.0.0":  # noqa: S104
        return bound
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.connect(destination)
        return probe.getsockname()[0], bound[1]
