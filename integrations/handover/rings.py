"""The calls of one hand-over: who is rung next, and what came of each; one short transaction for every step."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, cast

from sqlalchemy import func, or_, select, update

from campaigns.handover.company import NO_DANGER
from campaigns.handover.ringing import (
    TITLES,
    GiveUp,
    Link,
    RingLater,
    RingNow,
    RingOutcome,
    RingPolicy,
    Rung,
    heard_by_nobody,
    next_result_call,
    next_ring,
)
from campaigns.handover.worker_call import RESULT_WORDS, Purpose, ResultKind
from dialogs.acts.detours import CAN_WAIT
from integrations.handover import unheard
from integrations.handover.chain import chain_of
from integrations.storage.models import HandoverRingRow, HandoverRow, TicketRow
from integrations.storage.store import StoreSession
from integrations.tickets import states

Mark = Literal["rang_at", "answered_at", "proven_at"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Ring:
    """A call that is to be made now; it is written down already."""

    id: str
    handover_id: str
    session_id: str
    purpose: Purpose
    link: Link


def start_next(session: StoreSession, handover_id: str, policy: RingPolicy, *, at: datetime) -> Ring | datetime | None:
    """The next call of a hand-over, written down; or when to look again; None when nothing is left to do."""
    row = session.get(HandoverRow, handover_id)
    if row is None or row.status not in ("open", "accepted"):
        return None
    rings = _rings(session, handover_id)
    if any(ring.ended_at is None for ring in rings):
        return None  # somebody's telephone rings for it: never two at once
    if row.status == "accepted":
        return _ask_for_result(session, row, rings, policy, at=at)
    if _taken_elsewhere(session, row):
        row.status, row.finished_at = "elsewhere", at
        return None
    chain = chain_of(session, row.household_id, asked_for=_asked_for(session, row))
    offers = [_rung(each) for each in rings if each.purpose == "offer"]
    if heard_by_nobody(chain, offers):
        unheard.alarm(session, row, at=at)
    following = next_ring(
        chain,
        offers,
        policy,
        emergency=row.severity == "emergency",
        engaged=_engaged(session),
        at=at,
    )
    match following:
        case RingNow(link=link):
            return _written(session, row, link, "offer", len(rings) + 1, at=at)
        case RingLater(at=later):
            return later
        case GiveUp():
            row.status, row.finished_at = "given_up", at
            return None


def _asked_for(session: StoreSession, row: HandoverRow) -> str | None:
    """The worker whom somebody asked for who only wants a person; a danger goes its own way."""
    if row.kind != NO_DANGER or row.ticket_id is None:
        return None
    return session.scalar(select(TicketRow.owner_id).where(TicketRow.id == row.ticket_id))


def _ask_for_result(
    session: StoreSession, row: HandoverRow, rings: Sequence[HandoverRingRow], policy: RingPolicy, *, at: datetime
) -> Ring | datetime | None:
    if row.due_at > at:
        return row.due_at
    made = sum(ring.purpose == "result" for ring in rings)
    chain = chain_of(session, row.household_id, asked_for=_asked_for(session, row))
    known = [link for link in chain if link.worker_id == row.accepted_by]
    if not known or made >= policy.result_calls or _is_done(session, row):
        row.status, row.finished_at = "finished", at
        return None
    return _written(session, row, known[0], "result", len(rings) + 1, at=at)


def _written(
    session: StoreSession, row: HandoverRow, link: Link, purpose: Purpose, number: int, *, at: datetime
) -> Ring:
    ring = HandoverRingRow(
        id=session.new_id(at=at),
        handover_id=row.id,
        number=number,
        purpose=purpose,
        worker_id=link.worker_id,
        tier=link.tier,
        dialled_at=at,
    )
    session.add(ring)
    session.flush()
    return Ring(id=ring.id, handover_id=row.id, session_id=row.session_id, purpose=purpose, link=link)


def mark(session: StoreSession, ring_id: str, what: Mark, *, at: datetime) -> None:
    """The telephone rang, was picked up, or the PIN was right."""
    session.execute(update(HandoverRingRow).where(HandoverRingRow.id == ring_id).values({what: at}))


def accept(session: StoreSession, ring: Ring, *, at: datetime) -> bool:
    """The worker takes the matter, and the ticket with it; False when somebody had taken it before."""
    row = session.get_one(HandoverRow, ring.handover_id)
    if row.status != "open" or _taken_elsewhere(session, row):
        return False
    row.status, row.accepted_at, row.accepted_by = "accepted", at, ring.link.worker_id
    mark_accepted = update(HandoverRingRow).where(HandoverRingRow.id == ring.id).values(accepted_at=at)
    session.execute(mark_accepted)
    for ticket_id in tickets_of(session, row):
        states.take(session, ticket_id, ring.link.worker_id)
    return True


def reopen(session: StoreSession, handover_id: str) -> None:
    """Whoever accepted did not show that they are the worker: the matter is open again, and so is the ticket."""
    row = session.get_one(HandoverRow, handover_id)
    row.status, row.accepted_at, row.accepted_by = "open", None, None
    for ticket_id in tickets_of(session, row):
        states.give_back(session, ticket_id)


def join(session: StoreSession, handover_id: str, *, at: datetime) -> None:
    """Resident and worker hear each other."""
    session.get_one(HandoverRow, handover_id).joined_at = at


def part(session: StoreSession, handover_id: str, *, at: datetime) -> None:
    """They do not any more."""
    session.get_one(HandoverRow, handover_id).parted_at = at


def report(session: StoreSession, ring: Ring, kind: ResultKind, *, words: str, at: datetime) -> None:
    """The worker told how it went: the ticket moves on, or is done. `words` are the worker's own, "" without any."""
    row = session.get_one(HandoverRow, ring.handover_id)
    row.status, row.result, row.finished_at = "finished", kind, at
    told = "，".join(filter(None, (f"{TITLES[ring.link.tier]}{ring.link.name}：{RESULT_WORDS[kind]}", words)))
    for ticket_id in tickets_of(session, row):
        if kind == "settled":
            states.finish(session, ticket_id, result=told, at=at)
        else:
            states.progress(session, ticket_id, told=told)


