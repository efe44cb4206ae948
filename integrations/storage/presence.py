"""One process of a name at a time: what a process leased is found again under its name when it died."""

import fcntl
import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import text

from integrations.storage.errors import NameTaken
from integrations.storage.store import Store

_BITS = 63  # an advisory lock of PostgreSQL has a signed 64-bit number


@contextmanager
def only_one(store: Store, name: str) -> Iterator[None]:
    """Holds the name for this process; it is free again when the process is gone, however it went. Raises NameTaken."""
    if store.engine.dialect.name == "postgresql":
        with store.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            number = int.from_bytes(hashlib.sha256(name.encode()).digest()[:8]) >> (64 - _BITS)
            if not connection.scalar(text("SELECT pg_try_advisory_lock(:number)"), {"number": number}):
                raise _taken(name)
            yield
            connection.execute(text("SELECT pg_advisory_unlock(:number)"), {"number": number})
        return
    database = Path(store.engine.url.database or "")
    path = database.with_name(f"{database.name}.{hashlib.sha256(name.encode()).hexdigest()[:8]}.lock")
    with path.open("w", encoding="utf-8") as held:
        try:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise _taken(name) from error
        yield


def _taken(name: str) -> NameTaken:
    return NameTaken(f"已经有一个叫“{name}”的程序在运行：请先停掉它，或者用 LINYIN_NAME 给这一个换个名字。")
