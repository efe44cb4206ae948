"""The contacts of a campaign, and one contact down to the words."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Session

from bot.auth.scope import Scope
from bot.web.labels import Labels
from bot.web.reads.answers import Answer, answers
from bot.web.reads.campaigns import in_scope
from bot.web.reads.live import ON_THE_LINE
from bot.web.reads.paging import Page
from bot.web.reads.places import addresses, worker_names
from bot.web.reads.questions import Names
from bot.web.reads.recordings import recordings_of
from bot.web.reads.talks import events_of
from bot.web.reads.tickets import Ticket, tickets_of
from bot.web.reads.transcript import Line, transcript
from bot.web.showing import masked_phone
from integrations.handover.listing import HandoverShown, of_sessions
from integrations.storage.models import (
    AttemptRow,
    CampaignRow,
    ContactRow,
    PlaceRow,
    RecordRow,
    ResidentRow,
    SessionRow,
    TicketRow,
)


@dataclass(frozen=True, kw_only=True)
class Filter:
    """What a list of contacts is narrowed to; "" means any."""

    status: str = ""
    disposition: str = ""
    outcome: str = ""

    def conditions(self) -> list[ColumnElement[bool]]:
        """Conditions on ContactRow."""
        wanted = (
            (ContactRow.status, self.status),
            (ContactRow.disposition, self.disposition),
            (ContactRow.outcome, self.outcome),
        )
        return [column == value for column, value in wanted if value]

    @property
    def narrows(self) -> bool:
        """Whether anything is left out."""
        return bool(self.status or self.disposition or self.outcome)


@dataclass(frozen=True, kw_only=True)
class Contact:
    """A contact in a list."""

    id: str
    name: str
    address: str
    status: str
    disposition: str | None
    outcome: str | None
    attempts_made: int
    owner: str
    closed_at: datetime | None


@dataclass(frozen=True, kw_only=True)
class Talk:
    """One session of a contact."""

    id: str
    channel: str
    opened_at: datetime
    length: timedelta | None
    lines: Sequence[Line]
    recording: str | None  # its id, where the sound was kept


@dataclass(frozen=True, kw_only=True)
class Attempt:
    """One call to a contact."""

    number: int
    status: str
    disposition: str | None
    due_at: datetime
    dialled_at: datetime | None
    technical: str  # SIP code, cause and trunk, for who looks into a line


@dataclass(frozen=True, kw_only=True)
class WholeContact(Contact):
    """A contact on a page of its own."""

    campaign_id: str
    campaign_title: str
    resident_id: str
    household_id: str
    phone: str  # masked
    why: str
    live: bool  # a call is under way
    sessions: Sequence[Talk]
    answers: Sequence[Answer]
    attempts: Sequence[Attempt]
    tickets: Sequence[Ticket]
    handovers: Sequence[HandoverShown]


def count_contacts(session: Session, scope: Scope, campaign_id: str, narrowed: Filter) -> int:
    """How many contacts the list has."""
    conditions = _conditions(scope, campaign_id, narrowed)
    return session.scalar(select(func.count()).select_from(ContactRow).where(*conditions)) or 0


def contact_list(session: Session, scope: Scope, campaign_id: str, narrowed: Filter, page: Page) -> list[Contact]:
    """One page: those just finished first, then those still open in the order of the list."""
    rows = session.execute(
        select(ContactRow, ResidentRow.name)
        .join(ResidentRow, ResidentRow.id == ContactRow.resident_id)
        .where(*_conditions(scope, campaign_id, narrowed))
        .order_by(ContactRow.status, ContactRow.closed_at.desc(), ContactRow.id)
        .offset(page.offset)
        .limit(page.rows)
    ).all()
    where = addresses(session, {row.household_id for row, _ in rows})
    who = worker_names(session, {row.owner for row, _ in rows})
    return [Contact(**_listed(row, name, where, who)) for row, name in rows]


def whole_contact(session: Session, scope: Scope, contact_id: str, labels: Labels, names: Names) -> WholeContact | None:
    """One contact with its talk, answers, attempts and tickets; None when it is not the visitor's to see."""
    mine = in_scope(scope, ContactRow.household_id)
    row = session.scalar(select(ContactRow).where(ContactRow.id == contact_id, *mine))
    if row is None:
        return None
    resident = session.get_one(ResidentRow, row.resident_id)
    campaign = session.get_one(CampaignRow, row.campaign_id)
    attempts = session.scalars(
        select(AttemptRow).where(AttemptRow.contact_id == row.id).order_by(AttemptRow.number)
    ).all()
    talks = session.scalars(
        select(SessionRow).where(SessionRow.contact_id == row.id).order_by(SessionRow.opened_at.desc())
    ).all()
    records = session.scalars(
        select(RecordRow)
        .where(RecordRow.source_id.in_([talk.id for talk in talks]), RecordRow.superseded_at.is_(None))
        .order_by(RecordRow.at, RecordRow.id)
    ).all()
    raised = session.scalars(
        select(TicketRow)
        .where(
            TicketRow.campaign_id == row.campaign_id,
            or_(
                TicketRow.session_id.in_([talk.id for talk in talks]),
                TicketRow.resident_id == row.resident_id,
            ),
        )
        .order_by(TicketRow.created_at)
    ).all()
    events = events_of(session, [talk.id for talk in talks])
    recorded = recordings_of(session, [talk.id for talk in talks])
    where = addresses(session, [row.household_id])
    who = worker_names(session, [row.owner])
    return WholeContact(
        **_listed(row, resident.name, where, who),
        campaign_id=row.campaign_id,
        campaign_title=campaign.title,
        resident_id=row.resident_id,
        household_id=row.household_id,
        phone=masked_phone(resident.phone),
        why=_why(session, row.why),
        live=row.status == "open" and any(attempt.status in ON_THE_LINE for attempt in attempts),
        sessions=[
            _talk(talk, transcript(events.get(talk.id, []), labels, names.questions), recorded.get(talk.id))
            for talk in talks
        ],
        answers=answers(session, records, names.fields),
        attempts=[_attempt(attempt) for attempt in attempts],
        tickets=tickets_of(session, raised),
        handovers=of_sessions(session, [talk.id for talk in talks]),
    )


