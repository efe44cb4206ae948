"""One adult answers for the household: each value lands with whom it is about, and is marked as told by another."""

import pytest
from sqlalchemy import select

from bot.conversation import Opening
from bot.registry_view import caller_facts
from dialogs.dictionary import load_dictionary
from dialogs.events import QuestionAsked
from integrations.registry.lookup import name_index
from integrations.storage.models import QuestionnaireRow, RecordRow, ResidentRow, TicketRow

pytestmark = [pytest.mark.rasa, pytest.mark.asyncio(loop_scope="session")]
WIFE, SON, GRANDSON = "m1", "m2", "m3"
OTHERS = ((WIFE, "王翠英", "配偶"), (SON, "李强", "子"), (GRANDSON, "李小宝", "孙子"))


def move_in(desk) -> str:
    """李秀英 has a wife, a son and a grandson; the hash of 一户一表信息核对."""
    with desk.store.writing() as session:
        for key, name, relation in OTHERS:
            session.add(
                ResidentRow(
                    id=key,
                    household_id="h0",
                    name=name,
                    name_idx=name_index(desk.store.keys, name),
                    relation=relation,
                    created_at=desk.at,
                    updated_at=desk.at,
                )
            )
        wanted = select(QuestionnaireRow.hash).where(QuestionnaireRow.key == "household-check")
        return str(session.scalars(wanted).one())


def opening(desk, questionnaire: str) -> Opening:
    with desk.store.reading() as session:
        facts = caller_facts(session, "r0", questionnaire, load_dictionary(), at=desk.at)
    return Opening(
        questionnaire=questionnaire,
        channel="voice",
        community="育林社区",
        resident_id="r0",
        household_id="h0",
        known=facts.known,
        party=facts.party,
        members=facts.members,
    )


def said(answered) -> str:
    return "".join(prompt.spoken for prompt in answered.replies)


def kept(desk) -> dict[tuple[str, str], tuple[str, str, str]]:
    """(whom, field) → (value as shown, state, who told it)."""
    with desk.store.reading() as session:
        rows = session.scalars(select(RecordRow).where(RecordRow.superseded_at.is_(None)))
        return {(row.resident_id, row.field): (row.shown, row.state, row.speaker) for row in rows}


async def talk(desk, session: str, *words: str) -> str:
    answered = None
    for each in words:
        answered = await desk.say(session, each)
    return said(answered) if answered else ""


async def test_every_value_lands_with_its_member_reported_by_a_relative(desk) -> None:
    opened = await desk.conversation.open(opening(desk, move_in(desk)), at=desk.at)
    first = await talk(desk, opened.session, "方便")
    assert not any(name in said(opened) + first for _, name, _ in OTHERS)
    await talk(desk, opened.session, "是的", "三栋二单元五零一", "对", "四口，孙子不常在")
    await talk(desk, opened.session, "她常住", "退休了", "搬走了", "上高中")
    assert kept(desk) | {
        ("r0", "household.room"): ("3栋2单元501室", "confirmed", "self"),
        ("r0", "household.head_count"): ("4人（孙子不常在）", "reported", "self"),
        (WIFE, "person.lives_here"): ("常住", "reported", "relative"),
        (WIFE, "person.occupation"): ("退休", "reported", "relative"),
        (SON, "person.lives_here"): ("不住", "reported", "relative"),
        (GRANDSON, "person.lives_here"): ("有时回来", "reported", "relative"),
        (GRANDSON, "person.occupation"): ("上学", "reported", "relative"),
    } == kept(desk)
    with desk.store.reading() as session:
        [ticket] = session.scalars(select(TicketRow))
    assert (ticket.kind, ticket.resident_id, ticket.own_words) == ("member_left", SON, "搬走了")


async def test_what_was_told_of_a_member_is_not_asked_again_in_the_next_call(desk) -> None:
    questionnaire = move_in(desk)
    opened = await desk.conversation.open(opening(desk, questionnaire), at=desk.at)
    await talk(desk, opened.session, "方便", "是的", "三栋二单元五零一", "对", "四口人", "她常住", "退休了", "再见")
    again = await desk.conversation.open(opening(desk, questionnaire), at=desk.at)
    assert "李强是常住" in await talk(desk, again.session, "方便", "是的")
    asked = [each.question for each in desk.log(again.session) if isinstance(each, QuestionAsked)]
    assert asked == [f"lives@{SON}"]


async def test_a_value_that_is_taken_back_is_taken_back_for_that_member_only(desk) -> None:
    opened = await desk.conversation.open(opening(desk, move_in(desk)), at=desk.at)
    await talk(desk, opened.session, "方便", "是的", "三栋二单元五零一", "对", "四口人", "她常住", "退休了")
    await talk(desk, opened.session, "常住", "上班", "前面说错了，不是上班，是在家")
    assert kept(desk)[WIFE, "person.occupation"][0] == "退休"
    assert kept(desk)[SON, "person.occupation"][0] == "在家"
