"""A whole call that is heard and spoken, over real SIP and RTP: turns, an interruption, keys, the end."""

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import pytest

from campaigns.disposition import Disposition
from dialogs.prompts import Prompt
from integrations.telephony.sip.dialer import SipDialer, SipSettings
from integrations.telephony.sip.trunk import Trunk
from nlu.readers import READERS
from nlu.reading import Expectation, Reading
from nlu.utterance import Utterance
from voice.audio.g711 import decode_alaw, encode_alaw
from voice.audio.resample import resample
from voice.audio.sound import TELEPHONE_HZ
from voice.audio.wav import read_wav
from voice.call import Reply, converse
from voice.line import DialOrder, Ended
from voice.media import AudioReceived, CallEnded
from voice.recognise.recogniser import Recogniser
from voice.spoken_line import SpokenLine
from voice.synthesise.synthesiser import Manner
from voice.turns.vad import SpeechDetector

pytestmark = pytest.mark.recogniser

AUDIO = Path(__file__).parent / "audio"
QUIET_FRAMES = 40  # 0.8 s after the prompt the resident answers
YES_NO = Expectation(key="flu", kind="yes_no", asked="您打过流感疫苗没有？")
TEMPERATURE = Expectation(key="temperature", kind="temperature", asked="体温多少度？")
CALL_LIMIT_SECONDS = 120
AT = datetime(2026, 11, 21, 2, tzinfo=UTC)


def alaw(name: str) -> bytes:
    return encode_alaw(resample(read_wav(AUDIO / name), TELEPHONE_HZ))


def spoken(text: str, manner: Manner) -> bytes:
    """Every prompt sounds like this: somebody speaks for two seconds; what is said does not matter here."""
    return alaw("announcement_power_off.wav")[: 2 * TELEPHONE_HZ]


@dataclass
class Script:
    """A dialogue that asks one expectation after another and keeps what it was told (`voice.call.Talk`)."""

    asked: list[Expectation]
    told: list[Utterance] = field(default_factory=list)
    over: bool = False

    async def begin(self) -> Reply:
        return self._next()

    async def hear(self, utterance: Utterance) -> Reply:
        self.told.append(utterance)
        return self._next()

    async def gone(self) -> None:
        self.over = True

    def _next(self) -> Reply:
        number = len(self.told)
        last = number >= len(self.asked)
        return Reply(prompts=[Prompt(spoken="问")], last=last, expecting=None if last else self.asked[number])


def free_port() -> int:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@asynccontextmanager
async def two_ends() -> AsyncIterator[tuple[SipDialer, SipDialer, int]]:
    near, far = free_port(), free_port()

    def settings(port: int, other: int, media: int) -> SipSettings:
        trunk = Trunk(
            name="other", host="127.0.0.1", port=other, caller_number="1", health_seconds=0, keepalive_seconds=0
        )
        return SipSettings(trunks=(trunk,), host="127.0.0.1", port=port, media_ports=(media, media + 98))

    async with SipDialer(settings(near, far, 33_000)) as ours, SipDialer(settings(far, near, 34_000)) as theirs:
        yield ours, theirs, far


async def resident(dialer: SipDialer, answers: Sequence[bytes | str]) -> None:
    """Answers the telephone, and each prompt, once it was over, with the next recording or the next keys."""
    call = await dialer.accept()
    await call.answer()
    detector, heard, quiet, left = SpeechDetector(), 0, 0, list(answers)
    async for event in call.events():
        if isinstance(event, CallEnded):
            return
        if not isinstance(event, AudioReceived):
            continue
        speech = detector.is_speech(decode_alaw(event.alaw))
        heard, quiet = heard + speech, 0 if speech else quiet + 1
        if heard > QUIET_FRAMES and quiet >= QUIET_FRAMES and left:
            heard, answer = 0, left.pop(0)
            if isinstance(answer, str):
                call.send_keys(answer)
            else:
                call.send(answer)


async def called(asked: list[Expectation], answers: Sequence[bytes | str], engine: Recogniser) -> tuple[Script, Ended]:
    script = Script(asked)
    async with two_ends() as (ours, theirs, port):
        line = SpokenLine(ours, recogniser=engine, speak=spoken, now=lambda: AT)
        living = asyncio.create_task(resident(theirs, answers))
        try:
            call = await line.dial(DialOrder(order="1", number=f"sip:r@127.0.0.1:{port}"))
            ended = await asyncio.wait_for(converse(call, script), CALL_LIMIT_SECONDS)
        finally:
            await line.close()
            living.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await living
    return script, ended


async def test_spoken_answers_reach_the_dialogue_as_they_were_meant(whisper: Recogniser) -> None:
    script, ended = await called([YES_NO, TEMPERATURE], [alaw("yes_no_denied.wav"), alaw("temperature.wav")], whisper)
    readings = [
        READERS[asked.kind](said.text, expectation=asked, at=AT)
        for asked, said in zip((YES_NO, TEMPERATURE), script.told, strict=True)
    ]
    assert [each.value for each in readings if isinstance(each, Reading)] == ["no", {"value": 36.5, "unit": "C"}]
    assert ended.disposition is Disposition.ANSWERED
    assert script.over


async def test_a_key_answers_as_well_as_a_word(whisper: Recogniser) -> None:
    script, _ = await called([YES_NO], ["2"], whisper)
    assert script.told == [Utterance(keys="2")]


async def test_whoever_says_nothing_is_a_silence_and_not_an_answer(whisper: Recogniser) -> None:
    script, _ = await called([YES_NO], [], whisper)
    assert script.told[0].silent
    assert script.told[0].silence_seconds >= 5.0


async def test_a_number_that_nobody_has_ends_with_what_the_network_says(whisper: Recogniser) -> None:
    script = Script([YES_NO])
    async with two_ends() as (ours, theirs, port):
        line = SpokenLine(ours, recogniser=whisper, speak=spoken, now=lambda: AT)

        async def refuse() -> None:
            await (await theirs.accept()).refuse(sip_code=404)

        refusing = asyncio.create_task(refuse())
        call = await line.dial(DialOrder(order="1", number=f"sip:nobody@127.0.0.1:{port}"))
        ended = await asyncio.wait_for(converse(call, script), CALL_LIMIT_SECONDS)
        await refusing
        await line.close()
    assert ended.disposition is Disposition.EMPTY_NUMBER
    assert ended.sip_code == 404
    assert script.told == []
