"""Engines for SQLite and PostgreSQL that behave alike: whole transactions, foreign keys, one writer at a time."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from sqlite3 import Connection as SqliteConnection

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError
from sqlalchemy.pool import ConnectionPoolEntry

from integrations.storage.errors import DatabaseBusy, DatabaseFull, DatabaseUnreachable, DatabaseUrlWrong

WRITING = "linyin_writing"  # execution option: this transaction will write
_BUSY_SECONDS = 30  # an import of a large household book holds the write lock for some seconds; calls wait for it
_CONNECT_SECONDS = 5  # a database on the same network answers at once or not at all
_POSTGRES_NAMES = frozenset({"postgres", "postgresql", "postgresql+psycopg"})
_CONNECTING = (  # how sqlite3 and libpq begin to complain when there is no database to talk to
    "unable to open database",
    "file is not a database",
    "connection is bad",
    "connection failed",
    "connection to server",
    "connection timeout",
    "failed to resolve",
)
_FULL = ("disk is full", "no space left", "could not extend file")  # SQLite, PostgreSQL
URL_HELP = "数据库地址不对：请写成 sqlite:///路径/linyin.db 或 postgresql://用户:密码@主机/库名。"


def parse_url(text: str) -> URL:
    """The URL of a SQLite file or a PostgreSQL database. Raises DatabaseUrlWrong."""
    try:
        url = make_url(text)
    except (ArgumentError, ValueError) as error:
        raise DatabaseUrlWrong(URL_HELP) from error
    if url.drivername in _POSTGRES_NAMES and url.database:
        return url.set(drivername="postgresql+psycopg")
    if url.drivername == "sqlite" and url.database and url.database != ":memory:":
        return url
    raise DatabaseUrlWrong(URL_HELP)


def make_engine(text: str) -> Engine:
    """An engine for the URL; connects at first use. Raises DatabaseUrlWrong."""
    url = parse_url(text)
    if url.get_backend_name() == "sqlite":
        return _sqlite(url)
    return create_engine(url, pool_pre_ping=True, connect_args={"connect_timeout": _CONNECT_SECONDS})


def one_snapshot(engine: Engine) -> Engine:
    """The engine for transactions that read, all of them from one snapshot; SQLite's are so by themselves.

    On PostgreSQL it goes with the BEGIN that is sent anyway, so it costs no round trip.
    """
    if engine.dialect.name == "sqlite":
        return engine
    return engine.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)


def _sqlite(url: URL) -> Engine:
    engine = create_engine(url, connect_args={"timeout": _BUSY_SECONDS, "check_same_thread": False})

    @event.listens_for(engine, "connect")
    def _prepare(connection: SqliteConnection, _: ConnectionPoolEntry) -> None:
        connection.isolation_level = None  # BEGIN is ours, see below
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=FULL")  # an answer survives a power cut, not only a crash
        connection.execute("PRAGMA foreign_keys=ON")

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        writing = connection.get_execution_options().get(WRITING, False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writing else "BEGIN")

    return engine


def prepare_folder(text: str) -> None:
    """Make the folder of a SQLite file, and the file for its owner only. Raises DatabaseUnreachable."""
    url = parse_url(text)
    if url.get_backend_name() != "sqlite" or url.database is None:
        return
    try:
        Path(url.database).parent.mkdir(parents=True, exist_ok=True)
        Path(url.database).touch(mode=0o600, exist_ok=True)
    except OSError as error:
        raise DatabaseUnreachable(
            f"建不了数据库的文件夹 {Path(url.database).parent}：请换一个有权限的位置。"
        ) from error


@contextmanager
def speaking_chinese() -> Iterator[None]:
    """Turn what a driver says when the database is busy or away into our errors."""
    try:
        yield
    except DBAPIError as error:
        words = " ".join(_said(error))
        if "database is locked" in words or "database is busy" in words:
            raise DatabaseBusy("数据库正忙，请稍后再试一次。") from error
        if any(sign in words.lower() for sign in _FULL):
            raise DatabaseFull("磁盘满了，刚才的内容没有存下：请腾出空间，再试一次。") from error
        if error.connection_invalidated or _is_about_connecting(words):
            raise DatabaseUnreachable("连不上数据库：请检查数据库地址、用户名和密码，以及数据库是否在运行。") from error
        raise


def _said(error: BaseException | None) -> Iterator[str]:
    """What the driver said, and what it had said before a roll-back failed on account of it."""
    while error is not None:
        if isinstance(error, DBAPIError):
            yield str(error.orig)
        error = error.__context__


def _is_about_connecting(words: str) -> bool:
    return any(sign in words for sign in _CONNECTING)
