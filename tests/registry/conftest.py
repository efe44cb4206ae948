"""A small household for the tests of the registry."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from integrations.registry.lookup import name_index, phone_index
from integrations.storage.models import HouseholdRow, PlaceRow, ResidentRow
from integrations.storage.store import Store

AT = datetime(2026, 11, 21, 1, 0, tzinfo=UTC)


@pytest.fixture
def make_resident() -> Callable[..., ResidentRow]:
    """Puts a person into a household of a store; the household is made when it is new."""

    def make(store: Store, name: str, *, phone: str, household: str = "h1") -> ResidentRow:
        with store.writing() as session:
            session.merge(PlaceRow(id="p1", kind="community", name="育林社区"))
            session.merge(HouseholdRow(id=household, place_id="p1", room="301", ref_idx=household))
            resident = ResidentRow(
                id=session.new_id(at=AT),
                household_id=household,
                name=name,
                name_idx=name_index(store.keys, name),
                phone=phone,
                phone_idx=phone_index(store.keys, phone),
                consent="given",
                created_at=AT,
                updated_at=AT,
            )
            session.add(resident)
        return resident

    return make
