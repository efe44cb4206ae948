"""An urgent matter that nobody took is red on every page of those who may take it, until somebody does."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any

import pytest
from fastapi.testclient import TestClient
from playwright.async_api import expect

from bot.auth.login import IDLE_SESSION
from bot.web.app import create_app
from bot.web.collaborators import Collaborators
from integrations.handover.unheard import SILENT_FOR, alarm
from integrations.storage.models import HandoverRow, TicketRow, UserRow, WorkerRow

BAR = "没有人接的急事"


def nobody_took_it(town: Any) -> TicketRow:
    """Everybody was rung about the pain in 5号楼 and nobody took it; its ticket."""
    with town.store.writing() as session:
        row = session.query(HandoverRow).one()
        alarm(session, row, at=town.clock.now())
        return session.get_one(TicketRow, row.ticket_id)


async def test_every_page_shows_it_until_somebody_takes_it(town: Any, admin: Any) -> None:
    assert BAR not in admin.page("/")
    ticket = nobody_took_it(town)
    for path in ("/", "/campaigns", "/tickets", "/registry", f"/tickets/{ticket.id}", "/audit"):
        page = admin.page(path)
        assert BAR in page
        assert f'href="/tickets/{ticket.id}"' in page
    bar = admin.page("/alarms")
    assert "康乐小区5号楼" in bar
    for secret in ("张桂兰", "101", "胸口疼"):
        assert secret not in bar
    admin.post(f"/tickets/{ticket.id}/accept")
    assert admin.page("/alarms") == ""
    assert BAR not in admin.page("/")
    assert "都打过一遍，没有人接" in admin.page(f"/tickets/{ticket.id}")


async def test_only_those_who_may_take_it_see_it(town: Any, visitor: Any, account: Any) -> None:
    nobody_took_it(town)
    with town.store.writing() as session:
        session.add(WorkerRow(id="other", name="郑网格", role="grid_worker", grid_id=town.grids[1]))
    seen = {}
    for login, role, worker in (
        ("worker", "grid_worker", town.workers[0]),
        ("deputy", "grid_worker", town.workers[1]),  # of the other grid, but named as the household's deputy
        ("other", "grid_worker", "other"),
        ("staff", "staff", None),
        ("reviewer", "reviewer", None),
    ):
        visitor.client.cookies.clear()
        visitor.log_in(login, account(login, role, worker))
        seen[login] = (BAR in visitor.page("/"), BAR in visitor.page("/alarms"))
    yes, no = (True, True), (False, False)
    assert seen == {"worker": yes, "deputy": yes, "other": no, "staff": yes, "reviewer": no}


async def test_it_alarms_by_itself_when_nothing_rings_anybody(town: Any, admin: Any) -> None:
    """The telephone line, or the process that rings, may be what is broken."""
    assert admin.page("/alarms") == ""
    town.clock.advance(SILENT_FOR)
    assert BAR in admin.page("/alarms")


async def test_a_page_that_looks_by_itself_keeps_nobody_logged_in(town: Any, admin: Any) -> None:
    for _ in range(5):
        town.clock.advance(IDLE_SESSION / 4)
        status = admin.client.get("/alarms").status_code
    assert status == 401


async def test_the_number_that_staff_may_ring_stands_beside_it(town: Any, given: Collaborators, account: Any) -> None:
    nobody_took_it(town)
    password = account("staff", "staff")
    with TestClient(create_app(replace(given, emergency_number="0716-7654321"))) as client:
        client.post("/login", data={"login": "staff", "password": password})
        assert 'href="tel:0716-7654321"' in client.get("/").text


@pytest.mark.browser
async def test_whoever_has_a_page_open_is_told_at_once(
    town: Any, desk: Any, administrator: Callable[[Any], Awaitable[None]]
) -> None:
    await administrator(desk)
    await desk.go("/questionnaires")
    bar = desk.page.get_by_role("alert")
    await expect(bar).to_be_empty()
    ticket = nobody_took_it(town)
    await expect(bar).to_contain_text(BAR)
    await expect(desk.page).to_have_title("（1 件急事没人接）问卷 · 育林社区")
    await desk.check("alarm")
    await desk.page.get_by_role("link", name=f"去接单 {ticket.number}").click()
    await desk.page.get_by_role("button", name="我来处理").click()
    await expect(bar).to_be_empty()
    await expect(desk.page).not_to_have_title("（1 件急事没人接）")


@pytest.mark.browser
async def test_a_page_whose_login_ended_says_that_it_hears_nothing_any_more(
    town: Any, desk: Any, administrator: Callable[[Any], Awaitable[None]]
) -> None:
    await administrator(desk)
    with town.store.writing() as session:
        session.query(UserRow).update({"disabled_at": town.clock.now()})
    await expect(desk.page.get_by_text("这里不会再提醒")).to_be_visible()
