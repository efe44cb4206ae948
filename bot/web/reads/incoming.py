"""Calls of residents to the community: who, what about, what became of them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import Session

from bot.auth.scope import Scope
from bot.storytelling import JOBS
from bot.web.labels import Labels, named
from bot.web.reads.campaigns import in_scope
from bot.web.reads.paging import Page
from bot.web.reads.places import addresses
from bot.web.reads.questions import Names
from bot.web.reads.recordings import recordings_of
from bot.web.reads.talks import events_of
from bot.web.reads.tickets import Ticket, tickets_of
from bot.web.reads.transcript import Line, transcript
from bot.web.showing import masked_phone
from dialogs.events import AnyEvent, EscalationRaised, JobFinished, JobWanted, LookupAnswered, PolicyQuestionAsked
from integrations.handover.listing import HandoverShown, of_sessions
from integrations.storage.models import CampaignRow, ContactRow, IncomingCallRow, ResidentRow, SessionRow, TicketRow

UNKNOWN, WITHHELD, NOTHING_SAID = "没有认出来", "没有显示号码", "没有说要办什么"


@dataclass(frozen=True, kw_only=True)
class IncomingCall:
    """One call in a list."""

    id: str
    at: datetime
    name: str
    number: str  # masked
    household_id: str
    address: str
    about: str
    disposition: str | None  # None while it is under way
    outcome: str | None  # of the talk
    tickets: Sequence[Ticket]
    length: timedelta | None


@dataclass(frozen=True, kw_only=True)
class WholeIncomingCall(IncomingCall):
    """One call on a page of its own."""

    resident_id: str | None
    phone: str  # masked, as registered
    lines: Sequence[Line]
    recording: str | None
    handovers: Sequence[HandoverShown]
    contacts: Sequence[tuple[str, str]]  # id and campaign of the lists the caller is on, newest first


_Found = tuple[IncomingCallRow, SessionRow | None, ResidentRow | None]
NEWEST_LISTS = 3  # a resident is called back about one of the last campaigns


def count_incoming(session: Session, scope: Scope) -> int:
    """How many calls the list has."""
    found = _visible(scope).with_only_columns(func.count(IncomingCallRow.id))
    return session.scalar(found) or 0


def incoming_list(session: Session, scope: Scope, labels: Labels, page: Page) -> list[IncomingCall]:
    """One page, newest first."""
    rows = session.execute(
        _visible(scope)
        .order_by(IncomingCallRow.at.desc(), IncomingCallRow.id.desc())
        .offset(page.offset)
        .limit(page.rows)
    ).all()
    return list(_listed(session, [(call, talk, resident) for call, talk, resident in rows], labels))


def whole_incoming(
    session: Session, scope: Scope, call_id: str, labels: Labels, names: Names
) -> WholeIncomingCall | None:
    """One call with its talk; None when there is none or it is not the visitor's to see."""
    row = session.execute(_visible(scope).where(IncomingCallRow.id == call_id)).one_or_none()
    if row is None:
        return None
    call, talk, resident = row
    (listed,) = _listed(session, [(call, talk, resident)], labels)
    talks = [talk.id] if talk else []
    return WholeIncomingCall(
        **{name: getattr(listed, name) for name in IncomingCall.__dataclass_fields__},
        resident_id=resident.id if resident else None,
        phone=masked_phone(resident.phone if resident else None),
        lines=transcript(events_of(session, talks).get(talk.id if talk else "", []), labels, names.questions),
        recording=recordings_of(session, talks).get(talk.id if talk else ""),
        handovers=of_sessions(session, talks),
        contacts=_on_lists(session, resident) if resident else (),
    )


def about(events: Iterable[AnyEvent], labels: Labels) -> str:
    """What was wanted, in the order it was said; each thing once."""
    wanted: list[str] = []
    for event in events:
        match event:
            case JobWanted() | JobFinished():
                wanted.append(JOBS[event.job])
            case LookupAnswered(kind="calls"):
                wanted.append(JOBS["was_that_you"])
            case EscalationRaised():
                wanted.append(named(labels, "ticket_kind", event.kind))
            case PolicyQuestionAsked():
                wanted.append("问政策")
            case _:
                pass
    return "、".join(dict.fromkeys(wanted)) or NOTHING_SAID


def _visible(scope: Scope) -> Select[IncomingCallRow, SessionRow, ResidentRow]:
    """The calls of the visitor's households; those of nobody known are for who may see strangers."""
    household = func.coalesce(SessionRow.household_id, ResidentRow.household_id, "")
    resident = func.coalesce(SessionRow.resident_id, IncomingCallRow.resident_id)
    mine = in_scope(scope, household)
    if scope.strangers and mine:
        mine = [or_(*mine, household == "")]
    return (
        select(IncomingCallRow, SessionRow, ResidentRow)
        .outerjoin(SessionRow, SessionRow.id == IncomingCallRow.session_id)
        .outerjoin(ResidentRow, ResidentRow.id == resident)
        .where(*mine)
    )


def _listed(session: Session, rows: Sequence[_Found], labels: Labels) -> Iterable[IncomingCall]:
    talks = [talk.id for _, talk, _ in rows if talk]
    events = events_of(session, talks)
    raised = session.scalars(
        select(TicketRow).where(TicketRow.session_id.in_(talks)).order_by(TicketRow.created_at)
    ).all()
    tickets: dict[str | None, list[Ticket]] = {}
    for row, ticket in zip(raised, tickets_of(session, raised), strict=True):
        tickets.setdefault(row.session_id, []).append(ticket)
    homes = {resident.household_id for _, _, resident in rows if resident}
    where = addresses(session, homes)
    for call, talk, resident in rows:
        home = resident.household_id if resident else ""
        yield IncomingCall(
            id=call.id,
            at=call.at,
            name=resident.name if resident else UNKNOWN,
            number=masked_phone(call.caller) if call.caller else WITHHELD,
            household_id=home,
            address=where.get(home, "—"),
            about=about(events.get(talk.id, []) if talk else [], labels),
            disposition=call.disposition,
            outcome=talk.outcome if talk else None,
            tickets=tickets.get(talk.id, []) if talk else [],
            length=call.ended_at - call.at if call.ended_at else None,
        )


def _on_lists(session: Session, resident: ResidentRow) -> list[tuple[str, str]]:
    rows = session.execute(
        select(ContactRow.id, CampaignRow.title)
        .join(CampaignRow, CampaignRow.id == ContactRow.campaign_id)
        .where(ContactRow.resident_id == resident.id)
        .order_by(CampaignRow.created_at.desc())
        .limit(NEWEST_LISTS)
    )
    return [(contact, title) for contact, title in rows]
