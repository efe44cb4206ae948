"""What the pages show, and to whom."""

from datetime import timedelta
from typing import Any

from bot.auth.scope import Scope
from bot.web.reads.paging import page
from bot.web.reads.tickets import ticket_list
from integrations.tickets import states
from integrations.tickets.raising import Matter, raise_ticket

ALL_PAGES = ("/", "/campaigns", "/tickets", "/registry", "/exports", "/audit", "/users", "/me/password")


def test_every_page_opens_for_the_administrator_of_an_empty_system(admin: Any) -> None:
    for path in ALL_PAGES:
        assert "邻音" in admin.page(path)


async def test_the_urgent_come_first_whoever_sees_to_them_and_what_is_done_comes_last(town: Any) -> None:
    at = town.clock.now()
    with town.store.writing() as session:
        for name, severity in (("old", "normal"), ("urgent", "urgent"), ("worst", "emergency"), ("done", "emergency")):
            ticket = raise_ticket(
                session,
                Matter(dedupe_key=name, kind="person", severity=severity, household_id=None, summary=name),
                at=at - timedelta(days=30),
            )
            if name in ("worst", "done"):
                states.accept(session, ticket.id)
            if name == "done":
                states.finish(session, ticket.id, result="办了", at=at)
    with town.store.reading() as session:
        rows = ticket_list(session, Scope(everywhere=True), ("open", "accepted", "done"), page(1, 50))
        mine = [row.summary for row in rows if row.household_id is None]
        assert mine == ["worst", "urgent", "old", "done"]


async def test_the_wall_shows_who_is_called_what_was_said_and_what_was_kept(town: Any, admin: Any) -> None:
    wall = admin.page(f"/campaigns/{town.campaign}")
    assert "王秀英" in wall
    assert "有点发烧" in wall
    assert "胸痛" in wall
    assert "康乐小区 3号楼 501" in wall


async def test_a_contact_shows_the_talk_turn_by_turn_and_each_answer_with_its_own_words(town: Any, admin: Any) -> None:
    page = admin.page(f"/contacts/{town.contact('王秀英')}")
    assert "您这两天发烧没有" in page
    assert "没有发烧" in page
    assert "是否发烧" in page
    assert "原话：<q>没有发烧</q>" in page
    assert "138****0001" in page
    assert "13812340001" not in page
