"""Two network namespaces with a home router between them; run by test_nat.py inside `unshare -Urn`.

Outside: a carrier (203.0.113.10) and the router's public address (198.51.100.7). Inside: 192.168.1.2, whose only way
out is a TUN device. The router rewrites addresses as a home router does, lets in only what answers something that
went out, and forgets a mapping after MAPPING_SECONDS. Prints what happened as JSON.
"""

import asyncio
import ctypes
import fcntl
import json
import os
import socket
import struct
import subprocess
import sys
import time

from integrations.telephony.lines import Patience, check_line
from integrations.telephony.sip.dialer import SipDialer, SipSettings
from integrations.telephony.sip.trunk import Trunk
from tests.telephony.carrier import Carrier, echo, join
from voice.media import Answered, CallEnded, DialOrder

CARRIER, PUBLIC, HOME = "203.0.113.10", "198.51.100.7", "192.168.1.2"
MAPPING_SECONDS = 1.5
OWN = "02100000001"
CLONE_NEWNET, TUNSETIFF, IFF_TUN, IFF_NO_PI = 0x40000000, 0x400454CA, 0x0001, 0x1000


def open_tun() -> int:
    tun = os.open("/dev/net/tun", os.O_RDWR | os.O_NONBLOCK)
    fcntl.ioctl(tun, TUNSETIFF, struct.pack("16sH", b"tun0", IFF_TUN | IFF_NO_PI))
    return tun


def run(*command: str) -> None:
    subprocess.run(command, check=True)


class HomeRouter:
    """UDP only, rewriting packets between the TUN device and sockets on the public address."""

    def __init__(self, tun: int) -> None:
        self._tun = tun
        self._out: dict[tuple[str, int], socket.socket] = {}
        self._used: dict[tuple[str, int], float] = {}
        self._peers: dict[tuple[str, int], set[tuple[str, int]]] = {}
        self._loop = asyncio.get_running_loop()
        self.turned_away = 0
        self._loop.add_reader(tun, self._from_home)

    def _from_home(self) -> None:
        packet = os.read(self._tun, 65_536)
        if packet[0] >> 4 != 4 or packet[9] != socket.IPPROTO_UDP:
            return
        start = (packet[0] & 15) * 4
        source_port, target_port, length = struct.unpack_from("!HHH", packet, start)
        inner = (socket.inet_ntoa(packet[12:16]), source_port)
        target = (socket.inet_ntoa(packet[16:20]), target_port)
        if self._forgotten(inner):
            self._drop(inner)
        if inner not in self._out:
            outside = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
            outside.bind((PUBLIC, 0))
            outside.setblocking(False)
            self._out[inner] = outside
            self._peers[inner] = set()
            self._loop.add_reader(outside, self._from_outside, inner, outside)
        self._used[inner] = time.monotonic()
        self._peers[inner].add(target)
        self._out[inner].sendto(packet[start + 8 : start + length], target)

    def _forgotten(self, inner: tuple[str, int]) -> bool:
        return time.monotonic() - self._used.get(inner, 0.0) > MAPPING_SECONDS

    def _drop(self, inner: tuple[str, int]) -> None:
        outside = self._out.pop(inner, None)
        if outside is not None:
            self._loop.remove_reader(outside)
            outside.close()

    def _from_outside(self, inner: tuple[str, int], outside: socket.socket) -> None:
        data, source = outside.recvfrom(65_536)
        if self._forgotten(inner) or source not in self._peers[inner]:
            self.turned_away += 1
            return
        udp = struct.pack("!HHHH", source[1], inner[1], 8 + len(data), 0) + data
        head = struct.pack("!BBHHHBBH", 0x45, 0, 20 + len(udp), 0, 0, 64, socket.IPPROTO_UDP, 0)
        head += socket.inet_aton(source[0]) + socket.inet_aton(inner[0])
        total = sum(struct.unpack("!10H", head))
        total = (total & 0xFFFF) + (total >> 16)
        total = (total & 0xFFFF) + (total >> 16)
        os.write(self._tun, head[:10] + struct.pack("!H", ~total & 0xFFFF) + head[12:] + udp)


