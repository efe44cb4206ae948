"""What all tables share."""

from typing import Any

from sqlalchemy import ForeignKey, MetaData, String
from sqlalchemy.orm import DeclarativeBase

ID_CHARACTERS = 32  # hex of a UUID
INDEX_CHARACTERS = 64  # hex of a SHA-256
Id = String(ID_CHARACTERS)
Index64 = String(INDEX_CHARACTERS)


class Row(DeclarativeBase):
    """A row of a table."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )


def ref(target: str, **options: Any) -> ForeignKey:
    """A foreign key that is checked at commit, so that rows of one transaction may be written in any order."""
    return ForeignKey(target, deferrable=True, initially="DEFERRED", **options)
