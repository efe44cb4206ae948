"""The audit chain and the append-only tables."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Thread

import pytest
from sqlalchemy.exc import DBAPIError

from integrations.storage import audit
from integrations.storage.key_file import create_key_file
from integrations.storage.keys import KeyRing
from integrations.storage.models import EventRow, QuestionnaireRow, SessionRow
from integrations.storage.store import Store

AT = datetime(2026, 11, 21, 1, 0, tzinfo=UTC)


def _note(store: Store, count: int) -> None:
    for number in range(count):
        with store.writing() as session:
            audit.record(
                session,
                user_id=None,
                action="view",
                object_kind="resident",
                object_id=str(number),
                at=AT + timedelta(microseconds=number),
                detail={"fields": number, "by": "console"},
            )


def _change(store: Store, statement: str) -> None:
    """As somebody would who has taken the triggers away."""
    with store.engine.begin() as connection:
        if store.engine.dialect.name == "sqlite":
            connection.exec_driver_sql("DROP TRIGGER audit_not_updated")
            connection.exec_driver_sql("DROP TRIGGER audit_not_deleted")
        else:
            connection.exec_driver_sql("ALTER TABLE audit DISABLE TRIGGER USER")
        connection.exec_driver_sql(statement)


def test_an_untouched_chain_is_intact(store: Store) -> None:
    _note(store, 20)
    report = audit.verify(store)
    assert (report.intact, report.rows) == (True, 20)
    assert report.head != audit.BEGINNING


@pytest.mark.parametrize(
    ("statement", "broken_id"),
    [
        ("UPDATE audit SET action = 'export' WHERE id = 4", 4),
        ("UPDATE audit SET user_id = 'somebody' WHERE id = 4", 4),
        ("UPDATE audit SET hash = prev_hash WHERE id = 4", 4),
        ("DELETE FROM audit WHERE id = 4", 5),
        ("DELETE FROM audit WHERE id = 1", 2),
    ],
)
def test_a_changed_or_missing_row_breaks_the_chain_where_it_was(store: Store, statement: str, broken_id: int) -> None:
    _note(store, 8)
    _change(store, statement)
    assert audit.verify(store).broken_id == broken_id


def test_a_chain_made_without_the_key_file_does_not_hold(store: Store, tmp_path: Path) -> None:
    _note(store, 3)
    stranger = create_key_file(tmp_path / "other.key", at=AT)
    assert audit.verify(_with_keys(store, stranger)).broken_id == 1


def _with_keys(store: Store, keys: KeyRing) -> Store:
    return Store(store.engine, keys=keys, new_id=store.new_id)


def test_two_writers_at_once_make_one_chain(store: Store) -> None:
    threads = [Thread(target=_note, args=(store, 10)) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    report = audit.verify(store)
    assert (report.intact, report.rows) == (True, 30)


def test_a_row_of_a_transaction_that_failed_leaves_no_trace(store: Store) -> None:
    def fails() -> None:
        with store.writing() as session:
            audit.record(session, user_id=None, action="view", object_kind="resident", object_id="1", at=AT)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fails()
    _note(store, 2)
    assert audit.verify(store).rows == 2


def _event(store: Store) -> None:
    with store.writing() as session:
        session.add(QuestionnaireRow(hash="h", key="k", version=1, title="健康随访", body=b"{}", added_at=AT))
        session.add(SessionRow(id="s", questionnaire="h", channel="voice", turn=1, state=b"{}", opened_at=AT))
        session.add(EventRow(session_id="s", turn=1, ordinal=0, at=AT, type="SessionOpened", payload=b"{}"))
        audit.record(session, user_id=None, action="view", object_kind="session", object_id="s", at=AT)


def _execute(store: Store, statement: str) -> Callable[[], None]:
    def run() -> None:
        with store.engine.begin() as connection:
            connection.exec_driver_sql(statement)

    return run


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit SET action = 'x'",
        "DELETE FROM audit",
        "UPDATE events SET type = 'x'",
        "UPDATE events SET payload = payload",
        "DELETE FROM events",
    ],
)
def test_the_database_refuses_to_change_events_and_audit(store: Store, statement: str) -> None:
    _event(store)
    with pytest.raises(DBAPIError, match="append-only"):
        _execute(store, statement)()


def test_while_keys_change_only_the_sealed_payload_of_an_event_may_change(store: Store) -> None:
    _event(store)
    _execute(store, "INSERT INTO key_rotations (to_key, started_at) VALUES (2, '2026-11-21 01:00:00')")()
    _execute(store, "UPDATE events SET payload = payload")()
    for statement in ("UPDATE events SET type = 'x'", "UPDATE events SET turn = 2", "DELETE FROM events"):
        with pytest.raises(DBAPIError, match="append-only"):
            _execute(store, statement)()


def test_postgresql_refuses_to_truncate_them(store: Store) -> None:
    if store.engine.dialect.name == "sqlite":
        pytest.skip("SQLite has no TRUNCATE")
    for table in ("audit", "events"):
        with pytest.raises(DBAPIError, match="append-only"):
            _execute(store, f"TRUNCATE {table}")()
