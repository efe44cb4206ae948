"""What one core carries over real SIP and RTP: our user agent calling sipp, which echoes every packet.

`measure()` gives the figures of `linyin bench lines`. Our side is pinned to one core and sipp to another, so that the
figures are those of one core; other work on the machine makes them worse, never better.
"""

import argparse
import asyncio
import contextlib
import json
import os
import resource
import shutil
import socket
import statistics
import tempfile
import time
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from integrations.telephony.sip.dialer import SipDialer, SipSettings
from integrations.telephony.sip.trunk import Trunk
from voice.audio.g711 import encode_alaw
from voice.audio.sound import Sound
from voice.media import Answered, AudioReceived, CallEnded, DialOrder, MediaCall

SCENARIO = Path(__file__).parent.parent / "telephony" / "scenarios" / "answer_and_wait.xml"
AT_ONCE = 40  # set-ups under way while set-ups are counted
REAL_TIME_PRIORITY = 10
PEER = "baresip-python==0.5.2a3"  # of the libraries on PyPI the only one that passed the same call scenarios
PEER_CALLS, PEER_SETUPS = 50, 300


@dataclass(frozen=True, slots=True, kw_only=True)
class Effort:
    """How much is measured; the full size takes about five minutes."""

    steps: tuple[int, ...] = (25, 50, 75, 100, 125, 150, 200)  # simultaneous calls, upwards until one is not clean
    hold_seconds: float = 8.0  # of two-way sound at each step
    barge_ins: int = 60
    timed_setups: int = 3_000
    total_calls: int = 20_000  # between two looks at memory
    with_peer: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Load:
    """How one number of simultaneous calls went."""

    calls: int
    answered: int
    lost: int
    late: int
    core_share: float  # of one core

    @property
    def clean(self) -> bool:
        return self.answered == self.calls and self.lost == 0 and self.late == 0


def measure(effort: Effort | None = None) -> dict[str, float]:
    """The figures of issue 5. Raises RuntimeError without sipp, or when its peer cannot be installed or run."""
    if shutil.which("sipp") is None:
        raise RuntimeError("sipp is not installed: apt-get install sip-tester")
    return asyncio.run(_measure(effort or Effort()))


async def _measure(effort: Effort) -> dict[str, float]:
    ours, theirs = _cores()
    allowed = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {ours})
    try:
        return await _measure_on(ours, theirs, effort)
    finally:
        os.sched_setaffinity(0, allowed)


async def _measure_on(ours: int, theirs: int, effort: Effort) -> dict[str, float]:
    async with _far_end(theirs) as far, _dialer(far) as dialer:
        loads = []
        with _real_time() as real_time:
            for calls in effort.steps:
                loads.append(await _hold(dialer, calls, effort.hold_seconds))
                if not loads[-1].clean:
                    break
            barge_ins = sorted([await _barge_in(dialer) for _ in range(effort.barge_ins)])
            seconds, cpu = await _set_up(dialer, effort.timed_setups)
        before = _rss_mb()  # the timed set-ups have given tables and buffers their size
        await _set_up(dialer, effort.total_calls)
        growth = _rss_mb() - before
        peer = await _peer(far, ours, effort.hold_seconds) if effort.with_peer else {}
    clean = [load for load in loads if load.clean]
    judged = next((load for load in loads if load.calls == 100), loads[-1])
    return {
        "calls_clean_per_core": clean[-1].calls if clean else 0,
        "lost_packets": judged.lost,
        "late_packets": judged.late,
        "core_share_at_that": round(judged.core_share, 3),
        "calls_at_that": judged.calls,
        "setups_per_second": round(effort.timed_setups / seconds, 1),
        "setup_core_share": round(cpu / seconds, 3),
        "barge_in_p95_ms": round(1_000 * barge_ins[int(0.95 * len(barge_ins))], 1),
        "barge_in_median_ms": round(1_000 * statistics.median(barge_ins), 1),
        "rss_growth_mb": round(growth, 1),
        "calls_for_rss": effort.total_calls,
        "real_time_priority": float(real_time),
    } | {f"peer_{name}": value for name, value in peer.items()}


@contextlib.contextmanager
def _real_time() -> Iterator[bool]:
    """Run as the media service does: ahead of whatever else the machine computes, where that is permitted."""
    try:
        os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(REAL_TIME_PRIORITY))
    except PermissionError:
        yield False
        return
    try:
        yield True
    finally:
        os.sched_setscheduler(0, os.SCHED_OTHER, os.sched_param(0))


def _cores() -> tuple[int, int]:
    cores = sorted(os.sched_getaffinity(0))
    return cores[0], cores[-1]


def _rss_mb() -> float:
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * resource.getpagesize() / 1_048_576


def free_port() -> int:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


@contextlib.asynccontextmanager
async def _far_end(core: int) -> AsyncIterator[int]:
    """A sipp that answers everything and echoes all sound; the port it listens on."""
    port, media = free_port(), free_port() // 2 * 2
    with tempfile.TemporaryDirectory() as folder:
        # sipp echoes on its first media port only: every call has to name that one
        scenario = Path(folder) / "scenario.xml"
        scenario.write_text(SCENARIO.read_text().replace("[auto_media_port]", "[media_port]"))
        first = ["chrt", "-f", str(REAL_TIME_PRIORITY)] if os.geteuid() == 0 else []
        command = [*first, "taskset", "-c", str(core), "sipp", "-sf", str(scenario), "-i", "127.0.0.1", "-p", str(port)]
        command += ["-mp", str(media), "-rtp_echo", "-nostdin", "-nd", "-l", "5000"]
        process = await asyncio.create_subprocess_exec(
            *command, cwd=folder, stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.DEVNULL
        )
        try:
            yield port
        finally:
            process.kill()
            await process.wait()


