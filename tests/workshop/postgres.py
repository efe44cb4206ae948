"""A PostgreSQL of our own, for tests and benches."""

import os
import pwd
import subprocess
import uuid
from pathlib import Path
from typing import LiteralString

import psycopg
from sqlalchemy import make_url

POSTGRES_PROGRAMS = sorted(Path("/usr/lib/postgresql").glob("*/bin"))
MISSING = "PostgreSQL is not installed: apt-get install postgresql"


class Cluster:
    """A PostgreSQL of our own: on a socket in a folder of its own, no network, as `postgres` when we are root.

    `durable`: every commit reaches the disk, as in production; tests do without.
    """

    def __init__(self, folder: Path, *, durable: bool = False) -> None:
        self.folder = folder
        self._fsync = "on" if durable else "off"
        self._bin = POSTGRES_PROGRAMS[-1]
        self._user = pwd.getpwnam("postgres") if os.getuid() == 0 else pwd.getpwuid(os.getuid())
        os.chown(folder, self._user.pw_uid, self._user.pw_gid)

    @property
    def programs(self) -> Path:
        """The folder of pg_dump and the like."""
        return self._bin

    def start(self) -> None:
        """Makes the cluster and starts it."""
        self._run("initdb", "-D", self._data, "-U", "linyin", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "-N")
        self.run_server()

    def run_server(self) -> None:
        """Starts the server of a cluster that was made before."""
        settings = (
            "listen_addresses=''",
            f"unix_socket_directories={self.folder}",
            f"fsync={self._fsync}",
            "max_wal_size=128MB",
        )
        options = " ".join(f"-c {setting}" for setting in settings)
        self._run("pg_ctl", "-D", self._data, "-w", "-l", str(self.folder / "log"), "-o", options, "start")

    def stop(self) -> None:
        """Stops the server without asking anybody, as a crash would."""
        self._run("pg_ctl", "-D", self._data, "-m", "immediate", "-w", "stop")

    def server_pid(self) -> int:
        """The process that all others are children of."""
        return int((self.folder / "data" / "postmaster.pid").read_text(encoding="utf-8").split()[0])

    def new_database(self) -> str:
        """The URL of an empty database."""
        name = f"t{uuid.uuid4().hex}"
        self._execute(f"CREATE DATABASE {name}")
        return f"postgresql+psycopg://linyin@/{name}?host={self.folder}"

    def copy(self, template_url: str, url: str) -> None:
        """Make one database a copy of another."""
        self.drop(url)
        self._execute(f"CREATE DATABASE {make_url(url).database} TEMPLATE {make_url(template_url).database}")

    def drop(self, url: str) -> None:
        """Remove a database, whoever is still connected."""
        self._execute(f"DROP DATABASE {make_url(url).database} WITH (FORCE)")

    @property
    def _data(self) -> str:
        return str(self.folder / "data")

    def _execute(self, statement: LiteralString) -> None:
        with psycopg.connect(f"host={self.folder} user=linyin dbname=postgres", autocommit=True) as connection:
            connection.execute(statement)

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
