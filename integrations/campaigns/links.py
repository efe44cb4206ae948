"""The link in a short message: good for once, until the answer is due, and only for whoever proves to be the resident.

The link holds no personal data: the message's code and a keyed hash of its id, which is computed, never kept.
"""

import hmac
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from sqlalchemy import select

from integrations.storage import audit
from integrations.storage.models import CampaignRow, ContactRow, MessageRow, ResidentRow
from integrations.storage.store import StoreSession

Proof = Literal["birth_year", "id_tail"]
"""What the resident tells to show who they are: the year of birth, else the end of the identity number."""

TRIES = 3
_CODE_DIGITS = 6
_SEAL_DIGITS = 20  # of a hexadecimal hash: eighty bits cannot be guessed
_ID_TAIL = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """A link that may be opened now."""

    message_id: str
    proof: Proof
    tries_left: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Meant:
    """Whom a link is for, once they have shown who they are."""

    message_id: str
    contact_id: str
    resident_id: str
    household_id: str
    questionnaire: str
    announced: bool  # the campaign's notice hangs


def proof_of(resident: ResidentRow) -> Proof | None:
    """What can be asked of this resident; None where the registry knows neither, and no link may be sent."""
    if resident.birth_year is not None:
        return "birth_year"
    return "id_tail" if resident.id_number else None


def token_of(session: StoreSession, message: MessageRow) -> str:
    """The last part of the link of this message."""
    return message.code + session.keys.blind_index("sms_link", message.id)[:_SEAL_DIGITS]


def look(session: StoreSession, token: str, *, at: datetime) -> Link | None:
    """The link of this token; None where there is none, or it was used, is too old or not needed any more."""
    found = _find(session, token, at=at)
    if found is None:
        return None
    message, _, resident = found
    proof = proof_of(resident)
    if proof is None:
        return None
    return Link(message_id=message.id, proof=proof, tries_left=TRIES - message.link_tries)


def enter(session: StoreSession, token: str, told: str, *, at: datetime) -> Meant | None:
    """Uses the link up when `told` is right; None when it is wrong, which counts, or when there is no such link now.

    Either is written to the audit trail.
    """
    found = _find(session, token, hold=True, at=at)
    if found is None:
        return None
    message, contact, resident = found
    right = _right(resident, told)
    action = "message_link.opened" if right else "message_link.wrong"
    audit.record(session, user_id=None, action=action, object_kind="contact", object_id=contact.id, at=at)
    if not right:
        message.link_tries += 1
        return None
    message.status = "opened"
    campaign = session.get_one(CampaignRow, message.campaign_id)
    return Meant(
        message_id=message.id,
        contact_id=contact.id,
        resident_id=resident.id,
        household_id=contact.household_id,
        questionnaire=campaign.questionnaire,
        announced=campaign.announced_at is not None,
    )


def leave(session: StoreSession, message_id: str) -> None:
    """The talk could not begin: the link may be used again."""
    message = session.get_one(MessageRow, message_id)
    if message.status == "opened":
        message.status = "sent"


def _find(
    session: StoreSession, token: str, *, hold: bool = False, at: datetime
) -> tuple[MessageRow, ContactRow, ResidentRow] | None:
    found = (
        select(MessageRow, ContactRow, ResidentRow, CampaignRow.status)
        .join(ContactRow, ContactRow.id == MessageRow.contact_id)
        .join(ResidentRow, ResidentRow.id == ContactRow.resident_id)
        .join(CampaignRow, CampaignRow.id == MessageRow.campaign_id)
        .where(MessageRow.code == token[:_CODE_DIGITS])
    )
    row = session.execute(found.with_for_update(of=MessageRow) if hold else found).one_or_none()
    if row is None:
        return None
    message, contact, resident, status = row
    if not hmac.compare_digest(token_of(session, message).encode(), token.encode()):
        return None
    open_now = message.status == "sent" and message.link_tries < TRIES and at < message.answer_by
    return (message, contact, resident) if open_now and contact.status == "open" and status == "running" else None


def _right(resident: ResidentRow, told: str) -> bool:
    if proof_of(resident) == "birth_year":
        return told == str(resident.birth_year)
    return bool(resident.id_number) and told.upper() == str(resident.id_number)[-_ID_TAIL:].upper()
