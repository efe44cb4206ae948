"""Who is rung about a household, in which order, and what may be said about it."""

from collections.abc import Iterator

from sqlalchemy import select

from campaigns.handover.ringing import Link, Tier
from integrations.storage.models import HouseholdRow, PlaceRow, WorkerRow
from integrations.storage.store import StoreSession

_OUTSIDE = ("compound", "building")  # what may be said before anybody has proven who they are
_INSIDE = ("unit",)


def chain_of(session: StoreSession, household_id: str | None, *, asked_for: str | None = None) -> tuple[Link, ...]:
    """Worker, deputy, the grid's leads, the desk: each once, those without a telephone left out.

    Before them the worker `asked_for` by name. Of somebody whom the registry does not know: the desk, then every lead.
    """
    household = session.get(HouseholdRow, household_id) if household_id else None
    first = session.get(WorkerRow, asked_for) if asked_for else None
    seen: set[str] = set()
    links: list[Link] = []
    before: list[tuple[WorkerRow, Tier]] = [(first, "worker")] if first else []
    for worker, tier in (*before, *_in_order(session, household)):
        if worker.phone and worker.id not in seen:
            seen.add(worker.id)
            links.append(Link(worker_id=worker.id, tier=tier, name=worker.name, phone=worker.phone))
    return tuple(links)


def _in_order(session: StoreSession, household: HouseholdRow | None) -> Iterator[tuple[WorkerRow, Tier]]:
    leading = select(WorkerRow).where(WorkerRow.role == "grid_lead").order_by(WorkerRow.id)
    desk = select(WorkerRow).where(WorkerRow.role == "desk").order_by(WorkerRow.id)
    if household is None:
        yield from ((worker, "desk") for worker in session.scalars(desk))
        yield from ((worker, "lead") for worker in session.scalars(leading))
        return
    named: tuple[tuple[str | None, Tier], ...] = ((household.worker_id, "worker"), (household.deputy_id, "deputy"))
    for worker_id, tier in named:
        worker = session.get(WorkerRow, worker_id) if worker_id else None
        if worker is not None:
            yield worker, tier
    yield from ((worker, "lead") for worker in session.scalars(leading.where(WorkerRow.grid_id == household.grid_id)))
    yield from ((worker, "desk") for worker in session.scalars(desk))


def where(session: StoreSession, household: HouseholdRow) -> tuple[str, str]:
    """The compound and building of a household; its unit and room."""
    path: dict[str, str] = {}
    place = session.get(PlaceRow, household.place_id)
    while place is not None:
        path[place.kind] = place.name
        place = session.get(PlaceRow, place.parent_id) if place.parent_id else None
    outside = "".join(path[kind] for kind in _OUTSIDE if kind in path)
    inside = "".join(path[kind] for kind in _INSIDE if kind in path)
    return outside, f"{inside}{household.room}"
