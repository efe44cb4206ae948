"""People who ask that their data be deleted: what is kept of them, in numbers, and the deletion."""

from collections.abc import Sequence
from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import JSONResponse, RedirectResponse, Response
from sqlalchemy import select

from bot.auth.login import Visitor
from bot.auth.roles import Permission
from bot.evidence import erasing, erasing_strangers
from bot.evidence.erasing import ASKED_FOR
from bot.web.errors import BadForm, NotFound
from bot.web.failures import wants_page
from bot.web.gate import Given, OwnForm, allowed
from bot.web.rendering import SEE_OTHER, Show
from bot.web.trail import note
from integrations.storage.models import TicketRow
from integrations.storage.store import StoreSession

router = APIRouter()
SECTION = "/erasures"
SHOWN = 200  # requests, the newest first: a community has a few a year
Eraser = Annotated[Visitor, Depends(allowed(Permission.ERASE_PEOPLE))]


@router.get("/erasures")
def requests_page(*, given: Given, known: Eraser, show: Show) -> Response:
    """Who asked is not told: the number of the ticket, when, and whether it is done."""
    asked = select(TicketRow).where(TicketRow.kind == ASKED_FOR).order_by(TicketRow.created_at.desc()).limit(SHOWN)
    with given.store.reading() as session:
        rows = session.scalars(asked).all()
    return show.page(known, "erasures.html", section=SECTION, requests=rows)


@router.get("/erasures/of")
def request_by_number(*, given: Given, known: Eraser, number: str = "") -> Response:  # noqa: ARG001
    """To the page of a ticket by its number: of somebody whom the registry does not know, any of theirs will do."""
    with given.store.reading() as session:
        ticket = session.scalar(select(TicketRow).where(TicketRow.number == number.strip().upper()))
        if ticket is None or not _of_request(ticket):
            raise BadForm("没有这张工单，或者它既不是要求删除信息的、也不是来电人未登记的，请核对工单号。")
        return RedirectResponse(f"/erasures/{ticket.id}", SEE_OTHER)


@router.get("/erasures/{ticket_id}")
def request_page(*, ticket_id: str, given: Given, known: Eraser, show: Show) -> Response:
    """What would go and what would stay."""
    with given.store.reading() as session:
        row = session.get(TicketRow, ticket_id)
        if row is None or not (_of_request(row) or _is_emptied(row)):
            raise NotFound
        goes = _goes(session, row)
    note(given.store, known, "erasure.seen", "ticket", ticket_id, at=given.clock.now())
    return show.page(known, "erasure.html", section=SECTION, ticket=row, goes=goes, stays=_stays(row), gone=())


@router.post("/erasures/{ticket_id}", dependencies=[OwnForm])
def erased(
    *,
    request: Request,
    ticket_id: str,
    given: Given,
    known: Eraser,
    show: Show,
    sure: Annotated[str, Form(max_length=3)] = "",
) -> Response:
    """All of it is deleted. Nothing brings it back. Programs get the numbers as JSON."""
    if sure != "yes":
        raise BadForm("请先打勾，确认已经核实是本人的意思。")
    at = given.clock.now()
    with given.store.writing() as session:
        row = session.get(TicketRow, ticket_id)
        if row is not None and erasing_strangers.is_strangers(row):
            gone = erasing_strangers.told(
                erasing_strangers.erase_stranger(session, ticket_id, data=given.data, user_id=known.user_id, at=at)
            )
        else:
            resident = erasing.resident_of_request(session, ticket_id)
            gone = erasing.told(erasing.erase(session, resident, data=given.data, user_id=known.user_id, at=at))
    with given.store.reading() as session:
        row = session.get_one(TicketRow, ticket_id)
    stays = _stays(row)
    if not wants_page(request):
        return JSONResponse({"ticket": row.number, "erased": list(gone), "kept": list(stays)})
    return show.page(
        known, "erasure.html", section=SECTION, ticket=row, goes=(), stays=stays, gone=gone, done="删除好了。"
    )


def _of_request(ticket: TicketRow) -> bool:
    """Whether something can be deleted by it."""
    return ticket.kind == ASKED_FOR or erasing_strangers.is_strangers(ticket)


def _is_emptied(ticket: TicketRow) -> bool:
    return ticket.household_id is None and ticket.own_words == erasing.GONE


def _goes(session: StoreSession, ticket: TicketRow) -> Sequence[str]:
    if ticket.resident_id is not None:
        return erasing.told(erasing.kept_about(session, ticket.resident_id))
    if erasing_strangers.is_strangers(ticket):
        return erasing_strangers.told(erasing_strangers.kept_of_stranger(session, ticket.id))
    return ()


def _stays(ticket: TicketRow) -> Sequence[str]:
    return erasing.STAYS if ticket.household_id is not None else erasing_strangers.STAYS
