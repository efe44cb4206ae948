"""Calls of residents to the community: the list, and one with what was said."""

from fastapi import APIRouter
from fastapi.responses import Response

from bot.web.errors import NotFound
from bot.web.gate import Given, PeopleReader
from bot.web.reads.incoming import count_incoming, incoming_list, whole_incoming
from bot.web.reads.paging import page
from bot.web.reads.questions import Names
from bot.web.rendering import Show
from bot.web.trail import note

router = APIRouter()
SECTION = "/incoming"


@router.get("/incoming")
def incoming_page(*, given: Given, known: PeopleReader, show: Show, number: int = 1) -> Response:
    """The calls of the visitor's households, newest first."""
    with given.store.reading() as session:
        where = page(number, count_incoming(session, known.scope))
        rows = incoming_list(session, known.scope, show.labels, where)
    note(given.store, known, "incoming.seen", "incoming_calls", "", at=given.clock.now(), detail={"rows": len(rows)})
    return show.page(known, "incoming.html", section=SECTION, calls=rows, page=where, href="/incoming?")


@router.get("/incoming/{call_id}")
def incoming_call_page(*, call_id: str, given: Given, known: PeopleReader, show: Show) -> Response:
    """One call."""
    with given.store.reading() as session:
        found = whole_incoming(session, known.scope, call_id, show.labels, Names.of(given.dictionary))
    if found is None:
        raise NotFound
    note(given.store, known, "incoming_call.seen", "incoming_call", call_id, at=given.clock.now())
    return show.page(known, "incoming_call.html", section=SECTION, call=found)
