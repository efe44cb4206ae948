"""What is tried for a contact after the telephone: the family's number, a short message, then somebody goes there."""

import re
from datetime import datetime

import msgspec
from sqlalchemy import func, select

from campaigns.policy import Channel
from campaigns.settle import NextChannel, settle_unanswered
from dialogs.events import Outcome
from integrations.campaigns.audience import preference
from integrations.campaigns.book import Campaign, campaign_of
from integrations.campaigns.closing import close
from integrations.storage import outbox
from integrations.storage.models import (
    AttemptRow,
    CampaignRow,
    ContactRow,
    DoNotCallRow,
    MessageRow,
    ResidentRow,
    SessionRow,
)
from integrations.storage.store import StoreSession

SMS = "sms"
"""The outbox's kind of short messages."""

_MOBILE = re.compile("1[3-9][0-9]{9}")
_CODES = 900_000  # six digits without a leading zero
_FIRST_CODE = 100_000
WAITING = ("queued", "sent", "opened", "failed")
_MOST_AT_ONCE = 500


def rungs(session: StoreSession, contact: ContactRow, campaign: Campaign) -> tuple[Channel, ...]:
    """The channels between the telephone and the visit that exist for this contact and were not tried yet."""
    wanted = set(campaign.policy.ladder) & {"family", "sms"}
    if not wanted:
        return ()
    resident = session.get_one(ResidentRow, contact.resident_id)
    if resident.consent == "refused" or resident.do_not_call_at is not None:
        return ()
    found: list[Channel] = []
    if "family" in wanted and _may_ring(session, resident.family_phone_idx) and not _family_rung(session, contact):
        found.append("family")
    mobile = resident.phone is not None and _MOBILE.fullmatch(resident.phone) is not None
    if "sms" in wanted and mobile and _may_ring(session, resident.phone_idx) and message_to(session, contact) is None:
        found.append("sms")
    return tuple(found)


def climb(
    session: StoreSession, contact: ContactRow, campaign: Campaign, step: NextChannel, *, at: datetime
) -> datetime:
    """Begins the next rung; when it is due. The contact stays open."""
    policy = campaign.policy
    resident = session.get_one(ResidentRow, contact.resident_id)
    hours = policy.window_at(at).within(preference(resident.calling_hours)) or policy.window_at(at)
    if step.channel == "family":
        due = hours.next_open(at=at + policy.family_after)
        session.add(
            AttemptRow(
                id=session.new_id(at=at),
                contact_id=contact.id,
                campaign_id=campaign.id,
                number=_next_number(session, contact),
                channel="family",
                due_at=due,
                status="due",
            )
        )
        return due
    due = hours.next_open(at=at)
    message = session.new_id(at=at)
    session.add(
        MessageRow(
            id=message,
            contact_id=contact.id,
            campaign_id=campaign.id,
            channel="sms",
            code=_code(session, message),
            status="queued",
            queued_at=at,
            answer_by=due + policy.message_waits,
        )
    )
    outbox.put(session, kind=SMS, key=f"sms:{message}", payload={"message": message}, at=at, due_at=due)
    return due


def message_to(session: StoreSession, contact: ContactRow) -> MessageRow | None:
    """The short message of a contact."""
    return session.scalar(select(MessageRow).where(MessageRow.contact_id == contact.id))


def contact_of_code(session: StoreSession, code: str) -> ContactRow | None:
    """Whom a short code names: the contact that the message went to. Who says it is still to be asked."""
    return session.scalar(
        select(ContactRow).join(MessageRow, MessageRow.contact_id == ContactRow.id).where(MessageRow.code == code)
    )


def visit_unanswered(session: StoreSession, *, at: datetime, message_id: str | None = None) -> int:
    """Closes contacts whose message was waited for long enough, or the one whose message cannot be sent; how many.

    A visit follows, as after every telephone that nobody answered.
    """
    which = (MessageRow.answer_by <= at) if message_id is None else (MessageRow.id == message_id)
    rows = session.execute(
        select(MessageRow, ContactRow, CampaignRow)
        .join(ContactRow, ContactRow.id == MessageRow.contact_id)
        .join(CampaignRow, CampaignRow.id == MessageRow.campaign_id)
        .where(MessageRow.status.in_(WAITING), which)
        .order_by(MessageRow.id)
        .limit(_MOST_AT_ONCE)
        .with_for_update(of=(MessageRow, ContactRow), skip_locked=True)
        .execution_options(populate_existing=True)
    ).all()
    closed = 0
    for message, contact, campaign in rows:
        message.status = "closed"
        if contact.status == "open":
            outcome = _talked(session, contact, since=message.queued_at)
            close(session, contact, campaign_of(campaign), settle_unanswered(outcome), at=at)
            closed += 1
    session.flush()
    return closed


def next_answer_by(session: StoreSession) -> datetime | None:
    """When the next message of a running campaign has been waited for long enough; None where none is."""
    return session.scalar(
        select(func.min(MessageRow.answer_by))
        .join(CampaignRow, CampaignRow.id == MessageRow.campaign_id)
        .where(MessageRow.status.in_(WAITING), CampaignRow.status == "running")
    )


def _talked(session: StoreSession, contact: ContactRow, *, since: datetime) -> Outcome | None:
    """What the talk came to that the contact began by itself; None where there was none, or it goes on."""
    found = session.scalar(
        select(SessionRow.outcome)
        .where(SessionRow.contact_id == contact.id, SessionRow.channel == "chat", SessionRow.opened_at >= since)
        .order_by(SessionRow.opened_at.desc(), SessionRow.id.desc())
        .limit(1)
    )
    return None if found is None else msgspec.convert(found, Outcome)


def _may_ring(session: StoreSession, phone_idx: str | None) -> bool:
    return phone_idx is not None and session.get(DoNotCallRow, phone_idx) is None


def _family_rung(session: StoreSession, contact: ContactRow) -> bool:
    rung = select(AttemptRow.id).where(AttemptRow.contact_id == contact.id, AttemptRow.channel == "family").limit(1)
    return session.scalar(rung) is not None


def _next_number(session: StoreSession, contact: ContactRow) -> int:
    last = session.scalar(select(func.max(AttemptRow.number)).where(AttemptRow.contact_id == contact.id))
    return (last or 0) + 1


def _code(session: StoreSession, message_id: str) -> str:
    """Six digits from the random end of the message's id; the next free ones where they are taken."""
    number = int(message_id[-8:], 16) % _CODES
    while True:
        code = str(_FIRST_CODE + number)
        if session.scalar(select(MessageRow.id).where(MessageRow.code == code)) is None:
            return code
        number = (number + 1) % _CODES
