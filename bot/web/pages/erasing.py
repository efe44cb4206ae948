"""Residents who ask that their data be deleted: what is kept of them, in numbers, and the deletion."""

from typing import Annotated

from fastapi import APIRouter, Depends, Form
from fastapi.responses import Response
from sqlalchemy import select

from bot.auth.login import Visitor
from bot.auth.roles import Permission
from bot.evidence.erasing import ASKED_FOR, STAYS, erase, kept_about, resident_of_request, told
from bot.web.errors import BadForm, NotFound
from bot.web.gate import Given, OwnForm, allowed
from bot.web.rendering import Show
from bot.web.trail import note
from integrations.storage.models import TicketRow

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


@router.get("/erasures/{ticket_id}")
def request_page(*, ticket_id: str, given: Given, known: Eraser, show: Show) -> Response:
    """What would go and what would stay."""
    with given.store.reading() as session:
        row = session.get(TicketRow, ticket_id)
        if row is None or row.kind != ASKED_FOR:
            raise NotFound
        goes = told(kept_about(session, row.resident_id)) if row.resident_id is not None else ()
    note(given.store, known, "erasure.seen", "ticket", ticket_id, at=given.clock.now())
    return show.page(known, "erasure.html", section=SECTION, ticket=row, goes=goes, stays=STAYS, gone=())


@router.post("/erasures/{ticket_id}", dependencies=[OwnForm])
def erased(
    *, ticket_id: str, given: Given, known: Eraser, show: Show, sure: Annotated[str, Form(max_length=3)] = ""
) -> Response:
    """All of it is deleted. Nothing brings it back."""
    if sure != "yes":
        raise BadForm("请先打勾，确认已经核实是本人的意思。")
    with given.store.writing() as session:
        resident = resident_of_request(session, ticket_id)
        found = erase(session, resident, data=given.data, user_id=known.user_id, at=given.clock.now())
    with given.store.reading() as session:
        row = session.get_one(TicketRow, ticket_id)
    return show.page(
        known, "erasure.html", section=SECTION, ticket=row, goes=(), stays=STAYS, gone=told(found), done="删除好了。"
    )