def end(session: StoreSession, ring: Ring, outcome: RingOutcome, policy: RingPolicy, *, at: datetime) -> None:
    """The call is over. A matter that was accepted and of which no result is known is asked about later."""
    row = session.get_one(HandoverRow, ring.handover_id)
    session.execute(
        update(HandoverRingRow)
        .where(HandoverRingRow.id == ring.id, HandoverRingRow.ended_at.is_(None))
        .values(ended_at=at, outcome=outcome)
    )
    if row.status != "accepted":
        return
    made = select(func.count()).where(HandoverRingRow.handover_id == row.id, HandoverRingRow.purpose == "result")
    due = next_result_call(session.scalar(made) or 0, policy, at=at)
    if due is None:
        row.status, row.finished_at = "finished", at
    else:
        row.due_at = due


def _rings(session: StoreSession, handover_id: str) -> Sequence[HandoverRingRow]:
    return session.scalars(
        select(HandoverRingRow)
        .where(HandoverRingRow.handover_id == handover_id)
        .order_by(HandoverRingRow.number)
        .execution_options(populate_existing=True)
    ).all()


def _rung(ring: HandoverRingRow) -> Rung:
    assert ring.ended_at is not None
    return Rung(worker_id=ring.worker_id, outcome=cast("RingOutcome", ring.outcome), ended_at=ring.ended_at)


def _engaged(session: StoreSession) -> frozenset[str]:
    """Workers on whose telephone another matter is at this moment."""
    return frozenset(session.scalars(select(HandoverRingRow.worker_id).where(HandoverRingRow.ended_at.is_(None))))


def tickets_of(session: StoreSession, row: HandoverRow) -> Sequence[str]:
    """Every ticket of the matter that is not done: who is short of breath and in pain raised two in one sentence, and
    is one person to see to. What can wait, medicine that runs out, is a matter of its own.
    """
    of_matter = or_(
        TicketRow.id == row.ticket_id,
        TicketRow.dedupe_key.startswith(f"session:{row.session_id}:flag:", autoescape=True),
    )
    open_now = select(TicketRow.id).where(of_matter, TicketRow.state != "done", TicketRow.kind.not_in(CAN_WAIT))
    return session.scalars(open_now).all()


def _ticket_state(session: StoreSession, row: HandoverRow) -> str | None:
    if row.ticket_id is None:
        return None
    return session.scalar(select(TicketRow.state).where(TicketRow.id == row.ticket_id))


def _taken_elsewhere(session: StoreSession, row: HandoverRow) -> bool:
    """Whether somebody took the ticket at the console."""
    return _ticket_state(session, row) in ("accepted", "done")


def _is_done(session: StoreSession, row: HandoverRow) -> bool:
    return _ticket_state(session, row) == "done"
