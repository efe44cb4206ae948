"""Starts the media process, and starts it again when it died."""

import asyncio
import contextlib
import logging
import socket
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import msgspec

from bot.errors import LinesUnfit
from bot.media import protocol as p
from bot.media.line import MediaLine
from bot.settings import ROOT

READY_WITHIN_SECONDS = 180.0  # recogniser and synthesiser load in 4 s; on a machine that is busy, in a minute
RESTART_GAP_SECONDS = (1.0, 2.0, 5.0, 15.0, 30.0)  # between starts that follow each other; the last from then on
STOP_SECONDS = 10.0  # BYE and unregistering take 3 s at most

log = logging.getLogger(__name__)
_decode = msgspec.msgpack.Decoder(p.Ready).decode


class MediaProcess:
    """One media process at a time, and the line over it."""

    def __init__(self, start: p.Start, *, log_file: Path) -> None:
        self.line = MediaLine()
        self._start = start
        self._log_file = log_file
        self._process: asyncio.subprocess.Process | None = None
        self._keeper: asyncio.Task[None] | None = None
        self._first: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    @property
    def pid(self) -> int | None:
        """Of the process that runs."""
        process = self._process
        return process.pid if process is not None and process.returncode is None else None

    async def start(self) -> None:
        """Returns when calls can be made. Raises LinesUnfit."""
        self._keeper = asyncio.create_task(self._keep(), name="media process")
        await self._first

    async def stop(self) -> None:
        """Ends every call and the process."""
        await self.line.close()
        if self._keeper is not None:
            self._keeper.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._keeper

    async def _keep(self) -> None:
        failures = 0
        while True:
            try:
                await self._live()
                failures = 0
            except LinesUnfit as error:
                if not self._first.done():
                    self._first.set_exception(error)
                    return
                log.error("media process does not start: %s", error.message)
                failures += 1
            await asyncio.sleep(RESTART_GAP_SECONDS[min(failures, len(RESTART_GAP_SECONDS) - 1)])
            log.warning("media process starts again")

    async def _live(self) -> None:
        """One life of the process. Raises LinesUnfit when it does not get as far as to take calls."""
        ours, theirs = socket.socketpair()
        try:
            self._process = process = await self._spawn(theirs)
        finally:
            theirs.close()
        reader, writer = await asyncio.open_unix_connection(sock=ours)
        try:
            writer.write(p.framed(self._start))
            await self._ready(reader)
            if not self._first.done():
                self._first.set_result(None)
            await self.line.carry(reader, writer)
        finally:
            writer.close()
            await _buried(process)

    async def _spawn(self, theirs: socket.socket) -> asyncio.subprocess.Process:
        self._log_file.parent.mkdir(parents=True, exist_ok=True)
        with self._log_file.open("ab") as output:
            return await asyncio.create_subprocess_exec(
                sys.executable, "-m", "bot.media.process", str(theirs.fileno()),
                cwd=ROOT, pass_fds=(theirs.fileno(),),
                stdin=asyncio.subprocess.DEVNULL, stdout=output, stderr=output,
            )  # fmt: skip

    async def _ready(self, reader: asyncio.StreamReader) -> None:
        body: bytes | None = None
        with contextlib.suppress(TimeoutError, p.Torn):
            body = await asyncio.wait_for(p.read_frame(reader), READY_WITHIN_SECONDS)
        if body is None:
            raise LinesUnfit(f"电话进程启动不了，请看 {self._log_file}。")
        if problem := _decode(body).problem:
            raise LinesUnfit(problem)


@asynccontextmanager
async def media_process(
    start: p.Start, *, log_file: Path, progress: Callable[[str], None]
) -> AsyncIterator[MediaProcess]:
    """A media process that lives inside the block. Raises LinesUnfit."""
    process = MediaProcess(start, log_file=log_file)
    progress("启动电话进程…")
    try:
        await process.start()
        yield process
    finally:
        await process.stop()


async def _buried(process: asyncio.subprocess.Process) -> None:
    """Its end; by force when it does not come by itself."""
    try:
        await asyncio.wait_for(process.wait(), STOP_SECONDS)
    except TimeoutError:
        process.kill()
        await process.wait()
