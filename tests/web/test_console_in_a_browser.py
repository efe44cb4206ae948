"""Staff at a real screen: Chromium against the served console, with axe-core looking for what keeps people out."""

from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import expect
from sqlalchemy import delete

from integrations.storage.models import LoginSessionRow
from tests.workshop.chromium import TELEPHONE

pytestmark = pytest.mark.browser
SMALL = {"width": 320, "height": 640}  # the narrowest telephone, or letters twice as large


@pytest.fixture
def store_url(tmp_path: Path) -> str:
    """One engine is enough here: the other tests of this folder run on both."""
    return f"sqlite:///{tmp_path}/linyin.db"


async def test_staff_watch_a_campaign_open_a_call_accept_a_ticket_and_export(
    town: Any, desk: Any, administrator: Any
) -> None:
    await desk.go("/login")
    await desk.check("01-login")
    await administrator(desk)
    await desk.check("02-home")

    await desk.page.get_by_role("link", name="看实况").click()
    await expect(desk.page.get_by_text("有点发烧").first).to_be_visible()
    await expect(desk.page.locator("[data-chart=funnel] canvas")).to_be_visible()
    await desk.check("03-wall")
    await town.call("赵志强", said=("方便", "没有发烧"))
    await expect(desk.page.get_by_role("article").filter(has_text="赵志强")).to_contain_text("没有发烧")
    await desk.check("04-wall-later")

    await desk.page.get_by_role("link", name="王秀英").first.click()
    await expect(desk.page.get_by_role("heading", level=1)).to_have_text("王秀英")
    await expect(desk.page.get_by_text("记下的答案")).to_be_visible()
    await desk.page.get_by_role("button", name="显示").click()
    await expect(desk.page.get_by_text("13812340001")).to_be_visible()
    await desk.page.get_by_role("button", name="已核实：是否发烧").click()
    await expect(desk.page.locator(".answer").filter(has_text="人工核实")).to_have_count(1)
    await desk.check("05-contact")

    await desk.page.get_by_role("link", name="名单", exact=True).click()
    await desk.page.get_by_label("电话结果").select_option("busy")
    await expect(desk.page.locator("tbody tr")).to_have_count(1)
    await desk.check("06-contacts")

    await desk.page.get_by_role("link", name="工单").first.click()
    await desk.check("07-tickets")
    await desk.page.get_by_role("row").filter(has_text="胸痛").get_by_role("link").click()
    await desk.check("08-ticket-open")
    await desk.page.get_by_role("button", name="我来处理").click()
    await expect(desk.page.get_by_label("处理结果")).to_be_visible()
    await desk.page.get_by_label("处理结果").fill("已上门，老人已送医院，家属到了。")
    await desk.page.get_by_role("button", name="办结").click()
    await expect(desk.page.get_by_text("老人已送医院")).to_be_visible()
    await desk.check("09-ticket-done")

    await desk.page.get_by_role("link", name="居民登记册").first.click()
    await desk.page.get_by_label("查找居民").fill("张桂兰")
    await desk.page.get_by_role("button", name="查找").click()
    await desk.check("10-registry")
    await desk.page.get_by_role("link", name="张桂兰").click()
    await desk.check("11-household")

    await desk.page.get_by_role("link", name="导出").first.click()
    await desk.check("12-exports")
    async with desk.page.expect_download() as download:
        await desk.page.get_by_role("button", name="导出 Excel").click()
    assert (await download.value).suggested_filename.startswith("十一月健康随访")

    for number, path in enumerate(("/audit", "/users", "/me/password", "/campaigns", "/registry", "/nowhere"), 13):
        await desk.go(path)
        if path == "/nowhere":
            desk.complaints.clear()  # the browser itself reports a 404
        await desk.check(f"{number}{path.replace('/', '-')}")


async def test_a_resident_talks_on_a_telephone_screen(town: Any, telephone: Any) -> None:
    await telephone.go("/chat")
    await telephone.check("20-chat-welcome")
    await telephone.page.get_by_role("button", name="开始").click()
    await expect(telephone.page.get_by_text("您有什么事")).to_be_visible()
    await expect(telephone.page.get_by_label("您想说的话")).to_be_focused()
    await telephone.page.set_viewport_size(SMALL)
    assert await telephone.page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    await telephone.page.set_viewport_size(TELEPHONE)
    await telephone.page.get_by_role("button", name="我要报修").click()
    await expect(telephone.page.get_by_text("登记的电话号码")).to_be_visible()
    for words in ("13812340001", "王秀英", "灯坏了", "三楼拐角"):
        await telephone.page.get_by_label("您想说的话").fill(words)
        await telephone.page.keyboard.press("Enter")
        await expect(telephone.page.locator(".turn.resident").filter(has_text=words)).to_be_visible()
        await expect(telephone.page.locator(".turn").last).to_have_class("turn assistant")
    await telephone.check("21-chat")
    await telephone.page.reload()
    await expect(telephone.page.get_by_text("三楼拐角")).to_be_visible()
    await telephone.page.get_by_role("button", name="转人工").click()
    await expect(telephone.page.get_by_role("button", name="重新开始")).to_be_visible()
    await telephone.check("22-chat-over")


async def test_the_console_can_be_used_on_a_telephone(town: Any, telephone: Any, administrator: Any) -> None:
    await administrator(telephone)
    for number, path in enumerate(("/", f"/campaigns/{town.campaign}", f"/contacts/{town.contact('刘玉珍')}"), 30):
        await telephone.go(path)
        await telephone.check(f"{number}-telephone")
        wider = await telephone.page.evaluate("document.documentElement.scrollWidth > window.innerWidth")
        assert not wider


async def test_a_session_that_ends_while_somebody_types_loses_nothing(
    town: Any, desk: Any, administrator: Any, password: str
) -> None:
    page = desk.page
    await administrator(desk)
    await desk.go("/campaigns/new")
    await page.get_by_label("任务名称").fill("写了一半的任务")
    await expect(page.locator("#forecast")).to_contain_text("6 户")
    with town.store.writing() as session:
        session.execute(delete(LoginSessionRow))
    await page.get_by_role("button", name="建好草稿").click()
    await expect(page.locator("#toast")).to_contain_text("登录已过期")
    async with page.context.expect_page() as opened:
        await page.locator("#toast a").click()
    elsewhere = await opened.value
    await elsewhere.get_by_label("登录名").fill("admin")
    await elsewhere.get_by_label("密码").fill(password)
    await elsewhere.get_by_role("button", name="登录").click()
    await expect(elsewhere.get_by_role("heading", level=1)).to_contain_text("管理员")
    await elsewhere.close()
    async with page.expect_response("**/me/token"):
        await page.evaluate("window.dispatchEvent(new Event('focus'))")
    await expect(page.get_by_label("任务名称")).to_have_value("写了一半的任务")
    await page.get_by_role("button", name="建好草稿").click()
    await expect(page.get_by_role("heading", level=1)).to_have_text("写了一半的任务")
