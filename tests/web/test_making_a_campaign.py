"""From a household book to calls that are due, on the screen."""

import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook
from sqlalchemy import func, select

from campaigns.disposition import Disposition
from integrations.campaigns import trials
from integrations.storage.models import AttemptRow, AuditRow, CampaignRow, HouseholdRow, ImportRow, ResidentRow

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@pytest.fixture
def book(tmp_path: Path) -> bytes:
    """Three households, one with a telephone that cannot be."""
    path = tmp_path / "名册.xlsx"
    workbook = Workbook()
    sheet = workbook.active
    assert sheet is not None
    for row in (
        ("小区", "楼栋", "单元", "房号", "户主", "联系电话", "网格", "网格员"),
        ("康乐小区", "3号楼", "1单元", "501", "王秀英", "13812340001", "第1网格", "周网格"),
        ("康乐小区", "3号楼", "1单元", "502", "李建国", "13812340002", "第1网格", "周网格"),
        ("康乐小区", "5号楼", "1单元", "101", "张桂兰", "138", "第1网格", "周网格"),
    ):
        sheet.append(row)
    workbook.save(path)
    return path.read_bytes()


def sent(admin: Any, path: str, content: bytes, name: str = "名册.xlsx") -> Any:
    return admin.client.post(
        path, files={"file": (name, content, XLSX)}, data={"csrf": admin.csrf}, headers={"hx-request": "true"}
    )


def number(town: Any, table: Any) -> int:
    with town.store.reading() as session:
        return session.scalar(select(func.count()).select_from(table)) or 0


def test_a_book_is_looked_at_first_and_nothing_is_kept(admin: Any, empty_town: Any, book: bytes) -> None:
    answer = sent(admin, "/registry/import/preview", book)
    assert answer.status_code == 200, answer.text
    assert "现在还没有导入" in answer.text
    assert number(empty_town, HouseholdRow) == 0


def test_good_rows_go_in_and_bad_ones_are_named(admin: Any, empty_town: Any, book: bytes) -> None:
    answer = sent(admin, "/registry/import", book)
    assert "已经导入" in answer.text
    assert number(empty_town, ResidentRow) >= 2
    assert "有问题的行" in answer.text
    assert "王秀英" in admin.post("/registry/search", wanted="13812340001")
    with empty_town.store.reading() as session:
        actions = set(session.scalars(select(AuditRow.action)))
    assert "import" in actions


def test_a_file_that_is_no_workbook_is_refused_in_one_sentence(admin: Any, empty_town: Any) -> None:
    answer = sent(admin, "/registry/import", b"not a workbook", "名册.xlsx")
    assert answer.status_code == 422
    assert answer.json()["message"]
    assert number(empty_town, HouseholdRow) == 0


def draft(admin: Any, town: Any, title: str = "试打一轮", **fields: str) -> str:
    with town.store.reading() as session:
        before = set(session.scalars(select(CampaignRow.id)))
    admin.post("/campaigns", title=title, questionnaire=town.questionnaire, **fields)
    with town.store.reading() as session:
        (new,) = set(session.scalars(select(CampaignRow.id))) - before
    return str(new)


def take(browser: Any, campaign: str, step: str) -> None:
    """One step of the campaign's life; a rehearsal is waited for, as the page does."""
    browser.post(f"/campaigns/{campaign}/{step}")
    if step == "rehearse":
        while "hx-refresh" not in browser.client.get(f"/campaigns/{campaign}/rehearsal").headers:
            pass


async def test_the_counts_follow_the_choices(town: Any, admin: Any) -> None:
    everybody = admin.post("/campaigns/count", questionnaire=town.questionnaire)
    one_grid = admin.post("/campaigns/count", questionnaire=town.questionnaire, place=town.grids[0])
    very_old = admin.post("/campaigns/count", questionnaire=town.questionnaire, age_from="89")
    assert ">6<" in everybody
    assert ">3<" in one_grid
    assert ">1<" in very_old


async def test_a_campaign_is_called_only_after_it_was_looked_over_approved_and_launched(town: Any, admin: Any) -> None:
    campaign = draft(admin, town, place=town.grids[0])
    plan = admin.page(f"/campaigns/{campaign}")
    assert "您这两天发烧没有" in plan
    assert "开始演练" in plan
    assert "只有“已批准”的任务才能启动" in admin.post(f"/campaigns/{campaign}/launch", 409)
    for step in ("rehearse", "approve", "launch"):
        with town.store.reading() as session:
            due = session.scalar(select(func.count()).select_from(AttemptRow).where(AttemptRow.campaign_id == campaign))
        assert due == 0
        take(admin, campaign, step)
    with town.store.reading() as session:
        due = session.scalar(select(func.count()).select_from(AttemptRow).where(AttemptRow.campaign_id == campaign))
    assert due == 3
    assert "进行中" in admin.page(f"/campaigns/{campaign}")


async def test_of_two_who_press_launch_the_second_is_told_that_it_runs(town: Any, admin: Any) -> None:
    campaign = draft(admin, town)
    for step in ("rehearse", "approve", "launch"):
        take(admin, campaign, step)
    assert "请刷新页面" in admin.post(f"/campaigns/{campaign}/launch", 409)


