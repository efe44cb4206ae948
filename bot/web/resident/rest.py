"""Rasa's REST channel: any client made for Rasa's `/webhooks/rest/webhook` talks with us unchanged.

Source: Rasa Open Source 3.6, `rasa.core.channels.rest.RestInput`.
"""

from typing import Annotated

from fastapi import APIRouter, Body, Request
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict, Field

from bot.web.gate import Given
from bot.web.resident.pace import Pace
from bot.web.resident.senders import say
from nlu.utterance import Utterance

router = APIRouter()
LONGEST_MESSAGE = 1000  # characters; nobody types more in one message of a chat
LONGEST_SENDER = 200


class Message(BaseModel):
    """What a client sends. Further fields of Rasa's (input_channel, metadata) are taken and not used."""

    model_config = ConfigDict(extra="ignore")

    sender: Annotated[str, Field(min_length=1, max_length=LONGEST_SENDER)] = "default"
    message: Annotated[str, Field(max_length=LONGEST_MESSAGE)] = ""


@router.get("/webhooks/rest/")
def alive() -> JSONResponse:
    """What Rasa's channel answers to a look."""
    return JSONResponse({"status": "ok"})


@router.post("/webhooks/rest/webhook")
async def webhook(*, request: Request, given: Given, message: Annotated[Message, Body()]) -> JSONResponse:
    """One turn: a list of `{"recipient_id", "text"}`, in the order they are said."""
    pace: Pace = request.app.state.pace
    at = given.clock.now()
    pace.count(message.sender, at=at)
    answered = await say(given, f"rest:{message.sender}", Utterance(text=message.message.strip()), at=at)
    return JSONResponse([{"recipient_id": message.sender, "text": prompt.shown} for prompt in answered.replies])
