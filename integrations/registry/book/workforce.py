"""The grid workers whom a book names, and who looks after which household."""

from datetime import datetime

from sqlalchemy import select

from integrations.registry.book.contents import Book, GridEntry, HouseholdEntry, WorkerEntry
from integrations.registry.book.tree import Tree
from integrations.registry.lookup import normal_phone
from integrations.storage.models import WorkerRow
from integrations.storage.store import StoreSession


class Workforce:
    """Makes or updates the workers of a book; within a community a name is one worker."""

    def __init__(self, session: StoreSession, book: Book, tree: Tree, *, community: str, at: datetime) -> None:
        self._session = session
        self._at = at
        self._grids = book.grids
        self._there = {row.name: row for row in session.scalars(select(WorkerRow).order_by(WorkerRow.id))}
        for entry in book.workers.values():
            self._take(entry, tree.grid(community, entry.grid) if entry.grid else None)

    def of(self, entry: HouseholdEntry) -> tuple[str | None, str | None]:
        """The ids of worker and deputy: those of the household's own row, else those of its grid."""
        grid = self._grids.get(entry.grid, GridEntry())
        return self._id(entry.worker or grid.worker), self._id(entry.deputy or grid.deputy)

    def _id(self, name: str) -> str | None:
        return self._there[name].id if name else None

    def _take(self, entry: WorkerEntry, grid_id: str | None) -> None:
        row = self._there.get(entry.name)
        if row is None:
            row = WorkerRow(
                id=self._session.new_id(at=self._at),
                name=entry.name,
                phone=entry.phone,
                role=entry.role,
                grid_id=grid_id,
            )
            self._session.add(row)
            self._there[entry.name] = row
            return
        if entry.phone and normal_phone(row.phone or "") != entry.phone:
            row.phone = entry.phone
        if entry.role != "grid_worker":
            row.role = entry.role
        row.grid_id = row.grid_id or grid_id
