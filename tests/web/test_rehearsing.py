"""A rehearsal on the screen: begun, watched, read, heard."""

import asyncio
from dataclasses import replace
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import func, select

from bot.errors import WorkersUnavailable
from bot.web.app import create_app
from integrations.storage.models import CampaignRow, RecordRow, RehearsalRow, TicketRow


def status(town: Any, campaign: str) -> str:
    with town.store.reading() as session:
        return str(session.get_one(CampaignRow, campaign).status)


def rows(town: Any, table: Any) -> int:
    with town.store.reading() as session:
        return session.scalar(select(func.count()).select_from(table)) or 0


def draft(admin: Any, town: Any) -> str:
    admin.post("/campaigns", title="试打一轮", questionnaire=town.questionnaire)
    with town.store.reading() as session:
        return str(session.scalars(select(CampaignRow.id).where(CampaignRow.status == "draft")).one())


def rehearse(admin: Any, campaign: str) -> str:
    admin.post(f"/campaigns/{campaign}/rehearse")
    rehearse_is_over(admin, campaign)
    return str(admin.page(f"/campaigns/{campaign}"))


def rehearse_is_over(browser: Any, campaign: str) -> None:
    """Asks as the page does."""
    while "hx-refresh" not in browser.client.get(f"/campaigns/{campaign}/rehearsal").headers:
        pass


async def test_a_rehearsal_shows_what_it_foretells_and_every_talk(town: Any, admin: Any) -> None:
    campaign = draft(admin, town)
    before = rows(town, RecordRow), rows(town, TicketRow)
    page = rehearse(admin, campaign)
    assert status(town, campaign) == "rehearsed"
    assert (rows(town, RecordRow), rows(town, TicketRow)) == before
    for words in ("演练预计", "打完要多久", "平均每位网格员", "耳背", "不耐烦", "听这一通", "您这两天发烧没有"):
        assert words in page, words
    with town.store.reading() as session:
        rehearsal = session.scalars(select(RehearsalRow.id)).one()
    assert "演练" in admin.page(f"/rehearsals/{rehearsal}/0")
    assert admin.client.get(f"/rehearsals/{rehearsal}/0/lines/0").content[:4] == b"RIFF"
    admin.page(f"/rehearsals/{rehearsal}/0/lines/9999", 404)
    admin.page(f"/rehearsals/{rehearsal}/9999", 404)
    figures = admin.client.get(f"/campaigns/{campaign}/rehearsal/figures").json()
    assert {each["name"] for each in figures["foretold_tickets"]} <= {"周网格", "吴网格"}
    assert "全部完成" in {each["name"] for each in figures["foretold_outcomes"]}


class Held:
    """A rehearser that begins when it is let go."""

    def __init__(self, behind: Any) -> None:
        self.behind = behind
        self.go = False
        self.asked = 0

    async def run(self, campaign_id: str, *, role: Any, progress: Any) -> object:
        self.asked += 1
        progress(3, 48)
        while not self.go:
            await asyncio.sleep(0)
        return await self.behind.run(campaign_id, role=role, progress=progress)


async def test_of_two_who_rehearse_at_once_both_watch_the_same_one(
    town: Any, given: Any, account: Any, visitor: Any
) -> None:
    held = Held(town.rehearsals)
    with TestClient(create_app(replace(given, rehearsals=held))) as client:
        browser = replace(visitor, client=client)
        browser.log_in("lin", account("lin", "staff"))
        campaign = draft(browser, town)
        for _ in range(2):
            assert "正在演练" in browser.post(f"/campaigns/{campaign}/rehearse")
        assert "3</strong> / <span" in client.get(f"/campaigns/{campaign}/rehearsal").text
        held.go = True
        rehearse_is_over(browser, campaign)
    assert held.asked == 1
    assert rows(town, RehearsalRow) == 1


async def test_a_page_made_while_the_rehearsal_ends_asks_once_more(
    town: Any, given: Any, account: Any, visitor: Any
) -> None:
    held = Held(town.rehearsals)
    campaign = ""

    class Voices:
        """Asked once the page has read everything else."""

        @property
        def installed(self) -> bool:
            held.go = True
            while client.app.state.rehearsals.of(campaign) is not None:  # type: ignore[attr-defined]
                pass
            return False

    with TestClient(create_app(replace(given, rehearsals=held, voices=Voices()))) as client:
        browser = replace(visitor, client=client)
        browser.log_in("lin", account("lin", "staff"))
        campaign = draft(browser, town)
        client.post(f"/campaigns/{campaign}/rehearse", data={"csrf": browser.csrf}, follow_redirects=False)
        page = browser.page(f"/campaigns/{campaign}")
    assert status(town, campaign) == "rehearsed"
    assert f'hx-get="/campaigns/{campaign}/rehearsal"' in page


async def test_a_rehearsal_that_cannot_be_done_says_why_and_changes_nothing(
    town: Any, given: Any, account: Any, visitor: Any
) -> None:
    class Broken:
        async def run(self, campaign_id: str, *, role: Any, progress: Any) -> object:
            raise WorkersUnavailable("对话进程没有应答，请稍后再试。")

    with TestClient(create_app(replace(given, rehearsals=Broken()))) as client:
        browser = replace(visitor, client=client)
        browser.log_in("lin", account("lin", "staff"))
        campaign = draft(browser, town)
        browser.post(f"/campaigns/{campaign}/rehearse")
        rehearse_is_over(browser, campaign)
        assert "对话进程没有应答" in browser.page(f"/campaigns/{campaign}")
    assert status(town, campaign) == "draft"


async def test_what_is_changed_after_a_rehearsal_is_rehearsed_again(town: Any, admin: Any) -> None:
    campaign = draft(admin, town)
    rehearse(admin, campaign)
    admin.post(f"/campaigns/{campaign}/edit", title="改过了", questionnaire=town.questionnaire, age_from="80")
    assert status(town, campaign) == "draft"
    page = admin.page(f"/campaigns/{campaign}")
    assert "后来改过，不作数了" in page
    assert "开始演练" in page
    assert "改过了" in page


async def test_a_running_campaign_is_not_rehearsed(town: Any, admin: Any) -> None:
    assert "才能演练" in admin.post(f"/campaigns/{town.campaign}/rehearse", 409)


async def test_who_does_not_run_campaigns_does_not_rehearse(town: Any, visitor: Any, account: Any) -> None:
    visitor.log_in("reviewer", account("reviewer", "reviewer"))
    visitor.post(f"/campaigns/{town.campaign}/rehearse", 403)


@pytest.mark.parametrize("path", ["rehearsal/figures", "rehearsal"])
async def test_before_the_first_rehearsal_there_is_nothing_to_show(town: Any, admin: Any, path: str) -> None:
    campaign = draft(admin, town)
    answer = admin.client.get(f"/campaigns/{campaign}/{path}")
    assert answer.status_code == (404 if path.endswith("figures") else 200)
