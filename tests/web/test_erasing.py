"""A resident asks that their data be deleted: who may do it, what goes, what stays."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import delete, select
from sqlalchemy.exc import DBAPIError

from bot.desk import inbound
from bot.evidence.erasing import GONE, erase, kept_about
from bot.evidence.errors import ErasureRefused
from bot.evidence.files import SealedTape, recording_path, recordings_folder
from bot.evidence.keeping import SURELY_OVER, sweep
from bot.web.collaborators import Collaborators
from integrations.registry.lookup import may_not_be_called, residents_by_name, residents_by_phone
from integrations.storage import audit
from integrations.storage.models import (
    AuditRow,
    ContactRow,
    EventRow,
    IncomingCallRow,
    RecordingRow,
    RecordRow,
    ResidentRow,
    Row,
    SessionRow,
    StrangerErasureRow,
    TicketRow,
)
from integrations.tickets import states
from nlu.utterance import Utterance

NAME, OTHER = "王秀英", "陈德福"
TAPE = "0123456789abcdef0123456789abcdef"
SAID = "我家水管漏水了，要报修"


@pytest.fixture
def given(given: Collaborators, tmp_path: Path) -> Collaborators:
    return replace(given, data=tmp_path)


async def talk(town: Any, name: str, *said: str, recording: str | None = None) -> str:
    """Somebody calls, says this and hangs up; the session."""
    at = town.clock.now()
    with town.store.reading() as session:
        resident = session.get_one(ResidentRow, town.residents[name])
        opening = inbound(session, resident, channel="voice", community="育林社区", callback_number="", at=at)
        phone = resident.phone or ""
    opened = await town.conversation.open(replace(opening, recording=recording), at=at)
    for words in said:
        await town.conversation.handle(opened.session, Utterance(text=words), at=at)
    await town.conversation.hung_up(opened.session, at=at)
    with town.store.writing() as session:
        session.add(
            IncomingCallRow(
                id=session.new_id(at=at), at=at, caller=phone, resident_id=resident.id, session_id=opened.session,
                ended_at=at, disposition="answered", ended_by="them",
            )
        )  # fmt: skip
    return str(opened.session)


def finish_tickets(town: Any) -> None:
    with town.store.writing() as session:
        for ticket in session.scalars(select(TicketRow).where(TicketRow.state != "done")).all():
            if ticket.kind != "data_deletion":
                states.finish(session, ticket.id, result="办好了", at=town.clock.now())


def written(town: Any) -> str:
    """Every value of every table, opened."""
    with town.store.reading() as session:
        tables = [mapper.class_ for mapper in Row.registry.mappers]
        rows = [row for table in tables for row in session.scalars(select(table))]
        values = [value for row in rows for value in vars(row).values()]
    return "\n".join(each.decode(errors="ignore") if isinstance(each, bytes) else str(each) for each in values)


async def test_the_reviewer_deletes_everything_without_seeing_whose_it_is(
    town: Any, visitor: Any, account: Any, tmp_path: Path
) -> None:
    resident = town.residents[NAME]
    with town.store.reading() as session:
        phone = session.get_one(ResidentRow, resident).phone
        assert phone is not None
    session_id = await talk(town, NAME, SAID, recording=TAPE)
    await talk(town, OTHER, "要报修")
    tape = SealedTape(recordings_folder(tmp_path), TAPE, town.store.keys)
    tape.write(b"\x2a" * 8_000, b"\x2a" * 8_000)
    tape.close()
    (tmp_path / "prompts" / "personal").mkdir(parents=True)
    finish_tickets(town)
    ticket = town.asked_to_be_deleted(NAME)
    assert all(words in written(town) for words in (NAME, phone, SAID))
    visitor.log_in("reviewer", account("reviewer", "reviewer", None))
    assert "T-9001" in visitor.page("/erasures")
    page = visitor.page(f"/erasures/{ticket}")
    assert NAME not in page
    assert "录音 1 段" in page
    assert visitor.client.post(f"/erasures/{ticket}", headers={"x-csrf-token": visitor.csrf}).status_code == 422
    done = visitor.post(f"/erasures/{ticket}", sure="yes")
    assert "删除好了" in done
    assert "录音 1 段" in done
    everything = written(town)
    for words in (NAME, phone, SAID, "把我的信息删掉"):
        assert words not in everything
    assert OTHER in everything
    assert not recording_path(recordings_folder(tmp_path), TAPE).exists()
    assert not (tmp_path / "prompts" / "personal").exists()
    with town.store.reading() as session:
        assert not residents_by_name(session, NAME)
        assert not residents_by_phone(session, phone)
        assert may_not_be_called(session, phone)
        assert session.get(SessionRow, session_id) is None
        assert session.scalars(select(EventRow).where(EventRow.session_id == session_id)).first() is None
        assert session.scalars(select(RecordRow).where(RecordRow.resident_id == resident)).first() is None
        assert session.scalars(select(RecordingRow)).first() is None
        assert session.get_one(TicketRow, ticket).state == "done"
        contact = session.scalars(select(ContactRow).where(ContactRow.resident_id == resident)).one()
        row = session.scalars(select(AuditRow).where(AuditRow.action == "resident.erased")).one()
    assert contact.status == "done"
    assert (row.object_id, row.user_id is not None, row.detail["recordings"]) == (resident, True, 1)
    assert audit.verify(town.store).intact
    assert "已经删除" in visitor.page(f"/erasures/{ticket}")
    visitor.page(f"/campaigns/{town.campaign}")


async def unknown_call(town: Any, phone: str, *said: str, recording: str | None = None) -> str:
    """Somebody of whom nobody knows anything calls, says this and hangs up; the session."""
    at = town.clock.now()
    with town.store.writing() as session:
        opening = inbound(session, None, channel="voice", community="育林社区", callback_number="", at=at)
        call = IncomingCallRow(id=session.new_id(at=at), at=at, caller=phone)
        session.add(call)
    opened = await town.conversation.open(replace(opening, recording=recording), at=at)
    with town.store.writing() as session:
        session.get_one(IncomingCallRow, call.id).session_id = opened.session
    for words in said:
        await town.conversation.handle(opened.session, Utterance(text=words), at=at)
    await town.conversation.hung_up(opened.session, at=at)
    with town.store.writing() as session:
        session.get_one(IncomingCallRow, call.id).ended_at = at
    return str(opened.session)


async def test_a_stranger_may_have_deleted_what_they_said(
    town: Any, visitor: Any, account: Any, tmp_path: Path
) -> None:
    phone, other, hurts = "13712345678", "13787654321", "我胸口疼得厉害，喘不上气"
    first = await unknown_call(town, phone, "我这边墙上裂了一道大缝")
    await unknown_call(town, phone, hurts, "还疼", recording=TAPE)
    await unknown_call(town, other, "我胸口也疼，闷得慌")
    tape = SealedTape(recordings_folder(tmp_path), TAPE, town.store.keys)
    tape.write(b"\x2a" * 8_000, b"\x2a" * 8_000)
    tape.close()
    with town.store.reading() as session:
        tickets = session.scalars(select(TicketRow).where(TicketRow.household_id.is_(None))).all()
        ticket = next(each for each in tickets if each.caller_phone == phone)
    visitor.log_in("reviewer", account("reviewer", "reviewer", None))
    page = visitor.page(f"/erasures/of?number={ticket.number.lower()}")
    assert phone not in page
    assert "通话和聊天 2 次" in page
    assert "录音 1 段" in page
    assert "办结" in visitor.post(f"/erasures/{ticket.id}", status=409, sure="yes")
    finish_tickets(town)
    assert all(words in written(town) for words in (phone, hurts, "大缝", other))
    answer = visitor.client.post(f"/erasures/{ticket.id}", data={"sure": "yes"}, headers={"x-csrf-token": visitor.csrf})
    assert answer.json()["erased"][0] == "通话和聊天 2 次"
    everything = written(town)
    for words in (phone, hurts, "大缝"):
        assert words not in everything
    assert other in everything
    assert "我胸口也疼" in everything
    assert not recording_path(recordings_folder(tmp_path), TAPE).exists()
    with town.store.reading() as session:
        assert session.get(SessionRow, first) is None
        row = session.scalars(select(AuditRow).where(AuditRow.action == "stranger.erased")).one()
    assert (row.object_id, row.detail["sessions"], row.detail["incoming_calls"]) == (ticket.id, 2, 2)
    assert audit.verify(town.store).intact
    assert "已经删除" in visitor.page(f"/erasures/{ticket.id}")
    visitor.post(f"/erasures/{ticket.id}", status=409, sure="yes")


async def test_events_of_other_strangers_cannot_be_deleted_meanwhile(town: Any) -> None:
    gone, stays = [await unknown_call(town, phone, "喂", "你好") for phone in ("13712345678", "13787654321")]
    ticket = town.asked_to_be_deleted(NAME)
    at = town.clock.now()
    with town.store.writing() as session:
        session.add(StrangerErasureRow(id="e", session_id=gone, ticket_id=ticket, at=at))
        session.flush()
        session.execute(delete(EventRow).where(EventRow.session_id == gone))
        with pytest.raises(DBAPIError, match="append-only"), session.begin_nested():
            session.execute(delete(EventRow).where(EventRow.session_id == stays))


async def test_pages_of_the_household_and_the_campaign_still_open(town: Any, admin: Any) -> None:
    await talk(town, NAME, SAID)
    finish_tickets(town)
    ticket = town.asked_to_be_deleted(NAME)
    admin.post(f"/erasures/{ticket}", sure="yes")
    with town.store.reading() as session:
        household = session.get_one(ResidentRow, town.residents[NAME]).household_id
        first = session.scalars(select(TicketRow.id).where(TicketRow.household_id == household)).all()
    for path in (
        f"/campaigns/{town.campaign}",
        f"/campaigns/{town.campaign}/contacts",
        f"/contacts/{town.contact(NAME)}",
        f"/households/{household}",
        "/tickets?state=done",
        "/incoming",
        "/audit",
        *(f"/tickets/{each}" for each in first),
    ):
        assert NAME not in admin.page(path)


async def test_who_may_not_delete_is_turned_away(town: Any, visitor: Any, account: Any) -> None:
    ticket = town.asked_to_be_deleted(NAME)
    visitor.log_in("staff", account("staff", "staff", None))
    visitor.page("/erasures", 403)
    visitor.page(f"/erasures/{ticket}", 403)


async def test_nothing_is_deleted_while_somebody_has_to_see_to_it(town: Any, tmp_path: Path) -> None:
    await talk(town, NAME, "我胸口疼得厉害")
    with town.store.writing() as session, pytest.raises(ErasureRefused, match="还没办结"):
        erase(session, town.residents[NAME], data=tmp_path, user_id=None, at=town.clock.now())
    with town.store.reading() as session:
        assert kept_about(session, town.residents[NAME]).sessions >= 1


async def test_a_deletion_that_fails_at_the_end_leaves_the_sound_and_one_cut_short_after_it_is_swept(
    town: Any, tmp_path: Path
) -> None:
    await talk(town, NAME, "没事", recording=TAPE)
    finish_tickets(town)
    folder, at = recordings_folder(tmp_path), town.clock.now()
    tape = SealedTape(folder, TAPE, town.store.keys)
    tape.write(b"\x2a" * 8_000, b"\x2a" * 8_000)
    tape.close()
    path = recording_path(folder, TAPE)

    class DiskFull(Exception):
        """What a commit may end in."""

    def cut_short() -> None:
        with town.store.writing() as session:
            erase(session, town.residents[NAME], data=tmp_path, user_id=None, at=at)
            raise DiskFull

    with pytest.raises(DiskFull):
        cut_short()
    assert path.exists()
    with town.store.writing() as session:
        erase(session, town.residents[NAME], data=tmp_path, user_id=None, at=at)
        assert path.exists()
        content = path.read_bytes()
    assert not path.exists()

    path.write_bytes(content)  # as if the power had gone between the commit and the files
    written_at = datetime.fromtimestamp(path.stat().st_mtime, UTC)
    with town.store.writing() as session:
        assert sweep(session, folder, at=written_at) == 0  # it could be a call that has just been answered
        assert sweep(session, folder, at=written_at + SURELY_OVER + timedelta(seconds=1)) == 1
    assert not path.exists()


async def test_the_number_of_the_household_is_still_called_for_others(town: Any, tmp_path: Path) -> None:
    with town.store.writing() as session:
        one, other = (session.get_one(ResidentRow, town.residents[name]) for name in (NAME, OTHER))
        other.phone, other.phone_idx = one.phone, one.phone_idx
        phone = one.phone or ""
    finish_tickets(town)
    with town.store.writing() as session:
        erase(session, town.residents[NAME], data=tmp_path, user_id=None, at=town.clock.now())
    with town.store.writing() as session, pytest.raises(ErasureRefused, match="已经删过"):
        erase(session, town.residents[NAME], data=tmp_path, user_id=None, at=town.clock.now())
    with town.store.reading() as session:
        assert [row.id for row in residents_by_phone(session, phone)] == [town.residents[OTHER]]
        assert not may_not_be_called(session, phone)
        assert session.get_one(ResidentRow, town.residents[NAME]).name == GONE


async def test_events_of_anybody_else_stay_even_then(town: Any) -> None:
    kept = await talk(town, OTHER, "要报修")

    def lose() -> None:
        with town.store.engine.begin() as connection:
            connection.exec_driver_sql(f"DELETE FROM events WHERE session_id = '{kept}'")

    with pytest.raises(DBAPIError, match="append-only"):
        lose()
