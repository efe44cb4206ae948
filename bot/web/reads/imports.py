"""Household books that were brought, on a screen."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from bot.web.reads.watch import SYSTEM
from integrations.registry.undoing import imports
from integrations.storage.models import UserRow
from integrations.storage.store import StoreSession

SHOWN = 8


@dataclass(frozen=True, kw_only=True)
class Brought:
    """One import."""

    id: str
    at: datetime
    file: str
    who: str
    households: int  # made
    residents: int  # made
    updated: int  # rows that were there before
    undone_at: datetime | None
    newest: bool  # of those not undone: the one that may be


def brought(session: StoreSession) -> Sequence[Brought]:
    """The last imports, newest first."""
    rows = imports(session, limit=SHOWN)
    who = dict(session.execute(select(UserRow.id, UserRow.display)).all())
    newest = next((row.id for row in rows if row.undone_at is None), None)
    return [
        Brought(
            id=row.id,
            at=row.at,
            file=row.file,
            who=who.get(row.user_id or "", SYSTEM),
            households=row.counts["households_created"],
            residents=row.counts["residents_created"],
            updated=row.counts["households_updated"] + row.counts["residents_updated"],
            undone_at=row.undone_at,
            newest=row.id == newest,
        )
        for row in rows
    ]
