"""`./linyin serve` with a SIP line, as a program of its own: a campaign rings, and so may anybody.

Sentences that name nobody are rendered beforehand by a voice that takes no time. What residents say in words, and what
the registry keeps of it, is in `test_follow_up`; whoever is called here only presses keys.
"""

import asyncio
import os
import signal
import socket
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, time
from pathlib import Path

import pytest
from sqlalchemy import select

from bot.desk import free_talk
from bot.installation import keep_questionnaire
from bot.media.ahead import MANNERS
from bot.settings import ROOT, Settings
from bot.speech import VOICE
from campaigns.audience import AudienceQuery
from campaigns.handover.phrases import fixed_texts as handover_texts
from campaigns.policy import Policy
from campaigns.window import CallingWindow
from dialogs.definitions import library
from dialogs.dictionary import load_dictionary
from dialogs.fixed_texts import fixed_texts
from dialogs.jobs import own_questionnaires
from dialogs.questionnaire import content_hash
from dialogs.script import names
from integrations.campaigns import book
from integrations.campaigns.launch import launch
from integrations.registry.importing import import_household_book
from integrations.storage.models import (
    AttemptRow,
    CampaignRow,
    HandoverRingRow,
    IncomingCallRow,
    SessionRow,
    TicketRow,
)
from integrations.storage.store import Store
from integrations.telephony.sip.dialer import SipDialer, SipSettings
from tests.telephony.conftest import free_port, sipp_trunk
from tests.workshop.models import installed
from voice.audio.g711 import decode_alaw
from voice.audio.resample import resample
from voice.audio.sound import TELEPHONE_HZ, Sound
from voice.audio.wav import read_wav
from voice.media import Answered, AudioReceived, CallEnded, DialOrder, MediaCall
from voice.models.catalogue import MODELS_FOLDER
from voice.prompts.cache import PromptCache
from voice.prompts.renderer import Renderer
from voice.synthesise.kokoro import Kokoro
from voice.synthesise.synthesiser import Manner
from voice.turns.vad import SpeechDetector

pytestmark = [pytest.mark.rasa, pytest.mark.recogniser]

CALLED, BUSY, CALLER, WORKER = "13800000001", "13800000002", "13800000003", "13900000001"
BOOK = f"""网格,网格员,网格员电话,小区,楼栋,单元,门牌号,姓名,性别,年龄,联系电话
第一网格,李芳,{WORKER},育林小区,1,1,101,王秀英,女,41,{CALLED}
第一网格,李芳,{WORKER},育林小区,1,1,102,李建国,男,41,{BUSY}
"""
COMMUNITY = "育林社区"
SECONDS = 0.6  # of a sentence that nobody listens to
SPEECH_FRAMES, QUIET_FRAMES = 10, 15  # of the assistant, then the resident presses
TAKEN_SECONDS = 2.0
PATIENCE_SECONDS = 300.0  # a busy machine that starts four processes and loads three models


@pytest.fixture
def store_url(tmp_path: Path) -> str:
    """One engine is enough for the telephone."""
    return f"sqlite:///{tmp_path}/linyin.db"


class Murmur:
    """A voice that takes no time (`voice.synthesise.synthesiser.Synthesiser`), in place of the installed one."""

    name = Kokoro.name
    for_residents = True
    voices = (VOICE,)

    def __init__(self) -> None:
        sound = read_wav(Path(__file__).parents[1] / "voice" / "audio" / "announcement_power_off.wav")
        spoken = resample(sound, TELEPHONE_HZ).samples[TELEPHONE_HZ // 2 :]
        self._sound = Sound(spoken[: round(SECONDS * TELEPHONE_HZ)], TELEPHONE_HZ)

    def speak(self, text: str, *, voice: str, manner: Manner) -> Sound:
        """The same, whatever the text."""
        return self._sound


class Plain:
    """Prompts that name nobody are not sealed."""

    def seal(self, plain: bytes) -> bytes:
        raise AssertionError("nothing personal is rendered beforehand")

    def open(self, sealed: bytes) -> bytes:
        raise AssertionError("nothing personal is rendered beforehand")


def launched(store: Store, data: Path, *, at: datetime) -> None:
    """A household book, a campaign to everybody in it at any hour, and what it says as sound."""
    (data / "book.csv").write_text(BOOK, encoding="utf-8")
    import_household_book(data / "book.csv", store, at=at, community=COMMUNITY)
    dictionary = load_dictionary()
    kept = (*library(dictionary=dictionary), *own_questionnaires(dictionary=dictionary))
    with store.writing() as session:
        keys = {each.key: keep_questionnaire(session, each, at=at) for each in kept}
        made = book.create(
            session,
            title="健康随访",
            questionnaire=keys["health-follow-up"],
            audience=AudienceQuery(),
            policy=Policy(window=CallingWindow(opens=time(0), closes=time(23, 59, 59))),
            at=at,
        )
        session.get_one(CampaignRow, made.id).status = "approved"
        session.flush()
        launch(session, made.id, role="staff", dictionary=dictionary, at=at)
        spoken = {keys["health-follow-up"], free_talk(session)}
    renderer = Renderer(Murmur(), PromptCache(data / "prompts", cipher=Plain(), secret=b""), voice=VOICE)
    for questionnaire in (each for each in kept if content_hash(each) in spoken):
        filled = names(questionnaire, community=COMMUNITY, callback_number="")
        renderer.render_ahead(fixed_texts(questionnaire, filled), manners=MANNERS)
    renderer.render_ahead(handover_texts(), manners=MANNERS)


@asynccontextmanager
async def serving(data: Path, far: SipDialer, port: int) -> AsyncIterator[asyncio.Task[int]]:
    """`serve` as a program of its own; it is told to end, and ends well."""
    for model in ("whisper-base", "kokoro-zh"):
        installed(model)
    (data / "models").symlink_to(MODELS_FOLDER.resolve())
    first = free_port(width=40)
    (data / "trunks.yaml").write_text(
        f"listen: {{host: 127.0.0.1, port: {port}, media_ports: [{first}, {first + 38}]}}\n"
        f"trunks:\n  - {{name: 座机, host: 127.0.0.1, port: {far.address[1]}, caller_number: '07161234567'}}\n",
        encoding="utf-8",
    )
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        console = probe.getsockname()[1]
    environment = os.environ | {
        "LINYIN_DATA": str(data),
        "LINYIN_MODEL_FOLDER": str(Settings(data=Path(os.environ.get("LINYIN_DATA", ROOT / "var"))).model.parent),  # type: ignore[call-arg]
        "LINYIN_TELEPHONY": "sip",
        "LINYIN_PORT": str(console),
        "LINYIN_WORKER_PORT": str(free_port(width=4)),
        "LINYIN_WORKERS": "1",
        "LINYIN_COMMUNITY": COMMUNITY,
        "LINYIN_CALLBACK_NUMBER": "",
    }
    with (data / "serve.log").open("wb") as output:
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "bot", "serve", cwd=ROOT, env=environment, stdout=output, stderr=output
        )
    ended = asyncio.create_task(process.wait())
    try:
        yield ended
    finally:
        if process.returncode is None:
            process.send_signal(signal.SIGTERM)
        async with asyncio.timeout(PATIENCE_SECONDS):
            await ended
    assert process.returncode == 0, (data / "serve.log").read_text(encoding="utf-8")


