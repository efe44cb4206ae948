"""Campaigns side by side."""

from typing import Annotated

from fastapi import APIRouter, Query
from fastapi.responses import Response

from bot.auth.errors import NotAllowed
from bot.web.gate import CampaignReader, Given
from bot.web.reads.compared import compared, launched
from bot.web.rendering import Show

router = APIRouter()


@router.get("/campaigns/compare")
def compare_page(
    *, given: Given, known: CampaignReader, show: Show, of: Annotated[list[str] | None, Query(max_length=20)] = None
) -> Response:
    """Those that were ticked, else the newest. The figures are over all grids, so only who sees all may see them."""
    if not known.everywhere:
        raise NotAllowed
    with given.store.reading() as session:
        found = compared(session, launched(session, of or ()))
    return show.page(known, "compare.html", section="/campaigns", campaigns=found)
