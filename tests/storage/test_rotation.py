"""A change of key."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import func, select

from integrations.storage.errors import KeyWrong
from integrations.storage.key_file import load_key_ring
from integrations.storage.keys import KeyRing
from integrations.storage.models import EventRow, QuestionnaireRow, SessionRow, WorkerRow
from integrations.storage.rotation import rotate_keys
from integrations.storage.store import Store

AT = datetime(2026, 11, 21, 1, 0, tzinfo=UTC)
WORKERS = 23


def _fill(store: Store) -> None:
    with store.writing() as session:
        for number in range(WORKERS):
            phone = f"1390000{number:04}" if number % 2 else None
            session.add(WorkerRow(id=f"w{number:02}", name=f"网格员{number}", phone=phone, role="grid_worker"))
        session.add(QuestionnaireRow(hash="h", key="k", version=1, title="健康随访", body=b"{}", added_at=AT))
        session.add(SessionRow(id="s", questionnaire="h", channel="voice", turn=1, state=b"{}", opened_at=AT))
        for ordinal in range(5):
            payload = f'{{"heard": "第{ordinal}句"}}'.encode()
            session.add(EventRow(session_id="s", turn=1, ordinal=ordinal, at=AT, type="Heard", payload=payload))


def _sealed_by_key_1(store: Store) -> int:
    """How many sealed values still begin with the header of key 1."""
    with store.engine.connect() as connection:
        columns = ("SELECT name FROM workers", "SELECT payload FROM events", "SELECT state FROM sessions")
        values = [bytes(row[0]) for query in columns for row in connection.exec_driver_sql(query)]
    return sum(value[:5] == b"\x01\x00\x00\x00\x01" for value in values)


def test_after_a_change_of_key_everything_is_sealed_by_the_new_one(store: Store, key_path: Path) -> None:
    _fill(store)
    report = rotate_keys(store, key_path, at=AT, batch_rows=4)
    assert (report.key_number, report.resumed) == (2, False)
    assert (report.rows["workers"], report.rows["events"], report.rows["sessions"]) == (WORKERS, 5, 1)
    assert _sealed_by_key_1(store) == 0
    with store.reading() as session:
        assert session.get_one(WorkerRow, "w07").name == "网格员7"
        assert session.get_one(WorkerRow, "w07").phone == "13900000007"
        assert session.get_one(WorkerRow, "w08").phone is None
        assert (
            session.scalars(select(EventRow.payload).order_by(EventRow.ordinal)).first()
            == '{"heard": "第0句"}'.encode()
        )
        assert session.scalar(select(func.count()).select_from(EventRow)) == 5


class _BreaksOff(KeyRing):
    """A ring whose process dies after so many values."""

    left = 10

    def seal(self, plain: bytes, *, label: str) -> bytes:
        if label == "workers.name":
            self.left -= 1
            if self.left < 0:
                raise KeyboardInterrupt
        return super().seal(plain, label=label)


def test_a_change_of_key_that_broke_off_goes_on_where_it_stopped(store: Store, store_url: str, key_path: Path) -> None:
    _fill(store)
    ring = load_key_ring(key_path)
    dying = Store.open(store_url, keys=_BreaksOff(ring.secrets, reread=lambda: load_key_ring(key_path).secrets), at=AT)
    with pytest.raises(KeyboardInterrupt):
        rotate_keys(dying, key_path, at=AT, batch_rows=4)
    dying.close()
    assert 0 < _sealed_by_key_1(store) < WORKERS + 6
    again = Store.open(store_url, keys=load_key_ring(key_path), at=AT)
    report = rotate_keys(again, key_path, at=AT, batch_rows=4)
    again.close()
    assert (report.key_number, report.resumed) == (2, True)
    assert report.rows["workers"] == WORKERS - 8
    assert _sealed_by_key_1(store) == 0


def test_the_old_key_alone_no_longer_opens_the_store(store: Store, store_url: str, key_path: Path) -> None:
    _fill(store)
    old = key_path.read_bytes()
    rotate_keys(store, key_path, at=AT)
    key_path.write_bytes(old)
    with pytest.raises(KeyWrong):
        Store.open(store_url, keys=load_key_ring(key_path), at=AT)


def test_blind_indexes_stay_the_same_over_a_change_of_key(store: Store, key_path: Path) -> None:
    before = store.keys.blind_index("phone", "13900000001")
    rotate_keys(store, key_path, at=AT)
    assert store.keys.blind_index("phone", "13900000001") == before
    assert store.keys.blind_index("name", "13900000001") != before
