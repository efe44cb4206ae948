"""Residents who call the community: taken within two seconds, recognised, heard, kept; danger reaches a person.

Whoever is called by a campaign is joined to a worker on the same line as well.
"""

import asyncio
import socket
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import time
from pathlib import Path

import numpy as np
import pytest
from argon2 import PasswordHasher
from sqlalchemy import select

from bot.clock import SystemClock
from bot.evidence.files import SealedTape, recordings_folder, seconds_of
from bot.handover import Handovers
from bot.inbound import Inbound
from bot.media.line import MediaLine
from bot.media.protocol import framed
from bot.media.switchboard import Switchboard
from bot.outbound import Caller, Outbound
from bot.visits import Visits
from campaigns.audience import AudienceQuery
from campaigns.policy import Policy
from campaigns.window import CallingWindow
from dialogs.dictionary import load_dictionary
from dialogs.events import AssistantSpoke
from integrations.campaigns import book
from integrations.campaigns.dial import claim_due, start_dialling
from integrations.campaigns.launch import launch
from integrations.handover import pins
from integrations.storage.models import (
    AttemptRow,
    CampaignRow,
    HandoverRow,
    IncomingCallRow,
    RecordingRow,
    ResidentRow,
    SessionRow,
    TicketRow,
    WorkerRow,
)
from integrations.telephony.sip.dialer import SipDialer, SipSettings
from tests.bot.conftest import PEOPLE, Desk
from tests.telephony.conftest import free_port, sipp_trunk
from tests.workshop.models import installed
from voice.audio.g711 import decode_alaw, encode_alaw
from voice.audio.sound import Sound
from voice.audio.wav import read_wav
from voice.media import (
    FRAME_BYTES,
    SAMPLES_PER_SECOND,
    Answered,
    AudioReceived,
    CallEnded,
    DialOrder,
    MediaCall,
)
from voice.recognise.recogniser import Recogniser
from voice.recognise.whisper.recogniser import WhisperRecogniser
from voice.synthesise.synthesiser import Manner
from voice.turns.vad import SpeechDetector

pytestmark = [pytest.mark.rasa, pytest.mark.recogniser, pytest.mark.asyncio(loop_scope="session")]

TESTS = Path(__file__).parents[1]
CHEST_PAIN, WAS_THAT_YOU = (
    encode_alaw(read_wav(TESTS / "telephony" / "answers" / f"{name}.wav")) for name in ("chest_pain", "was_that_you")
)
VOICE = CHEST_PAIN[4_000:16_000]
TAKEN_SECONDS = 2.0
QUIET_FRAMES = 40  # 0.8 s after a prompt the caller speaks
ONLY_THIS_TONE = 0.9  # of the energy of a frame
TONE_FRAMES = 15  # 0.3 s
WORKER, PIN = "13900000001", "135246"
PATIENCE_SECONDS = 240.0


class Senses:
    """Hears with a real recogniser; whatever it says sounds the same (`switchboard.Senses`)."""

    def __init__(self, desk: Desk, data: Path | None) -> None:
        """`data`: where calls are recorded, if they are."""
        self._desk, self._data = desk, data
        self.recogniser: Recogniser = WhisperRecogniser(installed("whisper-base"))

    async def load(self) -> None:
        """Both are there."""

    def speak(self, text: str, manner: Manner) -> bytes:
        """A second and a half of somebody."""
        return VOICE

    def tape(self, recording: str) -> SealedTape:
        assert self._data is not None, "calls to us are not recorded"
        return SealedTape(recordings_folder(self._data), recording, self._desk.store.keys)

    async def render(
        self, texts: Sequence[str], manners: Sequence[Manner], *, progress: Callable[[int, int], None]
    ) -> None:
        raise AssertionError(f"nothing is rendered ahead here: {len(texts)}")


