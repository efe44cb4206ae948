"""What residents are told before a campaign calls: to print, to send to the group, to answer with."""

from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import Response

from bot.web.gate import CampaignReader, Given, OwnForm
from bot.web.rendering import Show, moved
from campaigns.lifecycle import can_announce
from integrations.campaigns import book
from integrations.campaigns.announcing import announcement, declare

router = APIRouter()


@router.get("/campaigns/{campaign_id}/announcement")
def announcement_page(*, campaign_id: str, given: Given, known: CampaignReader, show: Show) -> Response:
    """The notice, the group's text and the grid workers' script; and whether the notice hangs."""
    with given.store.reading() as session:
        campaign = book.read(session, campaign_id)
        texts = announcement(
            session,
            campaign,
            community=given.community,
            callback_number=given.callback_number,
            at=given.clock.now(),
        )
    return show.page(
        known,
        "announcement.html",
        section="/campaigns",
        campaign=campaign,
        texts=texts,
        may_declare=can_announce(campaign.status, role=known.role),
    )


@router.post("/campaigns/{campaign_id}/announcement", dependencies=[OwnForm])
def declared(
    *, request: Request, campaign_id: str, given: Given, known: CampaignReader, hangs: Annotated[bool, Form()]
) -> Response:
    """From now on the calls refer to the notice, or no longer do."""
    with given.store.writing() as session:
        declare(session, campaign_id, hangs=hangs, role=known.role, user_id=known.user_id, at=given.clock.now())
    return moved(request, f"/campaigns/{campaign_id}/announcement")
