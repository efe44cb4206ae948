"""Turns as they are kept: committed before the reply, one after the other, with all that follows from them."""

import asyncio

import pytest
from sqlalchemy import select

from bot.conversation import Conversation
from bot.effects import Effects
from bot.errors import SessionOver, SessionUnknown, TurnOvertaken
from bot.installation import bodies
from bot.sessions import decode_state
from bot.writer import Database
from dialogs import events as e
from dialogs.dictionary import load_dictionary
from dialogs.state import State, fold_all
from integrations.registry.lookup import may_not_be_called
from integrations.storage.key_file import load_key_ring
from integrations.storage.models import OutboxRow, RecordRow, ResidentRow, SessionRow, TicketRow, UnmetQuestionRow
from integrations.storage.store import Store
from tests.bot.conftest import PEOPLE, Gate

pytestmark = [pytest.mark.rasa, pytest.mark.asyncio(loop_scope="session")]


def rows(desk, row, **where):
    with desk.store.reading() as session:
        return session.scalars(select(row).filter_by(**where).order_by(*row.__table__.primary_key)).all()


def of_kind(events, kind):
    return [event for event in events if isinstance(event, kind)]


async def test_the_commit_comes_before_the_reply(desk) -> None:
    opened = await desk.open()
    held = Gate(desk.client)
    held.opened.set()
    with desk.store.writing() as writer:
        writer.execute(select(SessionRow).with_for_update())
        turn = asyncio.create_task(desk.say(opened.session, "方便", by=desk.with_dialogue(held)))
        await held.decided.wait()
        done, _ = await asyncio.wait({turn}, timeout=0.3)
        assert not done, "a reply went out although nothing could be written"
    answered = await turn
    log = desk.log(opened.session)
    assert log[-len(answered.events) :] == answered.events
    assert of_kind(log, e.AssistantSpoke)[-1].prompts == answered.replies


async def test_a_talk_ends_although_a_turn_that_was_called_off_is_written_before_the_end(desk) -> None:
    opened = await desk.open()
    held = Gate(desk.client)
    held.opened.set()
    by = desk.with_dialogue(held)
    with desk.store.writing() as writer:
        writer.execute(select(SessionRow).with_for_update())
        turn = asyncio.create_task(desk.say(opened.session, "方便", by=by))
        await held.decided.wait()
        await asyncio.wait({turn}, timeout=0.3)
        turn.cancel()
        ending = asyncio.create_task(by.hung_up(opened.session, at=desk.at))
        await asyncio.wait({ending}, timeout=0.3)
    assert (await ending).outcome is not None
    [row] = rows(desk, SessionRow)
    assert row.ended_at is not None
    assert decode_state(row.state) == fold_all(State(), desk.log(opened.session))


async def test_what_is_stored_is_the_fold_of_the_log(desk) -> None:
    opened = await desk.open()
    for words in ("方便", "没有发烧", "我昨天摔了一跤", "没事了，不疼了"):
        await desk.say(opened.session, words)
    [row] = rows(desk, SessionRow)
    assert decode_state(row.state) == fold_all(State(), desk.log(opened.session))
    assert row.turn == 5


async def test_two_turns_at_once_are_taken_one_after_the_other(desk) -> None:
    opened = await desk.open()
    await desk.say(opened.session, "方便")
    first, second = await asyncio.gather(desk.say(opened.session, "没有发烧"), desk.say(opened.session, "不咳"))
    assert list(first.state.answers) == ["fever"]
    assert list(second.state.answers) == ["fever", "cough"]


async def test_a_turn_that_another_process_overtook_changes_nothing_and_says_so(desk) -> None:
    opened = await desk.open()
    await desk.say(opened.session, "方便")
    gate = Gate(desk.client)
    slow = asyncio.create_task(desk.say(opened.session, "发烧了", by=desk.with_dialogue(gate)))
    await gate.decided.wait()
    quick = await desk.say(opened.session, "没有发烧")
    gate.opened.set()
    with pytest.raises(TurnOvertaken) as raised:
        await slow
    assert raised.value.message == "这次对话刚才已经往下走了，请再说一遍。"
    assert raised.value.retryable
    assert desk.log(opened.session)[-len(quick.events) :] == quick.events
    assert [row.value for row in rows(desk, RecordRow)] == ["no"]


async def test_a_session_that_is_over_or_was_never_there_says_what_to_do(desk) -> None:
    opened = await desk.open()
    ended = await desk.say(opened.session, "别再打了")
    assert ended.outcome == "never_again"
    with pytest.raises(SessionOver) as over:
        await desk.say(opened.session, "喂")
    assert over.value.message == "这次对话已经结束，请重新开始。"
    with pytest.raises(SessionUnknown) as unknown:
        await desk.say("nobody", "喂")
    assert unknown.value.message == "没有这个会话，请重新开始。"
    assert await desk.conversation.hung_up(opened.session, at=desk.at) == ended.state


