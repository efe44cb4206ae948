"""Residents who call the community: taken within two seconds, recognised, heard, kept; danger reaches a person."""

import asyncio
import socket
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from sqlalchemy import select

from bot.clock import SystemClock
from bot.evidence.files import SealedTape
from bot.inbound import Inbound
from bot.media.line import MediaLine
from bot.media.protocol import framed
from bot.media.switchboard import Switchboard
from bot.visits import Visits
from integrations.storage.models import IncomingCallRow, SessionRow, TicketRow
from integrations.telephony.sip.dialer import SipDialer, SipSettings
from tests.bot.conftest import PEOPLE, Desk
from tests.telephony.conftest import free_port, sipp_trunk
from tests.workshop.models import installed
from voice.audio.g711 import decode_alaw, encode_alaw
from voice.audio.wav import read_wav
from voice.media import Answered, AudioReceived, CallEnded, DialOrder, MediaCall
from voice.recognise.recogniser import Recogniser
from voice.recognise.whisper.recogniser import WhisperRecogniser
from voice.synthesise.synthesiser import Manner
from voice.turns.vad import SpeechDetector

pytestmark = [pytest.mark.rasa, pytest.mark.recogniser, pytest.mark.asyncio(loop_scope="session")]

TESTS = Path(__file__).parents[1]
CHEST_PAIN = encode_alaw(read_wav(TESTS / "telephony" / "answers" / "chest_pain.wav"))
VOICE = CHEST_PAIN[4_000:16_000]
TAKEN_SECONDS = 2.0
QUIET_FRAMES = 40  # 0.8 s after a prompt the caller speaks
PATIENCE_SECONDS = 240.0


class Senses:
    """Hears with a real recogniser; whatever it says sounds the same (`switchboard.Senses`)."""

    def __init__(self) -> None:
        self.recogniser: Recogniser = WhisperRecogniser(installed("whisper-base"))

    async def load(self) -> None:
        """Both are there."""

    def speak(self, text: str, manner: Manner) -> bytes:
        """A second and a half of somebody."""
        return VOICE

    def tape(self, recording: str) -> SealedTape:
        raise AssertionError(f"calls to us are not recorded: {recording}")

    async def render(
        self, texts: Sequence[str], manners: Sequence[Manner], *, progress: Callable[[int, int], None]
    ) -> None:
        raise AssertionError(f"nothing is rendered ahead here: {len(texts)}")


@asynccontextmanager
async def community(desk: Desk) -> AsyncIterator[SipDialer]:
    """The community's number is answered; who calls it."""
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
                senses=Senses(),
                telephone=telephone,
                now=lambda: desk.at,
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
            )
            works = [asyncio.create_task(each) for each in (board.serve(far_reader), line.carry(reader, writer))]
            answering = asyncio.create_task(taking.run())
            try:
                yield far
            finally:
                async with asyncio.timeout(PATIENCE_SECONDS):
                    while taking.calls_up:
                        await asyncio.sleep(0.05)
                answering.cancel()
                await asyncio.gather(answering, return_exceptions=True)
                writer.close()
                await asyncio.gather(*works)
                far_writer.close()


async def speaks(call: MediaCall, sound: bytes, *, until: Callable[[], bool]) -> None:
    """Says this after each prompt, until what is waited for has happened; then hangs up."""
    detector, heard, quiet = SpeechDetector(), 0, 0
    async with asyncio.timeout(PATIENCE_SECONDS):
        async for event in call.events():
            if isinstance(event, CallEnded):
                return
            if until():
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
