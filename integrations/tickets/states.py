"""What becomes of a ticket: open → accepted → done."""

from datetime import datetime

from sqlalchemy import select

from integrations.storage.models import TicketRow
from integrations.storage.store import StoreSession
from integrations.tickets.errors import TicketNotFound, TicketStateWrong

LABELS = {"open": "待处理", "accepted": "处理中", "done": "已办结"}


def accept(session: StoreSession, ticket_id: str) -> None:
    """Somebody sees to it now. Harmless when it was accepted before. Raises TicketNotFound, TicketStateWrong."""
    ticket = _locked(session, ticket_id)
    if ticket.state == "done":
        raise TicketStateWrong(f"工单 {ticket.number} 已经办结，不用再受理。")
    ticket.state = "accepted"


def take(session: StoreSession, ticket_id: str, worker_id: str) -> None:
    """This worker sees to it and owns it from now on; who owned it before stands in.

    Raises TicketNotFound, TicketStateWrong.
    """
    ticket = _locked(session, ticket_id)
    if ticket.state == "done":
        raise TicketStateWrong(f"工单 {ticket.number} 已经办结，不用再受理。")
    if ticket.owner_id != worker_id:
        ticket.owner_id, ticket.deputy_id = worker_id, ticket.owner_id
    ticket.state = "accepted"


def give_back(session: StoreSession, ticket_id: str) -> None:
    """Nobody sees to it after all. Does nothing once it is done. Raises TicketNotFound."""
    ticket = _locked(session, ticket_id)
    if ticket.state == "accepted":
        ticket.state = "open"


def progress(session: StoreSession, ticket_id: str, *, told: str) -> None:
    """Something was done, and it is not finished. Raises TicketNotFound."""
    _locked(session, ticket_id).result = told


def finish(session: StoreSession, ticket_id: str, *, result: str, at: datetime) -> None:
    """It is done; `result` says in one sentence what was found. Raises TicketNotFound, TicketStateWrong."""
    ticket = _locked(session, ticket_id)
    if ticket.state == "done":
        raise TicketStateWrong(f"工单 {ticket.number} 已经办结，请刷新页面。")
    if not result.strip():
        raise TicketStateWrong("请写一句办理结果，再点办结。")
    ticket.state, ticket.result, ticket.done_at = "done", result.strip(), at


def _locked(session: StoreSession, ticket_id: str) -> TicketRow:
    ticket = session.scalar(select(TicketRow).where(TicketRow.id == ticket_id).with_for_update())
    if ticket is None:
        raise TicketNotFound("没有这张工单，请回到工单列表重新选择。")
    return ticket