async def test_an_answer_becomes_a_record_that_says_where_it_comes_from(desk) -> None:
    opened = await desk.open()
    await desk.say(opened.session, "方便")
    await desk.say(opened.session, "有点烧")
    asked = await desk.say(opened.session, "三十八度二")
    fever, temperature = rows(desk, RecordRow)
    assert (fever.field, fever.value, fever.own_words, fever.question) == ("health.fever", "yes", "有点烧", "fever")
    assert (fever.source, fever.source_id, fever.channel, fever.speaker) == ("session", opened.session, "voice", "self")
    assert (fever.resident_id, fever.household_id, fever.consent) == ("r0", "h0", "given")
    assert 0 < fever.confidence <= 1
    assert "对不对" in asked.replies[-1].spoken
    assert (temperature.value["value"], temperature.state) == (38.2, "reported")
    await desk.say(opened.session, "对")
    assert [row.state for row in rows(desk, RecordRow, field="health.temperature")] == ["confirmed"]


async def test_a_value_that_is_taken_back_counts_no_more(desk) -> None:
    opened = await desk.open()
    for words in ("方便", "有点烧", "三十八度二", "不对"):
        await desk.say(opened.session, words)
    [temperature] = rows(desk, RecordRow, field="health.temperature")
    assert temperature.superseded_at is not None


async def test_a_red_flag_is_one_ticket_with_the_grid_worker_as_owner(desk) -> None:
    opened = await desk.open()
    for words in ("方便", "我胸口疼得厉害", "胸口疼得厉害"):
        await desk.say(opened.session, words)
    [ticket] = rows(desk, TicketRow)
    assert (ticket.kind, ticket.severity, ticket.state) == ("chest_pain", "emergency", "open")
    assert (ticket.owner_id, ticket.deputy_id, ticket.household_id) == ("owner", "deputy", "h0")
    assert ticket.own_words == "我胸口疼得厉害"
    [notice] = rows(desk, OutboxRow)
    assert not any(secret in str(notice.payload) for secret in (*PEOPLE[0], "胸口"))


async def test_whoever_wants_no_more_calls_is_on_the_list_at_once(desk) -> None:
    opened = await desk.open()
    assert (await desk.say(opened.session, "别再打了")).outcome == "never_again"
    with desk.store.reading() as session:
        assert may_not_be_called(session, PEOPLE[0][1])
        assert not may_not_be_called(session, PEOPLE[1][1])
        assert session.get_one(ResidentRow, "r0").do_not_call_at == desk.at


async def test_a_question_that_nobody_answers_is_counted(desk) -> None:
    for resident in (0, 1):
        opened = await desk.open(resident=resident)
        await desk.say(opened.session, "方便")
        await desk.say(opened.session, "体检要交钱吗")
    [question] = rows(desk, UnmetQuestionRow)
    assert (question.question, question.count) == ("体检要交钱吗", 2)


async def test_somebody_unknown_is_talked_with_and_nothing_is_kept_about_anybody(desk) -> None:
    opened = await desk.open(resident=None, channel="chat")
    for words in ("方便", "没有发烧"):
        await desk.say(opened.session, words)
    passed_on = await desk.say(opened.session, "转人工")
    assert "社区值班的人" in passed_on.replies[0].spoken
    assert rows(desk, RecordRow) == []


async def test_a_session_goes_on_at_its_question_in_a_program_that_was_started_again(desk, store_url, key_path) -> None:
    opened = await desk.open(channel="chat")
    for words in ("方便", "没有发烧"):
        await desk.say(opened.session, words)
    desk.database.close()
    store = Store.open(store_url, keys=load_key_ring(key_path), at=desk.at)
    database = Database(store)
    started_again = Conversation(database, desk.client, Effects(load_dictionary()), bodies=bodies(store))
    answered = await desk.say(opened.session, "不咳", by=started_again)
    assert list(answered.state.answers) == ["fever", "cough"]
    assert answered.state.pending == "chest"
    database.close()
    store.close()


async def test_a_resident_who_hangs_up_leaves_what_was_said(desk) -> None:
    opened = await desk.open()
    for words in ("方便", "没有发烧"):
        await desk.say(opened.session, words)
    state = await desk.conversation.hung_up(opened.session, at=desk.at)
    assert state.outcome == "partial"
    [row] = rows(desk, SessionRow)
    assert (row.outcome, row.ended_at) == ("partial", desk.at)
