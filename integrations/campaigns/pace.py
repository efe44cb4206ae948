"""Claims attempts no faster than their campaigns' lines and set-ups allow."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import exists, func, or_, select

from campaigns.pacing import Pace, Pacing, grant, start
from integrations.campaigns.book import Campaign, campaign_of
from integrations.campaigns.dial import claim_due
from integrations.storage.models import AttemptRow, CampaignRow
from integrations.storage.store import StoreSession


@dataclass(frozen=True, slots=True, kw_only=True)
class Claimed:
    """Attempts to dial now. `again_at`: more are due, and the pace of their campaign allows one then."""

    ids: list[str]
    again_at: datetime | None


class Paces:
    """What one dialling process has left of each campaign's set-ups. Campaigns take turns at the first free line."""

    def __init__(self) -> None:
        self._paces: dict[str, Pace] = {}
        self._turn = 0

    def claim(
        self, session: StoreSession, *, dialler: str, at: datetime, free_lines: int, pressure: float = 0.0
    ) -> Claimed:
        """Up to `free_lines` attempts that are due, leased to this dialler; `pressure` as in campaigns.pacing.grant."""
        campaigns = _with_something_due(session, at=at)
        self._paces = {each.id: self._paces.get(each.id, start(each.policy.pacing, at=at)) for each in campaigns}
        self._turn += 1
        ids: list[str] = []
        later: list[datetime] = []
        for number in range(len(campaigns)):
            campaign = campaigns[(number + self._turn) % len(campaigns)]
            wanted = min(free_lines - len(ids), -(-free_lines // len(campaigns)))
            taken, held_back = self._claim(session, campaign, wanted, dialler=dialler, at=at, pressure=pressure)
            ids += taken
            later += [held_back] if held_back is not None else []
        return Claimed(ids=ids, again_at=min(later, default=None))

    def _claim(
        self, session: StoreSession, campaign: Campaign, wanted: int, *, dialler: str, at: datetime, pressure: float
    ) -> tuple[list[str], datetime | None]:
        pacing = campaign.policy.pacing
        under_way = _lines_held(session, campaign.id, at=at)
        granted, pace = grant(
            pacing, self._paces[campaign.id], wanted=wanted, under_way=under_way, at=at, pressure=pressure
        )
        ids = claim_due(session, dialler=dialler, at=at, limit=granted, campaign=campaign.id) if granted else []
        pace = Pace(setups=pace.setups + granted - len(ids), at=pace.at)  # what was not due was not used
        self._paces[campaign.id] = pace
        held_back = granted < min(wanted, pacing.lines - under_way) and len(ids) == granted
        return ids, at + _until_next(pacing, pace) if held_back else None


def _until_next(pacing: Pacing, pace: Pace) -> timedelta:
    return timedelta(seconds=max(0.0, 1.0 - pace.setups) / pacing.setups_per_second)


def _with_something_due(session: StoreSession, *, at: datetime) -> list[Campaign]:
    due = exists().where(AttemptRow.campaign_id == CampaignRow.id, AttemptRow.status == "due", AttemptRow.due_at <= at)
    rows = session.scalars(
        select(CampaignRow)
        .where(CampaignRow.status == "running", due)
        .order_by(CampaignRow.launched_at, CampaignRow.id)
    )
    return [campaign_of(row) for row in rows]


def _lines_held(session: StoreSession, campaign_id: str, *, at: datetime) -> int:
    """Calls under way, and attempts that a dialler is about to start."""
    about_to = (AttemptRow.status == "due") & (AttemptRow.lease_until > at)
    return (
        session.scalar(
            select(func.count())
            .select_from(AttemptRow)
            .where(
                AttemptRow.campaign_id == campaign_id, or_(AttemptRow.status.in_(("dialling", "answered")), about_to)
            )
        )
        or 0
    )
