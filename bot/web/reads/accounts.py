"""Accounts, and the workers they may belong to."""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from integrations.storage.models import PlaceRow, UserRow, WorkerRow

EVERYWHERE = "全部"


@dataclass(frozen=True, kw_only=True)
class Account:
    """An account in the list."""

    id: str
    login: str
    display: str
    role: str
    grid: str
    disabled: bool


@dataclass(frozen=True, kw_only=True)
class Worker:
    """A worker in a list of choices."""

    id: str
    name: str
    grid: str


def accounts(session: Session) -> list[Account]:
    """All accounts, the oldest first."""
    by_worker = {worker.id: worker for worker in workers(session)}
    return [
        Account(
            id=row.id,
            login=row.login,
            display=row.display,
            role=row.role,
            grid=by_worker[row.worker_id].grid if row.worker_id in by_worker else EVERYWHERE,
            disabled=row.disabled_at is not None,
        )
        for row in session.scalars(select(UserRow).order_by(UserRow.created_at, UserRow.id))
    ]


def workers(session: Session) -> list[Worker]:
    """All workers by grid."""
    rows = session.execute(
        select(WorkerRow, PlaceRow.name)
        .outerjoin(PlaceRow, PlaceRow.id == WorkerRow.grid_id)
        .order_by(PlaceRow.sort, PlaceRow.name, WorkerRow.id)
    )
    return [Worker(id=row.id, name=row.name, grid=grid or "未分网格") for row, grid in rows]
