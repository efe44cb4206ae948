"""The media process: telephone lines, sound, hearing and speaking, apart from the database and the console.

    python -m bot.media.process FD

FD is one end of a socket pair; whoever holds the other end is the platform, and the process ends with it.
"""

import asyncio
import contextlib
import gc
import logging
import os
import signal
import socket
import sys
from contextlib import AsyncExitStack
from pathlib import Path

import msgspec

from bot.clock import SystemClock
from bot.media import protocol as p
from bot.media.engines import Engines
from bot.media.switchboard import Switchboard
from integrations.errors import IntegrationError
from integrations.telephony.asterisk.dialer import AsteriskDialer
from integrations.telephony.lines_file import read_lines
from integrations.telephony.sip.dialer import SipDialer, SipSettings
from voice.errors import VoiceError
from voice.media import Dialer

SOUND_PRIORITY = 10  # of 99: before all that is not real-time, after what the system itself needs at once
LOG_FORMAT = "time=%(asctime)s level=%(levelname)s logger=%(name)s %(message)s"

log = logging.getLogger(__name__)
_decode = msgspec.msgpack.Decoder(p.Start).decode


async def main(descriptor: int) -> None:
    """Serves the platform until it is gone."""
    reader, writer = await asyncio.open_unix_connection(sock=socket.socket(fileno=descriptor))
    body = await p.read_frame(reader)
    if body is None:
        return
    start = _decode(body)
    engines = Engines(Path(start.data), Path(start.keys), recognisers=start.recognisers)

    def send(message: p.FromMedia) -> None:
        if not writer.is_closing():
            writer.write(p.framed(message))

    async with AsyncExitStack() as stack:
        stack.callback(engines.close)
        try:
            telephone = await _telephone(start, engines, stack)
        except (IntegrationError, VoiceError) as error:
            writer.write(p.framed(p.Ready(problem=error.message)))
            await writer.drain()
            return
        gc.freeze()  # what is loaded now stays: no collection looks at it while sound is due
        writer.write(p.framed(p.Ready()))
        board = Switchboard(
            send=send, senses=engines, telephone=telephone, now=SystemClock().now, records=start.records
        )
        await board.serve(reader)
    writer.close()


async def _telephone(start: p.Start, engines: Engines, stack: AsyncExitStack) -> Dialer | None:
    """The dialer over the lines of the file, with everything loaded that a caller would wait for."""
    if not start.lines_file:
        return None
    found = read_lines(Path(start.lines_file))
    await engines.load()
    if found.asterisk is not None:
        return await stack.enter_async_context(AsteriskDialer(found.asterisk.settings))
    listen = found.listen
    settings = SipSettings(trunks=found.trunks, host=listen.host, port=listen.port, media_ports=listen.media_ports)
    return await stack.enter_async_context(SipDialer(settings))


def run(descriptor: int) -> None:
    """The process. Signals are the platform's: it lets calls end first, and then the connection."""
    logging.basicConfig(level=logging.INFO, format=LOG_FORMAT, stream=sys.stderr)
    logging.getLogger("jieba").setLevel(logging.WARNING)
    for name in (signal.SIGINT, signal.SIGTERM):
        signal.signal(name, signal.SIG_IGN)
    _come_first()
    asyncio.run(main(descriptor))


def _come_first() -> None:
    """Sound is due every 20 ms: this thread, none of those that hear and render, runs before everything else.

    Only where the system allows it (CAP_SYS_NICE, see deploy/linyin.service).
    """
    policy, priority = os.SCHED_RR | os.SCHED_RESET_ON_FORK, os.sched_param(SOUND_PRIORITY)
    with contextlib.suppress(PermissionError):
        os.sched_setscheduler(0, policy, priority)


if __name__ == "__main__":
    run(int(sys.argv[1]))
