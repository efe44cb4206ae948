"""Calls to staff's own telephones, on a screen."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.web.showing import masked_phone
from integrations.campaigns.trials import trials
from integrations.storage.store import StoreSession

SHOWN = 4


@dataclass(frozen=True, kw_only=True)
class Try:
    """One call to a number of one's own."""

    phone: str  # masked
    at: datetime
    status: str  # due|dialling|ended
    disposition: str | None

    @property
    def goes_on(self) -> bool:
        """Whether the screen should look again."""
        return self.status != "ended"


def tries(session: StoreSession, campaign_id: str) -> Sequence[Try]:
    """The last ones of a campaign, newest first."""
    return [
        Try(phone=masked_phone(row.phone), at=row.due_at, status=row.status, disposition=row.disposition)
        for row in trials(session, campaign_id)[:SHOWN]
    ]
