"""Claims attempts no faster than their campaigns' lines and set-ups allow."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import exists, func, select

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

    def __init__(self, may_ring: Callable[[str], bool] = lambda _: True) -> None:
        """`may_ring` says of a questionnaire (content hash) whether the line can speak it yet."""
        self._may_ring = may_ring
        self._paces: dict[str, Pace] = {}
        self._turn = 0
        self._claimed: list[str] = []  # by the last claim; they hold lines although they may not be dialling yet

    def claim(
        self, session: StoreSession, *, dialler: str, at: datetime, free_lines: int, pressure: float = 0.0
    ) -> Claimed:
        """Up to `free_lines` attempts that are due, leased to this dialler; `pressure` as in campaigns.pacing.grant."""
        campaigns = [each for each in _with_something_due(session, at=at) if self._may_ring(each.questionnaire)]
        for each in campaigns:
            self._paces.setdefault(each.id, start(each.policy.pacing, at=at))
        self._turn += 1
        about_to_ring = _not_dialling_yet(session, self._claimed)
        ids: list[str] = []
        later: list[datetime] = []
        for number in range(len(campaigns)):
            campaign = campaigns[(number + self._turn) % len(campaigns)]
            wanted = min(free_lines - len(ids), -(-free_lines // len(campaigns)))
            under_way = _under_way(session, campaign.id) + about_to_ring[campaign.id]
            granted, held_back = self._grant(
                campaign.policy.pacing, campaign.id, wanted, under_way, at=at, pressure=pressure
            )
            taken = claim_due(session, dialler=dialler, at=at, limit=granted, campaign=campaign.id) if granted else []
            self._give_back(campaign.id, granted - len(taken))
            ids += taken
            if held_back and len(taken) == granted:
                later.append(at + self._until_next(campaign))
        self._claimed = ids
        return Claimed(ids=ids, again_at=min(later, default=None))

    def _grant(
        self, pacing: Pacing, campaign: str, wanted: int, under_way: int, *, at: datetime, pressure: float
    ) -> tuple[int, bool]:
        """How many set-ups this campaign gets now, and whether its pace, not its lines, kept it from more."""
        granted, self._paces[campaign] = grant(
            pacing, self._paces[campaign], wanted=wanted, under_way=under_way, at=at, pressure=pressure
        )
        return granted, granted < min(wanted, pacing.lines - under_way)

    def _give_back(self, campaign: str, unused: int) -> None:
        pace = self._paces[campaign]
        self._paces[campaign] = Pace(setups=pace.setups + unused, at=pace.at)

    def _until_next(self, campaign: Campaign) -> timedelta:
        missing = max(0.0, 1.0 - self._paces[campaign.id].setups)
        return timedelta(seconds=missing / campaign.policy.pacing.setups_per_second)


def _with_something_due(session: StoreSession, *, at: datetime) -> list[Campaign]:
    due = exists().where(AttemptRow.campaign_id == CampaignRow.id, AttemptRow.status == "due", AttemptRow.due_at <= at)
    rows = session.scalars(
        select(CampaignRow)
        .where(CampaignRow.status == "running", due)
        .order_by(CampaignRow.launched_at, CampaignRow.id)
    )
    return [campaign_of(row) for row in rows]


def _under_way(session: StoreSession, campaign_id: str) -> int:
    return (
        session.scalar(
            select(func.count())
            .select_from(AttemptRow)
            .where(AttemptRow.campaign_id == campaign_id, AttemptRow.status.in_(("dialling", "answered")))
        )
        or 0
    )


def _not_dialling_yet(session: StoreSession, claimed: Sequence[str]) -> Counter[str]:
    """By campaign."""
    return Counter(
        session.scalars(select(AttemptRow.campaign_id).where(AttemptRow.id.in_(claimed), AttemptRow.status == "due"))
    )
