"""Column types: sealed values, and moments that are always UTC.

The key ring reaches a sealed column through the dialect of the engine that runs the statement: every engine has a
dialect of its own, so two stores with two keys live side by side and nothing is global.
"""

from datetime import UTC, datetime
from typing import Any, Protocol, cast

import msgspec
from sqlalchemy import JSON, DateTime, Dialect, Engine, LargeBinary
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.types import TypeDecorator

from integrations.storage.errors import KeyFileMissing
from integrations.storage.keys import KeyRing


class _KeyedDialect(Protocol):
    linyin_keys: KeyRing


def bind_keys(engine: Engine, keys: KeyRing) -> None:
    """Let the sealed columns of this engine use these keys."""
    cast("_KeyedDialect", engine.dialect).linyin_keys = keys


def _keys_of(dialect: Dialect) -> KeyRing:
    try:
        return cast("_KeyedDialect", dialect).linyin_keys
    except AttributeError as error:
        raise KeyFileMissing("没有载入密钥，加密的内容不能读写：请检查密钥文件的设置。") from error


class SealedText(TypeDecorator[str]):
    """Text, sealed. `label` is "table.column"."""

    impl = LargeBinary
    cache_ok = True

    def __init__(self, label: str) -> None:
        super().__init__()
        self.label = label

    def process_bind_param(self, value: str | None, dialect: Dialect) -> bytes | None:
        """Sealed, on the way into the database."""
        return None if value is None else _keys_of(dialect).seal(value.encode(), label=self.label)

    def process_result_value(self, value: bytes | None, dialect: Dialect) -> str | None:
        """Opened, on the way out."""
        return None if value is None else _keys_of(dialect).open(bytes(value), label=self.label).decode()


class SealedBytes(TypeDecorator[bytes]):
    """Bytes, sealed. `label` is "table.column"."""

    impl = LargeBinary
    cache_ok = True

    def __init__(self, label: str) -> None:
        super().__init__()
        self.label = label

    def process_bind_param(self, value: bytes | None, dialect: Dialect) -> bytes | None:
        """Sealed, on the way into the database."""
        return None if value is None else _keys_of(dialect).seal(value, label=self.label)

    def process_result_value(self, value: bytes | None, dialect: Dialect) -> bytes | None:
        """Opened, on the way out."""
        return None if value is None else _keys_of(dialect).open(bytes(value), label=self.label)


class SealedJson(TypeDecorator[Any]):
    """A JSON-like value, sealed. `label` is "table.column". A Python None is SQL NULL."""

    impl = LargeBinary
    cache_ok = True

    def __init__(self, label: str) -> None:
        super().__init__()
        self.label = label

    def process_bind_param(self, value: Any, dialect: Dialect) -> bytes | None:
        """Sealed, on the way into the database."""
        return None if value is None else _keys_of(dialect).seal(msgspec.json.encode(value), label=self.label)

    def process_result_value(self, value: bytes | None, dialect: Dialect) -> Any:
        """Opened, on the way out."""
        return None if value is None else msgspec.json.decode(_keys_of(dialect).open(bytes(value), label=self.label))


SEALED = (SealedText, SealedBytes, SealedJson)


class Moment(TypeDecorator[datetime]):
    """A UTC moment, always timezone-aware in Python."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """UTC; a time without a zone is a fault of the program."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment needs a timezone")
        utc = value.astimezone(UTC)
        return utc.replace(tzinfo=None) if dialect.name == "sqlite" else utc

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """UTC, with its zone."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if dialect.name == "sqlite" else value.astimezone(UTC)


PlainJson = JSON().with_variant(JSONB(), "postgresql")
