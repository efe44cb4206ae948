"""What somebody said whom the registry does not know, deleted as they may ask.

They are known by a ticket only: by its number everything is found that the same telephone or the same chat said. Their
conversations go altogether; of the tickets stay number, kind and times.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import delete, event, func, select

from bot.evidence.erasing import ASKED_FOR, GONE, delete_files, delete_talks, worded
from bot.evidence.errors import ErasureRefused
from bot.evidence.keeping import forget_recordings
from integrations.storage import audit
from integrations.storage.models import (
    HandoverRow,
    IncomingCallRow,
    RecordingRow,
    SessionRow,
    StrangerErasureRow,
    TicketRow,
)
from integrations.storage.store import StoreSession
from integrations.tickets import states

STAYS = (
    "工单的编号、种类和时间：证明事情有人办过，里面的话、姓名和号码已经删掉。",
    "审计记录：谁在什么时候删的，依法要留。",
    "以前的数据库备份和导出的表格：程序管不到，请按期销毁。",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class StrangerErasure:
    """What is kept of somebody unknown, and so what goes."""

    sessions: int  # conversations
    recordings: int
    incoming_calls: int
    handovers: int  # urgent calls to workers
    tickets: int  # of which the words go


@dataclass(frozen=True, slots=True, kw_only=True)
class _Traces:
    """What belongs to one unknown person."""

    talks: Sequence[str]
    calls: Sequence[IncomingCallRow]
    tickets: Sequence[TicketRow]


def is_strangers(ticket: TicketRow) -> bool:
    """Whether it was raised by somebody whom the registry does not know, and was not emptied yet."""
    return ticket.household_id is None and ticket.resident_id is None and ticket.own_words != GONE


def kept_of_stranger(session: StoreSession, ticket_id: str) -> StrangerErasure:
    """How much is kept of whoever raised this ticket. Raises ErasureRefused."""
    return _counted(session, _traces(session, _asked_by(session, ticket_id, lock=False)))


def erase_stranger(
    session: StoreSession, ticket_id: str, *, data: Path | None, user_id: str | None, at: datetime
) -> StrangerErasure:
    """Deletes it all, with an audit row; what it was. Raises ErasureRefused while something of it is under way.

    Files below `data` go once the transaction is committed, as in `erasing.erase`.
    """
    traces = _traces(session, _asked_by(session, ticket_id, lock=True))
    _refuse_unfinished(traces)
    found = _counted(session, traces)
    opened = [
        StrangerErasureRow(id=session.new_id(at=at), session_id=talk, ticket_id=ticket_id, user_id=user_id, at=at)
        for talk in traces.talks
    ]
    session.add_all(opened)
    session.flush()
    recordings = forget_recordings(session, RecordingRow.session_id.in_(traces.talks), at=at)
    for ticket in traces.tickets:
        _empty(session, ticket, at=at)
    session.flush()
    session.execute(delete(IncomingCallRow).where(IncomingCallRow.id.in_([each.id for each in traces.calls])))
    delete_talks(session, traces.talks)
    for row in opened:
        row.finished_at = at
    audit.record(
        session,
        user_id=user_id,
        action="stranger.erased",
        object_kind="ticket",
        object_id=ticket_id,
        at=at,
        detail=asdict(found),
    )
    if data is not None:
        event.listen(session, "after_commit", lambda _: delete_files(data, recordings), once=True)
    return found


def told(found: StrangerErasure) -> Sequence[str]:
    """What goes, as people read it; only what there is."""
    parts = (
        ("通话和聊天 {} 次", found.sessions),
        ("录音 {} 段", found.recordings),
        ("打进来的电话和号码 {} 次", found.incoming_calls),
        ("急事电话的记录 {} 件", found.handovers),
        ("工单里的话、姓名和号码 {} 张", found.tickets),
    )
    return worded(parts)


def _asked_by(session: StoreSession, ticket_id: str, *, lock: bool) -> TicketRow:
    ticket = session.get(TicketRow, ticket_id, with_for_update=lock)
    if ticket is None or not is_strangers(ticket):
        raise ErasureRefused("这不是来电人未登记的工单，或者已经删过，请核对工单号。")
    return ticket


def _traces(session: StoreSession, asked: TicketRow) -> _Traces:
    """By the number said or shown and by the sender of a chat; a talk in which somebody was recognised is theirs."""
    phone, raised = asked.caller_phone, session.scalars(select(TicketRow).where(TicketRow.household_id.is_(None))).all()
    unknown = session.scalars(select(IncomingCallRow).where(IncomingCallRow.resident_id.is_(None))).all()
    tickets = [each for each in raised if each is asked or (phone and each.caller_phone == phone)]
    calls = [each for each in unknown if phone and each.caller == phone]
    named = [*(each.session_id for each in tickets), *(each.session_id for each in calls)]
    senders = select(SessionRow.sender_idx).where(SessionRow.id.in_(named), SessionRow.sender_idx.is_not(None))
    talks = session.scalars(
        select(SessionRow.id)
        .where(SessionRow.resident_id.is_(None))
        .where(SessionRow.id.in_(named) | SessionRow.sender_idx.in_(senders))
    ).all()
    return _Traces(
        talks=talks,
        calls=[each for each in unknown if each in calls or each.session_id in talks],
        tickets=[each for each in raised if each in tickets or each.session_id in talks],
    )


def _counted(session: StoreSession, traces: _Traces) -> StrangerErasure:
    heard = select(func.count()).where(RecordingRow.session_id.in_(traces.talks), RecordingRow.deleted_at.is_(None))
    rung = select(func.count()).where(HandoverRow.session_id.in_(traces.talks))
    return StrangerErasure(
        sessions=len(traces.talks),
        recordings=session.scalar(heard) or 0,
        incoming_calls=len(traces.calls),
        handovers=session.scalar(rung) or 0,
        tickets=sum(each.own_words != GONE for each in traces.tickets),
    )


def _refuse_unfinished(traces: _Traces) -> None:
    """What somebody still has to see to is not taken away from them."""
    if any(each.ended_at is None for each in traces.calls):
        raise ErasureRefused("这位来电人正在通话，等通话结束再删。")
    waiting = sorted(each.number for each in traces.tickets if each.state != "done" and each.kind != ASKED_FOR)
    if waiting:
        raise ErasureRefused(f"工单 {waiting[0]} 还没办结，请先办结，再删。")


def _empty(session: StoreSession, ticket: TicketRow, *, at: datetime) -> None:
    if ticket.state != "done":
        states.finish(session, ticket.id, result="已按来电人的要求删除。", at=at)
    elif ticket.result:
        ticket.result = GONE
    ticket.own_words, ticket.caller_phone, ticket.caller_name, ticket.session_id = GONE, None, None, None
