"""The README's pictures, taken from the running product: ./linyin screenshots [--to DIR].

The demo runs as anybody runs it; a browser looks at it as staff do, while its calls are under way and afterwards.
"""

import argparse
import asyncio
import contextlib
import os
import re
import signal
import socket
import sys
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

from playwright.async_api import Browser, Page, async_playwright, expect

from bot.settings import ROOT
from tests.workshop.chromium import CHROMIUM, DESK, FLAGS, TELEPHONE

HOUSEHOLDS = 80
PATIENCE_MS = 600_000  # a machine with other work takes minutes to start the dialogue workers
LOOK_SECONDS = 2
DRAWN_MS = 1500  # charts grow for a second
PASSWORD = re.compile(r"登录名 admin，密码 (\S+?)（")
ADDRESS = re.compile(r"控制台已打开：(\S+)")
TITLE = "十一月健康随访"


@dataclass(frozen=True)
class Studio:
    """A browser before the running demo."""

    page: Page
    address: str
    folder: Path

    async def go(self, path: str) -> None:
        await self.page.goto(self.address + path)
        await self.page.wait_for_load_state("networkidle")

    async def take(self, name: str, *, whole: bool = False) -> None:
        """One picture; `whole` takes all of a long page, otherwise what fits the screen."""
        await self.page.evaluate("document.fonts.ready")
        await self.page.wait_for_timeout(DRAWN_MS)
        await self.page.screenshot(path=self.folder / f"{name}.png", full_page=whole, animations="disabled")
        print(f"  {name}.png", file=sys.stderr)  # noqa: T201


async def take_all(folder: Path) -> None:
    """Takes every picture into the folder."""
    folder.mkdir(parents=True, exist_ok=True)
    async with running_demo() as (address, password), async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=str(CHROMIUM), args=list(FLAGS))
        desk = Studio(await new_page(browser, DESK), address, folder)
        await desk.go("/login")
        await desk.page.get_by_label("登录名").fill("admin")
        await desk.page.get_by_label("密码").fill(password)
        await desk.page.get_by_role("button", name="登录").click()
        await while_it_runs(desk)
        await before_a_launch(desk)
        await afterwards(desk)
        await on_a_telephone(browser, address, folder)
        await browser.close()


async def while_it_runs(desk: Studio) -> None:
    """The campaign of the demo, with calls up and charts that show something."""
    page = desk.page
    while not await page.get_by_role("link", name="看实况").count():  # the demo rehearses first
        await asyncio.sleep(LOOK_SECONDS)
        await desk.go("/")
    await page.get_by_role("link", name="看实况").click()
    await expect(page.locator("li[id^=answer-]").nth(4)).to_be_visible(timeout=PATIENCE_MS)
    await expect(page.locator("[data-chart=pace] canvas")).to_be_visible(timeout=PATIENCE_MS)
    await desk.take("console")
    await page.locator(".charts").scroll_into_view_if_needed()
    await desk.take("charts")


async def before_a_launch(desk: Studio) -> None:
    """Another campaign is made and rehearsed beside it."""
    page = desk.page
    await desk.go("/questionnaires")
    await page.get_by_role("link", name="健康随访", exact=True).click()
    await page.wait_for_load_state("networkidle")
    await desk.take("questionnaire")
    await page.get_by_role("link", name="用它新建任务").click()
    await page.get_by_label("任务名称").fill(TITLE)
    await page.get_by_label("年龄，从").fill("65")
    await page.wait_for_load_state("networkidle")
    await desk.take("new-campaign")
    await page.get_by_role("button", name="建好草稿").click()
    await page.get_by_role("button", name="开始演练").click()
    await expect(page.get_by_role("heading", name="演练预计")).to_be_visible(timeout=PATIENCE_MS)
    await expect(page.locator("[data-chart=foretold_outcomes] canvas")).to_be_visible(timeout=PATIENCE_MS)
    await desk.take("rehearsal")
    await page.get_by_role("link", name="看通知").click()
    await desk.take("announcement")


async def afterwards(desk: Studio) -> None:
    """What calls leave behind: an answered contact and the tickets."""
    page = desk.page
    await desk.go("/campaigns")
    await page.get_by_role("link", name="演示").first.click()
    await page.get_by_role("link", name="名单与结果").click()
    await page.get_by_label("谈成怎样").select_option("complete", timeout=PATIENCE_MS)
    await page.locator("tbody a").first.click()
    await expect(page.get_by_role("heading", name="记下的答案")).to_be_visible()
    await desk.take("contact")
    await desk.go("/tickets")
    await desk.take("tickets")


async def on_a_telephone(browser: Browser, address: str, folder: Path) -> None:
    """The resident's page as it looks in the hand."""
    resident = Studio(await new_page(browser, TELEPHONE), address, folder)
    await resident.go("/chat")
    await resident.page.get_by_role("button", name="开始").click()
    await expect(resident.page.locator(".turn.assistant").first).to_be_visible(timeout=PATIENCE_MS)
    await resident.take("chat")


async def new_page(browser: Browser, size: dict[str, int]) -> Page:
    """A page of its own, in Chinese and in Beijing."""
    context = await browser.new_context(
        viewport={"width": size["width"], "height": size["height"]}, locale="zh-CN", timezone_id="Asia/Shanghai"
    )
    context.set_default_timeout(60_000)
    return await context.new_page()


@contextlib.asynccontextmanager
async def running_demo() -> AsyncIterator[tuple[str, str]]:
    """The address of a demo that runs on a free port, and its administrator's password."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    demo = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "bot",
        "demo",
        "--households",
        str(HOUSEHOLDS),
        cwd=ROOT,
        env=os.environ | {"LINYIN_PORT": str(port), "PYTHONPATH": str(ROOT)},
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.PIPE,
        preexec_fn=_interruptible,
    )
    reading: asyncio.Task[None] | None = None
    try:
        said = ""
        assert demo.stderr is not None
        while not (PASSWORD.search(said) and ADDRESS.search(said)):
            line = (await demo.stderr.readline()).decode()
            if not line:
                raise SystemExit(f"演示没有开起来：\n{said}")
            said += line
        reading = asyncio.create_task(_read_on(demo.stderr))
        password, address = PASSWORD.search(said), ADDRESS.search(said)
        assert password is not None
        assert address is not None
        yield address[1], password[1]
    finally:
        if demo.returncode is None:
            demo.send_signal(signal.SIGINT)
            await demo.wait()
        if reading is not None:
            await reading


def _interruptible() -> None:
    """A shell that starts us in the background has us ignore Ctrl-C, and children inherit that."""
    signal.signal(signal.SIGINT, signal.default_int_handler)


async def _read_on(stream: asyncio.StreamReader) -> None:
    """So that the demo never waits for somebody who reads what it says."""
    while await stream.readline():
        pass


def main() -> None:
    """From the command line."""
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--to", type=Path, required=True)
    asyncio.run(take_all(arguments.parse_args().to.resolve()))


if __name__ == "__main__":
    main()
