"""Tickets: the list, one, accepting it, writing the result."""

from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import Response

from bot.auth.login import Visitor
from bot.web.collaborators import Collaborators
from bot.web.errors import NotFound
from bot.web.gate import Given, OwnForm, PhoneReader, TicketWorker
from bot.web.reads.paging import page
from bot.web.reads.tickets import UNFINISHED, callers_phone, counts, ticket_list, whole_ticket
from bot.web.rendering import Show, moved
from bot.web.trail import note
from integrations.handover.listing import of_tickets
from integrations.handover.unheard import taken_at_console
from integrations.storage.audit import record
from integrations.tickets import states

router = APIRouter()
SECTION = "/tickets"


@router.get("/tickets")
def tickets_page(*, given: Given, known: TicketWorker, show: Show, state: str = "", number: int = 1) -> Response:
    """The visitor's tickets, the most pressing first."""
    wanted = (state,) if state in states.LABELS else UNFINISHED
    with given.store.reading() as session:
        by_state = counts(session, known.scope)
        where = page(number, sum(by_state[each] for each in wanted))
        rows = ticket_list(session, known.scope, wanted, where)
    note(given.store, known, "tickets.seen", "tickets", state, at=given.clock.now(), detail={"rows": len(rows)})
    return show.page(
        known,
        "tickets.html",
        section=SECTION,
        tickets=rows,
        page=where,
        counts=by_state,
        state=state,
        href=f"/tickets?state={state}&",
    )


@router.get("/tickets/{ticket_id}")
def ticket_page(*, ticket_id: str, given: Given, known: TicketWorker, show: Show) -> Response:
    """One ticket."""
    return _shown(given, known, show, ticket_id)


@router.post("/tickets/{ticket_id}/accept", dependencies=[OwnForm])
def accepted(*, request: Request, ticket_id: str, given: Given, known: TicketWorker) -> Response:
    """The visitor sees to it from now on."""
    _refuse_unseen(given, known, ticket_id)
    at = given.clock.now()
    with given.store.writing() as session:
        states.accept(session, ticket_id)
        taken_at_console(session, ticket_id, at=at)
        record(
            session,
            user_id=known.user_id,
            action="ticket.accepted",
            object_kind="ticket",
            object_id=ticket_id,
            at=at,
        )
    return moved(request, f"/tickets/{ticket_id}")


@router.post("/tickets/{ticket_id}/done", dependencies=[OwnForm])
def done(
    *,
    request: Request,
    ticket_id: str,
    given: Given,
    known: TicketWorker,
    result: Annotated[str, Form(max_length=2000)] = "",
) -> Response:
    """It is finished, with the result in the visitor's words."""
    _refuse_unseen(given, known, ticket_id)
    at = given.clock.now()
    with given.store.writing() as session:
        states.finish(session, ticket_id, result=result, at=at)
        taken_at_console(session, ticket_id, at=at)
        record(session, user_id=known.user_id, action="ticket.done", object_kind="ticket", object_id=ticket_id, at=at)
    return moved(request, f"/tickets/{ticket_id}")


@router.post("/tickets/{ticket_id}/phone", dependencies=[OwnForm])
def phone_shown(*, ticket_id: str, given: Given, known: PhoneReader, show: Show) -> Response:
    """The whole number of a caller whom the registry does not know; each look is audited."""
    with given.store.writing() as session:
        phone = callers_phone(session, known.scope, ticket_id)
        if phone is None:
            raise NotFound
        record(
            session,
            user_id=known.user_id,
            action="phone.shown",
            object_kind="ticket",
            object_id=ticket_id,
            at=given.clock.now(),
        )
    return show.piece(known, "pieces/phone.html", of="tickets", whose=ticket_id, phone=phone)


def _shown(given: Collaborators, known: Visitor, show: Show, ticket_id: str) -> Response:
    with given.store.reading() as session:
        found = whole_ticket(session, known.scope, ticket_id)
        rung = of_tickets(session, [ticket_id])
    if found is None:
        raise NotFound
    note(given.store, known, "ticket.seen", "ticket", ticket_id, at=given.clock.now())
    return show.page(known, "ticket.html", section=SECTION, ticket=found, handovers=rung)


def _refuse_unseen(given: Collaborators, known: Visitor, ticket_id: str) -> None:
    with given.store.reading() as session:
        if whole_ticket(session, known.scope, ticket_id) is None:
            raise NotFound
