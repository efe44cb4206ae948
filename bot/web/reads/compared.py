"""Campaigns side by side: what was foretold, what came, and the rates by which surveys are compared."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from campaigns.forecast import Prices
from integrations.campaigns import book
from integrations.campaigns.comparison import Compared, compare
from integrations.campaigns.rehearsals import latest
from integrations.storage.models import CampaignRow, QuestionnaireRow
from integrations.storage.store import StoreSession

MOST = 6  # columns that fit a screen


@dataclass(frozen=True, kw_only=True)
class Foretold:
    """What the rehearsal foretold, in the terms of what came."""

    hours: float
    calls: float
    completed: float
    tickets: float


@dataclass(frozen=True, kw_only=True)
class Beside:
    """One campaign in the comparison."""

    found: Compared
    questionnaire: str
    version: int
    foretold: Foretold | None

    @property
    def calls_each(self) -> float | None:
        """Calls for one complete questionnaire; None while there is none."""
        came = self.found.came_to
        return came.calls / came.completed if came.completed else None


def launched(session: Session, ids: Iterable[str] = ()) -> Sequence[str]:
    """Ids of campaigns that were launched, the newest first; of `ids` only, when some are given."""
    rows = select(CampaignRow.id).where(CampaignRow.launched_at.is_not(None)).order_by(CampaignRow.launched_at.desc())
    wanted = tuple(ids)
    if wanted:
        rows = rows.where(CampaignRow.id.in_(wanted))
    return session.scalars(rows.limit(MOST)).all()


def compared(session: StoreSession, ids: Sequence[str]) -> list[Beside]:
    """The campaigns in the order given, each of which was launched."""
    return [_beside(session, each) for each in compare(session, ids, Prices())]


def foretold(session: StoreSession, campaign_id: str) -> Foretold | None:
    """What the campaign's rehearsal foretold; None for one that was launched before there were rehearsals."""
    found = latest(session, book.read(session, campaign_id))
    if found is None:
        return None
    told = found.predicted
    return Foretold(
        hours=told["predicted_hours"],
        calls=told["predicted_calls"],
        completed=told["predicted_completed"],
        tickets=told["predicted_tickets"],
    )


def _beside(session: StoreSession, found: Compared) -> Beside:
    asked = session.get_one(QuestionnaireRow, found.campaign.questionnaire)
    return Beside(
        found=found,
        questionnaire=asked.title,
        version=asked.version,
        foretold=foretold(session, found.campaign.id),
    )
