"""The course of campaigns: what is due next, which are finished, and an early stop."""

from datetime import datetime
from typing import Any, cast

from sqlalchemy import CursorResult, exists, func, select, update

from campaigns.lifecycle import Role, advance
from campaigns.outcome import ContactOutcome
from integrations.campaigns.book import campaign_of, locked
from integrations.campaigns.closing import NOT_CALLED
from integrations.campaigns.ladder import next_answer_by, visit_unanswered
from integrations.storage.models import AttemptRow, CampaignRow, ContactRow
from integrations.storage.store import StoreSession


def next_due(session: StoreSession) -> datetime | None:
    """When the next attempt of a running campaign falls due, or a short message was waited for long enough.

    In the past when some wait already; None for none.
    """
    first = (
        select(func.min(AttemptRow.due_at))
        .where(AttemptRow.campaign_id == CampaignRow.id, AttemptRow.status == "due")
        .scalar_subquery()
    )
    attempt = session.scalar(select(func.min(first)).where(CampaignRow.status == "running"))
    return min((each for each in (attempt, next_answer_by(session)) if each is not None), default=None)


def under_way(session: StoreSession, *, dialler: str | None = None) -> int:
    """How many attempts hold a line now, of one dialler or of all."""
    count = select(func.count()).select_from(AttemptRow).where(AttemptRow.status.in_(("dialling", "answered")))
    return session.scalar(count if dialler is None else count.where(AttemptRow.leased_by == dialler)) or 0


def finish_done(session: StoreSession, *, at: datetime) -> list[str]:
    """Finishes running campaigns without an open contact or a call under way; their ids.

    Before that, households whose short message nobody answered go to the visit list.
    """
    visit_unanswered(session, at=at)
    open_contact = exists().where(ContactRow.campaign_id == CampaignRow.id, ContactRow.status == "open")
    under_way = exists().where(
        AttemptRow.campaign_id == CampaignRow.id, AttemptRow.status.in_(("dialling", "answered"))
    )
    rows = session.scalars(
        select(CampaignRow).where(CampaignRow.status == "running", ~open_contact, ~under_way).with_for_update()
    ).all()
    for row in rows:
        row.status, row.ended_at = advance(campaign_of(row).status, "finish", role="system"), at
    session.flush()
    return [row.id for row in rows]


def stop(session: StoreSession, campaign_id: str, *, role: Role, at: datetime) -> int:
    """Stops a campaign for good: nothing more rings, calls that are up end by themselves; how many contacts it leaves.

    Those contacts are closed as not reached, with their owner and without a ticket: staff chose to stop.
    Raises CampaignNotFound, campaigns.errors.NotPermitted, WrongStatus.
    """
    row = locked(session, campaign_id)
    row.status, row.ended_at = advance(campaign_of(row).status, "stop", role=role), at
    session.flush()
    session.execute(
        update(AttemptRow)
        .where(AttemptRow.campaign_id == campaign_id, AttemptRow.status == "due")
        .values(status="cancelled", ended_at=at, leased_by=None, lease_until=None)
        .execution_options(synchronize_session=False)
    )
    left = session.execute(
        update(ContactRow)
        .where(ContactRow.campaign_id == campaign_id, ContactRow.status == "open")
        .values(
            status="done",
            outcome=ContactOutcome.NOT_REACHED,
            disposition=func.coalesce(ContactRow.disposition, NOT_CALLED),
            closed_at=at,
        )
        .execution_options(synchronize_session=False)
    )
    return cast("CursorResult[Any]", left).rowcount
