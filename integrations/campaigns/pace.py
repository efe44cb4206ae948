"""Claims attempts no faster than their campaigns' lines and set-ups allow."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import cast

from sqlalchemy import Table, bindparam, exists, func, select

from campaigns.pacing import Pace, Pacing, grant, start
from integrations.campaigns.book import campaign_of
from integrations.campaigns.dial import claim_due
from integrations.storage.models import AttemptRow, CampaignRow
from integrations.storage.store import StoreSession

# Built once, and those that count run past the mapper: building these costs more than running them.
_ATTEMPTS = cast(Table, AttemptRow.__table__)
_RINGING = (
    select(CampaignRow)
    .where(
        CampaignRow.status == "running",
        exists().where(
            AttemptRow.campaign_id == CampaignRow.id, AttemptRow.status == "due", AttemptRow.due_at <= bindparam("at")
        ),
    )
    .order_by(CampaignRow.launched_at, CampaignRow.id)
    .with_for_update(skip_locked=True, key_share=True)
    .execution_options(populate_existing=True)
)
_UNDER_WAY = (
    select(func.count())
    .select_from(_ATTEMPTS)
    .where(_ATTEMPTS.c.campaign_id == bindparam("campaign"), _ATTEMPTS.c.status.in_(("dialling", "answered")))
)
# By their ids alone: asked for the status as well, SQLite reads everything that is due to find these few.
_CLAIMED_BEFORE = select(_ATTEMPTS.c.campaign_id, _ATTEMPTS.c.status).where(
    _ATTEMPTS.c.id.in_(bindparam("claimed", expanding=True))
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Claimed:
    """Attempts to dial now. `again_at`: more are due, and the pace of their campaign allows one then."""

    ids: list[str]
    again_at: datetime | None


class Paces:
    """Claims for one dialling process. Campaigns of one priority take turns at the first free line.

    What is left of a campaign's set-ups is kept with the campaign: any number of diallers share it.
    """

    def __init__(
        self,
        may_ring: Callable[[str], bool] = lambda _: True,
        persons_free: Callable[[StoreSession], int | None] = lambda _: None,
    ) -> None:
        """`may_ring` says of a questionnaire (content hash) whether the line can speak it yet.

        `persons_free` counts the persons who could take a call now, for campaigns that promise one; None: not counted.
        """
        self._may_ring = may_ring
        self._persons_free = persons_free
        self._turn = 0
        self._claimed: list[str] = []  # by the last claim; they hold lines although they may not be dialling yet

    def claim(
        self, session: StoreSession, *, dialler: str, at: datetime, free_lines: int, pressure: float = 0.0
    ) -> Claimed:
        """Up to `free_lines` attempts that are due, leased to this dialler; `pressure` as in campaigns.pacing.grant."""
        rows = [each for each in _with_something_due(session, at=at) if self._may_ring(each.questionnaire)]
        self._turn += 1
        about_to_ring = _not_dialling_yet(session, self._claimed)
        ids: list[str] = []
        later: list[datetime] = []
        persons = self._persons_free(session) if rows else None
        for row, rivals in _in_turn(rows, self._turn):
            wanted = min(free_lines - len(ids), -(-free_lines // rivals))
            pacing, pace = campaign_of(row).policy.pacing, _pace(row, at=at)
            under_way = _under_way(session, row.id) + about_to_ring[row.id]
            granted, after = grant(
                pacing,
                pace,
                wanted=wanted,
                under_way=under_way,
                at=at,
                pressure=pressure,
                persons_free=persons,
            )
            taken = claim_due(session, dialler=dialler, at=at, limit=granted, campaign=row.id) if granted else []
            after = Pace(setups=after.setups + granted - len(taken), at=after.at)
            row.setups_left, row.setups_at = after.setups, after.at
            ids += taken
            if granted < min(wanted, pacing.lines - under_way) and len(taken) == granted:
                later.append(at + _until_next(pacing, after))
        session.flush()
        self._claimed = ids
        return Claimed(ids=ids, again_at=min(later, default=None))


def _in_turn(rows: Sequence[CampaignRow], turn: int) -> Iterator[tuple[CampaignRow, int]]:
    """The campaigns in the order in which they get lines, each with how many share with it.

    A higher priority comes first and leaves only what it does not want; equals take turns and share alike.
    """
    for priority in sorted({row.priority for row in rows}, reverse=True):
        equals = [row for row in rows if row.priority == priority]
        for number in range(len(equals)):
            yield equals[(number + turn) % len(equals)], len(equals)


def _pace(row: CampaignRow, *, at: datetime) -> Pace:
    """What is left of the campaign's set-ups, as the dialler left it that claimed last."""
    if row.setups_left is None or row.setups_at is None:
        return start(campaign_of(row).policy.pacing, at=at)
    return Pace(setups=row.setups_left, at=row.setups_at)


def _until_next(pacing: Pacing, pace: Pace) -> timedelta:
    return timedelta(seconds=max(0.0, 1.0 - pace.setups) / pacing.setups_per_second)


def _with_something_due(session: StoreSession, *, at: datetime) -> Sequence[CampaignRow]:
    """The campaigns that may ring now, held until the transaction ends; those that another dialler holds are left."""
    return session.scalars(_RINGING, {"at": at}).all()


def _under_way(session: StoreSession, campaign_id: str) -> int:
    session.flush()
    return session.connection().scalar(_UNDER_WAY, {"campaign": campaign_id}) or 0


def _not_dialling_yet(session: StoreSession, claimed: Sequence[str]) -> Counter[str]:
    """By campaign."""
    session.flush()
    found = session.connection().execute(_CLAIMED_BEFORE, {"claimed": list(claimed)})
    return Counter(row.campaign_id for row in found if row.status == "due")
