"""Calls of residents on the console: by grid, audited, with what they were about; and their deletion."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import select

from bot.desk import inbound
from bot.evidence.callers import erase_incoming_calls, settle_callers
from integrations.storage.models import (
    AuditRow,
    HandoverRow,
    HouseholdRow,
    IncomingCallRow,
    RecordingRow,
    ResidentRow,
    TicketRow,
)
from nlu.utterance import Utterance

UNKNOWN_NUMBER = "13712345678"


async def call_us(town: Any, name: str | None, said: Sequence[str], *, number: str = "", recorded: bool = False) -> str:
    """Somebody calls, says this, and hangs up; the id of the call."""
    at = town.clock.now()
    with town.store.reading() as session:
        resident = session.get(ResidentRow, town.residents[name]) if name else None
        opening = inbound(session, resident, channel="voice", community="育林社区", callback_number="", at=at)
        shown = (resident.phone or "") if resident else number
    talk = await town.conversation.open(replace(opening, recording="heard" if recorded else None), at=at)
    with town.store.writing() as session:
        row = IncomingCallRow(
            id=session.new_id(at=at),
            at=at,
            caller=shown,
            resident_id=opening.resident_id,
            session_id=talk.session,
        )
        session.add(row)
    for words in said:
        await town.conversation.handle(talk.session, Utterance(text=words), at=at)
    await town.conversation.hung_up(talk.session, at=at)
    with town.store.writing() as session:
        call = session.get_one(IncomingCallRow, row.id)
        call.ended_at, call.disposition, call.ended_by = at, "answered", "them"
        settle_callers(session, talk.session)
    return row.id


def rows(town: Any, table: type) -> Sequence[Any]:
    with town.store.reading() as session:
        return list(session.scalars(select(table)).all())


async def test_a_call_is_listed_with_who_called_and_what_it_was_about(town: Any, admin: Any) -> None:
    call = await call_us(town, "王秀英", ["我家水管漏水了，要报修"])
    page = admin.page("/incoming")
    assert "王秀英" in page
    assert "报修" in page
    assert "138****" in page or "139****" in page
    whole = admin.page(f"/incoming/{call}")
    assert "我家水管漏水了，要报修" in whole
    assert "十一月健康随访" in whole
    assert f"/contacts/{town.contact('王秀英')}" in whole


async def test_a_danger_told_on_the_telephone_leads_to_its_ticket(town: Any, admin: Any) -> None:
    call = await call_us(town, "陈德福", ["我胸口疼得厉害"])
    whole = admin.page(f"/incoming/{call}")
    assert "/tickets/" in whole
    assert "紧急" in whole
    assert "/tickets/" in admin.page("/incoming")


async def test_a_grid_worker_sees_the_calls_of_their_own_grid_and_nobodys_are_for_the_community(
    town: Any, visitor: Any, account: Any, admin: Any
) -> None:
    own, other = await call_us(town, "王秀英", ["要报修"]), await call_us(town, "陈德福", ["要报修"])
    unknown = await call_us(town, None, ["你好"], number=UNKNOWN_NUMBER)
    assert "137****5678" in admin.page("/incoming")
    assert "没有认出来" in admin.page(f"/incoming/{unknown}")
    with town.store.writing() as session:  # nobody stands in for a colleague: only the grid decides
        from_other = session.get_one(ResidentRow, town.residents["陈德福"]).household_id
        session.get_one(HouseholdRow, from_other).deputy_id = None
    visitor.log_in("grid-worker", account("grid-worker", "grid_worker", town.workers[0]))
    page = visitor.page("/incoming")
    assert "王秀英" in page
    assert "陈德福" not in page
    assert "137****5678" not in page
    visitor.page(f"/incoming/{own}")
    visitor.page(f"/incoming/{other}", 404)
    visitor.page(f"/incoming/{unknown}", 404)


async def test_what_somebody_unregistered_wants_is_on_the_list_of_the_desk_and_of_who_leads_a_grid(
    town: Any, visitor: Any, account: Any, admin: Any
) -> None:
    call = await call_us(town, None, ["转人工"], number=UNKNOWN_NUMBER)
    [ticket] = [row for row in rows(town, TicketRow) if row.household_id is None]
    assert "来电人未登记" in admin.page("/tickets")
    page = admin.page(f"/tickets/{ticket.id}")
    assert "137****5678" in page
    assert UNKNOWN_NUMBER not in page
    assert f"/incoming/{call}" in page
    assert UNKNOWN_NUMBER in admin.post(f"/tickets/{ticket.id}/phone")
    assert (rows(town, AuditRow)[-1].action, rows(town, AuditRow)[-1].object_id) == ("phone.shown", ticket.id)
    visitor.log_in("grid-worker", account("grid-worker", "grid_worker", town.workers[0]))
    assert "来电人未登记" not in visitor.page("/tickets")
    visitor.page(f"/tickets/{ticket.id}", 404)
    visitor.post(f"/tickets/{ticket.id}/phone", 404)
    visitor.log_in("grid-lead", account("grid-lead", "grid_lead", town.workers[0]))
    assert "来电人未登记" in visitor.page("/tickets")
    visitor.page(f"/incoming/{call}")


async def test_who_shows_later_who_they_are_gets_their_own_grid_worker(town: Any) -> None:
    with town.store.reading() as session:
        resident = session.get_one(ResidentRow, town.residents["王秀英"])
        home = session.get_one(HouseholdRow, resident.household_id)
    said = ["我胸口疼得厉害", "还是疼", "我在菜场门口", resident.phone, "王秀英"]
    await call_us(town, None, said, number=UNKNOWN_NUMBER)
    [call] = rows(town, IncomingCallRow)
    tickets = [row for row in rows(town, TicketRow) if row.session_id == call.session_id]
    assert {(row.household_id, row.resident_id, row.owner_id) for row in tickets} == {
        (home.id, resident.id, home.worker_id)
    }
    [handover] = [row for row in rows(town, HandoverRow) if row.session_id == call.session_id]
    assert (handover.household_id, handover.ticket_id in {row.id for row in tickets}) == (home.id, True)


async def test_the_reviewer_does_not_see_who_called(town: Any, visitor: Any, account: Any) -> None:
    call = await call_us(town, "王秀英", ["要报修"])
    visitor.log_in("reviewer", account("reviewer", "reviewer", None))
    visitor.page("/incoming", 403)
    visitor.page(f"/incoming/{call}", 403)


async def test_every_look_at_a_call_is_written_down(town: Any, admin: Any) -> None:
    call = await call_us(town, "王秀英", ["要报修"])
    for path, action, object_id in (
        ("/incoming", "incoming.seen", ""),
        (f"/incoming/{call}", "incoming_call.seen", call),
    ):
        admin.page(path)
        newest = rows(town, AuditRow)[-1]
        assert (newest.action, newest.object_id) == (action, object_id)
    page = admin.page("/audit")
    assert "查看来电列表" in page


async def test_a_caller_who_shows_who_they_are_later_is_found_with_call_and_recording(town: Any) -> None:
    with town.store.reading() as session:
        phone = session.get_one(ResidentRow, town.residents["王秀英"]).phone
    await call_us(town, None, ["我要报修", phone, "王秀英"], number=UNKNOWN_NUMBER, recorded=True)
    (call,), (recording,) = rows(town, IncomingCallRow), rows(town, RecordingRow)
    assert call.resident_id == recording.resident_id == town.residents["王秀英"]


async def test_the_calls_of_a_resident_are_deleted_and_nobody_elses(town: Any) -> None:
    await call_us(town, "王秀英", ["要报修"])
    kept = await call_us(town, "陈德福", ["要报修"])
    with town.store.writing() as session:
        assert erase_incoming_calls(session, town.residents["王秀英"], at=town.clock.now()) == 1
        assert erase_incoming_calls(session, town.residents["王秀英"], at=town.clock.now()) == 0
    assert [row.id for row in rows(town, IncomingCallRow)] == [kept]
    assert [row.action for row in rows(town, AuditRow)].count("incoming_calls.erased") == 1
