"""Starts the far end as a process of its own, and connects to it."""

import asyncio
import contextlib
import json
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import msgspec

from integrations.telephony.loopback.errors import FarEndSilent
from integrations.telephony.loopback.line import LoopbackLine
from integrations.telephony.loopback.population import Population

_START_SECONDS = 30.0  # loading the bank takes well under a second; a busy machine may take longer
_STOP_SECONDS = 10.0


@dataclass(frozen=True, slots=True, kw_only=True)
class FarEnd:
    """A far end that runs: where it listens on 127.0.0.1, and its process."""

    port: int
    pid: int


@asynccontextmanager
async def far_end(
    ledger: Path,
    *,
    seed: str,
    population: Population | None = None,
    ring_seconds: tuple[float, float] = (0.0, 0.0),
    turn_seconds: tuple[float, float] = (0.0, 0.0),
) -> AsyncIterator[FarEnd]:
    """A far end that lives inside the block. Raises FarEndSilent when it does not start."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "integrations.telephony.loopback.far_end",
        *("--ledger", str(ledger)),
        *("--seed", seed),
        *("--population", msgspec.json.encode(population or Population()).decode()),
        *("--ring-seconds", f"{ring_seconds[0]}:{ring_seconds[1]}"),
        *("--turn-seconds", f"{turn_seconds[0]}:{turn_seconds[1]}"),
        cwd=Path(__file__).parents[3],
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    try:
        yield FarEnd(port=await _port(process), pid=process.pid)
    finally:
        await _stop(process)


@asynccontextmanager
async def loopback_line(
    ledger: Path,
    *,
    seed: str,
    now: Callable[[], datetime],
    population: Population | None = None,
    ring_seconds: tuple[float, float] = (0.0, 0.0),
    turn_seconds: tuple[float, float] = (0.0, 0.0),
) -> AsyncIterator[LoopbackLine]:
    """A line to a far end of its own; both live inside the block. Raises FarEndSilent."""
    async with far_end(
        ledger, seed=seed, population=population, ring_seconds=ring_seconds, turn_seconds=turn_seconds
    ) as other:
        line = await LoopbackLine.connect(other.port, now=now)
        try:
            yield line
        finally:
            await line.close()


async def _port(process: asyncio.subprocess.Process) -> int:
    assert process.stdout is not None
    with contextlib.suppress(TimeoutError, ValueError, KeyError):
        first = await asyncio.wait_for(process.stdout.readline(), _START_SECONDS)
        return int(json.loads(first)["port"])
    raise FarEndSilent


async def _stop(process: asyncio.subprocess.Process) -> None:
    assert process.stdin is not None
    process.stdin.close()
    try:
        await asyncio.wait_for(process.wait(), _STOP_SECONDS)
    except TimeoutError:
        process.kill()
        await process.wait()
