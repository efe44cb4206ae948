"""Residents who come to us: what they want becomes records and tickets, and they hear what came of it."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from bot.conversation import Answered, Opening
from bot.desk import caller, inbound
from bot.evidence.erasing_strangers import erase_stranger
from bot.installation import newest_questionnaire
from bot.sessions import decode_state
from dialogs.state import State, fold_all
from integrations.handover.briefing import words_of
from integrations.registry.lookup import phone_index
from integrations.storage.models import (
    AttemptRow,
    AuditRow,
    CampaignRow,
    ContactRow,
    DoNotCallRow,
    HandoverRow,
    IncomingCallRow,
    RecordRow,
    ResidentRow,
    SessionRow,
    TicketRow,
)
from tests.bot.conftest import PEOPLE

pytestmark = [pytest.mark.rasa, pytest.mark.asyncio(loop_scope="session")]


def rows(desk, row, **where):
    with desk.store.reading() as session:
        return session.scalars(select(row).filter_by(**where).order_by(*row.__table__.primary_key)).all()


def said(answered: Answered) -> str:
    return "".join(prompt.spoken for prompt in answered.replies)


async def come(desk, *, number: str = "", channel: str = "voice") -> Answered:
    with desk.store.reading() as session:
        resident = caller(session, number) if number else None
        opening = inbound(
            session, resident, channel=channel, community="育林社区", callback_number="027-12345678", at=desk.at
        )
    return await desk.conversation.open(opening, at=desk.at)


async def test_a_repair_is_one_ticket_with_every_word_and_its_number_is_told(desk) -> None:
    opened = await come(desk, number=PEOPLE[0][1])
    assert "您有什么事" in said(opened)
    for words in ("楼道灯坏了", "三楼拐角"):
        await desk.say(opened.session, words)
    told = await desk.say(opened.session, "明天上午")
    [ticket] = rows(desk, TicketRow)
    assert (ticket.kind, ticket.household_id, ticket.owner_id) == ("repair_request", "h0", "owner")
    assert all(words in ticket.own_words for words in ("楼道灯坏了", "三楼拐角", "明天上午"))
    assert "网格员owner" in said(told)
    assert "还有别的事吗" in said(told)
    assert (await desk.say(opened.session, "没有了")).outcome == "complete"
    assert decode(desk, opened) == fold_all(State(), desk.log(opened.session))


def decode(desk, opened: Answered) -> State:
    [row] = rows(desk, SessionRow, id=opened.session)
    return decode_state(row.state)


async def test_what_is_told_after_number_and_name_belongs_to_that_household(desk) -> None:
    opened = await come(desk, channel="chat")
    asked = await desk.say(opened.session, "我上周三坐大巴从武汉回来的，登记一下")
    assert "电话号码" in said(asked)
    await desk.say(opened.session, PEOPLE[1][1])
    read_back = await desk.say(opened.session, PEOPLE[1][0])
    assert "对不对" in said(read_back)
    kept = {row.field: row.value for row in rows(desk, RecordRow, resident_id="r1")}
    assert kept["return.returned"] == "yes"
    assert kept["return.vehicle"] == "coach"
    [session] = rows(desk, SessionRow)
    assert (session.resident_id, session.household_id) == ("r1", "h1")


async def test_a_wrong_name_opens_nothing(desk) -> None:
    opened = await come(desk, channel="chat")
    await desk.say(opened.session, "我上次报修到哪一步了")
    await desk.say(opened.session, PEOPLE[1][1])
    assert "对不上" in said(await desk.say(opened.session, "赵钱孙"))
    [session] = rows(desk, SessionRow)
    assert session.resident_id is None


async def test_whoever_was_interrupted_goes_on_where_the_call_stopped(desk) -> None:
    first = await desk.open()
    for words in ("方便", "没有发烧", "不咳"):
        await desk.say(first.session, words)
    await desk.conversation.hung_up(first.session, at=desk.at)
    opened = await come(desk, number=PEOPLE[0][1])
    assert "接着说吗" in said(opened)
    assert "胸口" in said(await desk.say(opened.session, "好，接着说"))
    await desk.say(opened.session, "不闷")
    assert [row.field for row in rows(desk, RecordRow, source_id=opened.session)] == ["health.chest_tightness"]


def rung_in_vain(desk) -> None:
    """A campaign with the library's 健康随访 that rang the first of PEOPLE an hour ago."""
    rung = desk.at - timedelta(hours=1)
    with desk.store.writing() as session:
        session.add(
            CampaignRow(
                id="m", key="C-0001", title="随访", questionnaire=desk.questionnaire, audience={}, policy={},
                status="running", created_at=rung,
            )
        )  # fmt: skip
        session.flush()
        contact = ContactRow(
            id="k", campaign_id="m", resident_id="r0", household_id="h0", why={}, status="open", attempts_made=1
        )
        session.add(contact)
        session.flush()
        for number, dialled, status in ((1, rung, "ended"), (2, None, "due")):
            session.add(
                AttemptRow(
                    id=f"a{number}", contact_id="k", campaign_id="m", number=number, due_at=rung, status=status,
                    dialled_at=dialled, disposition="no_answer" if dialled else None,
                )
            )  # fmt: skip


