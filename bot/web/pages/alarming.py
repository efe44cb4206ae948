"""The red bar of every page, looked at again every few seconds: urgent matters that nobody has taken."""

from fastapi import APIRouter
from fastapi.responses import Response

from bot.web.gate import Given, Watching
from bot.web.reads.alarms import alarms
from bot.web.rendering import Show

router = APIRouter()


@router.get("/alarms")
def bar(*, given: Given, known: Watching, show: Show) -> Response:
    """What the bar holds now; nothing while everything is taken."""
    with given.store.reading() as session:
        found = alarms(session, known, at=given.clock.now())
    return show.piece(known, "pieces/alarms.html", alarms=found)
