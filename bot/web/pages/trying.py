"""A call to one's own telephone before residents are called."""

from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import Response

from bot.web.gate import CampaignReader, CampaignRunner, Given, OwnForm
from bot.web.reads.tries import tries
from bot.web.rendering import Show, moved
from integrations.campaigns import book, trials
from integrations.storage.audit import record

router = APIRouter()


@router.post("/campaigns/{campaign_id}/try", dependencies=[OwnForm])
def asked_for(
    *,
    request: Request,
    campaign_id: str,
    given: Given,
    known: CampaignRunner,
    number: Annotated[str, Form(max_length=20)] = "",
) -> Response:
    """It rings at once; nothing of it is kept."""
    at = given.clock.now()
    with given.store.writing() as session:
        campaign = book.read(session, campaign_id)
        trial = trials.ask(
            session,
            questionnaire=campaign.questionnaire,
            phone=number,
            asked_by=known.user_id,
            campaign_id=campaign.id,
            at=at,
        )
        record(
            session,
            user_id=known.user_id,
            action="campaign.tried",
            object_kind="campaign",
            object_id=campaign.id,
            at=at,
            detail={"trial": trial[-8:]},
        )
    return moved(request, f"/campaigns/{campaign_id}")


@router.get("/campaigns/{campaign_id}/tries")
def watched(*, campaign_id: str, given: Given, known: CampaignReader, show: Show) -> Response:
    """How the calls to staff's own telephones go."""
    with given.store.reading() as session:
        found = tries(session, campaign_id)
    return show.piece(known, "pieces/tries.html", campaign_id=campaign_id, tries=found)
