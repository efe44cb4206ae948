"""The telephone in a page: Chromium with a microphone fed from a file talks with the assistant."""

import asyncio
import contextlib
import json
import secrets
import socket
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
import uvicorn
from fastapi.testclient import TestClient
from playwright.async_api import Page, async_playwright, expect
from sqlalchemy import func, select
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import InvalidStatus
from websockets.typing import Origin

from bot.auth.accounts import first_run
from bot.conversation import Opening
from bot.evidence.files import SealedTape
from bot.inbound import Inbound
from bot.media.line import MediaLine, Preparation
from bot.media.protocol import framed
from bot.media.switchboard import Switchboard
from bot.visits import GOOD_FOR, Phone, Visit, Visits
from bot.web.app import create_app
from bot.web.collaborators import Collaborators
from bot.web.phone.pages import OVER
from bot.writer import Database
from dialogs.definitions import library
from dialogs.questionnaire import content_hash
from integrations.storage.models import IncomingCallRow, SessionRow
from tests.web.conftest import CHROMIUM, FLAGS, Browser, LoopDialogue, Town
from tests.workshop.models import installed
from voice.audio.g711 import encode_alaw
from voice.audio.resample import resample
from voice.audio.sound import TELEPHONE_HZ, joined, silence
from voice.audio.wav import read_wav, write_wav
from voice.recognise.recogniser import Recogniser
from voice.recognise.whisper.recogniser import WhisperRecogniser
from voice.synthesise.synthesiser import Manner

TESTS = Path(__file__).parents[1]
ANSWERS = TESTS / "telephony" / "answers"
PATIENCE_MS = 240_000  # a busy machine hears slowly; every wait ends as soon as what it waits for is there
THINKING_SECONDS = 12.0  # between two things that the microphone says: hearing one takes long on a busy machine


class Senses:
    """Hears with a real recogniser; what it says is a voice that says something else (`switchboard.Senses`)."""

    def __init__(self, recordings: Path) -> None:
        self.recogniser: Recogniser = WhisperRecogniser(installed("whisper-base"))
        sound = read_wav(TESTS / "voice" / "audio" / "announcement_power_off.wav")
        self._voice = encode_alaw(resample(sound, TELEPHONE_HZ))
        self._recordings = recordings

    async def load(self) -> None:
        """Both are there."""

    def speak(self, text: str, manner: Manner) -> bytes:
        """Two seconds of somebody."""
        return self._voice[: 2 * TELEPHONE_HZ]

    def tape(self, recording: str) -> SealedTape:
        raise AssertionError(f"a page is not recorded: {recording}")

    async def render(
        self, texts: Sequence[str], manners: Sequence[Manner], *, progress: Callable[[int, int], None]
    ) -> None:
        raise AssertionError(f"nothing is rendered ahead for pages: {len(texts)}")


@asynccontextmanager
async def media(senses: Senses, given: Collaborators) -> AsyncIterator[MediaLine]:
    """A line to a switchboard in this process, over the same socket as to one of its own."""
    line = MediaLine()
    ours, theirs = socket.socketpair()
    reader, writer = await asyncio.open_unix_connection(sock=ours)
    far_reader, far_writer = await asyncio.open_unix_connection(sock=theirs)
    board = Switchboard(
        send=lambda message: far_writer.write(framed(message)), senses=senses, telephone=None, now=given.clock.now
    )
    serving = asyncio.create_task(board.serve(far_reader))
    carrying = asyncio.create_task(line.carry(reader, writer))
    try:
        yield line
    finally:
        writer.close()
        await asyncio.gather(serving, carrying)
        far_writer.close()


@dataclass
class Place:
    """A served console with a telephone."""

    address: str
    visits: Visits


