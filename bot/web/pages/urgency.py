"""应急: for a while a campaign follows other hours and caps; then the usual ones again, by themselves."""

from datetime import time, timedelta
from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import Response

from bot.web.errors import BadForm
from bot.web.gate import CampaignReader, Given, OwnForm
from bot.web.rendering import moved
from campaigns.policy import Mode
from campaigns.window import CallingWindow
from integrations.campaigns.modes import declare_urgent, end_urgent

router = APIRouter()


@router.post("/campaigns/{campaign_id}/urgent", dependencies=[OwnForm])
def declared(
    *,
    request: Request,
    campaign_id: str,
    given: Given,
    known: CampaignReader,
    hours: Annotated[int, Form(ge=1, le=72)] = 12,
    opens: Annotated[str, Form(max_length=5)] = "08:00",
    closes: Annotated[str, Form(max_length=5)] = "21:00",
    cap: Annotated[int, Form(ge=1, le=10)] = 5,
    why: Annotated[str, Form(max_length=200)] = "",
) -> Response:
    """From now on; who may is decided by `campaigns.lifecycle`."""
    at = given.clock.now()
    try:
        window = CallingWindow(opens=time.fromisoformat(opens), closes=time.fromisoformat(closes))
    except ValueError as error:
        raise BadForm("拨打时段的写法不对，请重新选择。") from error
    mode = Mode(until=at + timedelta(hours=hours), window=window, cap=cap, why=why.strip())
    with given.store.writing() as session:
        declare_urgent(session, campaign_id, mode, role=known.role, user_id=known.user_id, at=at)
    return moved(request, f"/campaigns/{campaign_id}")


@router.post("/campaigns/{campaign_id}/urgent/end", dependencies=[OwnForm])
def ended(*, request: Request, campaign_id: str, given: Given, known: CampaignReader) -> Response:
    """The usual rules again before the time is up."""
    with given.store.writing() as session:
        end_urgent(session, campaign_id, role=known.role, user_id=known.user_id, at=given.clock.now())
    return moved(request, f"/campaigns/{campaign_id}")
