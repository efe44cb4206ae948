"""The link in a short message: who opens it shows who they are, then answers the same questions in writing."""

from functools import partial
from typing import Annotated

from fastapi import APIRouter, Depends, Form, Path, Request
from fastapi.responses import RedirectResponse, Response
from starlette.concurrency import run_in_threadpool

from bot.conversation import Opening
from bot.registry_view import caller_facts
from bot.web.collaborators import Collaborators
from bot.web.gate import Given, same_origin
from bot.web.rendering import SEE_OTHER, Show
from bot.web.resident.chat import keep_token, sender_of
from bot.web.resident.pace import Pace
from bot.web.resident.senders import belongs_to
from integrations.campaigns.links import Link, Meant, enter, leave, look

router = APIRouter()
GONE = 410
Token = Annotated[str, Path(max_length=64)]


@router.get("/q/{token}")
def link_page(*, token: Token, given: Given, show: Show) -> Response:
    """Asks for what only the resident knows; nothing personal is on the page."""
    return _page(given, show, _look(given, token), token)


@router.post("/q/{token}", dependencies=[Depends(same_origin)])
async def entered(
    *, request: Request, token: Token, given: Given, show: Show, told: Annotated[str, Form(max_length=12)] = ""
) -> Response:
    """The right answer uses the link up and begins the talk; a wrong one counts."""
    at = given.clock.now()
    pace: Pace = request.app.state.pace
    pace.count(f"link:{token}", at=at)
    meant = await run_in_threadpool(_enter, given, token, told.strip())
    if meant is None:
        return await run_in_threadpool(_again, given, show, token)
    browser = given.token()
    try:
        opening = await run_in_threadpool(_opening, given, meant)
        begun = await given.conversation.open(opening, at=at)
    except BaseException:
        await run_in_threadpool(_leave, given, meant)
        raise
    await run_in_threadpool(belongs_to, given.store, begun.session, sender_of(browser))
    answer = RedirectResponse("/chat#latest", SEE_OTHER)
    keep_token(answer, browser, secure=given.secure_cookies)
    return answer


def _look(given: Collaborators, token: str) -> Link | None:
    with given.store.reading() as session:
        return look(session, token, at=given.clock.now())


def _enter(given: Collaborators, token: str, told: str) -> Meant | None:
    with given.store.writing() as session:
        return enter(session, token, told, at=given.clock.now())


def _leave(given: Collaborators, meant: Meant) -> None:
    with given.store.writing() as session:
        leave(session, meant.message_id)


def _opening(given: Collaborators, meant: Meant) -> Opening:
    with given.store.reading() as session:
        facts = caller_facts(session, meant.resident_id, meant.questionnaire, given.dictionary, at=given.clock.now())
    return Opening(
        questionnaire=meant.questionnaire,
        channel="chat",
        community=given.community,
        callback_number=given.callback_number,
        resident_id=meant.resident_id,
        household_id=meant.household_id,
        contact_id=meant.contact_id,
        elder=facts.elder,
        known=facts.known,
        members=facts.members,
        announced=meant.announced,
    )


def _again(given: Collaborators, show: Show, token: str) -> Response:
    return _page(given, show, _look(given, token), token, wrong=True)


def _page(given: Collaborators, show: Show, link: Link | None, token: str, *, wrong: bool = False) -> Response:
    page = partial(show.bare, "message_link.html", token=token, callback=given.callback_number, wrong=wrong)
    return page(link=link) if link is not None else page(link=None, status=GONE)
