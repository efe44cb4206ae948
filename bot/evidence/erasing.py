"""Everything that is kept about a resident, deleted as they may ask: what goes, what stays and why.

The conversations go altogether, events and all; the row of the resident stays without a name, so that the figures of
past campaigns add up. A database that refuses to lose events lets go of those of a resident while an `erasures` row
is open.
"""

import shutil
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import ColumnElement, Select, delete, event, func, select, update

from bot.evidence.callers import erase_incoming_calls
from bot.evidence.errors import ErasureRefused
from bot.evidence.files import recording_path, recordings_folder
from bot.evidence.keeping import forget_recordings
from campaigns.outcome import ContactOutcome
from integrations.campaigns.ending import cancel_due
from integrations.registry.lookup import never_call
from integrations.storage import audit
from integrations.storage.models import (
    AttemptRow,
    BookingRow,
    ContactRow,
    EnrolmentRow,
    ErasureRow,
    EventRow,
    HandoverRingRow,
    HandoverRow,
    HandoverWordRow,
    HouseholdRow,
    ImportChangeRow,
    IncomingCallRow,
    MessageRow,
    RecordingRow,
    RecordRow,
    ResidentRow,
    SessionRow,
    TicketRow,
    UnmetQuestionRow,
)
from integrations.storage.store import StoreSession
from integrations.tickets import states