@asynccontextmanager
async def community(desk: Desk, *, recordings: Path | None = None, dials: bool = False) -> AsyncIterator[SipDialer]:
    """The community's number is answered, and its workers are called on the same line; both far ends.

    `dials`: what is due in campaigns is called as well.
    """
    line, port, first, second = MediaLine(), free_port(), free_port(width=20), free_port(width=20)
    far = SipDialer(SipSettings(trunks=(sipp_trunk(port),), host="127.0.0.1", port=0, media_ports=(first, first + 18)))
    async with far:
        near = SipSettings(
            trunks=(sipp_trunk(far.address[1]),), host="127.0.0.1", port=port, media_ports=(second, second + 18)
        )
        async with SipDialer(near) as telephone:
            ours, theirs = socket.socketpair()
            reader, writer = await asyncio.open_unix_connection(sock=ours)
            far_reader, far_writer = await asyncio.open_unix_connection(sock=theirs)
            board = Switchboard(
                send=lambda message: far_writer.write(framed(message)),
                senses=Senses(desk, recordings),
                telephone=telephone,
                now=lambda: desk.at,
                records=recordings is not None,
            )
            handovers = Handovers(
                database=desk.database, line=line, clock=SystemClock(), name="main", community="育林社区"
            )
            taking = Inbound(
                database=desk.database,
                conversation=desk.conversation,
                dialogue=desk.client,
                line=line,
                clock=SystemClock(),
                visits=Visits(lambda: "ticket"),
                community="育林社区",
                callback_number="",
                carry=handovers.converse,
            )
            outbound = Outbound(
                database=desk.database,
                conversation=desk.conversation,
                line=line,
                clock=SystemClock(),
                caller=Caller(name="main", community="育林社区", callback_number="", lines=4),
                dictionary=load_dictionary(),
                carry=handovers.converse,
            )
            works = [asyncio.create_task(each) for each in (board.serve(far_reader), line.carry(reader, writer))]
            running = [asyncio.create_task(each.run()) for each in (taking, handovers, *([outbound] if dials else []))]
            try:
                yield far
            finally:
                async with asyncio.timeout(PATIENCE_SECONDS):
                    while taking.calls_up or outbound.calls_up:
                        await asyncio.sleep(0.05)
                for task in running:
                    task.cancel()
                await asyncio.gather(*running, return_exceptions=True)
                writer.close()
                await asyncio.gather(*works)
                far_writer.close()


@pytest.fixture
def store_url(tmp_path: Path) -> str:
    """One engine is enough for the telephone."""
    return f"sqlite:///{tmp_path}/linyin.db"


async def speaks(call: MediaCall, sound: bytes, *, until: Callable[[], bool], hang_up: bool = True) -> None:
    """Says this after each prompt, until what is waited for has happened; then hangs up, or goes on listening."""
    detector, heard, quiet = SpeechDetector(), 0, 0
    async with asyncio.timeout(PATIENCE_SECONDS):
        async for event in call.events():
            if isinstance(event, CallEnded):
                return
            if until():
                if not hang_up:
                    return
                await call.hang_up()
            if isinstance(event, AudioReceived):
                speech = detector.is_speech(decode_alaw(event.alaw))
                heard, quiet = heard + speech, 0 if speech else quiet + 1
                if heard > QUIET_FRAMES and quiet >= QUIET_FRAMES:
                    heard = 0
                    call.send(sound)


async def test_a_resident_who_calls_is_taken_at_once_and_a_danger_becomes_the_matter_of_a_person(desk: Desk) -> None:
    def alarmed() -> bool:
        with desk.store.reading() as session:
            return session.scalars(select(TicketRow)).first() is not None

    async with community(desk) as far:
        loop = asyncio.get_running_loop()
        began = loop.time()
        call = await far.dial(DialOrder(number="2000", caller_number=PEOPLE[0][1]))
        async for event in call.events():
            if isinstance(event, Answered):
                break
        assert loop.time() - began < TAKEN_SECONDS
        await speaks(call, CHEST_PAIN, until=alarmed)
    with desk.store.reading() as session:
        kept = session.scalars(select(IncomingCallRow)).one()
        talk = session.scalars(select(SessionRow)).one()
        ticket = session.scalars(select(TicketRow)).one()
        assert (kept.caller, kept.resident_id, kept.session_id) == (PEOPLE[0][1], "r0", talk.id)
        assert (kept.disposition, kept.ended_by) == ("answered", "them")
        assert (talk.channel, talk.resident_id) == ("voice", "r0")
        assert talk.ended_at is not None
        assert ticket.household_id == "h0"
        assert ticket.severity in {"urgent", "emergency"}


