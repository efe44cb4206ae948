"""The resident's page: large type, one thing at a time, works without script and with a screen reader."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import RedirectResponse, Response
from starlette.concurrency import run_in_threadpool

from bot.sessions import decode_state, load_session
from bot.web.collaborators import Collaborators
from bot.web.gate import Given, same_origin
from bot.web.reads.questions import Names
from bot.web.reads.talks import events_of
from bot.web.reads.transcript import Line, transcript
from bot.web.rendering import SEE_OTHER, Show
from bot.web.resident.pace import Pace
from bot.web.resident.rest import LONGEST_MESSAGE
from bot.web.resident.senders import begin, current_session, say
from dialogs.events import SessionEnded
from nlu.utterance import Utterance

router = APIRouter()
COOKIE = "linyin-chat"
KEPT_SECONDS = 7 * 24 * 3600  # a conversation may be taken up again within a week


@router.get("/chat")
def chat_page(*, request: Request, given: Given, show: Show) -> Response:
    """The talk so far, or a welcome."""
    talk = _talk(given, show, request.cookies.get(COOKIE))
    return show.bare("chat.html", **vars(talk), longest=LONGEST_MESSAGE, callback=given.callback_number)


@router.post("/chat/begin", dependencies=[Depends(same_origin)])
async def begun(*, request: Request, given: Given) -> Response:
    """A new talk in this browser. Its name is a random cookie that only this browser has."""
    at = given.clock.now()
    token = request.cookies.get(COOKIE) or given.token()
    _pace(request).count(token, at=at)
    await begin(given, sender_of(token), at=at)
    answer = RedirectResponse("/chat#latest", SEE_OTHER)
    keep_token(answer, token, secure=given.secure_cookies)
    return answer


@router.post("/chat/say", dependencies=[Depends(same_origin)])
async def said(
    *, request: Request, given: Given, show: Show, text: Annotated[str, Form(max_length=LONGEST_MESSAGE)] = ""
) -> Response:
    """One turn. htmx gets the talk with the new lines, a browser without script the whole page."""
    at = given.clock.now()
    token = request.cookies.get(COOKIE)
    if not token:
        return RedirectResponse("/chat", SEE_OTHER)
    _pace(request).count(token, at=at)
    if text.strip():
        await say(given, sender_of(token), Utterance(text=text.strip()), at=at)
    if "hx-request" not in request.headers:
        return RedirectResponse("/chat#latest", SEE_OTHER)
    talk = await run_in_threadpool(_talk, given, show, token)
    return show.bare("pieces/chat_talk.html", **vars(talk), longest=LONGEST_MESSAGE)


def keep_token(answer: Response, token: str, *, secure: bool) -> None:
    """This browser will be known by the token on the chat page."""
    answer.set_cookie(
        COOKIE, token, max_age=KEPT_SECONDS, httponly=True, secure=secure, samesite="strict", path="/chat"
    )


@dataclass(frozen=True, kw_only=True)
class Talk:
    """What a browser shows of its newest session."""

    lines: Sequence[Line] = ()
    over: bool = True
    at_desk: bool = False  # the resident is asked what they want: some wishes are offered as buttons


def _talk(given: Collaborators, show: Show, token: str | None) -> Talk:
    newest = current_session(given.store, sender_of(token), ended_too=True) if token else None
    if newest is None:
        return Talk()
    with given.store.reading() as session:
        events = events_of(session, [newest]).get(newest, [])
        row = load_session(session, newest)
        at_desk = row is not None and decode_state(row.state).phase == "desk"
    lines = transcript(events, show.labels, Names.of(given.dictionary).questions)
    over = any(isinstance(event, SessionEnded) for event in events)
    return Talk(lines=[line for line in lines if line.who != "note"], over=over, at_desk=at_desk)


def sender_of(token: str) -> str:
    """Whoever writes with the token of this browser."""
    return f"chat:{token}"


def _pace(request: Request) -> Pace:
    given: Pace = request.app.state.pace
    return given
