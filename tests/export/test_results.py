"""The results workbook of a campaign."""

import csv
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook

from dialogs.definitions import LIBRARY, load
from dialogs.dictionary import load_dictionary
from dialogs.questionnaire import canonical, content_hash
from integrations.export.errors import CampaignUnknown, ExportUnwritable, LayoutInvalid
from integrations.export.layouts import load_layouts
from integrations.export.results import export_campaign
from integrations.export.sheets import safe
from integrations.registry import records
from integrations.registry.lookup import name_index, phone_index
from integrations.registry.records import Provenance
from integrations.storage import audit
from integrations.storage.models import (
    CampaignRow,
    ContactRow,
    HouseholdRow,
    PlaceRow,
    QuestionnaireRow,
    ResidentRow,
    SessionRow,
    TicketRow,
    WorkerRow,
)
from integrations.storage.store import Store, StoreSession

AT = datetime(2026, 11, 21, 1, 0, tzinfo=UTC)
DICTIONARY = load_dictionary()


def _community(session: StoreSession) -> None:
    questionnaire = load(LIBRARY / "health-follow-up.yaml", dictionary=DICTIONARY)
    session.add_all(
        [
            PlaceRow(id="c", kind="community", name="育林社区"),
            PlaceRow(id="g", kind="grid", name="第一网格", parent_id="c"),
            PlaceRow(id="p", kind="compound", name="阳光花园", parent_id="g"),
            PlaceRow(id="b", kind="building", name="3栋", parent_id="p"),
            PlaceRow(id="u", kind="unit", name="2单元", parent_id="b"),
            WorkerRow(id="w", name="周敏", role="grid_worker", grid_id="g"),
            QuestionnaireRow(
                hash=content_hash(questionnaire),
                key=questionnaire.key,
                version=1,
                title=questionnaire.title,
                body=canonical(questionnaire),
                added_at=AT,
            ),
            CampaignRow(
                id="m",
                key="C-0001",
                title="十一月随访",
                questionnaire=content_hash(questionnaire),
                audience={},
                policy={},
                status="running",
                created_at=AT,
            ),
        ]
    )


def _contact(session: StoreSession, number: int, name: str, **contact: Any) -> ResidentRow:
    phone = f"1390000{number:04}"
    household = HouseholdRow(
        id=f"h{number}", place_id="u", grid_id="g", room=f"30{number}", ref_idx=f"r{number}", worker_id="w"
    )
    resident = ResidentRow(
        id=f"p{number}",
        household_id=household.id,
        name=name,
        name_idx=name_index(session.keys, name),
        phone=phone,
        phone_idx=phone_index(session.keys, phone),
        consent="given",
        created_at=AT,
        updated_at=AT,
    )
    values = {"status": "done", "disposition": "answered", "outcome": "complete", "attempts_made": 1, **contact}
    session.add_all([household, resident])
    session.add(
        ContactRow(
            id=f"k{number}",
            campaign_id="m",
            resident_id=resident.id,
            household_id=household.id,
            why={"by": "grid"},
            owner="w",
            **values,
        )
    )
    session.flush()
    return resident


def _talk(session: StoreSession, number: int) -> None:
    questionnaire = session.get_one(CampaignRow, "m").questionnaire
    session.add(
        SessionRow(
            id=f"s{number}",
            resident_id=f"p{number}",
            household_id=f"h{number}",
            contact_id=f"k{number}",
            questionnaire=questionnaire,
            channel="voice",
            turn=3,
            state=b"{}",
            opened_at=AT,
        )
    )
    session.flush()


def _said(
    session: StoreSession,
    resident: ResidentRow,
    field: str,
    shown: str,
    words: str,
    at: datetime = AT,
    source: str = "",
) -> None:
    source_id = source or resident.id.replace("p", "s")
    provenance = Provenance(
        source="session",
        source_id=source_id,
        channel="voice",
        speaker="self",
        own_words=words,
        question=field,
        confidence=0.9,
    )
    records.captured(
        session, resident, DICTIONARY.by_key[field], value=shown, shown=shown, provenance=provenance, at=at
    )


