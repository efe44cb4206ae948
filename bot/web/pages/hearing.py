"""Sounds that are made when somebody wants to hear them."""

from fastapi.responses import Response

from bot.web.collaborators import Collaborators
from bot.web.errors import NoVoice

KEPT_BY_THE_BROWSER = "private, max-age=3600"  # heard twice, rendered once


async def sound(given: Collaborators, text: str, *, resident: str = "", elder: bool = False) -> Response:
    """The text as WAV. Raises NoVoice."""
    if not given.voices.installed:
        raise NoVoice
    try:
        content = await given.voices.read(text, resident=resident, elder=elder)
    except ValueError as error:
        raise NoVoice("这一句没有可以念的字。") from error
    return Response(content, media_type="audio/wav", headers={"cache-control": KEPT_BY_THE_BROWSER})
