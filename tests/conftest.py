"""Stores for every test that needs one: the same tests run on SQLite and on a PostgreSQL that the tests start."""

import os
import pwd
import shutil
import subprocess
import tempfile
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import psycopg
import pytest

from integrations.storage.key_file import create_key_file
from integrations.storage.schema import upgrade
from integrations.storage.store import Store

AT = datetime(2026, 11, 21, 1, 0, tzinfo=UTC)  # 09:00 in Shanghai
POSTGRES_PROGRAMS = sorted(Path("/usr/lib/postgresql").glob("*/bin"))


class Cluster:
    """A PostgreSQL of our own: on a socket in a folder of its own, no network, as `postgres` when we are root."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._bin = POSTGRES_PROGRAMS[-1]
        self._user = pwd.getpwnam("postgres") if os.getuid() == 0 else pwd.getpwuid(os.getuid())
        os.chown(folder, self._user.pw_uid, self._user.pw_gid)

    def start(self) -> None:
        data = str(self.folder / "data")
        self._run("initdb", "-D", data, "-U", "linyin", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "-N")
        options = f"-c listen_addresses='' -c unix_socket_directories={self.folder} -c fsync=off -c max_connections=60"
        self._run("pg_ctl", "-D", data, "-w", "-l", str(self.folder / "log"), "-o", options, "start")

    def stop(self) -> None:
        self._run("pg_ctl", "-D", str(self.folder / "data"), "-m", "immediate", "-w", "stop")

    def new_database(self) -> str:
        """The URL of an empty database."""
        name = f"t{uuid.uuid4().hex}"
        with psycopg.connect(f"host={self.folder} user=linyin dbname=postgres", autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name}")
        return f"postgresql+psycopg://linyin@/{name}?host={self.folder}"

    def _run(self, program: str, *arguments: str) -> None:
        subprocess.run(
            [self._bin / program, *arguments],
            check=True,
            cwd=self.folder,
            user=self._user.pw_uid,
            group=self._user.pw_gid,
            extra_groups=[],
            stdout=subprocess.DEVNULL,
            stdin=subprocess.DEVNULL,
        )


@pytest.fixture(scope="session")
def postgres() -> Iterator[Cluster]:
    """One running cluster for the whole run."""
    if not POSTGRES_PROGRAMS:
        pytest.skip("PostgreSQL is not installed: apt-get install postgresql")
    folder = Path(tempfile.mkdtemp(prefix="linyin-pg-", dir="/tmp"))
    cluster = Cluster(folder)
    try:
        cluster.start()
        yield cluster
        cluster.stop()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def store_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of an empty database, once on each engine."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/linyin.db"
    cluster: Cluster = request.getfixturevalue("postgres")
    return cluster.new_database()


@pytest.fixture
def key_path(tmp_path: Path) -> Path:
    """Where the key file of `store` lies."""
    return tmp_path / "keys" / "linyin.key"


@pytest.fixture
def store(store_url: str, key_path: Path) -> Iterator[Store]:
    """An empty store with all tables, once on each engine."""
    upgrade(store_url)
    opened = Store.open(store_url, keys=create_key_file(key_path, at=AT), at=AT)
    yield opened
    opened.close()