@contextlib.asynccontextmanager
async def _dialer(far: int) -> AsyncIterator[SipDialer]:
    trunk = Trunk(
        name="bench",
        host="127.0.0.1",
        port=far,
        caller_number="02100000001",
        channels=5_000,
        setups_per_second=100_000.0,
        health_seconds=0,
        keepalive_seconds=0,
    )
    async with SipDialer(SipSettings(trunks=(trunk,), host="127.0.0.1", port=0)) as dialer:
        yield dialer


async def _answered(dialer: SipDialer) -> MediaCall | None:
    call = await dialer.dial(DialOrder(number="13800000002"))
    async for event in call.events():
        if isinstance(event, Answered):
            return call
        if isinstance(event, CallEnded):
            return None
    return None


def _speech(seconds: float) -> bytes:
    noise = np.random.default_rng(1).normal(0, 0.1, int(seconds * 8_000))
    return encode_alaw(Sound(noise.astype(np.float32), 8_000))


async def _hold(dialer: SipDialer, calls: int, seconds: float) -> Load:
    """So many calls at once, both ways."""
    speech = _speech(seconds)
    up = [call for call in [await _answered(dialer) for _ in range(calls)] if call is not None]
    readers = [asyncio.create_task(_drain(call)) for call in up]
    for call in up:
        call.send(speech)
    late_before = sum(call.counts.sent_late for call in up)
    start, cpu = time.monotonic(), time.process_time()
    await asyncio.sleep(seconds)
    share = (time.process_time() - cpu) / (time.monotonic() - start)
    late = sum(call.counts.sent_late for call in up) - late_before
    for call in up:
        await call.hang_up()
    await asyncio.gather(*readers)
    lost = sum(call.counts.lost + call.counts.dropped_unread for call in up)
    missing = sum(max(0, call.counts.sent - call.counts.received - 2) for call in up)  # two may still be on their way
    return Load(calls=calls, answered=len(up), lost=max(lost, missing), late=late, core_share=share)


async def _drain(call: MediaCall) -> None:
    async for _ in call.events():
        pass


async def _barge_in(dialer: SipDialer) -> float:
    """Seconds from `clear` until silence is back from the far end: the way there and back included."""
    call = await _answered(dialer)
    if call is None:
        raise RuntimeError("the far end did not answer")
    call.send(_speech(5.0))
    heard = 0
    cleared: float | None = None
    seconds = 0.0
    async for event in call.events():
        if not isinstance(event, AudioReceived):
            continue
        silent = event.alaw.count(0xD5) == len(event.alaw)
        heard += not silent
        if heard == 10 and cleared is None:
            cleared = time.monotonic()
            call.clear()
        elif cleared is not None and silent:
            seconds = time.monotonic() - cleared
            break
    await call.hang_up()
    await _drain(call)
    return seconds


async def _set_up(dialer: SipDialer, total: int) -> tuple[float, float]:
    """Seconds and processor seconds for so many calls, each answered and hung up."""
    left = iter(range(total))
    failed = 0

    async def worker() -> None:
        nonlocal failed
        for _ in left:
            call = await _answered(dialer)
            if call is None:
                failed += 1
                continue
            await call.hang_up()
            await _drain(call)

    start, cpu = time.monotonic(), time.process_time()
    await asyncio.gather(*(worker() for _ in range(AT_ONCE)))
    if failed:
        raise RuntimeError(f"{failed} of {total} calls failed")
    return time.monotonic() - start, time.process_time() - cpu


async def _peer(far: int, core: int, hold_seconds: float) -> dict[str, float]:
    """What the peer library does with the same far end on the same core, in an environment made for the occasion."""
    first = ["chrt", "-f", str(REAL_TIME_PRIORITY)] if os.geteuid() == 0 else []
    script = Path(__file__).parent / "lines_peer.py"
    command = ["uv", "run", "--no-project", "--python", "3.11", "--with", PEER, "python", str(script), str(far)]
    command += [str(PEER_CALLS), str(hold_seconds), str(PEER_SETUPS)]
    process = await asyncio.create_subprocess_exec(
        *first, "taskset", "-c", str(core), *command, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE
    )
    out, errors = await process.communicate()
    if process.returncode != 0:
        raise RuntimeError(f"the peer failed: {errors.decode()[-500:]}")
    found: dict[str, float] = json.loads(out)
    return found


def main() -> None:
    """Prints the figures, as JSON or a line each."""
    options = argparse.ArgumentParser()
    options.add_argument("--json", action="store_true")
    as_json = options.parse_args().json
    figures = measure()
    if as_json:
        print(json.dumps(figures))  # noqa: T201
    else:
        for name, value in figures.items():
            print(f"{name:24} {value}")  # noqa: T201


if __name__ == "__main__":
    main()
