"""Household books as communities keep them, row by row."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from typing import Any

import pytest
from openpyxl import Workbook
from sqlalchemy import select

from integrations.registry import lookup
from integrations.registry.importing import ImportReport, import_household_book
from integrations.registry.sample.people import Inventor
from integrations.storage import audit
from integrations.storage.models import HouseholdRow, PlaceRow, ResidentRow, WorkerRow
from integrations.storage.store import Store
from nlu.readers.id_number import check_character

AT = datetime(2026, 11, 21, 1, 0, tzinfo=UTC)
HEADINGS = [
    "小区",
    "楼栋",
    "单元",
    "房号",
    "姓名",
    "与户主关系",
    "联系电话",
    "身份证号",
    "出生日期",
    "网格",
    "网格员",
    "副网格员",
    "备注",
]
GOOD = [
    "阳光花园",
    "3栋",
    "2单元",
    "301",
    "陈秀英",
    "户主",
    "13900000001",
    None,
    "1950-03-12",
    "1",
    "周敏",
    "吴刚",
    None,
]

OLD_WORKBOOK = Path(__file__).parent / "data" / "old.xls"  # written by xlwt 1.3: title, headings, merged cells

Rows = Sequence[Sequence[Any]]
Bring = Callable[..., ImportReport]


def _id_number(digits: str) -> str:
    return digits + check_character(digits)


def _workbook(path: Path, rows: Rows, *, merges: Sequence[str] = (), name: str = "户籍表") -> Path:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = name
    for row in rows:
        sheet.append(list(row))
    for merge in merges:
        sheet.merge_cells(merge)
    book.save(path)
    return path


@pytest.fixture
def bring(store: Store, tmp_path: Path) -> Bring:
    """Writes rows into a workbook and imports it."""

    def bring(rows: Rows, *, merges: Sequence[str] = (), name: str = "户籍表") -> ImportReport:
        path = _workbook(tmp_path / "book.xlsx", rows, merges=merges, name=name)
        return import_household_book(path, store, at=AT, community="育林社区")

    return bring


def _with(**cells: Any) -> list[Any]:
    """The good row with other cells, by heading."""
    return [cells.get(heading, value) for heading, value in zip(HEADINGS, GOOD, strict=True)]


def _people(store: Store) -> list[tuple[str, str | None, str | None]]:
    with store.reading() as session:
        rows = session.scalars(select(ResidentRow).order_by(ResidentRow.id))
        return [(row.name, row.phone, row.relation) for row in rows]


def _doors(store: Store) -> list[str]:
    with store.reading() as session:
        places = {row.id: row for row in session.scalars(select(PlaceRow))}

        def path(place_id: str | None) -> str:
            place = places.get(place_id or "")
            return f"{path(place.parent_id)}/{place.name}" if place else ""

        return [
            path(row.place_id) + "/" + row.room
            for row in session.scalars(select(HouseholdRow).order_by(HouseholdRow.id))
        ]


def test_a_good_row_becomes_a_household_with_its_people_place_and_workers(store: Store, bring: Bring) -> None:
    report = bring([HEADINGS, GOOD])
    assert (report.rows, report.households.created, report.residents.created, report.bad_rows) == (1, 1, 1, ())
    assert _doors(store) == ["/育林社区/第一网格/阳光花园/3栋/2单元/301"]
    with store.reading() as session:
        person = session.scalars(select(ResidentRow)).one()
        household = session.get_one(HouseholdRow, person.household_id)
        assert (person.name, person.phone, person.birth_year, person.is_head) == ("陈秀英", "13900000001", 1950, True)
        assert session.get_one(WorkerRow, household.worker_id or "").name == "周敏"
        assert session.get_one(WorkerRow, household.deputy_id or "").name == "吴刚"
        assert session.get_one(PlaceRow, household.grid_id or "").name == "第一网格"
        assert [each.id for each in lookup.residents_by_phone(session, "139 0000 0001")] == [person.id]


def test_columns_stand_in_any_order_under_any_usual_name_below_any_title(store: Store, bring: Bring) -> None:
    rows = [
        ["阳光花园居民信息登记表", None, None, None, None],
        ["填表时间：2026年11月"],
        [],
        ["序号", "手机号码\n（必填）", "房　间　号", "居民姓名*", "楼　号", "单元号", "所属小区（院落）"],
        [1, 13900000001.0, 301, "陈 秀 英", 3, "二单元", "阳光花园"],
        [],
        ["序号", "手机号码\n（必填）", "房　间　号", "居民姓名*", "楼　号", "单元号", "所属小区（院落）"],
        [2, "１３９００００000２", "０３０２室", "欧阳\u3000建国", "三栋", "2", "阳光花园"],
        ["合计", "2 户"],
        ["制表人：周敏", None, None, "审核人：吴刚"],
    ]
    report = bring(rows)
    assert report.bad_rows == ()
    assert _people(store) == [("陈秀英", "13900000001", None), ("欧阳建国", "13900000002", None)]
    assert _doors(store) == ["/育林社区/阳光花园/3栋/2单元/301", "/育林社区/阳光花园/3栋/2单元/302"]


def test_merged_cells_hold_for_all_rows_they_cover(store: Store, bring: Bring) -> None:
    rows = [
        ["小区", "楼栋", "房号", "户主", "姓名", "与户主关系", "联系电话"],
        ["阳光花园", "3栋", "301", "李建国", "李建国", "本人", "13900000001"],
        [None, None, None, None, "王秀英", "妻", None],
        [None, None, None, None, "李军", "子", "13900000002"],
        [None, None, "302", "赵敏", "赵敏", "户主", "13900000003"],
    ]
    report = bring(rows, merges=["A2:A5", "B2:B5", "C2:C4", "D2:D4"])
    assert (report.bad_rows, report.households.created, report.residents.created) == ((), 2, 4)
    assert _doors(store) == ["/育林社区/阳光花园/3栋/301", "/育林社区/阳光花园/3栋/302"]
    with store.reading() as session:
        heads = session.scalars(select(ResidentRow).where(ResidentRow.is_head)).all()
        assert sorted(head.name for head in heads) == ["李建国", "赵敏"]


def test_rows_without_a_door_go_on_from_the_household_above(store: Store, bring: Bring) -> None:
    more = [None, None, None, None, "李建国", "夫", None, *[None] * 6]
    report = bring([HEADINGS, GOOD, more, _with(房号="302", 姓名="赵敏", 联系电话="13900000003")])
    assert (report.bad_rows, report.households.created, report.residents.created) == ((), 2, 3)


def test_a_csv_file_has_lost_its_merged_cells(store: Store, tmp_path: Path) -> None:
    lines = (
        "小区,楼栋,单元,房号,姓名,手机",
        "阳光花园,3栋,1单元,101,陈秀英,13900000001",
        ",,,,李建国,",
        ",,,102,赵敏,13900000002",
        ",,2单元,101,钱进,/",
        ",4栋,1单元,101,孙丽,",
    )
    for name, encoding in (("utf8.csv", "utf-8-sig"), ("gbk.csv", "gb18030")):
        path = tmp_path / name
        path.write_text("\n".join(lines), encoding=encoding)
        report = import_household_book(path, store, at=AT, community="育林社区")
        assert report.bad_rows == ()
    assert (report.households.unchanged, report.residents.unchanged) == (4, 5)
    assert _doors(store)[1:] == [
        "/育林社区/阳光花园/3栋/1单元/102",
        "/育林社区/阳光花园/3栋/2单元/101",
        "/育林社区/阳光花园/4栋/1单元/101",
    ]


def test_an_old_workbook_is_read_as_well(store: Store) -> None:
    report = import_household_book(OLD_WORKBOOK, store, at=AT, community="育林社区")
    assert [(bad.row, bad.column) for bad in report.bad_rows] == [(5, "联系电话")]
    assert _people(store) == [("李建国", "13900000001", None), ("王秀英", "13900000002", None)]
    assert _doors(store) == ["/育林社区/阳光花园/3栋/301"]


def test_several_people_in_one_cell_are_several_residents(store: Store, bring: Bring) -> None:
    rows = [
        ["门牌", "户主", "家庭成员", "联系电话", "小区"],
        ["3栋2单元301室", "李建国", "王秀英（妻）13900000002、李军(子)；李小红：女", "13900000001", "阳光花园"],
        ["3-2-302", "赵敏、钱进", None, "13900000003、13900000004", "阳光花园"],
        ["幸福巷12号", "孙丽", None, None, "东风小区"],
    ]
    report = bring(rows)
    assert report.bad_rows == ()
    assert _people(store) == [
        ("李建国", "13900000001", None),
        ("王秀英", "13900000002", "妻"),
        ("李军", None, "子"),
        ("李小红", None, "女"),
        ("赵敏", "13900000003", None),
        ("钱进", "13900000004", None),
        ("孙丽", None, None),
    ]
    assert _doors(store) == [
        "/育林社区/阳光花园/3栋/2单元/301",
        "/育林社区/阳光花园/3栋/2单元/302",
        "/育林社区/东风小区/幸福巷12号",
    ]


@pytest.mark.parametrize(
    ("written", "year"),
    [
        ("1950-03-12", 1950),
        ("1950.3.12", 1950),
        ("１９５０年３月", 1950),
        (18334, 1950),
        (18334.0, 1950),
        (datetime(1950, 3, 12), 1950),  # noqa: DTZ001 (a cell has no zone)
        ("19500312", 1950),
        (195003, 1950),
        (1950, 1950),
        ("1950/3/12", 1950),
        ("不详", None),
        (None, None),
    ],
)
def test_a_date_of_birth_is_read_however_it_is_written(
    store: Store, bring: Bring, written: Any, year: int | None
) -> None:
    assert bring([HEADINGS, _with(出生日期=written)]).bad_rows == ()
    with store.reading() as session:
        assert session.scalars(select(ResidentRow.birth_year)).one() == year


@pytest.mark.parametrize(
    ("written", "number"),
    [
        (13900000001, "13900000001"),
        (13900000001.0, "13900000001"),
        ("139 0000 0001", "13900000001"),
        ("139-0000-0001", "13900000001"),
        ("１３９０００００００１", "13900000001"),
        ("+8613900000001", "13900000001"),
        ("13900000001（儿子）", "13900000001"),
        ("13900000001/13900000002", "13900000001"),
        ("0716-8000001", "07168000001"),
        ("8000001", "8000001"),
        ("无", None),
        ("/", None),
    ],
)
def test_a_phone_is_read_however_it_is_written(store: Store, bring: Bring, written: Any, number: str | None) -> None:
    assert bring([HEADINGS, _with(联系电话=written)]).bad_rows == ()
    assert _people(store) == [("陈秀英", number, "户主")]


@pytest.mark.parametrize(
    ("cells", "column", "reason"),
    [
        ({"联系电话": "1390000000"}, "联系电话", "位数不对"),
        ({"联系电话": "139000000012"}, "联系电话", "位数不对"),
        ({"联系电话": "1.39E+10"}, "联系电话", "科学计数法"),
        ({"联系电话": "23900000001"}, "联系电话", "不是手机号"),
        ({"身份证号": "421099195003120011"}, "身份证号", "校验位"),
        ({"身份证号": 421099195003120010.0}, "身份证号", "当成数字"),
        ({"身份证号": "42109919500312"}, "身份证号", "位数不对"),
        ({"姓名": None}, "姓名", "没有写姓名"),
        ({"姓名": "陈**"}, "姓名", "星号"),
        ({"姓名": "陈"}, "姓名", "不完整"),
        ({"姓名": "陈秀英139"}, "姓名", ""),
        ({"房号": None}, "房号", "没有写房号"),
        ({"楼栋": None}, "楼栋", "没有写楼栋"),
        ({"出生日期": "五六年腊月"}, "出生日期", "看不懂"),
        ({"出生日期": "1950-13-12"}, "出生日期", "看不懂"),
        ({"出生日期": "2050-01-01"}, "出生日期", "看不懂"),
        ({"网格员": "周*"}, "网格员", "星号"),
    ],
)
def test_a_bad_row_is_reported_by_sheet_row_column_and_reason_and_the_good_ones_go_in(
    store: Store, bring: Bring, cells: dict[str, Any], column: str, reason: str
) -> None:
    report = bring(
        [["登记表"], HEADINGS, _with(房号="201", 姓名="李军"), _with(**cells), _with(房号="401", 姓名="赵敏")]
    )
    (bad,) = report.bad_rows
    assert (bad.sheet, bad.row, bad.column) == ("户籍表", 4, column)
    assert reason in bad.reason
    assert str(bad).startswith(f"工作表“户籍表”第 4 行，“{column}”列，")
    assert [name for name, _, _ in _people(store)] == ["李军", "赵敏"]


def test_a_report_of_bad_rows_holds_nothing_of_the_people_in_them(bring: Bring) -> None:
    report = bring([HEADINGS, GOOD, _with(姓名="尉迟**", 联系电话="1390000"), _with(身份证号="421099195003120011")])
    assert len(report.bad_rows) == 2
    text = repr(report)
    assert not any(secret in text for secret in ("尉迟", "1390000", "421099195003120011", "陈秀英"))


def test_people_of_a_door_that_cannot_be_read_are_not_put_behind_another(store: Store, bring: Bring) -> None:
    more = [None, None, None, None, "李军", "子", None, *[None] * 6]
    report = bring([HEADINGS, GOOD, _with(房号=None, 姓名="赵敏"), more])
    assert [(bad.row, bad.column) for bad in report.bad_rows] == [(3, "房号"), (4, "")]
    assert [name for name, _, _ in _people(store)] == ["陈秀英"]


def test_the_same_book_again_changes_nothing(store: Store, bring: Bring) -> None:
    rows = [
        HEADINGS,
        _with(身份证号=_id_number("42109919500312002"), 备注="独居"),
        _with(房号="302", 姓名="赵敏", 与户主关系=None),
    ]
    bring(rows)
    before = _people(store), _doors(store)
    report = bring(rows)
    assert (report.households.created, report.households.updated, report.households.unchanged) == (0, 0, 2)
    assert (report.residents.created, report.residents.updated, report.residents.unchanged) == (0, 0, 2)
    assert (_people(store), _doors(store)) == before


def test_a_newer_book_updates_what_changed_and_an_empty_cell_erases_nothing(store: Store, bring: Bring) -> None:
    number = _id_number("42109919500312002")
    bring([HEADINGS, _with(身份证号=number, 备注="独居")])
    changed = _with(
        身份证号=number, 姓名="陈秀瑛", 联系电话="13900000009", 备注=None, 出生日期=None, 网格员="郑丽", 网格="2"
    )
    report = bring([HEADINGS, changed])
    assert (report.households.updated, report.residents.updated, report.residents.created) == (1, 1, 0)
    assert _people(store) == [("陈秀瑛", "13900000009", "户主")]
    with store.reading() as session:
        household = session.scalars(select(HouseholdRow)).one()
        assert household.note == "独居"
        assert session.get_one(WorkerRow, household.worker_id or "").name == "郑丽"
        assert session.get_one(PlaceRow, household.grid_id or "").name == "第二网格"
        assert session.scalars(select(ResidentRow.birth_year)).one() == 1950
        assert len(lookup.residents_by_phone(session, "13900000009")) == 1
        assert len(lookup.residents_by_phone(session, "13900000001")) == 0


def test_father_and_son_of_one_name_are_two_people(store: Store, bring: Bring) -> None:
    father, son = _id_number("42109919500312001"), _id_number("42109919750312001")
    rows = [HEADINGS, _with(姓名="李军", 身份证号=father), _with(姓名="李军", 身份证号=son, 与户主关系="子")]
    bring(rows)
    report = bring(rows)
    assert len(_people(store)) == 2
    assert report.residents.unchanged == 2


def test_households_without_worker_or_deputy_are_named(bring: Bring) -> None:
    report = bring([HEADINGS, GOOD, _with(房号="302", 网格员=None, 副网格员=None), _with(房号="303", 副网格员="无")])
    assert report.households_without_worker == ("阳光花园3栋2单元302",)
    assert report.households_without_deputy == ("阳光花园3栋2单元302", "阳光花园3栋2单元303")


def test_a_list_of_grid_workers_stands_for_all_households_of_their_grid(store: Store, tmp_path: Path) -> None:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "第三网格"
    for row in (["小区", "房号", "姓名"], ["阳光花园", "301", "陈秀英"]):
        sheet.append(row)
    roster = book.create_sheet("网格员名册")
    for row in (
        ["网格", "姓名", "职务", "联系电话"],
        ["第三网格", "郑丽", "网格长", "13900000007"],
        ["第三网格", "周敏", "专职网格员", "13900000008"],
        [3, "吴刚", "副网格员", "13900000009"],
        [None, "刘敏", "社区值班", "13900000010"],
    ):
        roster.append(row)
    book.create_sheet("填表说明").append(["请如实填写"])
    book.save(tmp_path / "book.xlsx")
    report = import_household_book(tmp_path / "book.xlsx", store, at=AT, community="育林社区")
    assert (report.households_without_worker, report.households_without_deputy) == ((), ())
    assert report.skipped_sheets == ("填表说明",)
    assert not report.nobody_at_desk
    with store.reading() as session:
        [desk] = session.scalars(select(WorkerRow).where(WorkerRow.role == "desk"))
        assert (desk.name, desk.phone, desk.grid_id) == ("刘敏", "13900000010", None)
        household = session.scalars(select(HouseholdRow)).one()
        worker = session.get_one(WorkerRow, household.worker_id or "")
        assert (worker.name, worker.phone, worker.role) == ("周敏", "13900000008", "grid_worker")
        assert session.get_one(WorkerRow, household.deputy_id or "").name == "吴刚"
        assert session.scalars(select(WorkerRow.role).where(WorkerRow.role == "grid_lead")).all() == ["grid_lead"]


def test_an_empty_flat_is_a_household_without_people(store: Store, bring: Bring) -> None:
    report = bring([HEADINGS, _with(姓名="空置", 联系电话=None), _with(房号="302", 姓名=None, 备注="长期无人")])
    assert report.nobody_at_desk
    assert (report.bad_rows, report.households.created, report.residents.created) == ((), 2, 0)


def test_who_refused_in_writing_is_kept_as_refusing(store: Store, bring: Bring) -> None:
    rows = [
        [*HEADINGS, "是否同意电话联系"],
        [*GOOD, "不同意"],
        [*_with(房号="302", 姓名="赵敏"), "是"],
        [*_with(房号="303", 姓名="钱进")],
    ]
    bring(rows)
    with store.reading() as session:
        consents = session.scalars(select(ResidentRow.consent).order_by(ResidentRow.id)).all()
    assert consents == ["refused", "given", "unknown"]


def test_a_preview_tells_all_and_keeps_nothing(store: Store, tmp_path: Path) -> None:
    path = _workbook(tmp_path / "book.xlsx", [HEADINGS, GOOD, _with(联系电话="139")])
    report = import_household_book(path, store, at=AT, preview=True)
    assert (report.kept, report.households.created, len(report.bad_rows)) == (False, 1, 1)
    assert _people(store) == []
    assert audit.verify(store).rows == 0


def test_a_preview_foretells_what_the_import_does_and_waits_for_nobody(
    store: Store, bring: Bring, tmp_path: Path
) -> None:
    bring([HEADINGS, GOOD, _with(房号="302", 姓名="王五", 网格员=None)])
    newer = [
        HEADINGS,
        _with(联系电话="13900000009", 网格员="郑新"),
        _with(房号="302", 姓名="王五", 网格员=None),
        _with(小区="新园", 楼栋="9栋", 房号="901", 姓名="赵六", 网格="2"),
        _with(小区="新园", 楼栋="9栋", 房号="902", 姓名="钱七", 网格="2", 副网格员=None),
    ]
    path = _workbook(tmp_path / "newer.xlsx", newer)
    with store.writing():  # a call is being kept at this moment
        foretold = import_household_book(path, store, at=AT, community="育林社区", preview=True)
    done = import_household_book(path, store, at=AT, community="育林社区")
    assert done.households.created == 2
    assert done.households.updated == 1
    for name in ("rows", "households", "residents", "households_without_worker", "households_without_deputy"):
        assert getattr(foretold, name) == getattr(done, name), name


def test_a_second_column_of_the_same_heading_is_not_read_and_named_with_what_to_do(store: Store, bring: Bring) -> None:
    report = bring([[*HEADINGS, "联系 电话", "人员姓名"], [*GOOD, "13900000008", "别的人"]], name="一网格")
    assert [str(each) for each in report.unread_columns] == [
        "工作表“一网格”第 1 行 N 列“联系 电话”：和 G 列“联系电话”说的是同一项，只读了 G 列，这一列没有导入。"
        "请改成别的列名（第二个电话写“备用电话”）或者删掉一列，再导入一次。",
        "工作表“一网格”第 1 行 O 列“人员姓名”：和 E 列“姓名”说的是同一项，只读了 E 列，这一列没有导入。"
        "请改成别的列名（第二个电话写“备用电话”）或者删掉一列，再导入一次。",
    ]
    with store.reading() as session:
        [person] = session.scalars(select(ResidentRow)).all()
    assert (person.name, person.phone) == ("陈秀英", "13900000001")


def test_a_mobile_beside_a_contact_number_is_a_spare_one_and_the_first_of_two_alike_is_never_guessed_around(
    store: Store, bring: Bring
) -> None:
    report = bring([[*HEADINGS, "手机"], [*_with(联系电话=None), "13900000008"]])
    assert report.unread_columns == ()
    with store.reading() as session:
        assert session.scalars(select(ResidentRow)).one().phone == "13900000008"
    doubled = bring([[*HEADINGS, "联系电话"], [*_with(房号="302", 联系电话=None), "13900000007"]])
    assert [each.letter for each in doubled.unread_columns] == ["N"]
    with store.reading() as session:
        assert [each.phone for each in session.scalars(select(ResidentRow).order_by(ResidentRow.id))][1] is None


def test_an_import_leaves_an_audit_row(store: Store, bring: Bring) -> None:
    bring([HEADINGS, GOOD])
    assert audit.verify(store).rows == 1


def test_invented_people_have_phones_and_numbers_that_belong_to_nobody() -> None:
    inventor = Inventor(Random(3))
    people = [person for _ in range(300) for person in inventor.family()]
    assert all(person.phone is None or person.phone[3:7] == "0000" for person in people)
    assert all(person.id_number is None or person.id_number.startswith("421099") for person in people)
    phones = [person.phone for person in people if person.phone]
    assert len(phones) == len(set(phones))
