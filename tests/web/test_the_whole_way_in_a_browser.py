"""From an empty system to an exported campaign, by somebody who reads what stands on the screen and presses that."""

from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import expect
from sqlalchemy import select

from campaigns.disposition import Disposition
from integrations.storage.models import ResidentRow

pytestmark = pytest.mark.browser

PATIENCE_MS = 240_000  # a busy machine rehearses slowly; every wait ends as soon as what it waits for is there
NAMES = ("王秀英", "李建国", "张桂兰", "陈德福")


@pytest.fixture
def store_url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path}/linyin.db"


@pytest.fixture
def book(tmp_path: Path) -> Path:
    path = tmp_path / "育林社区住户名册.csv"
    rows = ["小区,楼栋,单元,房号,户主,联系电话,出生日期,网格,网格员"]
    rows += [
        f"康乐小区,{3 + number // 2}号楼,1单元,{501 + number},{name},1381234000{number},1941-02-01,第1网格,周网格"
        for number, name in enumerate(NAMES)
    ]
    rows.append("康乐小区,3号楼,1单元,601,赵志强,138,1950-01-01,第1网格,周网格")
    path.write_text("\n".join(rows), encoding="utf-8")
    return path


def know_residents(town: Any) -> None:
    """The town learns who lives in it, as the book has brought them."""
    with town.store.reading() as session:
        town.residents = {row.name: row.id for row in session.scalars(select(ResidentRow))}


async def test_an_empty_system_becomes_a_finished_campaign_on_the_screen(
    empty_town: Any, desk: Any, administrator: Any, book: Path
) -> None:
    page, town = desk.page, empty_town
    page.on("dialog", lambda dialog: dialog.accept())
    await administrator(desk)
    await desk.check("40-home-empty")

    await page.get_by_role("link", name="导入名册").click()
    await page.get_by_label("名册文件").set_input_files(book)
    await page.get_by_role("button", name="先看看会怎样").click()
    await expect(page.get_by_text("现在还没有导入")).to_be_visible()
    await desk.check("41-book-preview")
    await page.get_by_role("button", name="确认导入").click()
    await expect(page.get_by_role("heading", name="已经导入")).to_be_visible()
    await desk.go("/registry/import")
    await desk.check("42-book-imported")
    await page.get_by_role("button", name="撤销").click()
    await expect(page.get_by_text("撤销了")).to_be_visible()
    await page.get_by_label("名册文件").set_input_files(book)
    await page.get_by_role("button", name="先看看会怎样").click()
    await page.get_by_role("button", name="确认导入").click()
    await expect(page.get_by_role("heading", name="已经导入")).to_be_visible()
    know_residents(town)

    await page.get_by_role("link", name="首页").click()
    await expect(page.get_by_role("link", name="新建任务")).to_be_visible()
    await desk.check("43-home-second-step")
    await page.get_by_role("link", name="问卷", exact=True).click()
    await expect(page.get_by_role("heading", name="用自己写的问卷")).to_be_visible()
    await desk.check("44-questionnaires")
    await page.get_by_role("link", name="健康随访", exact=True).click()
    await expect(page.get_by_text("您这两天发烧没有")).to_be_visible()
    await page.get_by_role("button", name="从头听一遍").click()
    await expect(page.locator("[data-line].heard")).to_have_count(1)
    await expect(page.locator("[data-line].heard")).to_have_count(0, timeout=PATIENCE_MS)
    await desk.check("45-questionnaire")

    await page.get_by_role("link", name="用它新建任务").click()
    await expect(page.get_by_role("radio", name="健康随访")).to_be_checked()
    await page.get_by_label("任务名称").fill("十一月健康随访")
    await page.get_by_label("第1网格").check()
    await expect(page.locator("#forecast")).to_contain_text("4 户")
    await desk.check("46-campaign-new")
    await page.get_by_role("button", name="建好草稿").click()
    await expect(page.get_by_text("您这两天发烧没有")).to_be_visible()
    await desk.check("47-campaign-draft")

    await page.get_by_role("button", name="开始演练").click()
    await expect(page.get_by_role("heading", name="演练预计")).to_be_visible(timeout=PATIENCE_MS)
    await expect(page.locator("[data-chart=foretold_outcomes] canvas")).to_be_visible()
    await page.get_by_role("button", name="听这一通").first.click()
    await expect(page.locator("#played .heard, [data-line].heard")).to_have_count(1)
    await page.get_by_role("button", name="停").click()
    await page.get_by_text("通对话").click()
    await page.locator("details.rehearsed summary").first.click()
    await expect(page.locator("details.rehearsed[open] .turn").first).to_be_visible()
    await desk.check("48-campaign-rehearsed")
    await page.get_by_label("自己的号码").fill("13900000009")
    await page.get_by_role("button", name="打过来").click()
    await expect(page.locator("#tries")).to_contain_text("139****0009")
    await page.get_by_role("link", name="看通知").click()
    await expect(page.get_by_role("heading", name="先告诉居民", level=1)).to_be_visible()
    await desk.check("49-announcement")
    await page.go_back()

    await page.get_by_role("button", name="批准").click()
    await expect(page.get_by_role("button", name="启动")).to_be_visible()
    await desk.check("50-campaign-approved")
    await page.get_by_role("button", name="启动").click()
    await expect(page.get_by_text("还没有通话")).to_be_visible()
    town.dial()
    await town.call("王秀英", said=("方便", "没有发烧", "不咳嗽"))
    await town.call("李建国", disposition=Disposition.BUSY)
    await expect(page.get_by_role("article").filter(has_text="王秀英")).to_contain_text("不咳嗽")
    await expect(page.locator("[data-chart=funnel] canvas")).to_be_visible(timeout=PATIENCE_MS)
    await desk.check("51-campaign-live")
    await page.get_by_role("button", name="暂停").click()
    await expect(page.get_by_role("button", name="继续")).to_be_visible()
    await page.get_by_role("button", name="继续").click()

    await page.get_by_role("link", name="王秀英").first.click()
    await expect(page.get_by_role("heading", level=1)).to_have_text("王秀英")
    await expect(page.locator(".answer").filter(has_text="是否发烧")).to_contain_text("原话：")
    await desk.check("52-contact")
    await page.get_by_role("link", name="十一月健康随访").first.click()
    await page.get_by_role("button", name="停止").click()
    await expect(page.get_by_role("heading", name="最终结果")).to_be_visible()
    await desk.check("53-campaign-stopped")
    async with page.expect_download() as download:
        await page.get_by_role("button", name="导出工作簿").click()
    assert (await download.value).suggested_filename.startswith("十一月健康随访")