@pytest.fixture
def campaign(store: Store) -> Store:
    """A campaign with three contacts, two of whom spoke."""
    with store.writing() as session:
        _community(session)
        first = _contact(session, 1, "陈秀英")
        second = _contact(session, 2, "李建国", outcome="partial")
        _contact(session, 3, "赵敏", disposition="power_off", outcome="not_reached", attempts_made=3)
        for number in (1, 2):
            _talk(session, number)
        _said(session, first, "health.fever", "没有", "没发烧")
        _said(session, first, "health.temperature", "36.8℃", "三十六度八")
        _said(session, second, "health.fever", "有", "有点发热", at=AT)
        _said(session, second, "health.fever", "没有", "说错了，没有", at=AT + timedelta(seconds=9))
        _said(session, second, "health.sleep", "不好", '=HYPERLINK("http://x","睡不着")', at=AT + timedelta(seconds=20))
        session.add(
            TicketRow(
                id="t",
                number="T-0001",
                dedupe_key="t",
                kind="chest_pain",
                severity="urgent",
                household_id="h2",
                resident_id="p2",
                owner_id="w",
                session_id="s2",
                campaign_id="m",
                summary="胸口疼",
                own_words="胸口疼得厉害",
                state="open",
                created_at=AT,
            )
        )
    return store


def _sheet(path: Path, name: str) -> list[dict[str, Any]]:
    book = load_workbook(path, read_only=True)
    rows = [[cell.value for cell in row] for row in book[name].iter_rows()]
    book.close()
    return [dict(zip(rows[0], row, strict=True)) for row in rows[1:]]


def test_each_value_stands_in_the_departments_column_with_the_own_words_beside_it(
    campaign: Store, tmp_path: Path
) -> None:
    path = tmp_path / "out" / "结果.xlsx"
    summary = export_campaign(campaign, "C-0001", path, at=AT, user_id="boss")
    first, second, third = _sheet(path, "健康随访登记表")
    assert (first["姓名"], first["住址"], first["网格"], first["网格员"]) == (
        "陈秀英",
        "阳光花园3栋2单元301",
        "第一网格",
        "周敏",
    )
    assert (first["体温"], first["体温（原话）"]) == ("36.8℃", "三十六度八")
    assert (second["是否发烧"], second["是否发烧（原话）"]) == ("没有", "说错了，没有")
    assert (third["是否发烧"], third["随访结果"]) == (None, "未联系上")
    assert summary.contacts == 3
    assert summary.sheets["健康随访登记表"] == 3
    assert audit.verify(campaign).rows == 1


def test_contacts_answers_tickets_and_totals_have_sheets_of_their_own(campaign: Store, tmp_path: Path) -> None:
    path = tmp_path / "结果.xlsx"
    export_campaign(campaign, "m", path, at=AT)
    contacts = {row["姓名"]: row for row in _sheet(path, "联系情况")}
    assert (contacts["赵敏"]["电话结果"], contacts["赵敏"]["拨打次数"]) == ("关机", 3)
    assert [(row["姓名"], row["项目"], row["回答"]) for row in _sheet(path, "回答明细")] == [
        ("陈秀英", "是否发烧", "没有"),
        ("陈秀英", "体温", "36.8℃"),
        ("李建国", "是否发烧", "没有"),
        ("李建国", "睡眠", "不好"),
    ]
    (ticket,) = _sheet(path, "工单")
    assert (ticket["工单号"], ticket["负责人"], ticket["原话"], ticket["状态"]) == (
        "T-0001",
        "周敏",
        "胸口疼得厉害",
        "待处理",
    )
    totals = {row["项目"]: row["内容"] for row in _sheet(path, "汇总")}
    assert (totals["联系人数"], totals["联系结果：全部完成"], totals["电话结果：已接通"]) == (3, 1, 2)
    assert totals["导出时间"] == "2026-11-21 09:00"


def test_a_later_campaign_does_not_change_what_was_said_in_this_one(campaign: Store, tmp_path: Path) -> None:
    with campaign.writing() as session:
        first = session.get_one(ResidentRow, "p1")
        _said(session, first, "health.fever", "有", "今天烧了", at=AT + timedelta(days=9), source="later")
    path = tmp_path / "结果.xlsx"
    export_campaign(campaign, "m", path, at=AT)
    assert _sheet(path, "健康随访登记表")[0]["是否发烧（原话）"] == "没发烧"


def test_what_was_taken_back_is_not_exported(campaign: Store, tmp_path: Path) -> None:
    with campaign.writing() as session:
        records.withdraw(session, source_id="s1", question="health.temperature", at=AT + timedelta(minutes=1))
    path = tmp_path / "结果.xlsx"
    export_campaign(campaign, "m", path, at=AT)
    assert _sheet(path, "健康随访登记表")[0]["体温"] is None


