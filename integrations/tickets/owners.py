"""Who looks after a household, and after those whom the registry does not know."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from sqlalchemy import case, select

from integrations.storage.models import HouseholdRow, WorkerRow
from integrations.storage.store import StoreSession

_MOST_AT_ONCE = 500  # bound parameters of one statement


@dataclass(frozen=True, slots=True, kw_only=True)
class Owners:
    """The worker who answers for a household and the one who stands in; None only where the registry has nobody."""

    owner: str | None
    deputy: str | None


def owners_of(session: StoreSession, households: Collection[str]) -> Mapping[str, Owners]:
    """The owners of these households: their grid worker, else the deputy, the grid's lead, the desk.

    Households that are not in the registry are left out.
    """
    leads, desk = _fallbacks(session)
    found: dict[str, Owners] = {}
    ids = list(households)
    for start in range(0, len(ids), _MOST_AT_ONCE):
        rows = session.execute(
            select(HouseholdRow.id, HouseholdRow.grid_id, HouseholdRow.worker_id, HouseholdRow.deputy_id).where(
                HouseholdRow.id.in_(ids[start : start + _MOST_AT_ONCE])
            )
        )
        for household, grid, worker, deputy in rows:
            chain = [each for each in (worker, deputy, leads.get(grid), desk) if each is not None]
            others = [each for each in chain if each != chain[0]]
            found[household] = Owners(owner=chain[0] if chain else None, deputy=others[0] if others else None)
    return found


def desk_owners(session: StoreSession) -> Owners:
    """Who sees to somebody whom the registry does not know: the community desk, then whoever leads a grid."""
    desk_first = case({"desk": 0}, value=WorkerRow.role, else_=1)
    rows = session.scalars(
        select(WorkerRow.id)
        .where(WorkerRow.role.in_(("grid_lead", "desk")))
        .order_by(desk_first, WorkerRow.id)
        .limit(2)
    ).all()
    return Owners(owner=next(iter(rows), None), deputy=next(iter(rows[1:]), None))


def _fallbacks(session: StoreSession) -> tuple[Mapping[str | None, str], str | None]:
    leads: dict[str | None, str] = {}
    desk: str | None = None
    rows = session.execute(
        select(WorkerRow.id, WorkerRow.role, WorkerRow.grid_id)
        .where(WorkerRow.role.in_(("grid_lead", "desk")))
        .order_by(WorkerRow.id)
    )
    for worker, role, grid in rows:
        if role == "desk":
            desk = desk or worker
        else:
            leads.setdefault(grid, worker)
    return leads, desk
