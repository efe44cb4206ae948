"""Brings the tables of a database to the form that this program knows."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util.exc import CommandError
from sqlalchemy import Connection, text

from integrations.storage.engine import WRITING, make_engine, prepare_folder, speaking_chinese
from integrations.storage.errors import SchemaOutdated

_LOCK = 0x4C59_0002  # a PostgreSQL advisory lock of our own
_SCRIPTS = Path(__file__).parent / "migrations"


def upgrade(url: str) -> None:
    """Create or bring up to date all tables, in one transaction.

    Raises DatabaseUrlWrong, DatabaseUnreachable, DatabaseBusy, or SchemaOutdated when the database is newer than the
    program.
    """
    prepare_folder(url)
    engine = make_engine(url)
    try:
        with speaking_chinese(), engine.execution_options(**{WRITING: True}).begin() as connection:
            if connection.dialect.name == "postgresql":  # programs that start together bring it up to date one by one
                connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
            config = migrations()
            config.attributes["connection"] = connection
            command.upgrade(config, "head")
    except CommandError as error:
        raise SchemaOutdated("数据库比程序新：请把程序升级到最新版本再运行。") from error
    finally:
        engine.dispose()


def is_new(url: str) -> bool:
    """Whether nothing was ever stored at this URL. Raises DatabaseUrlWrong, DatabaseUnreachable."""
    prepare_folder(url)
    engine = make_engine(url)
    try:
        with speaking_chinese(), engine.connect() as connection:
            return MigrationContext.configure(connection).get_current_revision() is None
    finally:
        engine.dispose()


def check_schema(connection: Connection) -> None:
    """Raises SchemaOutdated when the tables are not those of this program."""
    there = MigrationContext.configure(connection).get_current_revision()
    if there != ScriptDirectory.from_config(migrations()).get_current_head():
        raise SchemaOutdated("数据库的表和程序不一致：请先运行升级数据库的命令，再试一次。")


def migrations() -> Config:
    """Where Alembic finds the steps between the forms of the tables."""
    config = Config()
    config.set_main_option("script_location", str(_SCRIPTS).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    return config