async def test_of_two_operators_the_second_is_told_that_it_runs(
    town: Any, desk: Any, second_desk: Any, administrator: Any
) -> None:
    for each in (desk, second_desk):
        each.page.on("dialog", lambda dialog: dialog.accept())
        await administrator(each)
    await desk.go("/campaigns/new")
    await desk.page.get_by_label("任务名称").fill("两个人一起")
    await desk.page.get_by_role("button", name="建好草稿").click()
    await desk.page.get_by_role("button", name="开始演练").click()
    await desk.page.get_by_role("button", name="批准").click(timeout=PATIENCE_MS)
    await expect(desk.page.get_by_role("button", name="启动")).to_be_visible()
    await second_desk.go(desk.page.url.removeprefix(desk.site))
    await desk.page.get_by_role("button", name="启动").click()
    await expect(desk.page.get_by_role("button", name="暂停")).to_be_visible()
    await second_desk.page.get_by_role("button", name="启动").click()
    await expect(second_desk.page.locator("#toast")).to_contain_text("任务现在是“进行中”")


async def test_what_was_typed_survives_a_closed_page_and_is_forgotten_once_it_was_kept(
    town: Any, desk: Any, administrator: Any
) -> None:
    page = desk.page
    await administrator(desk)
    await desk.go(f"/questionnaires/{town.questionnaire}/edit")
    await page.get_by_label("这样问").first.fill("您身上烧不烧呀？")
    await desk.go("/campaigns")
    await desk.go(f"/questionnaires/{town.questionnaire}/edit")
    await expect(page.get_by_text("上次没写完的内容")).to_be_visible()
    await expect(page.get_by_label("这样问").first).to_have_value("您身上烧不烧呀？")
    await desk.check("60-draft-restored")
    await page.get_by_role("button", name="存成新的一版").click()
    await expect(page.get_by_text("您身上烧不烧呀？")).to_be_visible()
    await desk.go(f"/questionnaires/{town.questionnaire}/edit")
    await expect(page.get_by_text("上次没写完的内容")).to_have_count(0)
    await page.get_by_label("这样问").first.fill("退出时要忘掉的")
    await page.get_by_role("button", name="退出").click()
    await expect(page.get_by_role("button", name="登录")).to_be_visible()
    assert await page.evaluate("Object.keys(localStorage).length") == 0


async def test_a_broken_connection_loses_nothing_and_says_so(town: Any, desk: Any, administrator: Any) -> None:
    page = desk.page
    await administrator(desk)
    await desk.go("/campaigns/new")
    await page.get_by_label("任务名称").fill("断网时写的")
    await page.context.set_offline(True)
    await page.get_by_role("button", name="建好草稿").click()
    await expect(page.locator("#toast")).to_contain_text("填的内容还在")
    await page.context.set_offline(False)
    await page.get_by_role("button", name="建好草稿").click()
    await expect(page.get_by_role("heading", level=1)).to_have_text("断网时写的")


async def test_every_new_page_can_be_used_on_a_telephone(town: Any, telephone: Any, administrator: Any) -> None:
    await administrator(telephone)
    for number, path in enumerate(
        (
            "/questionnaires",
            f"/questionnaires/{town.questionnaire}",
            f"/questionnaires/{town.questionnaire}/edit",
            "/campaigns/new",
            f"/campaigns/{town.campaign}/announcement",
            "/registry/import",
        ),
        70,
    ):
        await telephone.go(path)
        await telephone.check(f"{number}-telephone")
        wider = await telephone.page.evaluate("document.documentElement.scrollWidth > window.innerWidth")
        assert not wider, path
