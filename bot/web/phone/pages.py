"""The telephone in a page: staff try a campaign, a resident who has a browser talks instead of writing."""

import asyncio
import contextlib
import json
from urllib.parse import urlsplit

from fastapi import APIRouter, Request, WebSocket, WebSocketDisconnect
from fastapi.responses import Response
from starlette.concurrency import run_in_threadpool

from bot.conversation import Opening
from bot.desk import inbound
from bot.media.line import MediaLine, Visitor, Who
from bot.visits import Phone, Visit
from bot.web.collaborators import Collaborators
from bot.web.errors import NotFound, NoVoice
from bot.web.gate import CampaignRunner, Given
from bot.web.rendering import Show
from integrations.storage.models import CampaignRow
from voice.media import FRAME_BYTES, KEYS

router = APIRouter()
SECTION = "/campaigns"
NOT_INSTALLED = "这台电脑还不能用网页电话，请管理员运行 ./linyin models install whisper-base 和 kokoro-zh，再重新启动。"
REFUSED, OVER = 4403, 1000  # WebSocket close codes
MOST_WAITING = 100  # frames that a slow browser has not taken: 2 s; older ones are of no use to a listener
MOST_BYTES = 20 * FRAME_BYTES  # in one message: 0.4 s


def _phone(given: Collaborators) -> Phone:
    if given.phone is None:
        raise NoVoice(NOT_INSTALLED)
    return given.phone


@router.get("/phone")
def staff_page(*, given: Given, known: CampaignRunner, show: Show, campaign: str) -> Response:
    """Try what a campaign says. Nobody's data are used, and nothing is kept in the registry."""
    phone, at = _phone(given), given.clock.now()
    with given.store.reading() as session:
        row = session.get(CampaignRow, campaign)
    if row is None:
        raise NotFound
    opening = Opening(
        questionnaire=row.questionnaire,
        channel="voice",
        community=given.community,
        callback_number=given.callback_number,
        announced=row.announced_at is not None,
    )
    ticket = phone.visits.expect(Visit(opening=opening, trial=True), at=at)
    return show.page(
        known, "phone/staff.html", section=SECTION, title=row.title, ticket=ticket, back=f"/campaigns/{row.id}"
    )


@router.get("/phone/talk")
async def resident_page(*, request: Request, given: Given, show: Show) -> Response:
    """Whoever would rather talk than write."""
    phone, at = _phone(given), given.clock.now()
    request.app.state.pace.count(f"phone:{request.client.host if request.client else ''}", at=at)
    opening = await run_in_threadpool(_desk, given)
    return show.bare(
        "phone/resident.html", ticket=phone.visits.expect(Visit(opening=opening), at=at), callback=given.callback_number
    )


def _desk(given: Collaborators) -> Opening:
    with given.store.reading() as session:
        return inbound(
            session,
            None,
            channel="voice",
            community=given.community,
            callback_number=given.callback_number,
            at=given.clock.now(),
        )


@router.websocket("/phone/sound")
async def sound(socket: WebSocket, ticket: str = "") -> None:
    """The sound of one call, A-law at 8 kHz both ways.

    Text messages are JSON: keys from the page, {"key": "1"}; words for it to show, {"who": "assistant", "text": …}.
    """
    given: Collaborators = socket.app.state.collaborators
    phone = given.phone
    if phone is None or not _own_page(socket) or not phone.visits.holds(ticket, at=given.clock.now()):
        await socket.close(REFUSED)
        return
    await socket.accept()
    waiting: asyncio.Queue[bytes | str] = asyncio.Queue()
    over = asyncio.Event()

    def hear(alaw: bytes) -> None:
        if waiting.qsize() < MOST_WAITING:
            waiting.put_nowait(alaw)

    def read(who: Who, text: str) -> None:
        waiting.put_nowait(json.dumps({"who": who, "text": text}, ensure_ascii=False))

    name = given.token()
    if not phone.line.visit(name, ticket, Visitor(hear, read, over.set)):
        await socket.close(REFUSED)
        return
    works = [
        asyncio.create_task(_listen(socket, waiting)),
        asyncio.create_task(_speak(socket, phone.line, name)),
        asyncio.create_task(over.wait()),
    ]
    try:
        await asyncio.wait(works, return_when=asyncio.FIRST_COMPLETED)
    finally:
        phone.line.leave(name)
        for work in works:
            work.cancel()
        await asyncio.gather(*works, return_exceptions=True)
        with contextlib.suppress(RuntimeError, WebSocketDisconnect):  # the page was faster
            await socket.close(OVER)


async def _listen(socket: WebSocket, waiting: "asyncio.Queue[bytes | str]") -> None:
    with contextlib.suppress(WebSocketDisconnect):
        while True:
            message = await waiting.get()
            await (socket.send_text(message) if isinstance(message, str) else socket.send_bytes(message))


async def _speak(socket: WebSocket, line: MediaLine, name: str) -> None:
    """What comes from the page, until it is gone or sends what is not of this protocol."""
    while True:
        message = await socket.receive()
        if message["type"] == "websocket.disconnect":
            return
        alaw, text = message.get("bytes"), message.get("text")
        if alaw is not None and 0 < len(alaw) <= MOST_BYTES:
            line.speak(name, alaw)
        elif text is not None and (key := _key(text)):
            line.press(name, key)
        else:
            return


def _key(text: str) -> str:
    """The key in a text message; "" when it is none."""
    try:
        found = json.loads(text)
    except ValueError:
        return ""
    key = found.get("key") if isinstance(found, dict) else None
    return key if isinstance(key, str) and len(key) == 1 and key in KEYS else ""


def _own_page(socket: WebSocket) -> bool:
    """Whether a page of ours opened the connection: browsers let any site connect, and say which."""
    origin = socket.headers.get("origin")
    return origin is not None and urlsplit(origin).netloc == socket.headers.get("host")
