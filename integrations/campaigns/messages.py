"""Short messages of campaigns, from the outbox to the provider's receipt. Asked once more before each is sent."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from campaigns.message_text import short_message
from integrations.campaigns.audience import preference
from integrations.campaigns.book import campaign_of
from integrations.campaigns.ladder import visit_unanswered
from integrations.campaigns.links import proof_of, token_of
from integrations.channels.sms.sender import ShortMessage
from integrations.storage.models import CampaignRow, ContactRow, DoNotCallRow, MessageRow, ResidentRow
from integrations.storage.store import StoreSession


@dataclass(frozen=True, slots=True)
class Later:
    """Not now: outside the window, or the campaign is paused."""

    until: datetime


Prepared = ShortMessage | Later | Literal["drop"]
"""What is sent, when to ask again, or that it is not needed any more: answered elsewhere, refused, stopped."""


def prepare(
    session: StoreSession,
    message_id: str,
    *,
    key: str,
    community: str,
    callback_number: str,
    public_url: str = "",
    at: datetime,
) -> Prepared:
    """The message to send now, if it may be sent now. With a link where staff chose it and `public_url` leads to us."""
    message = session.get_one(MessageRow, message_id)
    contact = session.get_one(ContactRow, message.contact_id)
    campaign = campaign_of(session.get_one(CampaignRow, message.campaign_id))
    resident = session.get_one(ResidentRow, contact.resident_id)
    number, never = resident.phone, resident.consent == "refused" or resident.do_not_call_at is not None
    if resident.phone_idx is not None and session.get(DoNotCallRow, resident.phone_idx) is not None:
        never = True
    if contact.status != "open" or message.status != "queued" or never or number is None:
        return "drop"
    window = campaign.policy.window_at(at)
    hours = window.within(preference(resident.calling_hours)) or window
    opens = hours.next_open(at=at)
    if opens > at:
        return Later(opens)
    if campaign.status != "running":
        return Later(hours.next_open(at=at + campaign.policy.family_after))
    parameters: tuple[tuple[str, str], ...] = (("number", callback_number), ("code", message.code))
    link = ""
    if campaign.policy.sms_link and public_url and proof_of(resident) is not None:
        link = f"{public_url.rstrip('/')}/q/{token_of(session, message)}"
        parameters += (("link", link),)
    text = short_message(community=community, callback_number=callback_number, code=message.code, link=link)
    return ShortMessage(key=key, to=number, text=text, parameters=parameters)


def sent(session: StoreSession, message_id: str, *, receipt: str, at: datetime) -> None:
    """The provider has it; from now on the answer is waited for."""
    message = session.get_one(MessageRow, message_id)
    campaign = campaign_of(session.get_one(CampaignRow, message.campaign_id))
    if message.status == "queued":
        message.status, message.sent_at, message.provider_id = "sent", at, receipt[:80]
        message.answer_by = at + campaign.policy.message_waits


def failed(session: StoreSession, message_id: str, *, at: datetime) -> None:
    """It cannot be sent: somebody goes there instead."""
    message = session.get_one(MessageRow, message_id)
    message.status = "failed"
    session.flush()
    visit_unanswered(session, at=at, message_id=message_id)
