"""Inserts that happen once, however often and from however many processes they are tried."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy.dialects import postgresql, sqlite

from integrations.storage.models import Row
from integrations.storage.store import StoreSession


def insert_once(session: StoreSession, table: type[Row], values: Mapping[str, Any], *, unique: str) -> bool:
    """Insert a row unless one with the same value in the unique column is there. Returns whether it was inserted."""
    insert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    column = table.__table__.c[unique]
    statement = insert(table).values(**values).on_conflict_do_nothing(index_elements=[column]).returning(column)
    return session.execute(statement).first() is not None
