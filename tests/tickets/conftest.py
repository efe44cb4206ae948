"""A store with two households: one with worker and deputy, one in a grid that has only a lead."""

from datetime import UTC, datetime

import pytest

from integrations.storage.models import HouseholdRow, PlaceRow, WorkerRow
from integrations.storage.store import Store


@pytest.fixture
def at() -> datetime:
    """09:00 in Beijing."""
    return datetime(2026, 11, 21, 1, 0, tzinfo=UTC)


@pytest.fixture
def community(store: Store) -> Store:
    """The store with its people in it."""
    with store.writing() as session:
        for grid in ("g0", "g1", "g2"):
            session.add(PlaceRow(id=grid, parent_id=None, kind="grid", name=grid, sort=0))
        for worker, role, grid in (
            ("wang", "grid_worker", "g0"),
            ("li", "grid_worker", "g0"),
            ("lead", "grid_lead", "g1"),
        ):
            session.add(WorkerRow(id=worker, name=worker, role=role, grid_id=grid))
        for number, worker, deputy in ((0, "wang", "li"), (1, None, None), (2, None, None)):
            session.add(
                HouseholdRow(
                    id=f"h{number}",
                    place_id=f"g{number}",
                    grid_id=f"g{number}",
                    room="1",
                    ref_idx=f"{number}" * 64,
                    worker_id=worker,
                    deputy_id=deputy,
                )
            )
    return store
