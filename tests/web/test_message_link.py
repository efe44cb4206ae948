"""The link in a short message: once, in time, only for the resident, and then the same questions in writing."""

import re
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import timedelta
from typing import Any

import pytest_asyncio
from aiohttp import web
from playwright.async_api import expect
from sqlalchemy import select

from bot.clock import JumpingClock
from bot.outgoing import Outgoing
from bot.writer import Database
from campaigns.audience import AudienceQuery
from campaigns.disposition import Disposition
from campaigns.policy import Policy
from campaigns.retry import RetryPolicy
from integrations.campaigns import book
from integrations.campaigns.course import finish_done
from integrations.campaigns.launch import launch
from integrations.channels.sms.gateway import HttpGateway
from integrations.storage.models import (
    AuditRow,
    CampaignRow,
    ContactRow,
    MessageRow,
    ResidentRow,
    SessionRow,
    TicketRow,
)

NAME, BORN = "赵志强", "1950"
LINKED = Policy(retry=RetryPolicy(cap=1), ladder=("voice", "sms", "visit"), sms_link=True)
PUBLIC = "https://linyin.example.cn"


@pytest_asyncio.fixture
async def message(town: Any) -> AsyncIterator[Callable[..., Awaitable[str]]]:
    """Nobody answered the telephone; the text that the gateway on this machine was given."""
    taken: list[dict[str, str]] = []

    async def handle(request: web.Request) -> web.Response:
        taken.append(await request.json())
        return web.json_response({"id": "receipt"})

    app = web.Application()
    app.router.add_post("/", handle)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()

    async def sent(policy: Policy = LINKED, *, public_url: str = PUBLIC) -> str:
        with town.store.writing() as session:
            campaign = book.create(
                session,
                title="带链接的一轮",
                questionnaire=town.questionnaire,
                audience=AudienceQuery(residents=(town.residents[NAME],)),
                policy=policy,
                at=town.clock.now(),
            )
            session.get_one(CampaignRow, campaign.id).status = "approved"
            session.flush()
            launch(session, campaign.id, role="staff", dictionary=town.dictionary, at=town.clock.now())
        town.campaign = campaign.id
        town.clock.advance(timedelta(minutes=10))
        town.dial()
        await town.call(NAME, disposition=Disposition.NO_ANSWER)
        outgoing = Outgoing(
            database=Database(town.store),
            clock=JumpingClock(town.clock.now()),
            sms=HttpGateway(f"http://127.0.0.1:{runner.addresses[0][1]}"),
            community="育林社区",
            callback_number="027-12345678",
            public_url=public_url,
        )
        await outgoing.send_due()
        await outgoing._sms.close()  # type: ignore[union-attr]
        outgoing._database.close()
        [only] = [each["text"] for each in taken]
        return only

    yield sent
    await runner.cleanup()


def path_in(text: str) -> str:
    found = re.search(rf"{PUBLIC}(/q/\w+)", text)
    assert found is not None, text
    return found[1]


def contact(town: Any) -> ContactRow:
    with town.store.reading() as session:
        row: ContactRow = session.scalars(select(ContactRow).where(ContactRow.campaign_id == town.campaign)).one()
        return row


def wait_it_out(town: Any) -> None:
    town.clock.advance(timedelta(hours=25))
    with town.store.writing() as session:
        assert town.campaign in finish_done(session, at=town.clock.now())


async def test_neither_the_message_nor_the_page_behind_it_names_anybody(message: Any, visitor: Any) -> None:
    text = await message()
    page = visitor.page(path_in(text))
    for words in (NAME, BORN, "发烧", "健康随访", "13812340006"):
        assert words not in text + page, words
    assert "哪一年出生" in page


async def test_a_message_has_no_link_unless_staff_chose_it_and_it_leads_somewhere(message: Any) -> None:
    assert "/q/" not in await message(public_url="")


