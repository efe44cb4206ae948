"""The store: transactions, keys, schema."""

from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import func, select

from integrations.storage.columns import SEALED
from integrations.storage.errors import (
    DatabaseUnreachable,
    DatabaseUrlWrong,
    KeyFileBroken,
    KeyFileExists,
    KeyFileMissing,
    KeyWrong,
    ReadingOnly,
    SchemaOutdated,
)
from integrations.storage.key_file import add_key, back_up_key_file, create_key_file, load_key_ring
from integrations.storage.models import KnowledgePassageRow, PlaceRow, Row, WorkerRow
from integrations.storage.schema import upgrade
from integrations.storage.store import Store

AT = datetime(2026, 11, 21, 1, 0, tzinfo=UTC)


def _worker(store: Store, **values: object) -> str:
    with store.writing() as session:
        worker = WorkerRow(**{"id": session.new_id(at=AT), "name": "周敏", "role": "grid_worker", **values})
        session.add(worker)
    return worker.id


def test_the_migrations_make_exactly_the_tables_of_the_models(store: Store) -> None:
    with store.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, Row.metadata) == []


def test_every_sealed_column_carries_its_own_label() -> None:
    labels = {
        f"{table.name}.{column.name}": column.type.label
        for table in Row.metadata.tables.values()
        for column in table.columns
        if isinstance(column.type, SEALED)
    }
    assert "residents.name" in labels
    assert "events.payload" in labels
    assert all(where == label for where, label in labels.items())


def test_a_sealed_value_comes_back_as_it_went_in(store: Store) -> None:
    worker_id = _worker(store, phone="13900000001")
    with store.reading() as session:
        worker = session.get_one(WorkerRow, worker_id)
        assert (worker.name, worker.phone, worker.grid_id) == ("周敏", "13900000001", None)


def test_equal_values_are_sealed_differently_each_time(store: Store) -> None:
    for _ in range(2):
        _worker(store)
    with store.engine.connect() as connection:
        sealed = [bytes(row[0]) for row in connection.exec_driver_sql("SELECT name FROM workers")]
    assert len(set(sealed)) == 2
    assert not any("周敏".encode() in each for each in sealed)


def test_a_value_moved_to_another_column_does_not_open(store: Store) -> None:
    worker_id = _worker(store, phone="13900000001")
    with store.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE workers SET name = phone")
    with pytest.raises(KeyWrong), store.reading() as session:
        session.get_one(WorkerRow, worker_id)


def test_what_is_read_together_was_true_at_one_moment(store: Store) -> None:
    worker_id = _worker(store)
    with store.reading() as session:
        before = session.scalar(select(func.count()).select_from(WorkerRow))
        _worker(store)
        assert session.scalar(select(func.count()).select_from(WorkerRow)) == before == 1
    with store.reading() as session:
        assert session.scalar(select(func.count()).select_from(WorkerRow)) == 2
    with store.writing() as session:  # the connection has gone back: whoever writes next may
        session.get_one(WorkerRow, worker_id).name = "周慧"


def test_a_block_that_raises_changes_nothing(store: Store) -> None:
    def a_block_that_raises() -> None:
        with store.writing() as session:
            session.add(PlaceRow(id=session.new_id(at=AT), kind="community", name="育林社区"))
            session.flush()
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        a_block_that_raises()
    with store.reading() as session:
        assert session.scalars(select(PlaceRow)).all() == []


def test_rows_of_one_transaction_may_point_at_rows_written_after_them(store: Store) -> None:
    with store.writing() as session:
        session.add(PlaceRow(id="child", parent_id="parent", kind="grid", name="第一网格"))
        session.flush()
        session.add(PlaceRow(id="parent", kind="community", name="育林社区"))
    with store.reading() as session:
        assert session.get_one(PlaceRow, "child").parent_id == "parent"


def test_nothing_is_written_while_reading(store: Store) -> None:
    with store.reading() as session:
        session.add(PlaceRow(id="x", kind="community", name="育林社区"))
        with pytest.raises(ReadingOnly):
            session.flush()


def test_moments_come_back_in_utc_whatever_zone_they_were_in(store: Store) -> None:
    shanghai = timezone(timedelta(hours=8))
    with store.writing() as session:
        session.add(KnowledgePassageRow(id="p", source="通知", body="供暖", added_at=AT.astimezone(shanghai)))
    with store.reading() as session:
        added = session.get_one(KnowledgePassageRow, "p").added_at
    assert added == AT
    assert added.tzinfo is UTC


