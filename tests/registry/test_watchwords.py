"""The watchword of a household is kept sealed, and only words that can be said are taken."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import select, text

from integrations.registry.errors import WatchwordUnusable
from integrations.registry.watchwords import agree
from integrations.storage.models import AuditRow, HouseholdRow, PlaceRow
from integrations.storage.store import Store

AT = datetime(2026, 11, 21, 1, 0, tzinfo=UTC)


@pytest.fixture
def household(store: Store) -> str:
    with store.writing() as session:
        session.add(PlaceRow(id="g", parent_id=None, kind="grid", name="第一网格", sort=0))
        session.flush()
        session.add(HouseholdRow(id="h", place_id="g", grid_id="g", room="501", ref_idx="0" * 64))
    return "h"


def test_a_word_that_was_agreed_is_sealed_and_audited_without_the_word(store: Store, household: str) -> None:
    with store.writing() as session:
        agree(session, session.get_one(HouseholdRow, household), " 桂花糕 ", user_id=None, at=AT)
    with store.reading() as session:
        assert session.get_one(HouseholdRow, household).watchword == "桂花糕"
        stored = session.execute(text("SELECT watchword FROM households")).scalar_one()
        assert "桂花糕".encode() not in bytes(stored)
        [row] = session.scalars(select(AuditRow)).all()
        assert (row.action, row.object_id, row.detail) == ("watchword.agreed", household, {})


@pytest.mark.parametrize("word", ["桂", "secret", "一二三四五六七八九", "桂花 糕"])
def test_what_cannot_be_said_or_remembered_is_refused(store: Store, household: str, word: str) -> None:
    with store.writing() as session, pytest.raises(WatchwordUnusable) as refused:
        agree(session, session.get_one(HouseholdRow, household), word, user_id=None, at=AT)
    assert "暗号" in refused.value.message


def test_an_empty_word_takes_it_back(store: Store, household: str) -> None:
    for word in ("桂花糕", ""):
        with store.writing() as session:
            agree(session, session.get_one(HouseholdRow, household), word, user_id=None, at=AT)
    with store.reading() as session:
        assert session.get_one(HouseholdRow, household).watchword is None