async def test_staff_do_not_approve_what_they_made_themselves(town: Any, visitor: Any, account: Any) -> None:
    visitor.log_in("lin", account("lin", "staff"))
    campaign = draft(visitor, town)
    take(visitor, campaign, "rehearse")
    assert "不能批准任务" in visitor.post(f"/campaigns/{campaign}/approve", 403)


async def test_a_paused_campaign_rings_nobody_and_goes_on_when_resumed(town: Any, admin: Any) -> None:
    admin.post(f"/campaigns/{town.campaign}/pause")
    town.clock.advance(timedelta(hours=1))
    town.dial()
    assert town.ready == {}
    admin.post(f"/campaigns/{town.campaign}/resume")
    town.dial()
    assert set(town.ready) == {"李建国"}
    assert "最终结果" not in admin.page(f"/campaigns/{town.campaign}")
    admin.post(f"/campaigns/{town.campaign}/stop")
    page = admin.page(f"/campaigns/{town.campaign}")
    assert "已停止" in page
    assert "最终结果" in page
    assert "合作率" in page


async def test_a_form_with_nonsense_is_answered_in_chinese(town: Any, admin: Any) -> None:
    for fields in ({"title": ""}, {"title": "x", "age_from": "abc"}, {"title": "x", "opens": "25:99"}):
        page = admin.post("/campaigns", 422, questionnaire=town.questionnaire, **fields)
        assert "没有完成" in page
    assert "早于结束" in admin.post(
        "/campaigns", 422, title="x", questionnaire=town.questionnaire, opens="21:00", closes="08:00"
    )


def test_the_newest_import_can_be_undone_until_something_rests_on_it(admin: Any, empty_town: Any, book: bytes) -> None:
    sent(admin, "/registry/import", book)
    page = admin.page("/registry/import")
    assert "导入过的名册" in page
    with empty_town.store.reading() as session:
        brought = session.scalars(select(ImportRow.id)).one()
    assert "撤销了" in admin.post(f"/registry/imports/{brought}/undo")
    assert number(empty_town, HouseholdRow) == 0
    assert admin.client.post(
        f"/registry/imports/{brought}/undo", data={"csrf": admin.csrf}, headers={"hx-request": "true"}
    ).json()["message"]


async def test_a_campaign_has_a_notice_a_text_for_the_group_and_answers_for_grid_workers(town: Any, admin: Any) -> None:
    page = admin.page(f"/campaigns/{town.campaign}/announcement")
    for words in ("关于“健康随访”电话的通知", "不要验证码", "027-12345678", "网格员这样答", "【育林社区】"):
        assert words in page, words
    for name in town.residents:
        assert name not in page


async def test_a_new_round_calls_whom_the_last_one_did_not_reach_and_leaves_out_the_rest(town: Any, admin: Any) -> None:
    admin.post(f"/campaigns/{town.campaign}/stop")
    rounds = {}
    for which in ("on_list", "off_list"):
        choice = {which: town.campaign, f"{which}_outcome": "not_reached"}
        page = admin.post("/campaigns/count", questionnaire=town.questionnaire, **choice)
        rounds[which] = int(re.search(r'number">(\d+)</strong> 户', page).group(1))
    assert 0 < rounds["on_list"] < 6
    assert rounds["on_list"] + rounds["off_list"] == 6
    assert "没有符合条件的住户" in admin.post(
        "/campaigns/count", 422, questionnaire=town.questionnaire, on_list=town.campaign, on_list_outcome="break_off"
    )
    campaign = draft(admin, town, on_list=town.campaign, on_list_outcome="not_reached", title="再打一轮")
    assert "只在选好的名单上" in admin.page(f"/campaigns/{campaign}")
    form = admin.page(f"/campaigns/{campaign}/edit")
    assert "现在的名单" in form
    admin.post(
        f"/campaigns/{campaign}/edit",
        title="再打一轮",
        questionnaire=town.questionnaire,
        on_list="unchanged",
        age_to="90",
    )
    page = admin.page(f"/campaigns/{campaign}")
    assert "只在选好的名单上" in page
    assert "90 岁以下" in page


async def test_staff_call_their_own_telephone_first_and_see_how_that_went(town: Any, admin: Any) -> None:
    campaign = draft(admin, town)
    assert "这个号码不对" in admin.post(f"/campaigns/{campaign}/try", 422, number="12")
    assert "139****0009" in admin.post(f"/campaigns/{campaign}/try", number="13900000009")
    assert 'hx-trigger="every 2s"' in admin.client.get(f"/campaigns/{campaign}/tries").text
    with town.store.writing() as session:
        (trial,) = trials.claim(session, caller="test", at=town.clock.now())
        trials.finish(session, trial.id, Disposition.ANSWERED, at=town.clock.now())
    after = admin.client.get(f"/campaigns/{campaign}/tries").text
    assert "已接通" in after
    assert "hx-trigger" not in after
