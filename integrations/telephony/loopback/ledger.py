"""The far end's own book of calls: one JSON object a line, on disk before the near end hears of it.

The near end's database is checked against it: a call that is here and not there was lost, one that is there twice was
doubled.
"""

import asyncio
import os
from collections import Counter
from pathlib import Path
from typing import Any, Literal

import msgspec


class Turn(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What was heard, and what was said to it."""

    heard: str
    said: str = ""
    keys: str = ""


class SaidFact(msgspec.Struct, kw_only=True, omit_defaults=True):
    """What the resident told about one topic. `settled`: the assistant spoke again after it, so it must be kept."""

    value: Any  # see scoring.py for its form by topic
    said: str
    settled: bool = False


class SaidRedFlag(msgspec.Struct, kw_only=True, omit_defaults=True):
    """Something urgent that the resident said."""

    kind: str
    said: str
    indirect: bool
    settled: bool = False


class Dialled(msgspec.Struct, frozen=True, kw_only=True, tag="dialled"):
    """A call reached the far end."""

    order: str  # the near end's attempt
    number: str
    nth: int  # the how-manieth call to this number


class Closed(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, tag="ended"):
    """A call is over, with all that was scripted and said."""

    order: str
    number: str
    nth: int
    disposition: str  # what the near end must come to
    outcome: str | None = None  # of the conversation, as the resident sees it; None when nobody spoke
    by: Literal["us", "them", "network"] = "network"
    topics: dict[str, SaidFact] = {}
    red_flags: tuple[SaidRedFlag, ...] = ()
    asides: tuple[str, ...] = ()
    turns: tuple[Turn, ...] = ()


Entry = Dialled | Closed


class Ledger:
    """Appends entries; `write` returns once they are on disk. Entries that come together share one fsync."""

    def __init__(self, path: Path) -> None:
        self.calls = (
            Counter(each.number for each in read(path) if isinstance(each, Dialled)) if path.exists() else Counter()
        )
        self._file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        self._encode = msgspec.json.Encoder().encode
        self._waiting: list[tuple[bytes, asyncio.Future[None]]] = []
        self._flushing: asyncio.Task[None] | None = None

    async def write(self, entry: Entry) -> None:
        """Returns when the entry would survive a power cut. Raises OSError when the disk does not take it."""
        done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append((self._encode(entry) + b"\n", done))
        if self._flushing is None or self._flushing.done():
            self._flushing = asyncio.create_task(self._flush())
        await asyncio.shield(done)

    async def close(self) -> None:
        """Waits for what is being written, then lets go of the file."""
        if self._flushing is not None:
            await self._flushing
        os.close(self._file)

    async def _flush(self) -> None:
        while self._waiting:
            batch, self._waiting = self._waiting, []
            try:
                await asyncio.to_thread(self._store, b"".join(line for line, _ in batch))
            except OSError as error:
                for _, done in batch:
                    if not done.done():
                        done.set_exception(error)
            else:
                for _, done in batch:
                    if not done.done():
                        done.set_result(None)

    def _store(self, lines: bytes) -> None:
        view = memoryview(lines)
        while view:
            view = view[os.write(self._file, view) :]
        os.fsync(self._file)


def read(path: Path) -> list[Entry]:
    """Every whole entry of a ledger, in order; a last line that a crash cut off is left out."""
    decode = msgspec.json.Decoder(Entry).decode
    with path.open("rb") as lines:
        return [decode(line) for line in lines if line.endswith(b"\n")]