def questionnaire_hash(session: Session, contact_id: str) -> str:
    """The content hash of the questionnaire a contact is asked; "" for an unknown contact."""
    return (
        session.scalar(
            select(CampaignRow.questionnaire)
            .join(ContactRow, ContactRow.campaign_id == CampaignRow.id)
            .where(ContactRow.id == contact_id)
        )
        or ""
    )


def _conditions(scope: Scope, campaign_id: str, narrowed: Filter) -> list[ColumnElement[bool]]:
    return [
        ContactRow.campaign_id == campaign_id,
        *in_scope(scope, ContactRow.household_id),
        *narrowed.conditions(),
    ]


def _listed(row: ContactRow, name: str, where: Mapping[str, str], who: Mapping[str | None, str]) -> dict[str, Any]:
    return {
        "id": row.id,
        "name": name,
        "address": where.get(row.household_id, "—"),
        "status": row.status,
        "disposition": row.disposition,
        "outcome": row.outcome,
        "attempts_made": row.attempts_made,
        "owner": who[row.owner],
        "closed_at": row.closed_at,
    }


def _talk(talk: SessionRow, lines: Sequence[Line], recording: str | None) -> Talk:
    return Talk(
        id=talk.id,
        channel=talk.channel,
        opened_at=talk.opened_at,
        length=talk.ended_at - talk.opened_at if talk.ended_at else None,
        lines=lines,
        recording=recording,
    )


def _attempt(row: AttemptRow) -> Attempt:
    parts = (
        f"SIP {row.sip_code}" if row.sip_code else "",
        f"Q.850 {row.q850_cause}" if row.q850_cause else "",
        f"线路 {row.trunk}" if row.trunk else "",
    )
    return Attempt(
        number=row.number,
        status=row.status,
        disposition=row.disposition,
        due_at=row.due_at,
        dialled_at=row.dialled_at,
        technical=" · ".join(part for part in parts if part),
    )


def _why(session: Session, why: Mapping[str, Any]) -> str:
    """The conditions that brought a contact in, see `campaigns.audience`."""
    reasons = []
    if places := why.get("places"):
        names = session.scalars(select(PlaceRow.name).where(PlaceRow.id.in_(places))).all()
        reasons.append(f"住在{'、'.join(names)}")
    if age := why.get("age"):
        low, _, high = str(age).partition("–")
        reasons.append(f"家里有人 {low} 岁以上" if not high else f"家里有人 {low} 到 {high} 岁")
    if why.get("missing"):
        reasons.append("登记册里缺少或过期的内容")
    if why.get("list"):
        reasons.append("在指定的名单上")
    return "，".join(reasons) or "全部住户"
