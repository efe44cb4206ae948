"""Staff at a real screen: Chromium against the served console, with axe-core looking for what keeps people out."""

import socket
import threading
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import uvicorn
from fastapi import FastAPI
from playwright.async_api import Browser, BrowserContext, ConsoleMessage, Page, async_playwright, expect
from sqlalchemy import delete

from bot.auth.accounts import first_run
from bot.web.collaborators import Collaborators
from integrations.storage.models import LoginSessionRow

pytestmark = pytest.mark.browser

CHROMIUM = Path("/usr/bin/chromium")
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
AXE = (Path(__file__).parent / "vendor" / "axe-core" / "axe.min.js").read_text(encoding="utf-8")
SERIOUS = {"serious", "critical"}
DESK = {"width": 1366, "height": 900}
TELEPHONE = {"width": 390, "height": 844}


@pytest.fixture
def store_url(tmp_path: Path) -> str:
    """One engine is enough here: the other tests of this folder run on both."""
    return f"sqlite:///{tmp_path}/linyin.db"


@pytest.fixture
def site(app: FastAPI) -> Iterator[str]:
    """The address of the served console."""
    listening = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(app, log_config=None, ws="none"))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
    thread.start()
    yield f"http://127.0.0.1:{listening.getsockname()[1]}"
    server.should_exit = True
    thread.join()
    listening.close()


@pytest.fixture
async def chromium() -> AsyncIterator[Browser]:
    if not CHROMIUM.exists():
        pytest.skip("Chromium is not installed: apt-get install chromium")
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=str(CHROMIUM), args=FLAGS)
        yield browser
        await browser.close()


@dataclass
class Screen:
    """A page with what the browser complained about, and a folder for pictures."""

    page: Page
    site: str
    pictures: Path
    complaints: list[str] = field(default_factory=list)

    async def go(self, path: str) -> None:
        await self.page.goto(self.site + path)

    async def picture(self, name: str) -> None:
        await self.page.screenshot(path=self.pictures / f"{name}.png", full_page=True)

    async def check(self, name: str) -> None:
        """No serious fault for people who see, hear or move otherwise."""
        await self.picture(name)
        await self.page.evaluate(AXE)
        found = await self.page.evaluate("axe.run()")
        faults = [
            f"{each['id']}: {[node['html'][:160] for node in each['nodes']][:3]}"
            for each in found["violations"]
            if each["impact"] in SERIOUS
        ]
        assert not faults, f"{name}: {faults}"
        assert not self.complaints, f"{name}: {self.complaints}"