GONE = "（已删除）"
ASKED_FOR = "data_deletion"  # the kind of ticket by which a resident asks for it
UNDER_WAY = ("dialling", "answered")
STAYS = (
    "工单的编号、种类和时间：证明急事有人办过，里面的话已经删掉。",
    "通话的时间和结果、任务的统计数：没有姓名、号码和说的话。",
    "号码的加密指纹，推不回号码：保证以后不再打给本人；家里别人也用这个号码的，不记。",
    "审计记录：谁在什么时候删的，依法要留。",
    "家里别人的登记和通话。",
    "以前的数据库备份和导出的表格：程序管不到，请按期销毁；名册里也请去掉，不然下次导入又会登记。",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Erasure:
    """What is kept about one resident, and so what goes."""

    records: int  # values in the registry with the resident's own words
    sessions: int  # conversations
    recordings: int
    incoming_calls: int
    handovers: int  # urgent calls to workers
    tickets: int  # of which the words go
    bookings: int
    attempts_due: int  # calls that will not be made


def resident_of_request(session: StoreSession, ticket_id: str) -> str:
    """Whose data somebody asked to delete in this ticket. Raises ErasureRefused."""
    ticket = session.get(TicketRow, ticket_id)
    if ticket is None or ticket.kind != ASKED_FOR:
        raise ErasureRefused("这不是要求删除信息的工单，也不是来电人未登记的工单，请核对工单号。")
    if ticket.resident_id is None:
        raise ErasureRefused("这张工单不知道是谁提的，或者已经删过；请网格员先问清是谁，再用姓名删。")
    return ticket.resident_id


def kept_about(session: StoreSession, resident_id: str) -> Erasure:
    """How much is kept about a resident."""

    def number(of: Select[Any]) -> int:
        return session.scalar(select(func.count()).select_from(of.subquery())) or 0

    return Erasure(
        records=number(select(RecordRow.id).where(RecordRow.resident_id == resident_id)),
        sessions=number(_talks(resident_id)),
        recordings=number(select(RecordingRow.id).where(RecordingRow.session_id.in_(_talks(resident_id)), ~_deleted())),
        incoming_calls=number(select(IncomingCallRow.id).where(IncomingCallRow.resident_id == resident_id)),
        handovers=number(_matters(resident_id)),
        tickets=number(select(TicketRow.id).where(_of(resident_id))),
        bookings=number(select(BookingRow.id).where(BookingRow.resident_id == resident_id)),
        attempts_due=number(
            select(AttemptRow.id).where(AttemptRow.contact_id.in_(_contacts(resident_id)), AttemptRow.status == "due")
        ),
    )


def erase(session: StoreSession, resident_id: str, *, data: Path | None, user_id: str | None, at: datetime) -> Erasure:
    """Deletes it all, with an audit row; what it was. Raises ErasureRefused while something urgent is open.

    `data`: the folder below which calls lie as sound, and sentences that were rendered (those that hold names go for
    everybody: nobody can tell whose they are, and they are rendered again when needed); None where there are no files.
    They go once the transaction is committed; what a crash leaves behind in between, `keeping.sweep` finds.
    """
    resident = session.get(ResidentRow, resident_id, with_for_update=True)
    if resident is None or resident.name == GONE:
        raise ErasureRefused("登记册里没有这位居民，可能已经删过。")
    _refuse_unfinished(session, resident_id)
    found = kept_about(session, resident_id)
    opened = ErasureRow(id=session.new_id(at=at), resident_id=resident_id, user_id=user_id, at=at)
    session.add(opened)
    session.flush()
    _stop_calling(session, resident, at=at)
    recordings = forget_recordings(session, RecordingRow.resident_id == resident_id, at=at)
    erase_incoming_calls(session, resident_id, at=at)
    _empty_tickets(session, resident_id, at=at)
    _delete_rows(session, resident_id)
    _blank(session, resident, at=at)
    opened.finished_at = at
    audit.record(
        session,
        user_id=user_id,
        action="resident.erased",
        object_kind="resident",
        object_id=resident_id,
        at=at,
        detail=asdict(found),
    )
    if data is not None:
        event.listen(session, "after_commit", lambda _: delete_files(data, recordings), once=True)
    return found


def delete_files(data: Path, recordings: Sequence[str]) -> None:
    """Deletes recordings, and every sentence with a name that was rendered."""
    for recording in recordings:
        recording_path(recordings_folder(data), recording).unlink(missing_ok=True)
    shutil.rmtree(data / "prompts" / "personal", ignore_errors=True)


def _talks(resident_id: str) -> Select[str]:
    return select(SessionRow.id).where(SessionRow.resident_id == resident_id)


def _contacts(resident_id: str) -> Select[str]:
    return select(ContactRow.id).where(ContactRow.resident_id == resident_id)


def _matters(resident_id: str) -> Select[str]:
    return select(HandoverRow.id).where(HandoverRow.session_id.in_(_talks(resident_id)))


def _of(resident_id: str) -> ColumnElement[bool]:
    """Tickets about a resident, or in their words."""
    return (TicketRow.resident_id == resident_id) | TicketRow.session_id.in_(_talks(resident_id))


def _deleted() -> ColumnElement[bool]:
    return RecordingRow.deleted_at.is_not(None)


def _refuse_unfinished(session: StoreSession, resident_id: str) -> None:
    """What somebody still has to see to is not taken away from them."""
    calling = select(AttemptRow.id).where(
        AttemptRow.contact_id.in_(_contacts(resident_id)), AttemptRow.status.in_(UNDER_WAY)
    )
    called = select(IncomingCallRow.id).where(
        IncomingCallRow.resident_id == resident_id, IncomingCallRow.ended_at.is_(None)
    )
    if session.scalar(calling.limit(1)) or session.scalar(called.limit(1)):
        raise ErasureRefused("这位居民正在通话，等通话结束再删。")
    waiting = select(TicketRow.number).where(_of(resident_id), TicketRow.state != "done", TicketRow.kind != ASKED_FOR)
    if number := session.scalar(waiting.order_by(TicketRow.created_at).limit(1)):
        raise ErasureRefused(f"工单 {number} 还没办结，请先办结，再删。")


def _stop_calling(session: StoreSession, resident: ResidentRow, *, at: datetime) -> None:
    contacts = list(session.scalars(_contacts(resident.id)))
    cancel_due(session, contacts, at=at)
    _run(
        session,
        update(ContactRow)
        .where(ContactRow.id.in_(contacts), ContactRow.status == "open")
        .values(status="done", outcome=ContactOutcome.REFUSAL, closed_at=at),
        update(MessageRow)
        .where(MessageRow.contact_id.in_(contacts), MessageRow.status.in_(("queued", "sent", "opened")))
        .values(status="closed"),
        update(EnrolmentRow)
        .where(EnrolmentRow.resident_id == resident.id, EnrolmentRow.state == "active")
        .values(state="withdrawn", due_on=None),
    )
    shared = select(ResidentRow.id).where(ResidentRow.phone_idx == resident.phone_idx, ResidentRow.id != resident.id)
    if resident.phone and not session.scalar(shared.limit(1)):
        never_call(session, resident.phone, reason="本人要求", at=at)


def _empty_tickets(session: StoreSession, resident_id: str, *, at: datetime) -> None:
    """Kind, number and times stay; the words go, and the request itself is done."""
    talks = set(session.scalars(_talks(resident_id)))
    for ticket in session.scalars(select(TicketRow).where(_of(resident_id))).all():
        if ticket.state != "done" and ticket.kind == ASKED_FOR:
            states.finish(session, ticket.id, result="已按居民的要求删除。", at=at)
        elif ticket.result:
            ticket.result = GONE
        ticket.own_words = GONE
        if ticket.resident_id == resident_id:
            ticket.resident_id = None
        if ticket.session_id in talks:
            ticket.session_id = None
    session.flush()


def _delete_rows(session: StoreSession, resident_id: str) -> None:
    _run(
        session,
        delete(RecordRow).where(RecordRow.resident_id == resident_id),
        delete(ImportChangeRow).where(ImportChangeRow.row_id == resident_id),
    )
    delete_talks(session, tuple(session.scalars(_talks(resident_id))))


def delete_talks(session: StoreSession, talks: Sequence[str]) -> None:
    """Deletes conversations and all that was only told in them. The database lets their events go while an open row
    of `erasures` or `stranger_erasures` names whose they are.
    """
    matters = tuple(session.scalars(select(HandoverRow.id).where(HandoverRow.session_id.in_(talks))))
    _run(
        session,
        delete(HandoverWordRow).where(HandoverWordRow.handover_id.in_(matters)),
        delete(HandoverRingRow).where(HandoverRingRow.handover_id.in_(matters)),
        delete(HandoverRow).where(HandoverRow.id.in_(matters)),
        delete(BookingRow).where(BookingRow.session_id.in_(talks)),
        delete(UnmetQuestionRow).where(UnmetQuestionRow.session_id.in_(talks), UnmetQuestionRow.count == 1),
        update(UnmetQuestionRow).where(UnmetQuestionRow.session_id.in_(talks)).values(session_id=None),
        update(AttemptRow).where(AttemptRow.session_id.in_(talks)).values(session_id=None),
        delete(RecordingRow).where(RecordingRow.session_id.in_(talks)),
        delete(EventRow).where(EventRow.session_id.in_(talks)),
        delete(SessionRow).where(SessionRow.id.in_(talks)),
    )


def _blank(session: StoreSession, resident: ResidentRow, *, at: datetime) -> None:
    """Nobody any more, in the place of somebody."""
    resident.name, resident.name_idx, resident.is_head = GONE, "", False
    resident.phone = resident.phone_idx = resident.id_number = resident.id_idx = None
    resident.family_phone = resident.family_phone_idx = None
    resident.birth_year = resident.sex = resident.relation = None
    resident.pause_seconds = resident.pause_turns = resident.speech_rate = resident.calling_hours = None
    resident.import_id = None
    resident.consent, resident.do_not_call_at, resident.updated_at = "refused", at, at
    others = select(ResidentRow.id).where(
        ResidentRow.household_id == resident.household_id, ResidentRow.id != resident.id, ResidentRow.name_idx != ""
    )
    if session.scalar(others.limit(1)) is None:
        household = session.get_one(HouseholdRow, resident.household_id)
        household.note = household.watchword = None
        _run(session, delete(ImportChangeRow).where(ImportChangeRow.row_id == household.id))


def _run(session: StoreSession, *statements: Any) -> None:
    for statement in statements:
        session.execute(statement.execution_options(synchronize_session=False))


def told(found: Erasure) -> Sequence[str]:
    """What goes, as people read it; only what there is."""
    parts = (
        ("登记册里的姓名、号码、出生年份等", 1),
        ("登记的回答和原话 {} 条", found.records),
        ("通话和聊天 {} 次", found.sessions),
        ("录音 {} 段", found.recordings),
        ("打进来的电话 {} 次", found.incoming_calls),
        ("急事电话的记录 {} 件", found.handovers),
        ("工单里的话 {} 张", found.tickets),
        ("预约 {} 个", found.bookings),
        ("还没打的电话 {} 个", found.attempts_due),
    )
    return worded(parts)


def worded(parts: Iterable[tuple[str, int]]) -> Sequence[str]:
    """Only what there is, each with its number."""
    return [text.format(number) for text, number in parts if number]
