"""Campaigns side by side: what each came to, what it cost and what it spared."""

from collections.abc import Sequence
from dataclasses import dataclass

import msgspec
from sqlalchemy import func, select

from campaigns.disposition import Disposition
from campaigns.forecast import Prices
from campaigns.outcome import Rates
from campaigns.saved import Saved, saved
from dialogs.events import SessionOpened
from integrations.campaigns.book import Campaign, read
from integrations.campaigns.figures import CameTo, came_to, covered, figures
from integrations.storage.models import AttemptRow, ContactRow, EventRow, MessageRow, RecordRow, SessionRow
from integrations.storage.store import StoreSession

_FETCH = 2000  # events held at a time
_decode = msgspec.json.Decoder(SessionOpened).decode


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """One campaign of a comparison."""

    campaign: Campaign
    contacts: int
    came_to: CameTo
    rates: Rates  # AAPOR
    coverage: float  # 0..1; 1 once a campaign has finished
    cost_yuan: float
    saved: Saved


def compare(session: StoreSession, campaigns: Sequence[str], prices: Prices) -> list[Compared]:
    """These campaigns, by id or short name, in the order given. Raises CampaignNotFound."""
    return [_compared(session, read(session, each), prices) for each in campaigns]


def spared(session: StoreSession, campaign_id: str) -> int:
    """Questions that were not asked because their answers were known and fresh; once for each contact."""
    rows = session.execute(
        select(SessionRow.contact_id, EventRow.payload)
        .join(SessionRow, SessionRow.id == EventRow.session_id)
        .join(ContactRow, ContactRow.id == SessionRow.contact_id)
        .where(ContactRow.campaign_id == campaign_id, EventRow.type == SessionOpened.__name__)
        .order_by(EventRow.id)
        .execution_options(yield_per=_FETCH)
    )
    first: dict[str, int] = {}
    for contact, payload in rows:
        first.setdefault(contact or "", len(_decode(payload).known))
    return sum(first.values())


def savings(session: StoreSession, campaign_id: str) -> Saved:
    """The staff's minutes and the residents' questions that this campaign spared so far."""
    rows = session.execute(
        select(AttemptRow.disposition, func.count())
        .where(AttemptRow.campaign_id == campaign_id, AttemptRow.disposition.is_not(None))
        .group_by(AttemptRow.disposition)
    )
    calls = {str(how): number for how, number in rows}
    conversations = calls.pop(Disposition.ANSWERED, 0)
    answers = session.scalar(
        select(func.count())
        .select_from(RecordRow)
        .join(SessionRow, SessionRow.id == RecordRow.source_id)
        .join(ContactRow, ContactRow.id == SessionRow.contact_id)
        .where(ContactRow.campaign_id == campaign_id)
    )
    return saved(
        unanswered=sum(calls.values()),
        conversations=conversations,
        answers=answers or 0,
        spared=spared(session, campaign_id),
    )


def _compared(session: StoreSession, campaign: Campaign, prices: Prices) -> Compared:
    counted = figures(session, campaign.id)
    return Compared(
        campaign=campaign,
        contacts=counted.contacts,
        came_to=came_to(session, campaign.id),
        rates=counted.rates,
        coverage=covered(session, campaign.id).share,
        cost_yuan=_cost(session, campaign.id, prices),
        saved=savings(session, campaign.id),
    )


def _cost(session: StoreSession, campaign_id: str, prices: Prices) -> float:
    """Begun minutes of answered calls, and messages that were sent."""
    talks = session.execute(
        select(AttemptRow.answered_at, AttemptRow.ended_at).where(
            AttemptRow.campaign_id == campaign_id, AttemptRow.answered_at.is_not(None), AttemptRow.ended_at.is_not(None)
        )
    )
    minutes = sum(-int(-(over - begun).total_seconds() // 60) for begun, over in talks if begun and over)
    messages = session.scalar(
        select(func.count()).where(MessageRow.campaign_id == campaign_id, MessageRow.sent_at.is_not(None))
    )
    return round(minutes * prices.minute + (messages or 0) * prices.message, 2)
