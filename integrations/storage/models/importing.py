"""Household books that were brought in, so that one can be taken out again."""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, Index, Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from integrations.storage.columns import Moment, PlainJson, SealedJson
from integrations.storage.models.declarative import Id, Index64, Row, ref


class ImportRow(Row):
    """One household book that went in. The rows it made carry its id."""

    __tablename__ = "imports"

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    at: Mapped[datetime] = mapped_column(Moment, index=True)
    file: Mapped[str] = mapped_column(String(200))
    file_hash: Mapped[str] = mapped_column(Index64)
    user_id: Mapped[str | None] = mapped_column(Id)  # None on the command line
    counts: Mapped[Any] = mapped_column(PlainJson)
    undone_at: Mapped[datetime | None] = mapped_column(Moment)


class ImportChangeRow(Row):
    """A row that was there before an import changed it, as it was."""

    __tablename__ = "import_changes"
    __table_args__ = (Index(None, "import_id", "kind"),)

    id: Mapped[int] = mapped_column(
        BigInteger().with_variant(Integer(), "sqlite"), primary_key=True, autoincrement=True
    )
    import_id: Mapped[str] = mapped_column(ref("imports.id"))
    kind: Mapped[str] = mapped_column(String(12))  # household|resident
    row_id: Mapped[str] = mapped_column(Id)
    before: Mapped[Any] = mapped_column(SealedJson("import_changes.before"))
