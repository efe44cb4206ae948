"""Real far ends for the telephony tests: sipp with our scenarios, on ports of the loopback interface."""

import asyncio
import math
import shutil
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

from integrations.telephony.sip.dialer import SipDialer, SipSettings
from integrations.telephony.sip.trunk import Trunk
from voice.audio.g711 import encode_alaw
from voice.audio.sound import Sound
from voice.media import AudioReceived, CallEnded, CallEvent, MediaCall

LOOKING_SECONDS = 0.01
SCENARIOS = Path(__file__).parent / "scenarios"


_given: set[int] = set()  # what the far ends of this run were promised and may not have bound yet


def free_port(*, width: int = 1) -> int:
    """The first of `width` UDP ports that nobody uses."""
    while True:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as first:
            first.bind(("127.0.0.1", 0))
            port: int = first.getsockname()[1]
        port += port % 2
        wanted = set(range(port, port + width))
        if port + width < 65_000 and not wanted & _given and all(map(_is_free, wanted)):
            _given.update(wanted)
            return port


def _is_free(port: int) -> bool:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
        return True


def tone(hertz: float, seconds: float) -> bytes:
    """A-law of a sine at half scale, in whole frames."""
    count = math.ceil(seconds * 50) * 160
    samples = 0.5 * np.sin(2 * np.pi * hertz * np.arange(count) / 8_000)
    return encode_alaw(Sound(samples.astype(np.float32), 8_000))


@dataclass
class Sipp:
    """One running sipp; `port` is where it listens."""

    port: int
    process: asyncio.subprocess.Process
    log: Path

    @property
    def trunk(self) -> Trunk:
        return sipp_trunk(self.port)

    async def verdict(self) -> str:
        """ "" when the scenario went exactly as written, else what sipp saw."""
        async with asyncio.timeout(30):
            await self.process.wait()
        if self.process.returncode == 0:
            return ""
        errors = "".join(path.read_text() for path in self.log.parent.glob("*_errors.log"))
        return f"exit {self.process.returncode}: {errors[:2_000]}"


def sipp_trunk(port: int, **changes: object) -> Trunk:
    fields: dict[str, object] = {
        "name": "test",
        "host": "127.0.0.1",
        "port": port,
        "caller_number": "02100000001",
        "health_seconds": 0,
        "keepalive_seconds": 0,
        "setups_per_second": 1_000.0,
        "inbound_setups_per_second": 1_000.0,
    }
    return Trunk(**(fields | changes))  # type: ignore[arg-type]


StartSipp = Callable[..., Awaitable[Sipp]]


def _is_taken(port: int, protocol: str) -> bool:
    """Whether somebody has this port: sipp does not say when it is ready."""
    entries = Path(f"/proc/net/{protocol}").read_text().splitlines()[1:]
    return any(entry.split()[1].endswith(f":{port:04X}") for entry in entries)


@pytest.fixture
async def start_sipp(tmp_path: Path) -> AsyncIterator[StartSipp]:
    if shutil.which("sipp") is None:
        pytest.skip("sipp is not installed: apt-get install sip-tester")
    processes: list[asyncio.subprocess.Process] = []

    async def start(
        scenario: str, *options: str, audio: bytes = b"", replacing: dict[str, str] | None = None, calls: int = 1
    ) -> Sipp:
        folder = tmp_path / f"{scenario}-{len(processes)}"
        folder.mkdir()
        (folder / "audio.al").write_bytes(audio or tone(440, 3.0))
        text = (SCENARIOS / f"{scenario}.xml").read_text()
        for old, new in ({"AUDIO": str(folder / "audio.al")} | (replacing or {})).items():
            text = text.replace(old, new)
        (folder / "scenario.xml").write_text(text)
        port, media = free_port(), free_port(width=8)
        command = ["sipp", "-sf", "scenario.xml", "-i", "127.0.0.1", "-p", str(port), "-mp", str(media)]
        command += ["-m", str(calls), "-nostdin", "-trace_err", "-timeout", "25", "-timeout_error", "-nd", *options]
        process = await asyncio.create_subprocess_exec(
            *command, cwd=folder, stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.DEVNULL
        )
        processes.append(process)
        while process.returncode is None and not _is_taken(port, "tcp" if "t1" in options else "udp"):
            await asyncio.sleep(LOOKING_SECONDS)
        return Sipp(port, process, folder / "log")

    yield start
    for process in processes:
        if process.returncode is None:
            process.kill()
        await process.wait()


StartDialer = Callable[..., Awaitable[SipDialer]]


@pytest.fixture
async def start_dialer() -> AsyncIterator[StartDialer]:
    async with AsyncExitStack() as stack:

        async def start(*trunks: Trunk, **settings: object) -> SipDialer:
            first = free_port(width=40)
            fields: dict[str, object] = {"host": "127.0.0.1", "port": 0, "media_ports": (first, first + 38)}
            return await stack.enter_async_context(
                SipDialer(SipSettings(trunks=trunks, **(fields | settings)))  # type: ignore[arg-type]
            )

        yield start


class Listener:
    """Reads a call's events and lets a test wait for one kind of them."""

    def __init__(self, call: MediaCall) -> None:
        self.call = call
        self.seen: list[CallEvent] = []
        self.alaw = bytearray()
        self._stream = call.events()

    async def until(self, kind: type[CallEvent], *, seconds: float = 15.0) -> CallEvent:
        """Read on to the next event of this kind."""
        async with asyncio.timeout(seconds):
            async for event in self._stream:
                if isinstance(event, AudioReceived):
                    self.alaw += event.alaw
                else:
                    self.seen.append(event)
                if isinstance(event, kind):
                    return event
        raise AssertionError(f"no {kind.__name__} among {self.seen}")

    async def end(self) -> CallEnded:
        ended = await self.until(CallEnded)
        assert isinstance(ended, CallEnded)
        return ended

    async def hear(self, seconds: float) -> None:
        """Read on until so much sound has come."""
        wanted = len(self.alaw) + seconds * 8_000
        while len(self.alaw) < wanted:
            await self.until(AudioReceived)

    @property
    def kinds(self) -> list[str]:
        return [type(event).__name__ for event in self.seen]


@pytest.fixture
def listen() -> Callable[[MediaCall], Listener]:
    return Listener


@pytest.fixture(name="tone")
def tone_maker() -> Callable[[float, float], bytes]:
    return tone


@pytest.fixture
def trunk_to() -> Callable[..., Trunk]:
    return sipp_trunk


@pytest.fixture
def free_udp_port() -> int:
    return free_port()
