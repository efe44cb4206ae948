"""Who works on a hand-over: leases, and what a process left behind when it died."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import func, or_, select, update

from integrations.handover.rings import reopen
from integrations.storage.models import HandoverRingRow, HandoverRow, WorkerPinRow
from integrations.storage.store import StoreSession

LEASE = timedelta(seconds=30)
"""How long a process may be silent before another takes its hand-overs; a danger does not wait two minutes."""

WORKED_ON = ("open", "accepted")


def claim_due(session: StoreSession, *, by: str, at: datetime, limit: int, lease: timedelta = LEASE) -> list[str]:
    """The ids of up to `limit` hand-overs for which something is due and nobody does it, the oldest first.

    Calls of a process that died are ended as interrupted.
    """
    free = or_(HandoverRow.lease_until.is_(None), HandoverRow.lease_until <= at)
    ids = list(
        session.scalars(
            select(HandoverRow.id)
            .where(HandoverRow.status.in_(WORKED_ON), HandoverRow.due_at <= at, free)
            .order_by(HandoverRow.due_at, HandoverRow.id)
            .limit(limit)
            .with_for_update(skip_locked=True)
        )
    )
    if ids:
        session.execute(update(HandoverRow).where(HandoverRow.id.in_(ids)).values(leased_by=by, lease_until=at + lease))
        _interrupt(session, ids, at=at)
    return ids


def next_due(session: StoreSession) -> datetime | None:
    """When something is to be done next; None when every matter is settled."""
    return session.scalar(select(func.min(HandoverRow.due_at)).where(HandoverRow.status.in_(WORKED_ON)))


def keep_leases(session: StoreSession, *, by: str, at: datetime, lease: timedelta = LEASE) -> None:
    """Renews what this process works on. Called every few seconds."""
    session.execute(
        update(HandoverRow)
        .where(HandoverRow.leased_by == by, HandoverRow.status.in_(WORKED_ON))
        .values(lease_until=at + lease)
    )


def release(session: StoreSession, handover_id: str, *, by: str, due_at: datetime | None) -> None:
    """Nothing is to be done before `due_at`; None leaves the time as it is. Does nothing when another has the lease."""
    values: dict[str, object] = {"leased_by": None, "lease_until": None}
    if due_at is not None:
        values["due_at"] = due_at
    mine = update(HandoverRow).where(HandoverRow.id == handover_id, HandoverRow.leased_by == by)
    session.execute(mine.values(**values))


def take_back_own(session: StoreSession, *, by: str, at: datetime) -> int:
    """What a process of this name held when it died is due at once; how many hand-overs it were."""
    ids = session.scalars(
        select(HandoverRow.id).where(HandoverRow.leased_by == by, HandoverRow.status.in_(WORKED_ON))
    ).all()
    if ids:
        _interrupt(session, ids, at=at)
        for handover_id in ids:
            release(session, handover_id, by=by, due_at=None)
    return len(ids)


def _interrupt(session: StoreSession, ids: Sequence[str], *, at: datetime) -> None:
    """Ends the calls that a process left behind; who had accepted and not yet shown the PIN has not accepted."""
    rings = session.scalars(
        select(HandoverRingRow).where(HandoverRingRow.handover_id.in_(ids), HandoverRingRow.ended_at.is_(None))
    ).all()
    for ring in rings:
        ring.ended_at, ring.outcome = at, "interrupted"
        unproven = ring.purpose == "offer" and ring.accepted_at is not None and ring.proven_at is None
        if unproven and session.get(WorkerPinRow, ring.worker_id) is not None:
            reopen(session, ring.handover_id)
    session.flush()