async def test_whoever_withholds_the_number_is_answered_as_somebody_unknown_and_silence_is_told(desk: Desk) -> None:
    async with community(desk) as far:
        call = await far.dial(DialOrder(number="2000", caller_number="02799999999"))
        async for event in call.events():
            if isinstance(event, AudioReceived) and event.alaw != b"\xd5" * 160:
                await call.hang_up()
    with desk.store.reading() as session:
        kept = session.scalars(select(IncomingCallRow)).one()
        assert (kept.resident_id, kept.disposition) == (None, "silent")


def launched(desk: Desk) -> None:
    """A campaign to everybody, at any hour: tests run at any."""
    with desk.store.writing() as session:
        made = book.create(
            session,
            title="健康随访",
            questionnaire=desk.questionnaire,
            audience=AudienceQuery(),
            policy=Policy(window=CallingWindow(opens=time(0), closes=time(23, 59, 59))),
            at=desk.at,
        )
        session.get_one(CampaignRow, made.id).status = "approved"
        session.flush()
        launch(session, made.id, role="staff", dictionary=load_dictionary(), at=desk.at)


def called_before(desk: Desk) -> None:
    """A campaign rang everybody a while ago."""
    launched(desk)
    with desk.store.writing() as session:
        start_dialling(session, claim_due(session, dialler="main", at=desk.at, limit=9), dialler="main", at=desk.at)


async def test_who_asks_whether_it_was_us_is_told_when_and_what_about_and_the_call_is_kept_as_sound(
    desk: Desk, tmp_path: Path
) -> None:
    called_before(desk)

    def said() -> str:
        with desk.store.reading() as session:
            talks = session.scalars(select(SessionRow.id)).all()
        spoken = (event for talk in talks for event in desk.log(talk) if isinstance(event, AssistantSpoke))
        return "".join(prompt.shown for event in spoken for prompt in event.prompts)

    async with community(desk, recordings=tmp_path) as far:
        call = await far.dial(DialOrder(number="2000", caller_number=PEOPLE[0][1]))
        await speaks(call, WAS_THAT_YOU, until=lambda: "身体怎么样" in said())
    assert "录音" in said()
    assert "我们不问钱，不要密码和验证码" in said()
    assert "十一月二十一号早上九点" in said()
    with desk.store.reading() as session:
        recording = session.scalars(select(RecordingRow)).one()
    assert (recording.resident_id, recording.household_id) == ("r0", "h0")
    assert seconds_of(recordings_folder(tmp_path), recording.id, desk.store.keys) > 1


async def whom_the_line_rings(far: SipDialer, number: str) -> MediaCall:
    """The next call that reaches the far end; it is to this number, and answered."""
    async with asyncio.timeout(PATIENCE_SECONDS):
        call = await far.accept()
    assert call.near_number == number
    await call.answer()
    return call


async def presses(call: MediaCall, keys: Sequence[str], *, until: Callable[[], bool]) -> None:
    """Presses one after the other, each after a prompt, until what is waited for has happened."""
    waiting, detector, heard, quiet = list(keys), SpeechDetector(), 0, 0
    async with asyncio.timeout(PATIENCE_SECONDS):
        async for event in call.events():
            if isinstance(event, AudioReceived):
                speech = detector.is_speech(decode_alaw(event.alaw))
                heard, quiet = heard + speech, 0 if speech else quiet + 1
                if heard > QUIET_FRAMES and quiet >= QUIET_FRAMES and waiting:
                    heard = 0
                    call.send_keys(waiting.pop(0))
            if until():
                return