def test_of_a_household_each_member_that_was_spoken_of_has_a_line(campaign: Store, tmp_path: Path) -> None:
    with campaign.writing() as session:
        son = ResidentRow(
            id="p9",
            household_id="h1",
            name="陈小宝",
            name_idx=name_index(session.keys, "陈小宝"),
            consent="given",
            created_at=AT,
            updated_at=AT,
        )
        session.add(son)
        session.flush()
        _said(session, son, "health.fever", "有", "我儿子有点烧", source="s1")
    path = tmp_path / "结果.xlsx"
    assert export_campaign(campaign, "C-0001", path, at=AT).contacts == 3
    of_household = [row for row in _sheet(path, "健康随访登记表") if row["住址"] == "阳光花园3栋2单元301"]
    assert [(row["姓名"], row["是否发烧"]) for row in of_household] == [("陈秀英", "没有"), ("陈小宝", "有")]
    told = {(row["姓名"], row["原话"]) for row in _sheet(path, "回答明细")}
    assert {("陈秀英", "没发烧"), ("陈小宝", "我儿子有点烧")} <= told


def test_nothing_that_was_said_becomes_a_formula(campaign: Store, tmp_path: Path) -> None:
    path = tmp_path / "结果.xlsx"
    export_campaign(campaign, "m", path, at=AT)
    book = load_workbook(path)
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
    assert any("HYPERLINK" in str(cell.value) for cell in cells)
    assert all(cell.data_type != "f" for cell in cells)
    assert not any(isinstance(cell.value, str) and cell.value[:1] in "=+-@\t\r" for cell in cells if cell.value)


@pytest.mark.parametrize("words", ["=1+1", "+86", "-2", "@x", "\t=1", "\r=1", "  =1", "＝1", "\x00=1", "\x0b=cmd"])
def test_dangerous_words_are_told_apart_from_formulas(words: str) -> None:
    written = safe(words)
    assert isinstance(written, str)
    assert written.startswith("'")


@pytest.mark.parametrize("value", ["没有", "36.8℃", "a=b", "", None, 3, -2.5])
def test_ordinary_values_stay_as_they_are(value: Any) -> None:
    assert safe(value) == value


def test_the_same_tables_leave_as_json_and_the_answers_as_csv(campaign: Store, tmp_path: Path) -> None:
    summary = export_campaign(campaign, "C-0001", tmp_path / "r.json", at=AT)
    tables = json.loads((tmp_path / "r.json").read_text(encoding="utf-8"))
    assert {name: len(rows) for name, rows in tables.items()} == dict(summary.sheets)
    answers = tables["回答明细"]
    assert answers
    assert all(row["原话"] for row in answers)
    export_campaign(campaign, "C-0001", tmp_path / "r.csv", at=AT)
    raw = (tmp_path / "r.csv").read_bytes()
    assert raw.startswith("\ufeff".encode())
    rows = list(csv.DictReader(raw.decode("utf-8-sig").splitlines()))
    assert [row["项目"] for row in rows] == [row["项目"] for row in answers]
    assert not any(cell.startswith(("=", "+", "@")) for row in rows for cell in row.values())


def test_an_unknown_campaign_is_one_sentence_and_writes_nothing(store: Store, tmp_path: Path) -> None:
    with pytest.raises(CampaignUnknown, match="没有编号"):
        export_campaign(store, "C-9999", tmp_path / "x.xlsx", at=AT)
    assert list(tmp_path.glob("*.xlsx")) == []


def test_a_file_that_cannot_be_written_is_one_sentence(campaign: Store, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(ExportUnwritable, match="写不了"):
        export_campaign(campaign, "m", tmp_path / "file" / "x.xlsx", at=AT)


def test_every_layout_of_the_departments_fits_the_dictionary() -> None:
    assert len(load_layouts(DICTIONARY)) == 3


@pytest.mark.parametrize(
    "column",
    [
        "{heading: 体温, field: health.heat}",
        "{heading: 体温}",
        "{heading: 体温, field: health.fever, from: name}",
        "{heading: 体温, from: soul}",
    ],
)
def test_a_wrong_layout_is_refused_in_chinese(tmp_path: Path, column: str) -> None:
    (tmp_path / "x.yaml").write_text(f"key: x\nsheet: 表\ndepartment: 街道\ncolumns: [{column}]", encoding="utf-8")
    with pytest.raises(LayoutInvalid, match="表格样式"):
        load_layouts(DICTIONARY, tmp_path)
