"""Brings a household book, as communities keep it, into the registry."""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import select

from integrations.registry.book.contents import BadRow, Book, UnreadColumn
from integrations.registry.book.reading import read_book
from integrations.registry.book.writing import Tally, Written, weigh_book, write_book
from integrations.storage import audit
from integrations.storage.models import ImportRow, WorkerRow
from integrations.storage.store import Store, StoreSession

NOBODY_AT_DESK = (
    "名册里没有社区值班的人：网格员都没接的急事、不认识的人打来要找人，没有人接。"
    "请在网格员那张表里加一位，职务写“值班”，写上电话。"
)
DEFAULT_COMMUNITY = "本社区"  # for books that name no community


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportReport:
    """What an import did. Holds addresses, but no names and no numbers."""

    file: str
    import_id: str | None  # by which it can be undone; None for a preview and for a book that changed nothing
    kept: bool  # False for a preview
    rows: int
    households: Tally
    residents: Tally
    bad_rows: tuple[BadRow, ...]
    households_without_worker: tuple[str, ...]  # addresses
    households_without_deputy: tuple[str, ...]
    nobody_at_desk: bool  # whom strangers, and matters that no grid worker takes, go to
    used_sheets: tuple[str, ...]
    skipped_sheets: tuple[str, ...]  # no headings were found in them
    unread_columns: tuple[UnreadColumn, ...]  # they name the same thing as another column of their sheet


def import_household_book(
    path: Path,
    store: Store,
    *,
    at: datetime,
    community: str = DEFAULT_COMMUNITY,
    user_id: str | None = None,
    preview: bool = False,
) -> ImportReport:
    """Import a .xlsx, .xls or .csv file: good rows go in, bad ones are reported, in one transaction and one audit row.

    The same file again changes nothing. `preview` tells the same and keeps nothing, without a writer's lock. Raises
    BookUnreadable when the file cannot be used at all; nothing is kept then.
    """
    book = read_book(path, community=community, at=at)
    if preview:
        with store.reading() as session:
            nobody = _nobody_at_desk(session, book)
            weighed = weigh_book(session, book, community=community, at=at)
        return _report(path, book, weighed, nobody_at_desk=nobody, import_id=None, kept=False)
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    with store.writing() as session:
        import_id = session.new_id(at=at)
        nobody = _nobody_at_desk(session, book)
        written = write_book(session, book, community=community, import_id=import_id, at=at)
        counts = {
            "households_created": written.households.created,
            "households_updated": written.households.updated,
            "residents_created": written.residents.created,
            "residents_updated": written.residents.updated,
            "bad_rows": len(book.bad_rows),
        }
        changed = any(counts[name] for name in counts if name != "bad_rows")
        if changed:
            session.add(
                ImportRow(id=import_id, at=at, file=path.name, file_hash=digest, user_id=user_id, counts=counts)
            )
        audit.record(
            session,
            user_id=user_id,
            action="import",
            object_kind="household_book",
            object_id=digest,
            detail=counts,
            at=at,
        )
    return _report(path, book, written, nobody_at_desk=nobody, kept=True, import_id=import_id if changed else None)


def _nobody_at_desk(session: StoreSession, book: Book) -> bool:
    """Whether nobody who sits at the community's desk has a telephone, in the book or in the registry."""
    if any(each.role == "desk" and each.phone for each in book.workers.values()):
        return False
    known = select(WorkerRow.id).where(WorkerRow.role == "desk", WorkerRow.phone.is_not(None))
    return session.scalar(known.limit(1)) is None


def _report(
    path: Path, book: Book, written: Written, *, nobody_at_desk: bool, kept: bool, import_id: str | None
) -> ImportReport:
    return ImportReport(
        file=path.name,
        import_id=import_id,
        kept=kept,
        rows=book.rows,
        households=written.households,
        residents=written.residents,
        bad_rows=tuple(book.bad_rows),
        households_without_worker=tuple(written.without_worker),
        households_without_deputy=tuple(written.without_deputy),
        nobody_at_desk=nobody_at_desk,
        used_sheets=tuple(book.used_sheets),
        skipped_sheets=tuple(book.skipped_sheets),
        unread_columns=tuple(book.unread_columns),
    )
