"""Backups are taken and put back while others write, and only with the keys that fit."""

import shutil
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Event

import pytest
from sqlalchemy import func, select

from integrations.campaigns.ending import interrupt_lost
from integrations.storage.backup import back_up, restore
from integrations.storage.errors import BackupBroken, BackupExists, DatabaseNotEmpty, KeyWrong
from integrations.storage.key_file import create_key_file
from integrations.storage.models import (
    AttemptRow,
    CampaignRow,
    ContactRow,
    HouseholdRow,
    QuestionnaireRow,
    ResidentRow,
    WorkerRow,
)
from integrations.storage.schema import upgrade
from integrations.storage.store import Store
from tests.bench.campaign_town import settle
from tests.conftest import AT

LATER = AT + timedelta(hours=1)


def households(store) -> int:
    with store.reading() as session:
        return session.scalar(select(func.count()).select_from(HouseholdRow))


def with_a_call_up(store) -> None:
    with store.writing() as session:
        session.add(QuestionnaireRow(hash="q" * 64, key="q", version=1, title="", body=b"{}", added_at=AT))
        session.add(
            CampaignRow(
                id="c1", key="C-0001", title="", questionnaire="q" * 64, audience={}, policy={}, status="running",
                created_at=AT,
            )
        )  # fmt: skip
        session.add(
            ContactRow(
                id="k1", campaign_id="c1", resident_id="r0000000", household_id="h0000000", why={}, status="open",
                attempts_made=1,
            )
        )  # fmt: skip
        session.add(
            AttemptRow(
                id="a1", contact_id="k1", campaign_id="c1", number=1, due_at=AT, status="dialling", dialled_at=AT,
                leased_by="main", lease_until=AT + timedelta(days=1),
            )
        )  # fmt: skip


def test_what_was_backed_up_comes_back_and_what_came_after_is_gone(store, tmp_path) -> None:
    settle(store, 30, at=AT)
    file = tmp_path / "backups" / "one.db"
    assert back_up(store, file) == file.stat().st_size
    assert file.stat().st_mode & 0o077 == 0
    with store.writing() as session:
        session.add(WorkerRow(id="new", name="新来的", role="desk"))
    assert restore(store, file, at=LATER, replace=True).households == 30
    with store.reading() as session:
        assert session.get(WorkerRow, "new") is None
        assert session.get_one(ResidentRow, "r0000007").name == "住户7"


def test_a_copy_taken_while_others_write_is_whole(store, tmp_path) -> None:
    settle(store, 500, at=AT)
    stop = Event()

    def write_on() -> int:
        number = 0
        while not stop.is_set():
            with store.writing() as session:  # always two together
                session.add(WorkerRow(id=f"a{number}", name="甲", role="desk"))
                session.add(WorkerRow(id=f"b{number}", name="乙", role="desk"))
            number += 1
        return number

    with ThreadPoolExecutor(1) as beside:
        written = beside.submit(write_on)
        back_up(store, tmp_path / "one.db")
        stop.set()
        assert written.result() > 0
    restore(store, tmp_path / "one.db", at=LATER, replace=True)
    with store.reading() as session:
        kinds = [each[0] for each in session.scalars(select(WorkerRow.id).where(WorkerRow.role == "desk"))]
    assert kinds.count("a") == kinds.count("b")


def test_nothing_that_is_restored_rings_by_itself(store, tmp_path) -> None:
    settle(store, 1, at=AT)
    with_a_call_up(store)
    back_up(store, tmp_path / "one.db")
    assert restore(store, tmp_path / "one.db", at=LATER, replace=True).campaigns_paused == 1
    with store.writing() as session:
        assert session.get_one(CampaignRow, "c1").status == "paused"
        assert [each.contact_id for each in interrupt_lost(session, at=LATER)] == ["k1"]


def test_a_program_that_runs_goes_on_with_what_was_restored(store, store_url, key_path, tmp_path) -> None:
    settle(store, 3, at=AT)
    back_up(store, tmp_path / "one.db")
    settle_more(store)
    running = Store.open(store_url, keys=store.keys, at=AT)
    assert households(running) == 4
    restore(store, tmp_path / "one.db", at=LATER, replace=True)
    assert households(running) == 3
    with running.writing() as session:
        session.add(WorkerRow(id="after", name="后来的", role="desk"))
    running.close()
    with store.reading() as session:
        assert session.get(WorkerRow, "after") is not None


def settle_more(store) -> None:
    with store.writing() as session:
        session.add(HouseholdRow(id="h9", place_id="g0", grid_id="g0", room="9", ref_idx="9" * 64))


def test_a_backup_of_another_key_changes_nothing(store, store_url, tmp_path, request) -> None:
    settle(store, 2, at=AT)
    other_url = f"sqlite:///{tmp_path}/other.db"
    if not store_url.startswith("sqlite"):
        other_url = request.getfixturevalue("postgres").new_database()
    upgrade(other_url)
    other = Store.open(other_url, keys=create_key_file(tmp_path / "other.key", at=AT), at=AT)
    back_up(other, tmp_path / "other.backup")
    other.close()
    with pytest.raises(KeyWrong):
        restore(store, tmp_path / "other.backup", at=LATER, replace=True)
    assert households(store) == 2


def test_what_is_no_backup_or_would_be_overwritten_is_refused(store, tmp_path) -> None:
    settle(store, 2, at=AT)
    file = tmp_path / "one.db"
    back_up(store, file)
    with pytest.raises(BackupExists):
        back_up(store, file)
    with pytest.raises(DatabaseNotEmpty):
        restore(store, file, at=LATER)
    (tmp_path / "text").write_text("no backup", encoding="utf-8")
    torn = tmp_path / "torn"
    shutil.copy(file, torn)
    with torn.open("r+b") as content:
        content.truncate(file.stat().st_size // 2)
    for wrong in (tmp_path / "text", torn, tmp_path / "nowhere"):
        with pytest.raises(BackupBroken):
            restore(store, wrong, at=LATER, replace=True)
    assert households(store) == 2