def test_ids_lie_in_the_order_of_their_moments(store: Store) -> None:
    ids = [store.new_id(at=AT + timedelta(milliseconds=each // 4)) for each in range(800)]
    assert ids == sorted(ids)
    assert {len(each) for each in ids} == {32}
    assert {each[12] for each in ids} == {"7"}
    assert len({store.new_id(at=AT) for _ in range(2000)}) == 2000


def test_the_wrong_key_file_is_noticed_at_opening(store: Store, store_url: str, tmp_path: Path) -> None:
    stranger = create_key_file(tmp_path / "stranger.key", at=AT)
    with pytest.raises(KeyWrong, match="密钥"):
        Store.open(store_url, keys=stranger, at=AT)


def test_a_lost_key_file_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(KeyFileMissing, match="备份的密钥文件放回"):
        load_key_ring(tmp_path / "gone.key")


@pytest.mark.parametrize("content", ["", "{}", "not json", '{"format": 1, "active": 1, "keys": []}', "\xff\xfe"])
def test_a_broken_key_file_says_so(tmp_path: Path, content: str) -> None:
    path = tmp_path / "broken.key"
    path.write_text(content, encoding="latin-1")
    with pytest.raises(KeyFileBroken, match="备份"):
        load_key_ring(path)


def test_a_key_file_is_for_its_owner_only_and_never_overwritten(key_path: Path, tmp_path: Path) -> None:
    create_key_file(key_path, at=AT)
    copy = tmp_path / "backup" / "linyin.key"
    back_up_key_file(key_path, copy)
    assert {key_path.stat().st_mode & 0o777, copy.stat().st_mode & 0o777} == {0o600}
    for again in (lambda: create_key_file(key_path, at=AT), lambda: back_up_key_file(key_path, copy)):
        with pytest.raises(KeyFileExists):
            again()


def test_a_backup_of_the_key_file_opens_the_store(store: Store, store_url: str, key_path: Path, tmp_path: Path) -> None:
    worker_id = _worker(store)
    copy = tmp_path / "backup.key"
    back_up_key_file(key_path, copy)
    key_path.unlink()
    again = Store.open(store_url, keys=load_key_ring(copy), at=AT)
    with again.reading() as session:
        assert session.get_one(WorkerRow, worker_id).name == "周敏"
    again.close()


def test_a_process_with_the_old_ring_reads_what_a_newer_key_sealed(
    store: Store, store_url: str, key_path: Path
) -> None:
    _worker(store)
    old = Store.open(store_url, keys=load_key_ring(key_path), at=AT)
    newer = Store.open(store_url, keys=add_key(key_path, at=AT), at=AT)
    worker_id = _worker(newer, name="吴桂芳")
    with old.reading() as session:
        assert session.get_one(WorkerRow, worker_id).name == "吴桂芳"
    assert old.keys.active == 2
    old.close()
    newer.close()


def test_the_secrets_do_not_show_when_printed(key_path: Path) -> None:
    assert repr(create_key_file(key_path, at=AT)) == "KeyRing(active=1)"


@pytest.mark.parametrize("url", ["", "linyin.db", "mysql://x/y", "sqlite://", "sqlite:///:memory:", "postgresql://"])
def test_a_wrong_database_url_is_one_chinese_sentence(url: str) -> None:
    with pytest.raises(DatabaseUrlWrong, match="数据库地址不对"):
        upgrade(url)


def test_a_database_that_is_not_there_is_one_chinese_sentence(key_path: Path, tmp_path: Path) -> None:
    folder = tmp_path / "a-folder.db"
    folder.mkdir()
    text = tmp_path / "text.db"
    text.write_text("这不是数据库" * 100)
    nowhere = f"postgresql://linyin@/linyin?host={tmp_path}"
    for url in (f"sqlite:///{folder}", f"sqlite:///{text}", nowhere):
        with pytest.raises(DatabaseUnreachable, match="连不上数据库"):
            upgrade(url)


def test_a_store_without_its_tables_asks_for_the_upgrade(store_url: str, key_path: Path) -> None:
    with pytest.raises(SchemaOutdated, match="升级"):
        Store.open(store_url, keys=create_key_file(key_path, at=AT), at=AT)


def test_upgrading_twice_changes_nothing(store: Store, store_url: str) -> None:
    worker_id = _worker(store)
    upgrade(store_url)
    with store.reading() as session:
        assert session.get_one(WorkerRow, worker_id).name == "周敏"


def test_the_database_file_is_for_its_owner_only(tmp_path: Path) -> None:
    path = tmp_path / "new" / "linyin.db"
    upgrade(f"sqlite:///{path}")
    assert path.stat().st_mode & 0o777 == 0o600