async def says_and_is_heard(one: MediaCall, other: MediaCall, hertz: float) -> bool:
    """Whether the other end hears this tone and nothing else."""
    moments = np.arange(SAMPLES_PER_SECOND) / SAMPLES_PER_SECOND
    one.send(encode_alaw(Sound((0.5 * np.sin(2 * np.pi * hertz * moments)).astype(np.float32), SAMPLES_PER_SECOND)))
    wave, clear = np.exp(-2j * np.pi * hertz * np.arange(FRAME_BYTES) / SAMPLES_PER_SECOND), 0
    async with asyncio.timeout(PATIENCE_SECONDS):
        async for event in other.events():
            if isinstance(event, AudioReceived):
                samples = decode_alaw(event.alaw).samples
                power = float(np.sum(np.square(samples))) + 1e-9
                clear += 2 * abs(complex(np.dot(samples, wave))) ** 2 / FRAME_BYTES / power > ONLY_THIS_TONE
                if clear >= TONE_FRAMES:
                    return True
    return False


@pytest.mark.parametrize(
    ("direction", "leaves"), [("inbound", "worker"), ("outbound", "resident"), ("outbound", "worker")]
)
async def test_a_danger_rings_the_worker_on_the_same_line_and_both_are_joined_until_one_hangs_up(
    desk: Desk, direction: str, leaves: str
) -> None:
    with desk.store.writing() as session:
        session.get_one(WorkerRow, "owner").phone = WORKER
        session.get_one(ResidentRow, "r1").do_not_call_at = desk.at
        pins.set_pin(
            session, "owner", PIN, hasher=PasswordHasher(time_cost=1, memory_cost=8, parallelism=1), at=desk.at
        )
    if direction == "outbound":
        launched(desk)

    def joined() -> bool:
        with desk.store.reading() as session:
            return session.scalars(select(HandoverRow.joined_at)).first() is not None

    async with community(desk, dials=direction == "outbound") as far:
        if direction == "outbound":
            resident = await whom_the_line_rings(far, PEOPLE[0][1])
        else:
            resident = await far.dial(DialOrder(number="2000", caller_number=PEOPLE[0][1]))
        talking = asyncio.create_task(speaks(resident, CHEST_PAIN, until=joined, hang_up=False))
        worker = await whom_the_line_rings(far, WORKER)
        await presses(worker, ["1", PIN + "#", "1"], until=joined)
        await talking
        assert await says_and_is_heard(resident, worker, 700)
        assert await says_and_is_heard(worker, resident, 1_300)
        first, second = (resident, worker) if leaves == "resident" else (worker, resident)
        await first.hang_up()
        await hears_the_assistant(second)
        await second.hang_up()
    with desk.store.reading() as session:
        matter, talk = session.scalars(select(HandoverRow)).one(), session.scalars(select(SessionRow)).one()
        incoming, attempt = (
            session.scalars(select(IncomingCallRow)).first(),
            session.scalars(select(AttemptRow)).first(),
        )
    kept = incoming or attempt
    assert kept is not None
    assert (matter.accepted_by, kept.disposition, talk.resident_id) == ("owner", "answered", "r0")
    assert matter.resident_left_at is not None
    if attempt is not None:
        assert (incoming, attempt.sip_code, attempt.session_id) == (None, 200, talk.id)


async def hears_the_assistant(call: MediaCall) -> None:
    """Somebody speaks again once the other is gone."""
    detector, heard = SpeechDetector(), 0
    async with asyncio.timeout(PATIENCE_SECONDS):
        async for event in call.events():
            assert not isinstance(event, CallEnded), "who stays is not cut off"
            heard += isinstance(event, AudioReceived) and detector.is_speech(decode_alaw(event.alaw))
            if heard > QUIET_FRAMES:
                return
