"""Closes a contact: its outcome, and the ticket that is left for its owner."""

from datetime import datetime

from campaigns.results import needs_ticket
from campaigns.settle import Closed, Followed
from integrations.campaigns.book import Campaign
from integrations.storage.models import ContactRow
from integrations.storage.store import StoreSession
from integrations.tickets.raising import Matter, Raised, raise_ticket

NOT_CALLED = "not_called"
"""The disposition of a contact that was closed before its telephone ever rang."""

_SUMMARIES: dict[Followed, str] = {"visit": "电话没有联系上，请上门", "check_number": "电话号码不对，请核实并更正"}
_KINDS: dict[Followed, str] = {"visit": "not_reached", "check_number": "check_number"}


def visit_key(campaign_id: str, household_id: str) -> str:
    """By which a household is gone to once for a campaign."""
    return f"visit:{campaign_id}:{household_id}"


def close(
    session: StoreSession, contact: ContactRow, campaign: Campaign, step: Closed, *, at: datetime
) -> Raised | None:
    """Closes an open contact without an attempt that is due, and returns the ticket if one is needed.

    A contact never has two attempts that are not over: the next one is made when the one before has ended.
    """
    contact.status, contact.outcome, contact.closed_at = "done", step.outcome, at
    contact.disposition = contact.disposition or NOT_CALLED
    if not needs_ticket(step.followed):
        return None
    return raise_ticket(
        session,
        Matter(
            dedupe_key=visit_key(campaign.id, contact.household_id),
            kind=_KINDS[step.followed],
            severity="normal",
            household_id=contact.household_id,
            resident_id=contact.resident_id,
            campaign_id=campaign.id,
            summary=f"{campaign.title}：{_SUMMARIES[step.followed]}",
            due_at=at + campaign.policy.visit_within_at(at),
        ),
        at=at,
    )
