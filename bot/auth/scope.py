"""Which households a person may see: all of them, or those of their grids and those they answer for by name."""

from dataclasses import dataclass

from sqlalchemy import ColumnElement, or_, select, true
from sqlalchemy.orm import Session

from bot.auth.roles import SEES_EVERY_GRID, SEES_STRANGERS, Role
from integrations.storage.models import HouseholdRow, PlaceRow, WorkerRow

ABOVE_GRIDS = ("district", "street", "community", "grid")  # kinds under which grids lie, or which are one


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """`grids` are ids of places; `worker_id` sees the households that name this worker, in any grid.

    `strangers`: also what people raise whom the registry does not know, and who are of no grid.
    """

    everywhere: bool = False
    strangers: bool = False
    grids: frozenset[str] = frozenset()
    worker_id: str | None = None

    def households(self) -> ColumnElement[bool]:
        """A condition on HouseholdRow."""
        if self.everywhere:
            return true()
        mine = HouseholdRow.grid_id.in_(self.grids)
        if self.worker_id is None:
            return mine
        return or_(mine, HouseholdRow.worker_id == self.worker_id, HouseholdRow.deputy_id == self.worker_id)


def scope_of(session: Session, role: Role, worker_id: str | None) -> Scope:
    """The scope of a role; a grid role without a worker, or a worker without a grid, sees nothing by grid."""
    if role in SEES_EVERY_GRID:
        return Scope(everywhere=True, strangers=True, worker_id=worker_id)
    worker = session.get(WorkerRow, worker_id) if worker_id else None
    if worker is None:
        return Scope()
    grids = grids_under(session, worker.grid_id) if worker.grid_id else frozenset()
    return Scope(grids=grids, worker_id=worker.id, strangers=role in SEES_STRANGERS)


def grids_under(session: Session, place_id: str) -> frozenset[str]:
    """The place itself and everything below it down to the grids."""
    found = {place_id}
    edge = found
    while edge:
        children = session.scalars(
            select(PlaceRow.id).where(PlaceRow.parent_id.in_(edge), PlaceRow.kind.in_(ABOVE_GRIDS))
        ).all()
        edge = set(children) - found
        found |= edge
    return frozenset(found)
