"""The worker for whom a resident asks by name, or who was last at their door."""

from sqlalchemy import select

from integrations.storage.models import HouseholdRow, TicketRow, WorkerRow
from integrations.storage.store import StoreSession
from nlu.worker_named import CAME_BEFORE, is_named

# What a resident may want of somebody in particular; a danger is for whoever is nearest.
ASKED_OF_SOMEBODY = frozenset({"person", "callback_me", "help_at_home"})


def worker_asked_for(session: StoreSession, household_id: str, words: str) -> WorkerRow | None:
    """A worker of the household's grid, or its deputy; None where nobody there is called so."""
    household = session.get(HouseholdRow, household_id)
    if household is None:
        return None
    own = WorkerRow.id.in_([each for each in (household.worker_id, household.deputy_id) if each])
    near = session.scalars(select(WorkerRow).where(own | (WorkerRow.grid_id == household.grid_id))).all()
    named = [each for each in near if is_named(each.name, words)]
    if named:
        return min(named, key=lambda each: each.id != household.worker_id)
    return _last_at_the_door(session, household_id) if CAME_BEFORE.search(words) else None


def _last_at_the_door(session: StoreSession, household_id: str) -> WorkerRow | None:
    owner = session.scalar(
        select(TicketRow.owner_id)
        .where(TicketRow.household_id == household_id, TicketRow.done_at.is_not(None), TicketRow.owner_id.is_not(None))
        .order_by(TicketRow.done_at.desc())
        .limit(1)
    )
    return session.get(WorkerRow, owner) if owner else None