@asynccontextmanager
async def served(given: Collaborators, town: Town, senses: Senses) -> AsyncIterator[Place]:
    visits = Visits(lambda: secrets.token_urlsafe(16))
    database = Database(given.store)
    async with media(senses, given) as line:
        inbound = Inbound(
            database=database,
            conversation=town.conversation,
            dialogue=LoopDialogue({content_hash(each): each for each in library(dictionary=town.dictionary)}),
            line=line,
            clock=given.clock,
            visits=visits,
            community=given.community,
            callback_number=given.callback_number,
        )
        answering = asyncio.create_task(inbound.run())
        app = create_app(replace(given, phone=Phone(line, visits)))
        listening = socket.create_server(("127.0.0.1", 0))
        server = uvicorn.Server(uvicorn.Config(app, log_config=None, ws="websockets-sansio"))
        server.capture_signals = contextlib.nullcontext  # type: ignore[method-assign,assignment]
        serving = asyncio.create_task(server.serve(sockets=[listening]))
        try:
            yield Place(f"http://127.0.0.1:{listening.getsockname()[1]}", visits)
        finally:
            server.should_exit = True
            await serving
            listening.close()
            answering.cancel()
            await asyncio.gather(answering, return_exceptions=True)
    database.close()


@asynccontextmanager
async def page_with_microphone(says: Sequence[str], folder: Path) -> AsyncIterator[Page]:
    """A page whose microphone hears these recordings, one after the other, again and again."""
    if not CHROMIUM.exists():
        pytest.skip("Chromium is not installed: apt-get install chromium")
    pause = silence(THINKING_SECONDS, TELEPHONE_HZ)
    sounds = [part for name in says for part in (pause, read_wav(ANSWERS / name))]
    write_wav(folder / "microphone.wav", joined(sounds))
    flags = [
        *FLAGS,
        "--use-fake-ui-for-media-stream",
        "--use-fake-device-for-media-stream",
        f"--use-file-for-fake-audio-capture={folder / 'microphone.wav'}",
    ]
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=str(CHROMIUM), args=flags)
        context = await browser.new_context(locale="zh-CN", permissions=["microphone"])
        yield await context.new_page()
        await browser.close()


def opening(given: Collaborators, town: Town) -> Opening:
    return Opening(questionnaire=town.questionnaire, channel="voice", community=given.community)


def rows(given: Collaborators, table: type) -> int:
    with given.store.reading() as session:
        return session.scalar(select(func.count()).select_from(table)) or 0


@pytest.fixture
def store_url(tmp_path: Path) -> str:
    """One engine is enough for the telephone."""
    return f"sqlite:///{tmp_path}/linyin.db"


@pytest.mark.browser
@pytest.mark.recogniser
async def test_somebody_talks_with_the_assistant_through_the_microphone(
    given: Collaborators, town: Town, tmp_path: Path
) -> None:
    kept, heard = rows(given, SessionRow), list[int]()
    async with (
        served(given, town, Senses(tmp_path)) as place,
        page_with_microphone(["now.wav"], tmp_path) as page,
    ):
        ticket = place.visits.expect(Visit(opening=opening(given, town), trial=True), at=given.clock.now())
        page.on("websocket", lambda ws: ws.on("framereceived", lambda frame: heard.append(len(frame))))
        await page.goto(f"{place.address}/phone/talk")
        await page.evaluate("ticket => { document.getElementById('phone').dataset.ticket = ticket }", ticket)
        await page.get_by_role("button", name="开始通话").click()
        words = page.get_by_role("log")
        await expect(words.locator(".assistant").first).to_contain_text("现在方便吗", timeout=PATIENCE_MS)
        await expect(words.locator(".resident").first).to_be_visible(timeout=PATIENCE_MS)  # 可以, heard as it may be
        await expect(words.locator(".assistant").nth(1)).to_contain_text("发烧", timeout=PATIENCE_MS)
        await expect(words.locator(".resident").nth(1)).to_be_visible(timeout=PATIENCE_MS)  # 可以 is no answer to this
        await expect(page.get_by_role("status").first).to_contain_text("通话中")
        # Not by the mouse: on a busy machine the words move under it until the call is over.
        await page.get_by_role("button", name="挂断").dispatch_event("click")
        await expect(page.get_by_role("status").first).to_contain_text("已挂断")
    assert sum(size == 160 for size in heard) > 50  # a second of the assistant's voice, frame by frame
    assert rows(given, SessionRow) == kept, "a trial is kept nowhere"
    assert rows(given, IncomingCallRow) == 0


def sound_of(place: Place, ticket: str, *, origin: str = "") -> connect:
    address = place.address.replace("http", "ws")
    return connect(f"{address}/phone/sound?ticket={ticket}", origin=Origin(origin or place.address))


