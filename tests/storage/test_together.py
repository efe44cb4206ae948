"""Group commit: pieces of work share a transaction and nothing else."""

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from integrations.storage.models import OutboxRow, TicketRow, WorkerRow
from integrations.storage.together import write_together
from tests.conftest import AT


def adds(number, *, id_=None):
    def work(session):
        session.add(WorkerRow(id=id_ or f"w{number}", name=f"网格员{number}", role="desk"))
        return number

    return work


def refuses(session):
    session.add(WorkerRow(id="never", name="x", role="desk"))
    session.flush()
    raise ValueError("no")


@pytest.fixture
def at():
    return AT


def workers(store) -> list[str]:
    with store.reading() as session:
        return list(session.scalars(select(WorkerRow.id).order_by(WorkerRow.id)))


def test_each_piece_gets_its_own_value_and_all_are_kept(store) -> None:
    done = write_together(store, [adds(number) for number in range(5)])
    assert [(each.value, each.error) for each in done] == [(number, None) for number in range(5)]
    assert workers(store) == [f"w{number}" for number in range(5)]


def test_a_piece_that_raises_leaves_no_trace_and_harms_no_other(store) -> None:
    done = write_together(store, [adds(0), refuses, adds(1)])
    assert [each.value for each in done] == [0, None, 1]
    assert isinstance(done[1].error, ValueError)
    assert workers(store) == ["w0", "w1"]


def test_a_piece_that_the_database_refuses_harms_no_other(store) -> None:
    done = write_together(store, [adds(0), adds(1, id_="w0"), adds(2)])
    assert isinstance(done[1].error, IntegrityError)
    assert workers(store) == ["w0", "w2"]


def test_a_piece_that_only_the_commit_refuses_harms_no_other(store, at) -> None:
    def nobodys(session):
        session.add(
            TicketRow(
                id="t", number="T-0001", dedupe_key="d", kind="k", severity="normal", household_id="nowhere",
                summary="", own_words="", state="open", created_at=at,
            )
        )  # fmt: skip

    done = write_together(store, [adds(0), nobodys, adds(1)])
    assert [each.error is None for each in done] == [True, False, True]
    assert workers(store) == ["w0", "w1"]


def test_a_piece_sees_what_the_piece_before_it_did(store) -> None:
    def count(session):
        return session.scalar(select(func.count()).select_from(WorkerRow))

    done = write_together(store, [adds(0), count, adds(1), count])
    assert [done[1].value, done[3].value] == [1, 2]


def test_without_room_whoever_needs_it_is_told_and_the_others_are_kept(store, at) -> None:
    if store.engine.dialect.name != "sqlite":
        pytest.skip("SQLite lets us set how large a database may grow")

    def narrow(session):
        pages = session.connection().exec_driver_sql("PRAGMA page_count").scalar()
        session.connection().exec_driver_sql(f"PRAGMA max_page_count = {pages}")

    def large(session):
        session.add(OutboxRow(id="o", kind="k", key="k", payload="字" * 100_000, due_at=at, attempts=0))

    done = write_together(store, [narrow, adds(0), large, adds(1)])
    assert [getattr(each.error, "code", None) for each in done] == [None, None, "storage.full", None]
    assert done[2].error.message == "磁盘满了，刚才的内容没有存下：请腾出空间，再试一次。"
    assert workers(store) == ["w0", "w1"]
