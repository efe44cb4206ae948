"""The front page: what is going on, and what waits for the visitor."""

from datetime import datetime

from fastapi import APIRouter
from fastapi.responses import Response

from bot.clock import BEIJING
from bot.web.gate import Given, Known
from bot.web.reads.campaigns import ACTIVE, campaigns
from bot.web.reads.guide import guide
from bot.web.reads.paging import page
from bot.web.reads.tickets import UNFINISHED, ticket_list
from bot.web.rendering import Show
from bot.web.trail import note

router = APIRouter()
WAITING_SHOWN = 8
WEEKDAYS = "一二三四五六日"


@router.get("/")
def front(*, given: Given, known: Known, show: Show) -> Response:
    """Campaigns under way, and tickets to see to."""
    at = given.clock.now()
    waiting = []
    with given.store.reading() as session:
        active = campaigns(session, known.scope, status=ACTIVE)
        steps = guide(session) if known.may("run_campaigns") else ()
        if known.may("work_tickets"):
            waiting = ticket_list(session, known.scope, UNFINISHED, page(1, WAITING_SHOWN))[:WAITING_SHOWN]
    if waiting:
        note(given.store, known, "tickets.seen", "tickets", "", at=at, detail={"rows": len(waiting)})
    local = at.astimezone(BEIJING)
    today = f"{local.year}年{local.month}月{local.day}日 星期{WEEKDAYS[local.weekday()]}"
    return show.page(
        known,
        "home.html",
        section="/",
        active=active,
        tickets=waiting,
        guide=steps,
        greeting=greeting(local),
        today=today,
    )


def greeting(local: datetime) -> str:
    """What one says at this hour."""
    for until, words in ((5, "夜深了"), (11, "早上好"), (13, "中午好"), (18, "下午好")):
        if local.hour < until:
            return words
    return "晚上好"