async def test_whoever_calls_back_after_a_call_they_missed_is_asked_then_and_not_rung_again(desk) -> None:
    rung_in_vain(desk)
    opened = await come(desk, number=PEOPLE[0][1])
    assert "没打通" in said(opened)
    told = await desk.say(opened.session, "刚才是你们打的吗")
    assert "要不现在就说说" in said(told)
    assert "发烧" in said(await desk.say(opened.session, "好啊，你说"))
    for words in ("没有发烧", "不咳", "不闷", "够", "好", "没有"):
        told = await desk.say(opened.session, words)
    assert "还有别的事吗" in said(told)
    [contact] = rows(desk, ContactRow)
    assert (contact.status, contact.outcome) == ("done", "complete")
    assert [row.status for row in rows(desk, AttemptRow)] == ["ended", "cancelled"]


@pytest.mark.parametrize(("channel", "meant"), [("voice", "零零零幺"), ("family", "零零零九")])
async def test_the_number_that_is_meant_is_the_one_that_we_rang(desk, channel, meant) -> None:
    rung_in_vain(desk)
    with desk.store.writing() as session:
        session.get_one(ResidentRow, "r0").family_phone = "13912340009"
        session.get_one(AttemptRow, "a2").channel = channel
        asked = newest_questionnaire(session, "return-registration")
    opened = await desk.conversation.open(
        Opening(
            questionnaire=asked.hash, channel="voice", community="育林社区", resident_id="r0", household_id="h0",
            contact_id="k", attempt_id="a2",
        ),
        at=desk.at,
    )  # fmt: skip
    for words in ("方便", "有，从上海回来的", "昨天", "对", "高铁", "就一个人"):
        await desk.say(opened.session, words)
    assert meant in said(await desk.say(opened.session, "就是你打的这个"))


async def test_whoever_calls_back_for_something_else_gets_that(desk) -> None:
    rung_in_vain(desk)
    opened = await come(desk, number=PEOPLE[0][1])
    assert "好，您说" in said(await desk.say(opened.session, "不用"))
    assert "师傅" in said(await desk.say(opened.session, "楼道灯坏了，三楼拐角那个"))
    [contact] = rows(desk, ContactRow)
    assert contact.status == "open"


async def test_what_is_kept_is_read_only_to_who_knows_the_identity_number(desk) -> None:
    first = await desk.open()
    for words in ("方便", "有点烧"):
        await desk.say(first.session, words)
    with desk.store.writing() as session:
        session.get_one(ResidentRow, "r0").id_number = "42010119410101302X"
    opened = await come(desk, number=PEOPLE[0][1])
    assert "最后四位" in said(await desk.say(opened.session, "你们存了我啥信息"))
    assert "发烧" not in said(await desk.say(opened.session, "一二三四"))
    assert "是否发烧是" in said(await desk.say(opened.session, "三零二叉"))


