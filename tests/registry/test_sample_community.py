"""The invented community, and that an import makes of its book exactly what was put in."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, event, func, select

from integrations.registry.importing import import_household_book
from integrations.registry.sample.community import ShapeUnknown, invent_community
from integrations.registry.sample.workbook import sample_community
from integrations.storage.models import ResidentRow
from integrations.storage.store import Store

AT = datetime(2026, 11, 21, 1, 0, tzinfo=UTC)


def test_every_planted_bad_row_is_reported_where_it_is_and_all_others_go_in(store: Store, tmp_path: Path) -> None:
    path = tmp_path / "book.xlsx"
    book = sample_community(path, shape="yuling", seed=7, households=900)
    report = import_household_book(path, store, at=AT)
    planted = {(row.sheet, row.row, row.column) for row in book.planted}
    assert {(row.sheet, row.row, row.column) for row in report.bad_rows} == planted
    assert len({row.fault for row in book.planted}) >= 4
    assert (report.households.created, report.residents.created) == (book.households, book.residents)
    assert report.households_without_worker == ()
    assert len(report.households_without_deputy) == book.households_without_deputy > 0
    with store.reading() as session:
        assert session.scalar(select(func.count(ResidentRow.phone_idx))) == book.phones
        names = set(session.scalars(select(ResidentRow.name)))
    assert names <= {person.name for household in book.community.households for person in household.people}
    again = import_household_book(path, store, at=AT)
    assert (again.households.unchanged, again.residents.unchanged) == (book.households, book.residents)


def test_yuling_has_the_size_of_the_real_one() -> None:
    community = invent_community("yuling", seed=1)
    doors = {(each.compound, each.building, each.unit, each.room) for each in community.households}
    assert len(community.households) == len(doors) == 4992
    assert len({each.compound for each in community.households}) == 37
    assert len(community.grids) == 9


def test_the_same_seed_invents_the_same_people() -> None:
    one, same, other = (invent_community("small", seed=seed) for seed in (1, 1, 2))
    assert one == same
    assert one != other


def test_an_unknown_shape_is_one_sentence() -> None:
    with pytest.raises(ShapeUnknown, match="yuling"):
        invent_community("moon", seed=1)


@contextmanager
def _statements(engine: Engine) -> Iterator[list[str]]:
    """What is sent to the database meanwhile; many rows at once count once."""
    sent: list[str] = []

    def note(_: Connection, __: Any, statement: str, *___: Any) -> None:
        sent.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    yield sent
    event.remove(engine, "before_cursor_execute", note)


def test_an_import_sends_no_more_statements_for_a_household_however_big_the_book(store: Store, tmp_path: Path) -> None:
    counts: list[int] = []
    for households in (100, 900):
        path = tmp_path / f"{households}.xlsx"
        sample_community(path, shape="small", seed=households, households=households)
        with _statements(store.engine) as sent:
            import_household_book(path, store, at=AT, community=f"社区{households}")
        counts.append(len(sent))
    few, many = counts
    assert many <= few + 10
