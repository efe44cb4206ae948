"""The audit trail on screen."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from bot.web.reads.paging import Page
from integrations.storage.models import AuditRow, CampaignRow, TicketRow, UserRow

SYSTEM = "系统"


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One row of the trail."""

    at: datetime
    who: str
    action: str
    object_kind: str
    object: str  # a short name where there is one that is no personal data, else the id
    detail: tuple[tuple[str, str], ...]  # name → value; counts and codes only


def entry_count(session: Session, *, action: str = "", user: str = "") -> int:
    """How many rows there are."""
    return session.scalar(select(func.count()).select_from(AuditRow).where(*_wanted(action, user))) or 0


def entries(session: Session, page: Page, *, action: str = "", user: str = "") -> list[Entry]:
    """One page, newest first."""
    rows = session.scalars(
        select(AuditRow).where(*_wanted(action, user)).order_by(AuditRow.id.desc()).offset(page.offset).limit(page.rows)
    ).all()
    return _entries(session, rows)


def actions(session: Session) -> list[str]:
    """The actions that occur."""
    return list(session.scalars(select(AuditRow.action).distinct().order_by(AuditRow.action)))


def _wanted(action: str, user: str) -> list[ColumnElement[bool]]:
    return [column == value for column, value in ((AuditRow.action, action), (AuditRow.user_id, user)) if value]


def _entries(session: Session, rows: Sequence[AuditRow]) -> list[Entry]:
    ids = {row.object_id for row in rows}
    people = dict(session.execute(select(UserRow.id, UserRow.display)).all())
    titles = dict(session.execute(select(CampaignRow.id, CampaignRow.title).where(CampaignRow.id.in_(ids))).all())
    numbers = dict(session.execute(select(TicketRow.id, TicketRow.number).where(TicketRow.id.in_(ids))).all())
    names = {**people, **titles, **numbers}
    return [
        Entry(
            at=row.at,
            who=people.get(row.user_id or "", SYSTEM),
            action=row.action,
            object_kind=row.object_kind,
            object=names.get(row.object_id, row.object_id[-8:]),
            detail=tuple((name, str(value)) for name, value in (row.detail or {}).items()),
        )
        for row in rows
    ]
