"""Rehearsing a campaign: begin, watch, read what was said, hear it."""

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, Response

from bot.web.errors import NotFound
from bot.web.gate import CampaignReader, CampaignRunner, Given, OwnForm
from bot.web.pages.hearing import sound
from bot.web.reads.rehearsed import rehearsed, rehearsed_call, sound_of
from bot.web.rehearsing import RehearsalsUnderWay
from bot.web.rendering import Show, moved
from campaigns.lifecycle import advance
from integrations.campaigns import book

router = APIRouter()


@router.post("/campaigns/{campaign_id}/rehearse", dependencies=[OwnForm])
async def begun(*, request: Request, campaign_id: str, given: Given, known: CampaignRunner) -> Response:
    """The rehearsal goes on behind the page; whoever presses while it does sees the same one."""
    with given.store.reading() as session:
        advance(book.read(session, campaign_id).status, "rehearse", role=known.role)
    _under_way(request).start(campaign_id, known)
    return moved(request, f"/campaigns/{campaign_id}")


@router.get("/campaigns/{campaign_id}/rehearsal")
def watched(*, request: Request, campaign_id: str, known: CampaignReader, show: Show) -> Response:
    """How far it is; the whole page anew once it is over."""
    now = _under_way(request).of(campaign_id)
    if now is None or now.over:
        return Response(headers={"HX-Refresh": "true"})
    return show.piece(known, "pieces/rehearsing.html", campaign_id=campaign_id, under_way=now)


@router.get("/campaigns/{campaign_id}/rehearsal/figures")
def foretold(*, campaign_id: str, given: Given, known: CampaignReader, show: Show) -> JSONResponse:  # noqa: ARG001
    """The numbers behind the charts of the newest rehearsal."""
    with given.store.reading() as session:
        found = rehearsed(session, book.read(session, campaign_id), {})
    if found is None:
        raise NotFound
    outcomes = found.predicted.get("predicted_outcomes", {})
    names = show.labels["contact_outcome"]
    return JSONResponse(
        {
            "foretold_tickets": [{"name": each.name, "count": each.tickets} for each in found.burdens],
            "foretold_outcomes": [
                {"name": names.get(code, code), "count": count}
                for code, count in sorted(outcomes.items(), key=lambda item: -item[1])
                if count
            ],
        }
    )


@router.get("/rehearsals/{rehearsal_id}/{number}")
def call_read(*, rehearsal_id: str, number: int, given: Given, known: CampaignReader, show: Show) -> Response:
    """What was said in one rehearsed call."""
    with given.store.reading() as session:
        found = rehearsed_call(session, rehearsal_id, number, given.dictionary)
    if found is None:
        raise NotFound
    return show.piece(
        known, "pieces/rehearsed_talk.html", call=found, rehearsal_id=rehearsal_id, voice=given.voices.installed
    )


@router.get("/rehearsals/{rehearsal_id}/{number}/lines/{line}")
async def line_heard(*, rehearsal_id: str, number: int, line: int, given: Given, known: CampaignReader) -> Response:  # noqa: ARG001
    """One line of a rehearsed call, to be heard."""
    with given.store.reading() as session:
        found = sound_of(session, rehearsal_id, number, line)
    if found is None:
        raise NotFound
    text, resident, elder = found
    return await sound(given, text, resident=resident, elder=elder)


def _under_way(request: Request) -> RehearsalsUnderWay:
    found: RehearsalsUnderWay = request.app.state.rehearsals
    return found
