"""A copy of the whole database, taken and put back while the program runs. Keys are not in it, see key_file.py."""

import os
import shutil
import sqlite3
import tempfile
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import func, select, update

from integrations.storage import postgres_copy
from integrations.storage.errors import BackupBroken, BackupExists, DatabaseNotEmpty
from integrations.storage.keys import KeyRing
from integrations.storage.models import AttemptRow, CampaignRow, HouseholdRow
from integrations.storage.schema import upgrade
from integrations.storage.store import Store

_WAIT_SECONDS = 30.0  # for a writer to let go, as the program itself waits
_OWNER_ONLY = 0o600
_SQLITE_BEGINS = b"SQLite format 3\0"


@dataclass(frozen=True, slots=True, kw_only=True)
class Restored:
    """What a restored database holds."""

    households: int
    campaigns_paused: int  # they were running when the copy was made; somebody decides whether they go on


def back_up(store: Store, to: Path) -> int:
    """Writes a copy as the database is at this moment; its bytes. Whole or not at all, readable by its owner only.

    Raises BackupExists, ToolMissing, BackupBroken, OSError when the disk is full.
    """
    if to.exists():
        raise BackupExists(f"{to} 已经有了，请换一个备份文件名。")
    to.parent.mkdir(parents=True, exist_ok=True)
    beside = to.with_name(f".{to.name}.new")
    try:
        os.close(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, _OWNER_ONLY))
        if store.engine.dialect.name == "postgresql":
            postgres_copy.dump(store.engine.url, beside)
        else:
            _copy_sqlite(_database_file(store), beside)
        with beside.open("rb") as written:
            os.fsync(written.fileno())
        beside.replace(to)
    finally:
        beside.unlink(missing_ok=True)
    return to.stat().st_size


def restore(store: Store, backup: Path, *, at: datetime, replace: bool = False) -> Restored:
    """Puts a copy in the place of everything that is in the database, in one transaction.

    The copy is brought up to date and tried with the keys before anything is touched. Campaigns that were running in it
    are paused, and nothing is under way: calls were made since, and nobody is to be called twice by surprise.

    Raises BackupBroken, KeyWrong, SchemaOutdated (the copy is newer than the program), DatabaseNotEmpty (`replace` says
    that what is there may go), ToolMissing.
    """
    if not replace and _households(store):
        raise DatabaseNotEmpty("数据库里已经有住户，恢复会把现在的内容全部换掉；确定的话，加 --replace 再运行。")
    if not backup.is_file():
        raise BackupBroken(f"没有备份文件 {backup}，请核对文件名。")
    if store.engine.dialect.name == "postgresql":
        with postgres_copy.scratch(store.engine.url) as (url, put_back):
            postgres_copy.load(url, backup)
            prepared = _prepare(url.render_as_string(hide_password=False), store.keys, at=at)
            put_back()
        return prepared
    with tempfile.TemporaryDirectory(dir=_database_file(store).parent) as folder:
        copy = Path(folder) / "restored.db"
        with backup.open("rb") as content:
            if content.read(len(_SQLITE_BEGINS)) != _SQLITE_BEGINS:
                raise BackupBroken(f"{backup} 不是本程序的备份，请换一个文件。")
        shutil.copyfile(backup, copy)
        _refuse_damage(copy)
        prepared = _prepare(f"sqlite:///{copy}", store.keys, at=at)
        _copy_sqlite(copy, _database_file(store))
    return prepared


def _prepare(url: str, keys: KeyRing, *, at: datetime) -> Restored:
    """Brings a copy up to date, checks that the keys open it, and lets nothing in it ring."""
    upgrade(url)
    copy = Store.open(url, keys=keys, at=at)
    try:
        with copy.writing() as session:
            running = update(CampaignRow).where(CampaignRow.status == "running").values(status="paused")
            paused = session.connection().execute(running).rowcount
            under_way = AttemptRow.status.in_(("dialling", "answered"))
            session.execute(update(AttemptRow).where(under_way).values(lease_until=at))  # the next look interrupts them
        return Restored(households=_households(copy), campaigns_paused=paused)
    finally:
        copy.close()


def _households(store: Store) -> int:
    with store.reading() as session:
        return session.scalar(select(func.count()).select_from(HouseholdRow)) or 0


def _copy_sqlite(source: Path, target: Path) -> None:
    """All pages as they are at one moment; whoever writes to the source meanwhile is not held up."""
    with (
        closing(sqlite3.connect(f"file:{source}?mode=ro", uri=True, timeout=_WAIT_SECONDS)) as read,
        closing(sqlite3.connect(target, timeout=_WAIT_SECONDS)) as written,
    ):
        try:
            read.backup(written)
        except sqlite3.DatabaseError as error:
            raise BackupBroken(f"数据库没有复制成：{error}。请看看磁盘空间，再试一次。") from error


def _refuse_damage(copy: Path) -> None:
    with closing(sqlite3.connect(copy)) as read:
        try:
            whole = read.execute("PRAGMA quick_check").fetchone() == ("ok",)
        except sqlite3.DatabaseError:
            whole = False
    if not whole:
        raise BackupBroken("备份文件坏了，请换一份备份。")


def _database_file(store: Store) -> Path:
    return Path(store.engine.url.database or "")
