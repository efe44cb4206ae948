"""How right the rehearsal was: what it foretold of a campaign, and what the campaign came to."""

from collections.abc import Mapping
from dataclasses import dataclass

from integrations.campaigns import book
from integrations.campaigns.figures import came_to
from integrations.campaigns.rehearsals import latest
from integrations.storage.store import StoreSession

FORETOLD: Mapping[str, str] = {
    "hours": "打完用了几小时",
    "calls": "打了几个电话",
    "completed": "全部答完的户",
    "tickets": "工单",
    "tickets_per_worker": "平均每位网格员的工单",
}
"""What is foretold, as in `CameTo`, and how staff call it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BorneOut:
    """One figure, foretold and as it came."""

    what: str  # a key of FORETOLD
    foretold: float
    came: float

    @property
    def label(self) -> str:
        """How staff call it."""
        return FORETOLD[self.what]

    @property
    def error(self) -> float | None:
        """By how much too much was foretold, as a share of what came; None where nothing came."""
        return (self.foretold - self.came) / self.came if self.came else None


def borne_out(session: StoreSession, campaign_id: str) -> list[BorneOut]:
    """Each figure so far; none for a campaign that was not rehearsed, not launched, or stopped half-way, which no
    rehearsal foretells. Raises CampaignNotFound.
    """
    campaign = book.read(session, campaign_id)
    rehearsed = latest(session, campaign)
    came = came_to(session, campaign.id)
    if rehearsed is None or campaign.launched_at is None or campaign.status == "stopped":
        return []
    return [
        BorneOut(what=what, foretold=float(rehearsed.predicted[f"predicted_{what}"]), came=float(getattr(came, what)))
        for what in FORETOLD
    ]
