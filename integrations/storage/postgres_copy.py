"""Copies of a PostgreSQL database by PostgreSQL's own programs, pg_dump and pg_restore."""

import os
import shutil
import subprocess
import tempfile
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import URL, create_engine, text
from sqlalchemy.exc import DBAPIError

from integrations.storage.errors import BackupBroken, ToolMissing

_PROGRAMS = sorted(Path("/usr/lib/postgresql").glob("*/bin"))  # where Debian keeps them when they are not on the path
_SAID_CHARACTERS = 200


def dump(url: URL, to: Path) -> None:
    """The whole database as it is at one moment, in PostgreSQL's custom format. Raises ToolMissing, BackupBroken."""
    _run("pg_dump", url, "--format=custom", "--no-owner", "--no-privileges", f"--file={to}")


def load(url: URL, backup: Path) -> None:
    """Puts a copy in the place of what is there, in one transaction. Raises ToolMissing, BackupBroken."""
    with backup.open("rb") as content:
        if content.read(5) != b"PGDMP":
            raise BackupBroken(f"{backup} 不是这种数据库的备份，请换一个文件。")
    _run(
        "pg_restore",
        url,
        "--clean",
        "--if-exists",
        "--no-owner",
        "--no-privileges",
        "--single-transaction",
        str(backup),
    )


@contextmanager
def scratch(url: URL) -> Iterator[tuple[URL, Callable[[], None]]]:
    """An empty database beside this one, and what puts its content in this one's place; it is dropped afterwards."""
    beside = url.set(database=f"linyin_{uuid.uuid4().hex}")
    _maintain(url, f'CREATE DATABASE "{beside.database}"')
    try:
        with tempfile.TemporaryDirectory() as folder:
            ready = Path(folder) / "ready.dump"

            def put_back() -> None:
                dump(beside, ready)
                load(url, ready)

            yield beside, put_back
    finally:
        _maintain(url, f'DROP DATABASE "{beside.database}" WITH (FORCE)')


def _maintain(url: URL, statement: str) -> None:
    engine = create_engine(url.set(database="postgres"), isolation_level="AUTOCOMMIT")
    try:
        with engine.connect() as connection:
            connection.execute(text(statement))
    except DBAPIError as error:
        raise BackupBroken("恢复要先建一个临时数据库，没有建成：请给数据库用户 CREATEDB 权限，再试一次。") from error
    finally:
        engine.dispose()


def _run(program: str, url: URL, *arguments: str) -> None:
    known = {"PGPASSWORD": url.password} if url.password else {}
    query = dict(url.query)
    place = {
        "--host": url.host or query.get("host"),
        "--port": url.port or query.get("port"),
        "--username": url.username,
        "--dbname": url.database,
    }
    options = [f"{name}={value}" for name, value in place.items() if value]
    done = subprocess.run(
        [_find(program), "--no-password", *options, *arguments],
        env=os.environ | known,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        raise BackupBroken(f"{program} 没有成功：{done.stderr.strip()[-_SAID_CHARACTERS:]}")


def _find(program: str) -> str:
    found = shutil.which(program) or next((str(each / program) for each in reversed(_PROGRAMS)), None)
    if found is None:
        raise ToolMissing(f"没有找到 {program}：请安装 PostgreSQL 的客户端（apt-get install postgresql-client）。")
    return found
