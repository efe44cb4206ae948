"""Hand-overs as people look back on them: who was rung when, what came of it, what was said meanwhile."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from integrations.storage.models import HandoverRingRow, HandoverRow, HandoverWordRow, TicketRow, WorkerRow

STATUS_LABELS = {
    "open": "正在找人",
    "accepted": "有人接单",
    "finished": "已有结果",
    "given_up": "没有人接",
    "elsewhere": "在控制台接了单",
}
TIER_LABELS = {"worker": "网格员", "deputy": "副网格员", "lead": "网格长", "desk": "社区值班"}
OUTCOME_LABELS = {
    "accepted": "接单",
    "declined": "不能接",
    "silent": "接了电话没按键",
    "no_answer": "没接电话",
    "busy": "占线",
    "unreachable": "打不通",
    "not_proven": "密码不对",
    "elsewhere": "已有别人接单",
    "interrupted": "通话中断",
    "reported": "告知了结果",
    "untold": "没有问到结果",
}
RESULT_LABELS = {
    "settled": "电话里办好了",
    "visiting": "上门",
    "ambulance": "叫了 120",
    "not_reached": "没联系上居民",
    "going_on": "还要接着办",
}
WHO_LABELS = {"resident": "居民", "assistant": "邻音", "worker": "工作人员"}


@dataclass(frozen=True, kw_only=True)
class RingShown:
    """One call to a worker."""

    worker: str
    tier: str
    purpose: str  # offer|result
    dialled_at: datetime
    rang_at: datetime | None
    accepted_at: datetime | None
    outcome: str | None  # None while it is under way


@dataclass(frozen=True, kw_only=True)
class WordsShown:
    """One thing said outside the session."""

    at: datetime
    who: str
    words: str


@dataclass(frozen=True, kw_only=True)
class HandoverShown:
    """One hand-over, whole."""

    id: str
    ticket: str  # its number, "" without one
    kind: str
    severity: str
    status: str
    raised_at: datetime
    accepted_at: datetime | None
    accepted_by: str  # name, "" while nobody has
    unheard_at: datetime | None  # everybody was rung once, nobody took it
    joined_at: datetime | None
    parted_at: datetime | None
    resident_left_at: datetime | None
    result: str | None
    rings: Sequence[RingShown]
    words: Sequence[WordsShown]

    @property
    def status_label(self) -> str:
        """In Chinese."""
        return STATUS_LABELS[self.status]


def of_tickets(session: Session, ticket_ids: Iterable[str]) -> list[HandoverShown]:
    """The hand-overs of these tickets, in the order in which they were raised."""
    rows = session.scalars(
        select(HandoverRow).where(HandoverRow.ticket_id.in_(list(ticket_ids))).order_by(HandoverRow.raised_at)
    )
    return [_shown(session, row) for row in rows]


def of_sessions(session: Session, session_ids: Iterable[str]) -> list[HandoverShown]:
    """The hand-overs of these sessions, in the order in which they were raised."""
    rows = session.scalars(
        select(HandoverRow).where(HandoverRow.session_id.in_(list(session_ids))).order_by(HandoverRow.raised_at)
    )
    return [_shown(session, row) for row in rows]


def newest(session: Session, *, limit: int) -> list[HandoverShown]:
    """The last ones, newest first."""
    rows = session.scalars(select(HandoverRow).order_by(HandoverRow.raised_at.desc()).limit(limit))
    return [_shown(session, row) for row in rows]


def _shown(session: Session, row: HandoverRow) -> HandoverShown:
    rings = session.scalars(
        select(HandoverRingRow).where(HandoverRingRow.handover_id == row.id).order_by(HandoverRingRow.number)
    ).all()
    words = session.scalars(
        select(HandoverWordRow).where(HandoverWordRow.handover_id == row.id).order_by(HandoverWordRow.id)
    )
    wanted = {each.worker_id for each in rings} | {row.accepted_by or ""}
    workers = session.scalars(select(WorkerRow).where(WorkerRow.id.in_(wanted)))
    names = {each.id: each.name for each in workers}
    ticket = session.get(TicketRow, row.ticket_id) if row.ticket_id else None
    return HandoverShown(
        id=row.id,
        ticket=ticket.number if ticket else "",
        kind=row.kind,
        severity=row.severity,
        status=row.status,
        raised_at=row.raised_at,
        accepted_at=row.accepted_at,
        accepted_by=names.get(row.accepted_by or "", ""),
        unheard_at=row.unheard_at,
        joined_at=row.joined_at,
        parted_at=row.parted_at,
        resident_left_at=row.resident_left_at,
        result=row.result,
        rings=[
            RingShown(
                worker=names[each.worker_id],
                tier=each.tier,
                purpose=each.purpose,
                dialled_at=each.dialled_at,
                rang_at=each.rang_at,
                accepted_at=each.accepted_at,
                outcome=each.outcome,
            )
            for each in rings
        ],
        words=[WordsShown(at=each.at, who=each.who, words=each.words) for each in words],
    )
