"""A campaign as it goes: who is on the line, what is said, what was kept, what a person must see."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from bot.auth.scope import Scope
from bot.web.labels import Labels
from bot.web.reads.answers import Answer, answers
from bot.web.reads.campaigns import in_scope
from bot.web.reads.places import addresses
from bot.web.reads.questions import Names
from bot.web.reads.talks import events_of
from bot.web.reads.tickets import Ticket, tickets_of
from bot.web.reads.transcript import Line, transcript
from dialogs.events import AnyEvent, EscalationRaised
from integrations.storage.models import (
    AttemptRow,
    ContactRow,
    RecordRow,
    ResidentRow,
    SessionRow,
    TicketRow,
)

CALLS_SHOWN = 6  # what fits one screen without scrolling
LINES_SHOWN = 4  # the last question and its answer, and what came of it
FEED_SHOWN = 6
TALKS_LOOKED_AT = 60  # for the newest answers; twice as many as an E1 has lines
ON_THE_LINE = ("dialling", "answered")


@dataclass(frozen=True, kw_only=True)
class LiveCall:
    """One call on the wall."""

    attempt_id: str
    contact_id: str
    name: str
    address: str
    number: int  # the how-manieth attempt
    status: str
    disposition: str | None
    outcome: str | None
    ended: bool
    flagged: bool
    lines: Sequence[Line]


@dataclass(frozen=True, kw_only=True)
class Live:
    """Everything on the wall."""

    at: datetime
    talking: int
    waiting: int
    reached: int  # people who picked up at least once
    recorded: int  # values in the registry
    emergencies: int
    calls: Sequence[LiveCall]
    answers: Sequence[Answer]
    tickets: Sequence[Ticket]


def live(
    session: Session, scope: Scope, campaign_id: str, labels: Labels, names: Names, *, people: bool, at: datetime
) -> Live:
    """The wall of one campaign at this moment. Without `people` there are numbers only, nobody's words."""
    mine = in_scope(scope, ContactRow.household_id)
    statuses = dict(
        session.execute(
            select(AttemptRow.status, func.count())
            .join(ContactRow, ContactRow.id == AttemptRow.contact_id)
            .where(AttemptRow.campaign_id == campaign_id, *mine)
            .group_by(AttemptRow.status)
        ).all()
    )
    reached = session.scalar(
        select(func.count(AttemptRow.contact_id.distinct()))
        .join(ContactRow, ContactRow.id == AttemptRow.contact_id)
        .where(AttemptRow.campaign_id == campaign_id, AttemptRow.answered_at.is_not(None), *mine)
    )
    recorded = session.scalar(
        select(func.count())
        .select_from(RecordRow)
        .join(SessionRow, SessionRow.id == RecordRow.source_id)
        .join(ContactRow, ContactRow.id == SessionRow.contact_id)
        .where(ContactRow.campaign_id == campaign_id, RecordRow.superseded_at.is_(None), *mine)
    )
    shown = FEED_SHOWN if people else 0
    newest = session.scalars(
        select(RecordRow)
        .where(RecordRow.source_id.in_(_latest_talks(session, campaign_id, mine)), RecordRow.superseded_at.is_(None))
        .order_by(RecordRow.at.desc(), RecordRow.id.desc())
        .limit(shown)
    ).all()
    here = [TicketRow.campaign_id == campaign_id, *in_scope(scope, TicketRow.household_id)]
    raised = session.scalars(
        select(TicketRow).where(*here).order_by(TicketRow.created_at.desc(), TicketRow.id.desc()).limit(shown)
    ).all()
    emergencies = session.scalar(
        select(func.count()).select_from(TicketRow).where(*here, TicketRow.severity == "emergency")
    )
    return Live(
        at=at,
        talking=sum(statuses.get(status, 0) for status in ON_THE_LINE),
        waiting=statuses.get("due", 0),
        reached=reached or 0,
        recorded=recorded or 0,
        emergencies=emergencies or 0,
        calls=_calls(session, scope, campaign_id, labels, names) if people else (),
        answers=answers(session, newest, names.fields),
        tickets=tickets_of(session, raised),
    )


def _latest_talks(session: Session, campaign_id: str, mine: Sequence[ColumnElement[bool]]) -> Sequence[str]:
    """The sessions that began last: what was said last was said in one of them."""
    return session.scalars(
        select(SessionRow.id)
        .join(ContactRow, ContactRow.id == SessionRow.contact_id)
        .where(ContactRow.campaign_id == campaign_id, *mine)
        .order_by(SessionRow.opened_at.desc())
        .limit(TALKS_LOOKED_AT)
    ).all()


def _calls(session: Session, scope: Scope, campaign_id: str, labels: Labels, names: Names) -> list[LiveCall]:
    rows = session.execute(
        select(AttemptRow, ContactRow, ResidentRow.name)
        .join(ContactRow, ContactRow.id == AttemptRow.contact_id)
        .join(ResidentRow, ResidentRow.id == ContactRow.resident_id)
        .where(AttemptRow.id.in_(_shown_attempts(session, scope, campaign_id)))
        .order_by(AttemptRow.ended_at.is_not(None), AttemptRow.ended_at.desc(), AttemptRow.status, AttemptRow.id)
    ).all()
    talks = dict(
        session.execute(
            select(SessionRow.attempt_id, SessionRow.id).where(
                SessionRow.attempt_id.in_([attempt.id for attempt, _, _ in rows])
            )
        ).all()
    )
    events = events_of(session, talks.values())
    where = addresses(session, {contact.household_id for _, contact, _ in rows})
    calls = []
    for attempt, contact, name in rows:
        happened = events.get(talks.get(attempt.id, ""), [])
        ended = attempt.status not in ON_THE_LINE
        calls.append(
            LiveCall(
                attempt_id=attempt.id,
                contact_id=contact.id,
                name=name,
                address=where.get(contact.household_id, ""),
                number=attempt.number,
                status=attempt.status,
                disposition=attempt.disposition,
                outcome=contact.outcome if ended else None,
                ended=ended,
                flagged=any(_urgent(event) for event in happened),
                lines=transcript(happened, labels, names.questions)[-LINES_SHOWN:],
            )
        )
    return calls


def _shown_attempts(session: Session, scope: Scope, campaign_id: str) -> list[str]:
    """Calls in which somebody talks, then those that ring, then the last talks that ended."""
    ids = select(AttemptRow.id).where(AttemptRow.campaign_id == campaign_id)
    if not scope.everywhere:
        mine = in_scope(scope, ContactRow.household_id)
        ids = ids.join(ContactRow, ContactRow.id == AttemptRow.contact_id).where(*mine)
    up = ids.where(AttemptRow.status.in_(ON_THE_LINE)).order_by(AttemptRow.status, AttemptRow.dialled_at)
    shown = list(session.scalars(up.limit(CALLS_SHOWN)))
    if len(shown) < CALLS_SHOWN:
        talked = ids.where(AttemptRow.ended_at.is_not(None), AttemptRow.answered_at.is_not(None))
        over = talked.order_by(AttemptRow.ended_at.desc(), AttemptRow.id.desc())
        shown += session.scalars(over.limit(CALLS_SHOWN - len(shown)))
    return shown


def _urgent(event: AnyEvent) -> bool:
    return isinstance(event, EscalationRaised) and event.severity != "normal"