async def test_tickets_of_another_household_are_never_told(desk) -> None:
    opened = await come(desk, number=PEOPLE[0][1])
    await desk.say(opened.session, "让社区给我回个电话")
    other = await come(desk, number=PEOPLE[1][1])
    assert "没有查到" in said(await desk.say(other.session, "我反映的事办到哪一步了"))
    mine = await come(desk, number=PEOPLE[0][1])
    assert "要求回电" in said(await desk.say(mine.session, "我反映的事办到哪一步了"))


async def test_a_danger_told_by_somebody_unknown_is_a_ticket_once_it_is_known_who(desk) -> None:
    opened = await come(desk, channel="chat")
    await desk.say(opened.session, "我胸口疼得厉害")
    assert "一二零" in said(await desk.say(opened.session, "还是疼"))
    [before] = rows(desk, TicketRow)
    assert (before.kind, before.household_id) == ("chest_pain", None)
    await desk.say(opened.session, "我在建设路菜场门口")
    await desk.say(opened.session, PEOPLE[1][1])
    told = await desk.say(opened.session, PEOPLE[1][0])
    assert "网格员owner" in said(told)
    tickets = {row.kind: (row.severity, row.household_id) for row in rows(desk, TicketRow)}
    assert tickets == {"chest_pain": ("emergency", "h1")}


async def test_who_asks_what_only_the_community_knows_is_somebodys_matter_with_all_they_told(desk) -> None:
    opened = await come(desk, number=PEOPLE[0][1])
    assert "回头答复您" in said(await desk.say(opened.session, "高龄津贴怎么办"))
    await desk.say(opened.session, "我妈今年满八十了")
    await desk.say(opened.session, "在外地住的院医保怎么报")
    [ticket] = rows(desk, TicketRow)
    assert (ticket.kind, ticket.household_id, ticket.owner_id) == ("question", "h0", "owner")
    assert ticket.own_words == "高龄津贴怎么办；我妈今年满八十了；在外地住的院医保怎么报"


async def test_what_is_told_behind_a_repair_stands_on_its_ticket(desk) -> None:
    opened = await come(desk, number=PEOPLE[0][1])
    for words in ("楼道灯坏了", "三楼拐角", "明天上午", "我一直都在家"):
        told = await desk.say(opened.session, words)
    assert "记下了" in said(told)
    [ticket] = rows(desk, TicketRow)
    assert ticket.own_words.endswith("；我一直都在家")


async def test_a_stranger_who_wants_a_person_leaves_a_number_and_hears_who_has_the_matter(desk) -> None:
    opened = await come(desk, channel="chat")
    await desk.say(opened.session, "转人工")
    [handover] = rows(desk, HandoverRow)  # somebody is rung before the number is there
    await desk.say(opened.session, "13700000001")
    told = await desk.say(opened.session, "周文强")
    assert "交给社区值班的" in said(told)
    [ticket] = rows(desk, TicketRow)
    assert (ticket.id, ticket.household_id, ticket.kind) == (handover.ticket_id, None, "person")
    assert (ticket.caller_phone, ticket.caller_name) == ("13700000001", "周文强")


async def test_a_stranger_in_danger_is_asked_where_they_are_and_whoever_comes_hears_it(desk) -> None:
    opened = await come(desk, channel="chat")
    await desk.say(opened.session, "我胸口疼得厉害")
    [handover] = rows(desk, HandoverRow)  # somebody is rung before anything is asked
    assert "哪一栋" in said(await desk.say(opened.session, "还是疼"))
    await desk.say(opened.session, "建设路菜场门口")
    [ticket] = rows(desk, TicketRow)
    assert (ticket.id, ticket.household_id) == (handover.ticket_id, None)
    assert "建设路菜场门口" in ticket.own_words
    with desk.store.reading() as session:
        assert words_of(session, handover.id, "resident") == ["建设路菜场门口"]


