"""Campaigns with their counts, as far as the visitor's grids reach."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, SQLColumnExpression, case, func, select
from sqlalchemy.orm import Session

from bot.auth.scope import Scope
from integrations.storage.models import CampaignRow, ContactRow, HouseholdRow, TicketRow

ACTIVE = ("running", "paused")


@dataclass(frozen=True, kw_only=True)
class Campaign:
    """One campaign in a list or at the head of a page."""

    id: str
    key: str
    title: str
    status: str
    questionnaire: str  # content hash
    created_at: datetime
    launched_at: datetime | None
    ended_at: datetime | None
    announced_at: datetime | None  # when staff said that the notice hangs
    total: int  # contacts
    done: int  # contacts that need no further attempt
    complete: int  # contacts who answered everything
    tickets: int


def in_scope(
    scope: Scope, household_id: SQLColumnExpression[str] | SQLColumnExpression[str | None]
) -> list[ColumnElement[bool]]:
    """Conditions that keep to the visitor's households; none for who sees all, so that nothing is joined in vain."""
    if scope.everywhere:
        return []
    return [household_id.in_(select(HouseholdRow.id).where(scope.households()))]


def campaigns(session: Session, scope: Scope, *, status: Iterable[str] = ()) -> list[Campaign]:
    """Newest first; `status` keeps only these."""
    wanted = tuple(status)
    rows = select(CampaignRow).order_by(CampaignRow.created_at.desc(), CampaignRow.id.desc())
    if wanted:
        rows = rows.where(CampaignRow.status.in_(wanted))
    found = session.scalars(rows).all()
    counts = _counts(session, scope, [row.id for row in found])
    return [_campaign(row, counts) for row in found]


def campaign(session: Session, scope: Scope, campaign_id: str) -> Campaign | None:
    """One campaign, None when there is none of this id."""
    row = session.get(CampaignRow, campaign_id)
    return None if row is None else _campaign(row, _counts(session, scope, [row.id]))


@dataclass(frozen=True, kw_only=True)
class _Counts:
    total: int = 0
    done: int = 0
    complete: int = 0
    tickets: int = 0


def _campaign(row: CampaignRow, counts: dict[str, _Counts]) -> Campaign:
    count = counts.get(row.id, _Counts())
    return Campaign(
        id=row.id,
        key=row.key,
        title=row.title,
        status=row.status,
        questionnaire=row.questionnaire,
        created_at=row.created_at,
        launched_at=row.launched_at,
        ended_at=row.ended_at,
        announced_at=row.announced_at,
        total=count.total,
        done=count.done,
        complete=count.complete,
        tickets=count.tickets,
    )


def _counts(session: Session, scope: Scope, ids: list[str]) -> dict[str, _Counts]:
    contacts = session.execute(
        select(
            ContactRow.campaign_id,
            func.count(),
            func.sum(case((ContactRow.status == "done", 1), else_=0)),
            func.sum(case((ContactRow.outcome == "complete", 1), else_=0)),
        )
        .where(ContactRow.campaign_id.in_(ids), *in_scope(scope, ContactRow.household_id))
        .group_by(ContactRow.campaign_id)
    ).all()
    tickets = dict(
        session.execute(
            select(TicketRow.campaign_id, func.count())
            .where(TicketRow.campaign_id.in_(ids), *in_scope(scope, TicketRow.household_id))
            .group_by(TicketRow.campaign_id)
        ).all()
    )
    return {
        campaign_id: _Counts(total=total, done=done, complete=complete, tickets=tickets.get(campaign_id, 0))
        for campaign_id, total, done, complete in contacts
    }
