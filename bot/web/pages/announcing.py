"""What residents are told before a campaign calls: to print, to send to the group, to answer with."""

from fastapi import APIRouter
from fastapi.responses import Response

from bot.web.gate import CampaignReader, Given
from bot.web.rendering import Show
from integrations.campaigns import book
from integrations.campaigns.announcing import announcement

router = APIRouter()


@router.get("/campaigns/{campaign_id}/announcement")
def announcement_page(*, campaign_id: str, given: Given, known: CampaignReader, show: Show) -> Response:
    """The notice, the group's text and the grid workers' script."""
    with given.store.reading() as session:
        campaign = book.read(session, campaign_id)
        texts = announcement(
            session,
            campaign,
            community=given.community,
            callback_number=given.callback_number,
            at=given.clock.now(),
        )
    return show.page(known, "announcement.html", section="/campaigns", campaign=campaign, texts=texts)