async def test_a_stranger_has_what_they_said_deleted_by_the_number_they_are_told(desk) -> None:
    opened = await come(desk, channel="chat")
    for words in ("把我的信息删掉", "13700000001", "周文强", "13700000001"):
        await desk.say(opened.session, words)
    told = await desk.say(opened.session, "周文强")
    [ticket] = rows(desk, TicketRow)
    assert (ticket.kind, ticket.household_id, ticket.caller_phone) == ("data_deletion", None, "13700000001")
    assert ticket.number[-4:].lstrip("0") in said(told).replace("幺", "1").replace("一", "1")
    await desk.say(opened.session, "没有了")
    with desk.store.writing() as session:
        gone = erase_stranger(session, ticket.id, data=None, user_id=None, at=desk.at)
    assert (gone.sessions, gone.tickets) == (1, 1)
    assert rows(desk, SessionRow) == []


async def test_a_stranger_hears_how_their_own_ticket_stands_and_nobody_elses(desk) -> None:
    async def asks(number: str, name: str) -> str:
        opened = await come(desk, channel="chat")
        for words in ("我反映的事办到哪一步了", number, name, number):
            await desk.say(opened.session, words)
        return said(await desk.say(opened.session, name))

    opened = await come(desk, channel="chat")
    for words in ("让社区给我回个电话", "13700000001", "周文强", "13700000001", "周文强"):
        await desk.say(opened.session, words)
    assert "要求回电" in await asks("13700000001", "周文强")
    assert "没有查到" in await asks("13700000002", "周文强")
    assert "没有查到" in await asks("13700000001", "吴桂芳")


async def test_who_writes_that_they_want_no_more_calls_is_believed_once_they_said_who_they_are(desk) -> None:
    opened = await come(desk, channel="chat")
    await desk.say(opened.session, "别再打电话给我了")
    assert not rows(desk, ResidentRow, id="r1")[0].do_not_call_at
    await desk.say(opened.session, PEOPLE[1][1])
    assert "不再给您打电话" in said(await desk.say(opened.session, PEOPLE[1][0]))
    assert rows(desk, ResidentRow, id="r1")[0].do_not_call_at
    assert rows(desk, TicketRow) == []


async def test_an_unknown_number_that_calls_to_be_left_alone_is_never_rung_again(desk) -> None:
    opened = await come(desk)
    with desk.store.writing() as session:
        call = IncomingCallRow(id="c", session_id=opened.session, caller="13700000001", at=desk.at)
        session.add(call)
    assert (await desk.say(opened.session, "别再给我打电话了")).outcome == "never_again"
    [listed] = rows(desk, DoNotCallRow)
    assert listed.phone_idx == phone_index(desk.store.keys, "13700000001")


async def test_who_writes_t_is_taken_off_for_good_and_the_audit_tells_of_it_once(desk) -> None:
    for _ in range(2):
        opened = await come(desk, number=PEOPLE[1][1], channel="chat")
        assert (await desk.say(opened.session, "T")).outcome == "never_again"
    assert rows(desk, ResidentRow, id="r1")[0].do_not_call_at
    assert [each.object_id for each in rows(desk, AuditRow, action="contact.refused")] == ["r1"]


async def test_a_broken_off_call_is_taken_up_by_the_number_of_its_ticket(desk) -> None:
    first = await desk.open()
    for words in ("方便", "没有发烧", "药就剩今天一片了"):
        await desk.say(first.session, words)
    await desk.conversation.hung_up(first.session, at=desk.at)
    other = await desk.open()
    await desk.say(other.session, "别再问了，没兴趣")
    [ticket] = rows(desk, TicketRow)
    opened = await come(desk, channel="chat")
    await desk.say(opened.session, f"接着刚才断了的电话，工单号{ticket.number}")
    await desk.say(opened.session, PEOPLE[0][1])
    asked = await desk.say(opened.session, PEOPLE[0][0])
    assert "接着刚才的问" in said(asked)
    assert "发烧" not in said(asked)
