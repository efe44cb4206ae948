"""An import is one step that can be taken back, and says when people want to be called."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest
from openpyxl import Workbook
from sqlalchemy import func, select

from campaigns.window import CallingWindow
from integrations.registry.book.calling_hours import hours_of
from integrations.registry.book.cells import CellWrong
from integrations.registry.errors import ImportNotUndoable
from integrations.registry.importing import ImportReport, import_household_book
from integrations.registry.lookup import phone_index
from integrations.registry.undoing import Undone, imports, undo_import
from integrations.storage import audit
from integrations.storage.models import HouseholdRow, PlaceRow, ResidentRow, TicketRow, WorkerRow
from integrations.storage.store import Store
from integrations.tickets.raising import Matter, raise_ticket

AT = datetime(2026, 11, 21, 1, 0, tzinfo=UTC)
LATER = AT + timedelta(hours=1)
HEADINGS = ["小区", "楼栋", "房号", "姓名", "联系电话", "网格", "网格员", "方便接电话的时间", "可联系家属电话"]
ONE = ["阳光花园", "3栋", "301", "陈秀英", "13900000001", "第一网格", "周敏", "下午", "13800000009"]
TWO = ["阳光花园", "3栋", "302", "王建国", "13900000002", "第一网格", "周敏", "", ""]

Bring = Callable[..., ImportReport]


@pytest.fixture
def bring(store: Store, tmp_path: Path) -> Bring:
    """Imports rows of a household book."""

    def bringing(*rows: Sequence[Any], at: datetime = AT, preview: bool = False) -> ImportReport:
        workbook = Workbook()
        sheet = workbook.active
        assert sheet is not None
        for row in (HEADINGS, *rows):
            sheet.append(list(row))
        path = tmp_path / f"{at:%H%M}.xlsx"
        workbook.save(path)
        return import_household_book(path, store, at=at, preview=preview)

    return bringing


def undo(store: Store, report: ImportReport, *, at: datetime = LATER) -> Undone:
    assert report.import_id is not None
    with store.writing() as session:
        return undo_import(session, report.import_id, user_id=None, at=at)


def count(store: Store, model: Any) -> int:
    with store.reading() as session:
        return session.scalar(select(func.count()).select_from(model)) or 0


def test_an_undone_import_leaves_the_registry_as_it_was(store: Store, bring: Bring) -> None:
    done = undo(store, bring(ONE, TWO))
    assert (done.households_removed, done.residents_removed) == (2, 2)
    assert [count(store, model) for model in (HouseholdRow, ResidentRow, WorkerRow, PlaceRow)] == [0, 0, 0, 0]
    assert audit.verify(store).rows == 2
    assert bring(ONE, at=LATER).households.created == 1


def test_what_an_import_changed_is_put_back(store: Store, bring: Bring) -> None:
    bring(ONE, TWO)
    changed = ["阳光花园", "3栋", "301", "陈秀英", "13900000077", "第一网格", "李强", "上午", ""]
    second = bring(changed, ["阳光花园", "3栋", "303", "赵敏", "", "第一网格", "周敏", "", ""], at=LATER)
    assert second.residents.updated == 1
    done = undo(store, second, at=LATER + timedelta(hours=1))
    assert done.households_removed == 1
    with store.reading() as session:
        [resident] = session.scalars(select(ResidentRow).where(ResidentRow.phone_idx.is_not(None)).where(
            ResidentRow.family_phone_idx.is_not(None)))  # fmt: skip
        assert resident.phone == "13900000001"
        assert resident.phone_idx == phone_index(store.keys, "13900000001")
        assert msgspec.convert(resident.calling_hours, CallingWindow).opens == time(13)
        worker = session.get_one(WorkerRow, session.get_one(HouseholdRow, resident.household_id).worker_id)
        assert worker.name == "周敏"


def test_imports_are_undone_newest_first_and_once(store: Store, bring: Bring) -> None:
    first, second = bring(ONE), bring(TWO, at=LATER)
    with pytest.raises(ImportNotUndoable, match="请先撤销那一次"):
        undo(store, first)
    undo(store, second)
    with pytest.raises(ImportNotUndoable, match="已经撤销过"):
        undo(store, second)
    undo(store, first)
    with store.reading() as session:
        assert all(row.undone_at for row in imports(session))


def test_nothing_is_undone_once_a_ticket_rests_on_it(store: Store, bring: Bring) -> None:
    report = bring(ONE, TWO)
    with store.writing() as session:
        household = session.scalars(select(HouseholdRow.id)).first()
        matter = Matter(dedupe_key="t", kind="help", severity="normal", household_id=str(household), summary="帮忙")
        raise_ticket(session, matter, at=AT)
    with pytest.raises(ImportNotUndoable, match="工单"):
        undo(store, report)
    assert count(store, HouseholdRow) == 2
    assert count(store, TicketRow) == 1


def test_what_somebody_changed_afterwards_is_not_overwritten(store: Store, bring: Bring) -> None:
    bring(ONE)
    second = bring([*ONE[:4], "13900000077", *ONE[5:]], at=LATER)
    with store.writing() as session:
        resident = session.scalars(select(ResidentRow)).one()
        resident.phone, resident.phone_idx = "13900000088", phone_index(store.keys, "13900000088")
    with pytest.raises(ImportNotUndoable, match="有人改过"):
        undo(store, second)


def test_a_preview_and_a_book_that_changes_nothing_leave_nothing_to_undo(store: Store, bring: Bring) -> None:
    assert bring(ONE, preview=True).import_id is None
    bring(ONE)
    assert bring(ONE, at=LATER).import_id is None


@pytest.mark.parametrize(
    ("cell", "opens", "closes", "weekdays"),
    [
        ("上午", "08:00", "12:00", 7),
        ("下午", "13:00", "18:00", 7),
        ("9:00-11:30", "09:00", "11:30", 7),
        ("晚上六点以后", "18:00", "21:00", 7),
        ("下午两点半到五点", "14:30", "17:00", 7),
        ("十点以前", "08:00", "10:00", 7),
        ("周末", "08:00", "21:00", 2),
        ("周一至周五18点以后", "18:00", "21:00", 5),
        ("工作日晚上", "18:00", "21:00", 5),
        ("上午、晚上", "08:00", "21:00", 7),
    ],
)
def test_the_hours_that_people_write_are_understood(cell: str, opens: str, closes: str, weekdays: int) -> None:
    window = msgspec.convert(hours_of(cell), CallingWindow)
    assert (f"{window.opens:%H:%M}", f"{window.closes:%H:%M}", len(window.weekdays)) == (opens, closes, weekdays)


@pytest.mark.parametrize("cell", ["看情况", "25点以后", "五点到三点"])
def test_hours_that_mean_nothing_are_refused_with_a_reason(cell: str) -> None:
    with pytest.raises(CellWrong, match="方便接电话的时间"):
        hours_of(cell)


def test_no_hours_are_any_hours() -> None:
    assert hours_of("") is None
    assert hours_of("无") is None