async def screen(browser: Browser, site: str, tmp_path: Path, size: dict[str, int]) -> Screen:
    context: BrowserContext = await browser.new_context(
        viewport={"width": size["width"], "height": size["height"]}, locale="zh-CN", timezone_id="Asia/Shanghai"
    )
    page = await context.new_page()
    shown = Screen(page, site, tmp_path)

    def complain(message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"}:
            shown.complaints.append(message.text)

    page.on("console", complain)
    page.on("pageerror", lambda error: shown.complaints.append(str(error)))
    return shown


@pytest.fixture
async def desk(chromium: Browser, site: str, tmp_path: Path) -> Screen:
    return await screen(chromium, site, tmp_path, DESK)


@pytest.fixture
async def telephone(chromium: Browser, site: str, tmp_path: Path) -> Screen:
    return await screen(chromium, site, tmp_path, TELEPHONE)


async def log_in(desk: Screen, password: str) -> None:
    await desk.go("/login")
    await desk.page.get_by_label("登录名").fill("admin")
    await desk.page.get_by_label("密码").fill(password)
    await desk.page.get_by_role("button", name="登录").click()
    await expect(desk.page.get_by_role("heading", level=1)).to_contain_text("管理员")


@pytest.fixture
def password(given: Collaborators) -> str:
    found = first_run(given.store, given.passwords, below=given.below, at=given.clock.now())
    assert found is not None
    return found


async def test_staff_watch_a_campaign_open_a_call_accept_a_ticket_and_export(
    town: Any, desk: Screen, password: str
) -> None:
    await desk.go("/login")
    await desk.check("01-login")
    await log_in(desk, password)
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
        await desk.page.get_by_role("button", name="导出").click()
    assert (await download.value).suggested_filename.startswith("十一月健康随访")

    for number, path in enumerate(("/audit", "/users", "/me/password", "/campaigns", "/registry", "/nowhere"), 13):
        await desk.go(path)
        if path == "/nowhere":
            desk.complaints.clear()  # the browser itself reports a 404
        await desk.check(f"{number}{path.replace('/', '-')}")


async def test_a_resident_talks_on_a_telephone_screen(town: Any, telephone: Screen) -> None:
    await telephone.go("/chat")
    await telephone.check("20-chat-welcome")
    await telephone.page.get_by_role("button", name="开始").click()
    await expect(telephone.page.get_by_text("现在方便吗")).to_be_visible()
    for words in ("方便", "没有发烧"):
        await telephone.page.get_by_label("您想说的话").fill(words)
        await telephone.page.keyboard.press("Enter")
        await expect(telephone.page.locator(".turn.resident").filter(has_text=words)).to_be_visible()
        await expect(telephone.page.locator(".turn").last).to_have_class("turn assistant")
    await telephone.check("21-chat")
    await telephone.page.reload()
    await expect(telephone.page.get_by_text("没有发烧")).to_be_visible()
    await telephone.page.get_by_role("button", name="转人工").click()
    await expect(telephone.page.get_by_role("button", name="重新开始")).to_be_visible()
    await telephone.check("22-chat-over")


async def test_the_console_can_be_used_on_a_telephone(town: Any, telephone: Screen, password: str) -> None:
    await log_in(telephone, password)
    for number, path in enumerate(("/", f"/campaigns/{town.campaign}", f"/contacts/{town.contact('刘玉珍')}"), 30):
        await telephone.go(path)
        await telephone.check(f"{number}-telephone")
        wider = await telephone.page.evaluate("document.documentElement.scrollWidth > window.innerWidth")
        assert not wider


async def test_an_empty_system_becomes_a_launched_campaign_on_the_screen(
    empty_town: Any, desk: Screen, password: str, tmp_path: Path
) -> None:
    book = tmp_path / "名册.csv"
    rows = ["小区,楼栋,单元,房号,户主,联系电话,网格,网格员"]
    rows += [
        f"康乐小区,3号楼,1单元,{room},王秀{name},1381234{room}1,第1网格,周网格"
        for room, name in ((501, "英"), (502, "兰"))
    ]
    rows.append("康乐小区,3号楼,1单元,601,李建国,138,第1网格,周网格")
    book.write_text("\n".join(rows), encoding="utf-8")
    page = desk.page
    await log_in(desk, password)
    await desk.check("40-home-empty")
    await page.get_by_role("link", name="居民登记册").first.click()
    await page.get_by_role("link", name="导入名册").click()
    await page.get_by_label("名册文件").set_input_files(book)
    await page.get_by_role("button", name="先看看会怎样").click()
    await expect(page.get_by_text("现在还没有导入")).to_be_visible()
    await desk.check("41-book-preview")
    await page.get_by_role("button", name="确认导入").click()
    await expect(page.get_by_role("heading", name="已经导入")).to_be_visible()
    await desk.check("42-book-imported")
    await page.get_by_role("link", name="新建任务").click()
    await page.get_by_label("任务名称").fill("十一月健康随访")
    await page.get_by_role("radio", name="健康随访").check()
    await page.get_by_label("第1网格").check()
    await expect(page.locator("#forecast")).to_contain_text("2 户")
    await desk.check("43-campaign-new")
    await page.get_by_role("button", name="建好草稿").click()
    await expect(page.get_by_text("您这两天发烧没有")).to_be_visible()
    await desk.check("44-campaign-plan")
    page.on("dialog", lambda dialog: dialog.accept())
    for words in ("提交批准", "批准", "启动"):
        await page.get_by_role("button", name=words).click()
    await expect(page.get_by_text("还没有通话")).to_be_visible()
    await desk.check("45-campaign-running")
    await page.get_by_role("button", name="暂停").click()
    await expect(page.get_by_role("button", name="继续")).to_be_visible()


async def test_a_session_that_ends_while_somebody_types_loses_nothing(
    town: Any, desk: Screen, password: str, given: Collaborators
) -> None:
    page = desk.page
    await log_in(desk, password)
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