async def outside(tun: int, ready: socket.socket) -> dict[str, object]:
    router = HomeRouter(tun)
    trunk = Trunk(
        name="customer", host=PUBLIC, caller_number="0", health_seconds=0, keepalive_seconds=0, setups_per_second=100.0
    )
    async with Carrier(SipSettings(trunks=(trunk,), host=CARRIER, port=5060)) as carrier:
        ready.send(b"go")
        call = await carrier.accept()  # the echo call of the line check: back to the same telephone
        carrier.trunks["customer"].endpoint = carrier.source
        other = await carrier.dial(DialOrder(number=OWN, trunk="customer", caller_number=OWN))
        async for event in other.events():
            if isinstance(event, Answered):
                break
        await call.answer()
        await join(call, other)
        await echo(await carrier.accept())
        return {
            "seen_from": list(carrier.source or ()),
            "contact": carrier.contact,
            "keepalives": carrier.keepalives,
            "turned_away": router.turned_away,
        }


async def inside(keepalive_seconds: float) -> dict[str, object]:
    trunk = Trunk(
        name="carrier",
        host=CARRIER,
        caller_number=OWN,
        username=OWN,
        password="heiping",
        registers=True,
        keepalive_seconds=keepalive_seconds,
        health_seconds=0,
    )
    async with SipDialer(SipSettings(trunks=(trunk,), port=5060)) as dialer:
        async with asyncio.timeout(10):
            while not dialer.trunks["carrier"].registered:
                await dialer.trunk_changed()
        await idle(dialer, 2 * MAPPING_SECONDS)  # long enough for the router to forget us, but for the keep-alives
        report = await check_line(dialer, "carrier", number=OWN, patience=Patience(signalling=5, answer=5, sound=3))
        call = await dialer.dial(DialOrder(number="10086"))
        heard = 0
        async for event in call.events():
            if type(event).__name__ == "AudioReceived":
                heard += 1
                if heard == 25:
                    await call.hang_up()
            if isinstance(event, CallEnded):
                break
        return {
            "advertised": list(dialer.trunks["carrier"].advertised),
            "failed": [finding.message for finding in report.findings if not finding.ok],
            "steps": [finding.step for finding in report.findings],
            "heard": heard,
        }


async def idle(dialer: SipDialer, seconds: float) -> None:
    """Wait by the dialer's own clock."""
    over = asyncio.Event()
    dialer.agent.schedule.after(seconds, over.set)
    await over.wait()


def home(link: socket.socket, keepalive_seconds: float) -> None:
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.unshare(CLONE_NEWNET) != 0:
        raise OSError(ctypes.get_errno(), "unshare")
    tun = open_tun()
    run("ip", "link", "set", "lo", "up")
    run("ip", "addr", "add", f"{HOME}/24", "dev", "tun0")
    run("ip", "link", "set", "tun0", "up")
    run("ip", "route", "add", "default", "dev", "tun0")
    socket.send_fds(link, [b"tun"], [tun])
    link.recv(2)
    result = asyncio.run(asyncio.wait_for(inside(keepalive_seconds), 40))
    link.send(json.dumps(result).encode())


def main() -> None:
    keepalive_seconds = float(sys.argv[1])
    run("ip", "link", "set", "lo", "up")
    run("ip", "addr", "add", f"{CARRIER}/32", "dev", "lo")
    run("ip", "addr", "add", f"{PUBLIC}/32", "dev", "lo")
    ours, theirs = socket.socketpair()
    child = os.fork()
    if child == 0:
        ours.close()
        try:
            home(theirs, keepalive_seconds)
        except BaseException as error:
            theirs.send(json.dumps({"error": repr(error)}).encode())
        os._exit(0)
    theirs.close()
    _, descriptors, _, _ = socket.recv_fds(ours, 16, 1)
    told: dict[str, object] = {}
    try:
        told = asyncio.run(asyncio.wait_for(outside(descriptors[0], ours), 40))
    except TimeoutError:
        told = {"error": "timeout outside"}
    ours.settimeout(20)
    print(json.dumps(told | json.loads(ours.recv(65_536))))  # noqa: T201
    os.waitpid(child, 0)


if __name__ == "__main__":
    main()
