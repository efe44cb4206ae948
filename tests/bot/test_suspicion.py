"""Whoever took us for a fraud is rung by no campaign, running or new, until they come to us themselves."""

from typing import Any

import pytest
from sqlalchemy import select

from bot.desk import inbound
from campaigns.audience import AudienceQuery
from campaigns.policy import Policy
from dialogs.dictionary import load_dictionary
from integrations.campaigns import book
from integrations.campaigns.dial import claim_due, start_dialling
from integrations.campaigns.launch import launch
from integrations.storage.models import CampaignRow, ContactRow, ResidentRow, TicketRow
from nlu.utterance import Utterance

pytestmark = [pytest.mark.rasa, pytest.mark.asyncio(loop_scope="session")]


def launched(desk: Any, title: str) -> str:
    """A campaign to everybody, as staff launch it; its id."""
    with desk.store.writing() as session:
        made = book.create(
            session,
            title=title,
            questionnaire=desk.questionnaire,
            audience=AudienceQuery(),
            policy=Policy(),
            at=desk.at,
        )
        session.get_one(CampaignRow, made.id).status = "approved"
        session.flush()
        launch(session, made.id, role="staff", dictionary=load_dictionary(), at=desk.at)
        return made.id


def rung(desk: Any, campaign: str) -> set[str]:
    """Whose telephones ring when everything that is due is dialled."""
    with desk.store.writing() as session:
        claimed = claim_due(session, dialler="test", at=desk.at, limit=10, campaign=campaign)
        ready, _ = start_dialling(session, claimed, dialler="test", at=desk.at)
        return {each.resident_id for each in ready}


async def calls_us(desk: Any, *, resident: str) -> str:
    with desk.store.reading() as session:
        whose = session.get_one(ResidentRow, resident)
        opening = inbound(session, whose, channel="voice", community="育林社区", callback_number="", at=desk.at)
    return (await desk.conversation.open(opening, at=desk.at)).session


async def test_a_campaign_launched_later_does_not_ring_who_took_us_for_a_fraud(desk: Any) -> None:
    opened = await desk.open()
    await desk.say(opened.session, "你咋晓得我姓王？骗子吧")
    assert (await desk.say(opened.session, "就是骗子，我不信")).outcome == "refused"
    campaign = launched(desk, "健康随访")
    assert rung(desk, campaign) == {"r1"}
    with desk.store.reading() as session:
        contact = session.scalars(select(ContactRow).where(ContactRow.resident_id == "r0")).one()
        assert (contact.status, contact.why["exclusion"]) == ("done", "do_not_call")
        visits = session.scalars(select(TicketRow).where(TicketRow.kind == "visit")).all()
        assert [each.household_id for each in visits] == ["h0"]


async def test_whoever_says_so_and_hangs_up_is_not_rung_again_by_the_campaign_that_runs(desk: Any) -> None:
    campaign = launched(desk, "健康随访")
    opened = await desk.open()
    await desk.say(opened.session, "你是骗子吧")
    await desk.conversation.hung_up(opened.session, at=desk.at)
    assert rung(desk, campaign) == {"r1"}


async def test_whoever_hangs_up_without_such_a_word_is_rung_again(desk: Any) -> None:
    campaign = launched(desk, "健康随访")
    opened = await desk.open()
    await desk.conversation.hung_up(opened.session, at=desk.at)
    assert rung(desk, campaign) == {"r0", "r1"}


async def test_whoever_calls_us_afterwards_may_be_rung_again(desk: Any) -> None:
    opened = await desk.open()
    await desk.say(opened.session, "你是骗子吧，挂了")
    assert rung(desk, launched(desk, "第一轮")) == {"r1"}
    await calls_us(desk, resident="r0")
    assert "r0" in rung(desk, launched(desk, "第二轮"))


async def test_whoever_wanted_no_call_at_all_is_not_rung_for_having_called_us(desk: Any) -> None:
    opened = await desk.open()
    await desk.say(opened.session, "你是骗子吧")
    assert (await desk.say(opened.session, "以后别再打了")).outcome == "never_again"
    ours = await calls_us(desk, resident="r0")
    await desk.conversation.handle(ours, Utterance(text="查一下办到哪了"), at=desk.at)
    assert rung(desk, launched(desk, "健康随访")) == {"r1"}