async def wants_a_person(call: MediaCall, *, until: asyncio.Event) -> None:
    """Takes the call, presses 0 once spoken to, and hangs up when somebody was rung."""
    await call.ring()
    await call.answer()
    detector, speech, quiet = SpeechDetector(), 0, 0
    async for event in call.events():
        if isinstance(event, CallEnded):
            return
        if isinstance(event, AudioReceived):
            spoken = detector.is_speech(decode_alaw(event.alaw))
            speech, quiet = speech + spoken, 0 if spoken else quiet + 1
            if speech >= SPEECH_FRAMES and quiet >= QUIET_FRAMES and not until.is_set():
                speech = 0
                call.send_keys("0")
        if until.is_set():
            await call.hang_up()


async def town(far: SipDialer, rung: asyncio.Event) -> None:
    """Every call that comes to the far end of the line, until it is cancelled."""
    async with asyncio.TaskGroup() as calls:
        while True:
            call = await far.accept()
            if call.near_number == CALLED:
                calls.create_task(wants_a_person(call, until=rung))
            else:
                if call.near_number == WORKER:
                    rung.set()
                await call.refuse(sip_code=486)


async def until(condition: Callable[[], bool]) -> None:
    """Returns once it holds; it is the work of other processes."""
    while not condition():
        await asyncio.sleep(0.1)


async def test_serve_dials_a_campaign_rings_a_worker_for_who_wants_a_person_and_takes_calls(
    store: Store, tmp_path: Path
) -> None:
    launched(store, tmp_path, at=datetime.now(UTC))
    port, first, rung = free_port(), free_port(width=40), asyncio.Event()

    def over() -> bool:
        with store.reading() as session:
            ends = session.scalars(select(AttemptRow.disposition).where(AttemptRow.dialled_at.is_not(None))).all()
            came = session.scalars(select(IncomingCallRow.ended_at)).first()
        return len(ends) == 2 and all(ends) and came is not None

    far = SipDialer(SipSettings(trunks=(sipp_trunk(port),), host="127.0.0.1", port=0, media_ports=(first, first + 38)))
    async with asyncio.timeout(PATIENCE_SECONDS), far, serving(tmp_path, far, port) as program:
        living, rang = asyncio.create_task(town(far, rung)), asyncio.create_task(rung.wait())
        await asyncio.wait({rang, living, program}, return_when="FIRST_COMPLETED")
        assert rang.done(), living.exception() if living.done() else (tmp_path / "serve.log").read_text("utf-8")
        began = asyncio.get_running_loop().time()
        call = await far.dial(DialOrder(number="2000", caller_number=CALLER))
        async for event in call.events():
            if isinstance(event, Answered):
                break
        assert asyncio.get_running_loop().time() - began < TAKEN_SECONDS
        await call.hang_up()
        await until(over)
        living.cancel()
        await asyncio.gather(living, return_exceptions=True)
    with store.reading() as session:
        dialled = session.scalars(select(AttemptRow).where(AttemptRow.dialled_at.is_not(None))).all()
        ends = {(row.sip_code, row.q850_cause, row.disposition) for row in dialled}
        talks = {row.attempt_id for row in session.scalars(select(SessionRow))}
        ticket = session.scalars(select(TicketRow)).one()
        ring, incoming = (
            session.scalars(select(HandoverRingRow)).first(),
            session.scalars(select(IncomingCallRow)).one(),
        )
    assert ends == {(200, 16, "answered"), (486, 17, "busy")}
    assert {row.id for row in dialled if row.sip_code == 200} <= talks
    assert ticket.session_id is not None
    assert ring is not None
    assert (incoming.caller, incoming.resident_id) == (CALLER, None)