async def test_a_link_opens_the_same_questions_once(message: Any, town: Any, visitor: Any) -> None:
    path = path_in(await message())
    page = visitor.post(path, told=BORN)
    assert "现在方便吗" in page
    for words in ("方便", "没有", "没有", "没有", "够", "好", "没有"):
        visitor.post("/chat/say", text=words)
    assert contact(town).outcome == "complete"
    with town.store.reading() as session:
        talk = session.scalars(select(SessionRow).where(SessionRow.contact_id == contact(town).id)).one()
    assert (talk.channel, talk.resident_id, talk.questionnaire) == ("chat", town.residents[NAME], town.questionnaire)
    visitor.page(path, 410)
    visitor.post(path, 410, told=BORN)


async def test_who_does_not_know_the_year_of_birth_gets_three_tries(message: Any, town: Any, visitor: Any) -> None:
    path = path_in(await message())
    assert "还可以试 2 次" in visitor.post(path, told="1951")
    assert "还可以试 1 次" in visitor.post(path, told="")
    assert "不能再用" in visitor.post(path, 410, told="1949")
    visitor.post(path, 410, told=BORN)
    with town.store.reading() as session:
        tries = session.scalars(select(AuditRow.object_id).where(AuditRow.action == "message_link.wrong")).all()
    assert tries == [contact(town).id] * 3
    wait_it_out(town)
    assert contact(town).outcome == "not_reached"


async def test_a_guessed_link_leads_nowhere(message: Any, visitor: Any) -> None:
    path = path_in(await message())
    for guessed in (path[:-1] + ("0" if path[-1] != "0" else "1"), path[:9], "/q/x", f"{path}é"):
        visitor.page(guessed, 410)


async def test_an_old_link_is_over(message: Any, town: Any, visitor: Any) -> None:
    path = path_in(await message())
    town.clock.advance(timedelta(hours=25))
    visitor.post(path, 410, told=BORN)


async def test_who_refuses_behind_the_link_is_not_visited(message: Any, town: Any, visitor: Any) -> None:
    visitor.post(path_in(await message()), told=BORN)
    visitor.post("/chat/say", text="不想回答，别问了")
    wait_it_out(town)
    assert contact(town).outcome == "refusal"
    with town.store.reading() as session:
        assert not session.scalars(select(TicketRow).where(TicketRow.campaign_id == town.campaign)).all()


async def test_who_opens_the_link_and_says_nothing_is_visited(message: Any, town: Any, visitor: Any) -> None:
    visitor.post(path_in(await message()), told=BORN)
    wait_it_out(town)
    with town.store.reading() as session:
        assert session.scalars(select(MessageRow.status)).one() == "closed"
        assert (
            session.scalars(select(TicketRow.kind).where(TicketRow.campaign_id == town.campaign)).one() == "not_reached"
        )


async def test_who_has_no_year_of_birth_tells_the_end_of_the_identity_number(
    message: Any, town: Any, visitor: Any
) -> None:
    with town.store.writing() as session:
        row = session.get_one(ResidentRow, town.residents[NAME])
        row.birth_year, row.id_number = None, "42100219500101123X"
    path = path_in(await message())
    assert "身份证的最后四位" in visitor.page(path)
    assert "现在方便吗" in visitor.post(path, told="123x")


async def test_the_link_on_a_telephone(message: Any, town: Any, telephone: Any) -> None:
    path = path_in(await message())
    await telephone.go(path)
    await telephone.check("link")
    await telephone.page.get_by_label("哪一年出生").fill("1951")
    await telephone.page.get_by_role("button", name="开始回答").click()
    await expect(telephone.page.get_by_role("alert")).to_contain_text("还可以试 2 次")
    await telephone.page.get_by_label("哪一年出生").fill(BORN)
    await telephone.page.get_by_role("button", name="开始回答").click()
    await expect(telephone.page).to_have_url(re.compile("/chat"))
    await expect(telephone.page.locator("#talk")).to_contain_text("现在方便吗")
    await telephone.check("link-chat")
    await telephone.go(path)
    await expect(telephone.page.get_by_role("heading", level=1)).to_contain_text("用过了")
