"""Takes attempts that are due and lets them ring, after asking once more whether they may."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import cast

from sqlalchemy import Table, bindparam, exists, or_, select, update

from campaigns.permission import Hold, HoldReason, may_dial
from campaigns.settle import NextChannel, settle_held
from campaigns.window import CallingWindow
from integrations.campaigns.book import Campaign, campaign_of
from integrations.campaigns.closing import close
from integrations.campaigns.ladder import climb, rungs
from integrations.campaigns.standing import Known
from integrations.registry.pace import learned_pace
from integrations.storage.models import (
    AttemptRow,
    CampaignRow,
    ContactRow,
    ResidentRow,
)
from integrations.storage.store import StoreSession
from voice.turns.policy import Pace

LEASE = timedelta(minutes=2)
"""How long a dialler may be silent before its attempts are taken from it; it renews them every few seconds."""

_MOST_AT_ONCE = 500  # bound parameters of one statement

# Built once: several times a second building these costs more than running them. Those that claim run past the mapper.
_ATTEMPTS = cast(Table, AttemptRow.__table__)
_CAMPAIGNS = cast(Table, CampaignRow.__table__)
_RUNNING = select(_CAMPAIGNS.c.id).where(_CAMPAIGNS.c.status == "running")
_DUE = (
    select(_ATTEMPTS.c.id)
    .where(
        _ATTEMPTS.c.status == "due",
        _ATTEMPTS.c.due_at <= bindparam("at"),
        or_(_ATTEMPTS.c.lease_until.is_(None), _ATTEMPTS.c.lease_until <= bindparam("at")),
    )
    .order_by(_ATTEMPTS.c.due_at)  # and nothing else: a whole campaign may be due at once, and is not sorted again
    .limit(bindparam("most"))
    .with_for_update(skip_locked=True)
)
_DUE_ANYWHERE = _DUE.where(_ATTEMPTS.c.campaign_id.in_(_RUNNING))
# Told apart so that the index gives the order: a hundred thousand may be due at once.
_DUE_IN_CAMPAIGN = _DUE.where(
    _ATTEMPTS.c.campaign_id == bindparam("campaign"), exists(_RUNNING.where(_CAMPAIGNS.c.id == bindparam("campaign")))
)
_LEASE = (
    update(_ATTEMPTS)
    .where(_ATTEMPTS.c.id.in_(bindparam("claimed", expanding=True)))
    .values(leased_by=bindparam("dialler"), lease_until=bindparam("until"))
)
# Found by their ids alone: asked for the status as well, SQLite reads everything that is due to find these few.
_CLAIMED = (
    select(AttemptRow, ContactRow, ResidentRow)
    .join(ContactRow, ContactRow.id == AttemptRow.contact_id)
    .join(ResidentRow, ResidentRow.id == ContactRow.resident_id)
    .where(
        AttemptRow.id.in_(bindparam("claimed", expanding=True)),
        AttemptRow.leased_by == bindparam("dialler"),
    )
    .order_by(AttemptRow.due_at, AttemptRow.id)
    .with_for_update(of=(AttemptRow, ContactRow))
    .execution_options(populate_existing=True)
)
_THEIR_CAMPAIGNS = (
    select(CampaignRow)
    .where(CampaignRow.id.in_(bindparam("campaigns", expanding=True)))
    .execution_options(populate_existing=True)
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ready:
    """An attempt that rings now: it is marked as dialling and counted."""

    attempt_id: str
    contact_id: str
    campaign_id: str
    questionnaire: str  # content hash
    resident_id: str
    household_id: str
    number: int  # the how-manieth attempt
    last: bool  # no other may follow it
    phone: str
    channel: str  # voice, or family: the number is that of a relative
    announced: bool  # a notice hangs, to which the call may refer
    hours: CallingWindow  # of the campaign and the resident, as they are now
    pace: Pace | None  # as learned in earlier calls


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """An attempt that does not ring now; `until` None: it never will, its contact was settled."""

    attempt_id: str
    contact_id: str
    reason: HoldReason
    until: datetime | None


def claim_due(
    session: StoreSession,
    *,
    dialler: str,
    at: datetime,
    limit: int,
    campaign: str | None = None,
    lease: timedelta = LEASE,
) -> list[str]:
    """The ids of up to `limit` attempts that are due in running campaigns, earliest first, leased to this dialler.

    No two diallers get the same one: SQLite has one writer at a time, PostgreSQL skips rows that others hold. With
    `campaign` only that campaign's attempts; pace.py claims so, within the campaign's lines and set-ups.
    """
    session.flush()
    connection = session.connection()
    if campaign is None:
        found = connection.scalars(_DUE_ANYWHERE, {"at": at, "most": limit})
    else:
        found = connection.scalars(_DUE_IN_CAMPAIGN, {"at": at, "most": limit, "campaign": campaign})
    ids = list(found)
    if ids:
        connection.execute(_LEASE, {"claimed": ids, "dialler": dialler, "until": at + lease})
    return ids


def start_dialling(
    session: StoreSession, claimed: Sequence[str], *, dialler: str, at: datetime, lease: timedelta = LEASE
) -> tuple[list[Ready], list[Held]]:
    """Asks for each claimed attempt whether it may ring now, and marks those that do as dialling.

    Commit before dialling: then an attempt that rang is known to have rung, whatever happens next. An attempt whose
    lease another dialler has taken meanwhile is left alone.
    """
    ready: list[Ready] = []
    held: list[Held] = []
    found = session.execute(_CLAIMED, {"claimed": list(claimed), "dialler": dialler})
    rows = [row for row in found if row.AttemptRow.status == "due"]
    campaigns = _campaigns(session, {attempt.campaign_id for attempt, _, _ in rows})
    known = Known.read(session, [resident for _, _, resident in rows], campaigns.values(), at=at)
    for attempt, contact, resident in rows:
        campaign = campaigns[attempt.campaign_id]
        policy = campaign.policy.on("family" if attempt.channel == "family" else "voice")
        standing = known.standing(attempt, contact, resident, campaign)
        hold = may_dial(standing, policy, at=at)
        if hold is not None:
            held.append(_hold(session, attempt, contact, campaign, hold, at=at))
            continue
        attempt.status, attempt.dialled_at, attempt.lease_until = "dialling", at, at + lease
        contact.attempts_made += 1
        known.rang(attempt, resident, at=at)
        ready.append(
            Ready(
                attempt_id=attempt.id,
                contact_id=contact.id,
                campaign_id=campaign.id,
                questionnaire=campaign.questionnaire,
                resident_id=resident.id,
                household_id=contact.household_id,
                number=attempt.number,
                phone=(resident.family_phone if attempt.channel == "family" else resident.phone) or "",
                channel=attempt.channel,
                announced=campaign.announced_at is not None,
                last=standing.attempts_made + 1 >= policy.retry_at(at).cap,
                hours=policy.window_at(at).within(standing.preference) or policy.window_at(at),
                pace=learned_pace(resident),
            )
        )
    session.flush()
    return ready, held


def keep_leases(
    session: StoreSession, attempts: Collection[str], *, dialler: str, at: datetime, lease: timedelta = LEASE
) -> set[str]:
    """Renews the calls that this dialler really has up; those of them that are still its own.

    Called every few seconds. A call that is not renewed, because nobody carries it any more, ends as interrupted when
    its lease runs out; one that was taken away, because this dialler hung, is to be hung up.
    """
    kept: set[str] = set()
    ids = list(attempts)
    for start in range(0, len(ids), _MOST_AT_ONCE):
        kept |= set(
            session.scalars(
                update(AttemptRow)
                .where(
                    AttemptRow.id.in_(ids[start : start + _MOST_AT_ONCE]),
                    AttemptRow.leased_by == dialler,
                    AttemptRow.status.in_(("dialling", "answered")),
                )
                .values(lease_until=at + lease)
                .returning(AttemptRow.id)
                .execution_options(synchronize_session=False)
            )
        )
    return kept


def _campaigns(session: StoreSession, ids: Collection[str]) -> dict[str, Campaign]:
    rows = session.scalars(_THEIR_CAMPAIGNS, {"campaigns": list(ids)})
    return {row.id: campaign_of(row) for row in rows}


def _hold(
    session: StoreSession, attempt: AttemptRow, contact: ContactRow, campaign: Campaign, hold: Hold, *, at: datetime
) -> Held:
    attempt.leased_by, attempt.lease_until = None, None
    if hold.until is not None:
        attempt.due_at = hold.until
    else:
        attempt.status, attempt.ended_at = "cancelled", at
        if contact.status == "open":
            _settle_held(session, contact, campaign, hold.reason, at=at)
    return Held(attempt_id=attempt.id, contact_id=contact.id, reason=hold.reason, until=hold.until)


def _settle_held(
    session: StoreSession, contact: ContactRow, campaign: Campaign, reason: HoldReason, *, at: datetime
) -> None:
    step = settle_held(reason, campaign.policy, available=rungs(session, contact, campaign))
    if isinstance(step, NextChannel):
        climb(session, contact, campaign, step, at=at)
    else:
        close(session, contact, campaign, step, at=at)
