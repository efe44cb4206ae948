"""Writes down how an attempt went on and ended, and takes its contact one step further in the same transaction."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import cast

import msgspec
from sqlalchemy import Table, bindparam, select, update

from campaigns.attempt import Attempt
from campaigns.disposition import Disposition
from campaigns.outcome import REFUSED, ContactOutcome
from campaigns.policy import Channel
from campaigns.settle import Again, NextChannel, settle
from campaigns.window import CallingWindow
from dialogs.events import Outcome, UtteranceHeard
from integrations.campaigns.audience import preference
from integrations.campaigns.book import Campaign, campaign_of
from integrations.campaigns.closing import close
from integrations.campaigns.ladder import climb, rungs
from integrations.storage.models import AttemptRow, CampaignRow, ContactRow, DoNotCallRow, EventRow, ResidentRow
from integrations.storage.store import StoreSession
from integrations.tickets.raising import Raised

ANSWERED_ELSEWHERE = "answered_elsewhere"
"""The disposition of a contact that answered on another channel before its telephone ever rang."""

_UNDER_WAY = ("dialling", "answered")
_HELD = (AttemptRow, ContactRow)
_WITH_CONTACT = (
    select(AttemptRow, ContactRow, CampaignRow)
    .join(ContactRow, ContactRow.id == AttemptRow.contact_id)
    .join(CampaignRow, CampaignRow.id == AttemptRow.campaign_id)
    .execution_options(populate_existing=True)
)
# Built once: for the two statements that every call needs, building them costs more than running them.
_THIS = _WITH_CONTACT.where(AttemptRow.id == bindparam("attempt")).with_for_update(of=_HELD)
_ATTEMPTS = cast(Table, AttemptRow.__table__)
_PICKED_UP = (
    update(_ATTEMPTS)
    .where(_ATTEMPTS.c.id == bindparam("attempt"), _ATTEMPTS.c.status == "dialling")
    .values(status="answered", answered_at=bindparam("at"), session_id=bindparam("session"))
)
_decode_heard = msgspec.json.Decoder(UtteranceHeard).decode


@dataclass(frozen=True, slots=True, kw_only=True)
class CallEnd:
    """How a call ended, as the line and the session tell it."""

    disposition: Disposition
    outcome: Outcome | None = None  # of the session; None where nobody spoke with us
    callback_at: datetime | None = None  # the time that the resident asked for
    sip_code: int | None = None
    q850_cause: int | None = None
    early_media: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Settled:
    """What follows from the end of an attempt: one more, or a closed contact."""

    contact_id: str
    next_due: datetime | None  # of the next attempt or message; None when the contact is closed
    outcome: ContactOutcome | None  # of the contact, once it is closed
    ticket: Raised | None  # raised because nobody was reached


def answered(session: StoreSession, attempt_id: str, *, session_id: str, at: datetime) -> bool:
    """The far end picked up and the session began; False when the attempt is not dialling any more."""
    told = {"attempt": attempt_id, "at": at, "session": session_id}
    return session.connection().execute(_PICKED_UP, told).rowcount == 1


def ended(session: StoreSession, attempt_id: str, end: CallEnd, *, at: datetime) -> Settled | None:
    """The attempt is over and its contact settled; None when it was settled before (a late or repeated report).

    A pick-up without a word is not an answer: it is settled as `silent`.
    """
    found = session.execute(_THIS, {"attempt": attempt_id}).one_or_none()
    if found is None or found[0].status not in _UNDER_WAY:
        return None
    attempt, contact, campaign = found
    attempt.sip_code, attempt.q850_cause, attempt.early_media = end.sip_code, end.q850_cause, end.early_media
    if end.disposition is Disposition.ANSWERED and not _anybody_spoke(session, attempt, end.outcome):
        end = replace(end, disposition=Disposition.SILENT, outcome=None)
    return _settle(session, attempt, contact, campaign_of(campaign), end, at=at)


def held_by(session: StoreSession, dialler: str) -> Sequence[str]:
    """The attempts that this dialler has under way: when it has just started again it knows of none of them."""
    held = select(AttemptRow.id).where(AttemptRow.status.in_(_UNDER_WAY), AttemptRow.leased_by == dialler)
    return session.scalars(held.order_by(AttemptRow.id)).all()


def interrupt_lost(
    session: StoreSession, *, at: datetime, attempts: Collection[str] | None = None, limit: int | None = None
) -> list[Settled]:
    """Ends as `interrupted` the attempts (up to `limit`) that were under way when their dialler died, and settles them.

    Without `attempts`: those whose lease ran out.
    """
    lost = AttemptRow.lease_until <= at if attempts is None else AttemptRow.id.in_(attempts)
    rows = session.execute(
        _WITH_CONTACT.where(AttemptRow.status.in_(_UNDER_WAY), lost)
        .order_by(AttemptRow.id)
        .limit(limit)
        .with_for_update(of=_HELD, skip_locked=True)
    ).all()
    end = CallEnd(disposition=Disposition.INTERRUPTED)
    return [
        _settle(session, attempt, contact, campaign_of(campaign), end, at=at) for attempt, contact, campaign in rows
    ]


def answered_elsewhere(session: StoreSession, *, resident_id: str, questionnaire: str, at: datetime) -> int:
    """Closes the open contacts that this resident has just answered on another channel; how many there were.

    A call that is up at this moment goes on: the resident is on the telephone.
    """
    meant = (
        select(ContactRow.id)
        .join(CampaignRow, CampaignRow.id == ContactRow.campaign_id)
        .where(
            ContactRow.resident_id == resident_id,
            ContactRow.status == "open",
            CampaignRow.questionnaire == questionnaire,
        )
    )
    ids = list(session.scalars(meant))
    cancel_due(session, ids, at=at)  # attempts before contacts, as everywhere: no two transactions wait for each other
    rows = session.scalars(
        select(ContactRow).where(ContactRow.id.in_(ids), ContactRow.status == "open").with_for_update()
    ).all()
    for contact in rows:
        contact.status, contact.outcome, contact.closed_at = "done", ContactOutcome.COMPLETE, at
        contact.disposition = contact.disposition or ANSWERED_ELSEWHERE
    session.flush()
    return len(rows)


def cancel_due(session: StoreSession, contacts: Sequence[str], *, at: datetime) -> None:
    """Nothing more rings for these contacts."""
    # By contact first and then one by one: asked for contact and status at once, SQLite reads everything that is due.
    found = session.execute(select(AttemptRow.id, AttemptRow.status).where(AttemptRow.contact_id.in_(contacts)))
    for attempt in [row.id for row in found if row.status == "due"]:
        session.execute(
            update(AttemptRow)
            .where(AttemptRow.id == attempt, AttemptRow.status == "due")
            .values(status="cancelled", ended_at=at, leased_by=None, lease_until=None)
            .execution_options(synchronize_session=False)
        )


def _settle(
    session: StoreSession, attempt: AttemptRow, contact: ContactRow, campaign: Campaign, end: CallEnd, *, at: datetime
) -> Settled:
    attempt.status = "interrupted" if end.disposition is Disposition.INTERRUPTED else "ended"
    attempt.disposition, attempt.ended_at = end.disposition, at
    attempt.leased_by, attempt.lease_until = None, None
    contact.disposition = end.disposition
    if end.outcome == "never_again":
        _never_again(session, contact, attempt, at=at)
    if contact.status != "open":  # answered on another channel, or the campaign was stopped, while the call was up
        return Settled(contact_id=contact.id, next_due=None, outcome=_outcome(contact), ticket=None)
    # The history matters only where a rule allows another call; most calls end without one.
    again = _may_ring_again(campaign, end, at=at)
    step = settle(
        _history(session, contact, attempt) if again else [],
        end.disposition,
        end.outcome,
        campaign.policy.on(_channel(attempt)),
        at=at,
        available=() if end.outcome in REFUSED else rungs(session, contact, campaign),
        preference=_preference(session, contact) if again else None,
        callback_at=end.callback_at,
    )
    if isinstance(step, Again):
        session.add(
            AttemptRow(
                id=session.new_id(at=at),
                contact_id=contact.id,
                campaign_id=campaign.id,
                number=attempt.number + 1,
                channel=attempt.channel,
                due_at=step.attempt.due_at,
                status="due",
            )
        )
        return Settled(contact_id=contact.id, next_due=step.attempt.due_at, outcome=None, ticket=None)
    if isinstance(step, NextChannel):
        due = climb(session, contact, campaign, step, at=at)
        return Settled(contact_id=contact.id, next_due=due, outcome=None, ticket=None)
    ticket = close(session, contact, campaign, step, at=at)
    return Settled(contact_id=contact.id, next_due=None, outcome=step.outcome, ticket=ticket)


def _channel(attempt: AttemptRow) -> Channel:
    return "family" if attempt.channel == "family" else "voice"


def _preference(session: StoreSession, contact: ContactRow) -> CallingWindow | None:
    return preference(session.scalar(select(ResidentRow.calling_hours).where(ResidentRow.id == contact.resident_id)))


def _anybody_spoke(session: StoreSession, attempt: AttemptRow, outcome: Outcome | None) -> bool:
    """Whether the resident said or keyed anything; only a conversation that broke off can have been silent."""
    if outcome not in (None, "break_off"):
        return True
    heard = session.scalars(
        select(EventRow.payload).where(
            EventRow.session_id == attempt.session_id, EventRow.type == UtteranceHeard.__name__
        )
    )
    return any(not _decode_heard(payload).utterance.silent for payload in heard)


def _may_ring_again(campaign: Campaign, end: CallEnd, *, at: datetime) -> bool:
    return campaign.policy.retry_at(at).rule(end.disposition, end.outcome) is not None


def _history(session: StoreSession, contact: ContactRow, last: AttemptRow) -> list[Attempt]:
    earlier = session.execute(
        select(AttemptRow.number, AttemptRow.due_at, AttemptRow.disposition, AttemptRow.ended_at)
        .where(
            AttemptRow.contact_id == contact.id,
            AttemptRow.channel == last.channel,
            AttemptRow.number < last.number,
            AttemptRow.status.in_(("ended", "interrupted")),
        )
        .order_by(AttemptRow.number)
    )
    rows = [*earlier, (last.number, last.due_at, last.disposition, last.ended_at)]
    return [
        Attempt(number=number, due_at=due, disposition=None if how is None else Disposition(how), ended_at=over)
        for number, due, how, over in rows
    ]


def _outcome(contact: ContactRow) -> ContactOutcome | None:
    return None if contact.outcome is None else ContactOutcome(contact.outcome)


def _never_again(session: StoreSession, contact: ContactRow, attempt: AttemptRow, *, at: datetime) -> None:
    """Whoever said so and the number are never called again, by any campaign. The family does not speak for all."""
    resident = session.get_one(ResidentRow, contact.resident_id)
    number, reason = resident.phone_idx, "本人要求"
    if attempt.channel == "family":
        number, reason = resident.family_phone_idx, "家属要求"
    else:
        resident.do_not_call_at = resident.do_not_call_at or at
    if number is not None and session.get(DoNotCallRow, number) is None:
        session.add(DoNotCallRow(phone_idx=number, at=at, reason=reason))
