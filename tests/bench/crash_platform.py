"""The platform of `bench crash`: dials and talks like `./linyin serve`, over a far end and workers of other processes.

`python -m tests.bench.crash_platform FAR_END_PORT`; everything else by LINYIN_… settings. Ends its calls on SIGTERM.
"""

import asyncio
import contextlib
import signal
import sys

import uvloop

from bot.clock import Clock, SystemClock
from bot.evidence.files import recordings_folder
from bot.installation import opened
from bot.outbound import Caller, Outbound
from bot.running import running
from bot.scheduler import ticking
from bot.settings import read_settings
from integrations.storage.presence import only_one
from integrations.telephony.loopback.line import LoopbackLine
from voice.line import Call, DialOrder

RECONNECT_SECONDS = 0.2
TRIES = 50  # a far end that was killed is back within seconds


class FarEndAgain:
    """A line to a far end that may die and come back on the same port (`voice.line.Line`)."""

    def __init__(self, port: int, clock: Clock) -> None:
        self._port = port
        self._clock = clock
        self._line: LoopbackLine | None = None
        self._connecting = asyncio.Lock()

    async def dial(self, order: DialOrder) -> Call:
        """One call, over a new connection when the old one broke."""
        async with self._connecting:
            for _ in range(TRIES):
                if self._line is not None and self._line.connected:
                    break
                with contextlib.suppress(OSError):
                    self._line = await LoopbackLine.connect(self._port, now=self._clock.now)
                    break
                await asyncio.sleep(RECONNECT_SECONDS)
            if self._line is None:
                raise OSError("no far end")
        return await self._line.dial(order)

    async def close(self) -> None:
        """Ends every call."""
        if self._line is not None:
            await self._line.close()


async def main(port: int) -> None:
    """Runs until it is asked to end its calls, or killed."""
    settings, clock = read_settings(), SystemClock()
    with opened(settings, at=clock.now()) as store, only_one(store, settings.name):
        async with running(settings, store, clock, progress=lambda _: None) as system:
            line = FarEndAgain(port, clock)
            outbound = Outbound(
                database=system.database,
                conversation=system.conversation,
                line=line,
                clock=clock,
                caller=Caller(
                    name=settings.name, community=settings.community, callback_number="", lines=settings.lines
                ),
                dictionary=system.dictionary,
            )
            ticks = ticking(system.database, clock, outbound, recordings_folder(settings.data))
            ticks.start()
            asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, outbound.drain)
            await outbound.run()
            ticks.shutdown()
            await line.close()


if __name__ == "__main__":
    uvloop.run(main(int(sys.argv[1])))
