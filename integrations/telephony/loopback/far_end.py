"""The far end of the loopback: a process full of simulated residents.

    python -m integrations.telephony.loopback.far_end --ledger FILE --seed 7

It prints one JSON object, {"port": N}, once it listens on 127.0.0.1, and ends when its standard input is closed, so it
never outlives whoever started it.
"""

import argparse
import asyncio
import json
import logging
import os
import signal
import stat
import sys
from collections.abc import Sequence
from pathlib import Path

import msgspec

from integrations.telephony.loopback.bank import load_bank
from integrations.telephony.loopback.far_call import FarCall, Timing, World
from integrations.telephony.loopback.ledger import Ledger
from integrations.telephony.loopback.population import Population
from integrations.telephony.loopback.protocol import (
    LONGEST_LINE_BYTES,
    Dial,
    FromFarEnd,
    HangUp,
    Join,
    Say,
    ToFarEnd,
)

log = logging.getLogger(__name__)


async def serve(world: World, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """One connection of a near end, with all its calls, until it is closed."""
    encode = msgspec.json.Encoder().encode
    decode = msgspec.json.Decoder(ToFarEnd).decode
    calls: dict[str, FarCall] = {}

    def send(message: FromFarEnd) -> None:
        if not writer.is_closing():
            writer.write(encode(message) + b"\n")

    async with asyncio.TaskGroup() as living:
        try:
            while line := await reader.readline():
                match decode(line):
                    case Dial() as dial:
                        calls[dial.call] = FarCall(world, dial, send)  # at once: a hang-up may be the next line
                        living.create_task(_live(calls, dial.call))
                    case Say() as say if say.call in calls:
                        calls[say.call].take(say)
                    case Join() as join if join.call in calls:
                        calls[join.call].take(join)
                    case HangUp() as leaving if leaving.call in calls:
                        calls[leaving.call].leave("us")
        except (ConnectionError, ValueError, msgspec.DecodeError) as error:
            log.error("connection lost: %s", type(error).__name__)
        for call in list(calls.values()):
            call.leave("network")
    writer.close()


async def _live(calls: dict[str, FarCall], name: str) -> None:
    try:
        await calls[name].live()
    finally:
        del calls[name]


async def main(arguments: Sequence[str] | None = None) -> None:
    """Serves until standard input is closed or the process is asked to end."""
    options = _options(arguments)
    ledger = Ledger(options.ledger)
    world = World(
        bank=load_bank(),
        population=msgspec.json.decode(options.population, type=Population),
        seed=options.seed,
        timing=Timing(ring=options.ring_seconds, turn=options.turn_seconds),
        ledger=ledger,
    )
    connections: set[asyncio.Task[None]] = set()

    def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.create_task(serve(world, reader, writer))
        connections.add(task)
        task.add_done_callback(connections.discard)

    server = await asyncio.start_server(connected, "127.0.0.1", options.port, limit=LONGEST_LINE_BYTES)
    print(json.dumps({"port": server.sockets[0].getsockname()[1]}), flush=True)  # noqa: T201  for whoever started us
    await _asked_to_end()
    server.close()
    for each in connections:
        each.cancel()
    await asyncio.gather(*connections, return_exceptions=True)
    await ledger.close()


async def _asked_to_end() -> None:
    loop = asyncio.get_running_loop()
    asked = asyncio.Event()
    loop.add_signal_handler(signal.SIGTERM, asked.set)
    loop.add_signal_handler(signal.SIGINT, asked.set)
    if _held_by_somebody():
        loop.add_reader(sys.stdin, _read_stdin, asked)
    await asked.wait()


def _held_by_somebody() -> bool:
    """Whether standard input is a pipe that another process keeps open for as long as it wants us."""
    mode = os.fstat(sys.stdin.fileno()).st_mode
    return stat.S_ISFIFO(mode) or stat.S_ISSOCK(mode)


def _read_stdin(closed: asyncio.Event) -> None:
    if not os.read(sys.stdin.fileno(), 1):
        asyncio.get_running_loop().remove_reader(sys.stdin)
        closed.set()


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="The far end of the loopback telephone.")
    parser.add_argument("--ledger", type=Path, required=True, help="where calls are written down, JSON lines")
    parser.add_argument("--seed", default="1", help="the same seed and numbers give the same residents")
    parser.add_argument("--port", type=int, default=0, help="0 chooses a free one")
    parser.add_argument("--population", default="{}", help="shares that differ from the usual ones, JSON")
    parser.add_argument("--ring-seconds", type=_range, default=(0.0, 0.0), metavar="FROM:TO")
    parser.add_argument("--turn-seconds", type=_range, default=(0.0, 0.0), metavar="FROM:TO")
    return parser.parse_args(arguments)


def _range(text: str) -> tuple[float, float]:
    first, _, last = text.partition(":")
    return float(first), float(last or first)


if __name__ == "__main__":
    asyncio.run(main())