async def words(socket: ClientConnection) -> dict[str, str]:
    """The next words that the page is given to show."""
    async with asyncio.timeout(PATIENCE_MS / 1_000):
        while True:
            message = await socket.recv()
            if isinstance(message, str):
                return dict(json.loads(message))


@pytest.mark.recogniser
async def test_a_resident_on_the_page_is_kept_like_a_caller_and_the_ticket_is_good_once(
    given: Collaborators, town: Town, tmp_path: Path
) -> None:
    before = rows(given, SessionRow)
    async with served(given, town, Senses(tmp_path)) as place:
        ticket = place.visits.expect(Visit(opening=opening(given, town)), at=given.clock.now())
        async with sound_of(place, ticket) as socket:
            assert (await words(socket))["who"] == "assistant"
            await socket.send(json.dumps({"key": "1"}))
            assert await words(socket) == {"who": "resident", "text": "1"}
            assert "发烧" in (await words(socket))["text"]
        with pytest.raises(InvalidStatus):
            async with sound_of(place, ticket):
                pass
        async with asyncio.timeout(PATIENCE_MS / 1_000):
            while call(given).ended_at is None:
                await asyncio.sleep(0.05)
    assert rows(given, SessionRow) == before + 1
    assert (call(given).disposition, call(given).ended_by) == ("answered", "them")


def call(given: Collaborators) -> IncomingCallRow:
    """The only one."""
    with given.store.reading() as session:
        return session.scalars(select(IncomingCallRow)).one()


@pytest.mark.recogniser
@pytest.mark.parametrize("message", ["no json", '{"key": "12"}', '{"key": 1}', "[]", b"", b"x" * 100_000])
async def test_what_is_no_sound_and_no_key_ends_the_call(
    given: Collaborators, town: Town, tmp_path: Path, message: str | bytes
) -> None:
    async with served(given, town, Senses(tmp_path)) as place:
        ticket = place.visits.expect(Visit(opening=opening(given, town), trial=True), at=given.clock.now())
        async with sound_of(place, ticket) as socket, asyncio.timeout(PATIENCE_MS / 1_000):
            await socket.send(message)
            async for _ in socket:  # until it is closed, which is no error
                pass
            assert socket.close_code == OVER


@pytest.mark.recogniser
async def test_another_site_and_a_guessed_or_old_ticket_are_turned_away(
    given: Collaborators, town: Town, tmp_path: Path
) -> None:
    async with served(given, town, Senses(tmp_path)) as place:
        visit = Visit(opening=opening(given, town))
        good = place.visits.expect(visit, at=given.clock.now())
        old = place.visits.expect(visit, at=given.clock.now() - GOOD_FOR)
        for ticket, origin in ((good, "https://elsewhere.example"), ("guessed", ""), (old, "")):
            with pytest.raises(InvalidStatus) as refused:
                async with sound_of(place, ticket, origin=origin):
                    pass
            assert refused.value.response.status_code == 403


def test_pages_lead_to_the_telephone_and_tell_how_far_the_prompts_are(given: Collaborators, town: Town) -> None:
    phone = Phone(MediaLine(), Visits(lambda: "ticket"))
    own = replace(given, phone=phone, prompts=lambda _: Preparation(done=3, total=81))
    with TestClient(create_app(own)) as client:
        assert 'href="/phone/talk"' in client.get("/chat").text
        assert 'data-ticket="ticket"' in client.get("/phone/talk").text
        password = first_run(given.store, given.passwords, below=given.below, at=given.clock.now())
        assert password is not None
        Browser(client).log_in("admin", password)
        page = client.get(f"/campaigns/{town.campaign}").text
        assert f'href="/phone?campaign={town.campaign}"' in page
        assert '<span class="number">3</span> / <span class="number">81</span>' in page
        assert "不记入登记册" in client.get(f"/phone?campaign={town.campaign}").text
        assert client.get("/phone?campaign=nothing").status_code == 404


def test_staff_who_may_run_campaigns_get_a_page_and_others_do_not(admin: Browser, town: Town) -> None:
    assert "网页电话" in admin.page(f"/phone?campaign={town.campaign}", status=409)  # no models, no telephone
    admin.client.cookies.clear()
    assert "开始通话" not in admin.client.get(f"/phone?campaign={town.campaign}").text
