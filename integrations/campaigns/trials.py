"""Calls to a number of one's own, to hear a questionnaire before residents do: no contact, nothing kept of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import or_, select

from campaigns.caps import CHINA_CAPS, REMEMBERED, allowed_from
from campaigns.disposition import Disposition
from integrations.campaigns.errors import TrialRefused
from integrations.registry.lookup import may_not_be_called, normal_phone
from integrations.storage.models import CampaignRow, TrialCallRow
from integrations.storage.store import StoreSession
from integrations.storage.waking import wake_diallers

LEASE = timedelta(minutes=15)  # longer than any conversation; a caller that died leaves the row to nobody
_SHORTEST, _LONGEST = 7, 12  # digits of a number in China, with its area code


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """A trial call that rings now."""

    id: str
    questionnaire: str  # content hash
    phone: str
    announced: bool  # the notice of its campaign hangs


def ask(
    session: StoreSession,
    *,
    questionnaire: str,
    phone: str,
    asked_by: str | None,
    at: datetime,
    campaign_id: str | None = None,
) -> str:
    """Puts a trial call on the list; it rings at once. Returns its id. Raises TrialRefused."""
    number = normal_phone(phone)
    if not _SHORTEST <= len(number) <= _LONGEST or not number.isascii():
        raise TrialRefused("这个号码不对，请写自己的手机号，或者带区号的座机号。")
    if may_not_be_called(session, number):
        raise TrialRefused("这个号码在免打扰名单里，请换一个自己的号码。")
    earlier = session.scalars(
        select(TrialCallRow).where(TrialCallRow.due_at > at - REMEMBERED).order_by(TrialCallRow.due_at)
    )
    if allowed_from(CHINA_CAPS, [row.due_at for row in earlier if row.phone == number], at=at) > at:
        raise TrialRefused("这个号码刚才试打得太多了，过一会再试。")
    row = TrialCallRow(
        id=session.new_id(at=at),
        questionnaire=questionnaire,
        campaign_id=campaign_id,
        phone=number,
        asked_by=asked_by,
        due_at=at,
        status="due",
    )
    session.add(row)
    session.flush()
    wake_diallers(session)
    return row.id


def claim(session: StoreSession, *, caller: str, at: datetime) -> list[Trial]:
    """The trial calls that are due; each is given to one caller, once, and marked as dialling."""
    rows = session.execute(
        select(TrialCallRow, CampaignRow.announced_at)
        .outerjoin(CampaignRow, CampaignRow.id == TrialCallRow.campaign_id)
        .where(TrialCallRow.status == "due", TrialCallRow.due_at <= at)
        .order_by(TrialCallRow.due_at)
        .with_for_update(skip_locked=True, of=TrialCallRow)
    ).all()
    for row, _ in rows:
        row.status, row.leased_by, row.lease_until, row.dialled_at = "dialling", caller, at + LEASE, at
    session.flush()
    return [
        Trial(id=row.id, questionnaire=row.questionnaire, phone=row.phone, announced=announced_at is not None)
        for row, announced_at in rows
    ]


def finish(session: StoreSession, trial_id: str, disposition: Disposition, *, at: datetime) -> None:
    """The call is over."""
    row = session.get_one(TrialCallRow, trial_id)
    row.status, row.disposition, row.ended_at, row.lease_until = "ended", disposition, at, None


def end_lost(session: StoreSession, *, caller: str, at: datetime) -> int:
    """Ends as interrupted what this caller had up when it died, and what ran out; they are not rung again."""
    rows = session.scalars(
        select(TrialCallRow).where(
            TrialCallRow.status == "dialling", or_(TrialCallRow.leased_by == caller, TrialCallRow.lease_until <= at)
        )
    ).all()
    for row in rows:
        finish(session, row.id, Disposition.INTERRUPTED, at=at)
    return len(rows)


def trials(session: StoreSession, campaign_id: str) -> Sequence[TrialCallRow]:
    """The trial calls of a campaign, newest first."""
    return session.scalars(
        select(TrialCallRow).where(TrialCallRow.campaign_id == campaign_id).order_by(TrialCallRow.due_at.desc())
    ).all()
