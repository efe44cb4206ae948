"""The media process: real calls over real SIP, in words on the platform's side; and what its death leaves behind."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from bot.errors import LinesUnfit
from bot.media.keeper import MediaProcess, media_process
from bot.media.protocol import Start
from campaigns.disposition import Disposition
from dialogs.prompts import Prompt
from integrations.storage.key_file import create_key_file
from integrations.telephony.sip.dialer import SipDialer, SipSettings
from nlu.utterance import Utterance
from tests.conftest import AT
from tests.telephony.conftest import free_port, sipp_trunk
from tests.telephony.scripted_asterisk import ScriptedAsterisk
from tests.workshop.models import installed
from voice.line import Answered, Call, CallEvent, DialOrder, Ended, Parted, Said
from voice.media import AudioReceived, CallEnded, MediaCall
from voice.media import DialOrder as MediaOrder
from voice.models.catalogue import MODELS_FOLDER
from voice.synthesise.synthesiser import PLAIN

pytestmark = pytest.mark.recogniser

HELLO = [Prompt(spoken="您好。")]
PATIENCE_SECONDS = 120  # a busy machine that loads two models; every wait ends as soon as what it waits for is there
PICKED_UP_SECONDS = 2.0


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A data folder with a key and the models."""
    create_key_file(tmp_path / "linyin.key", at=AT)
    for model in ("whisper-base", "kokoro-zh"):
        installed(model)
    (tmp_path / "models").symlink_to(MODELS_FOLDER.resolve())
    return tmp_path


@asynccontextmanager
async def world(data: Path) -> AsyncIterator[tuple[MediaProcess, SipDialer]]:
    """A media process, and the far end of its only line."""
    near, first = free_port(), free_port(width=40)
    far_settings = SipSettings(trunks=(sipp_trunk(near),), host="127.0.0.1", port=0, media_ports=(first, first + 38))
    async with SipDialer(far_settings) as far:
        media = free_port(width=40)
        (data / "trunks.yaml").write_text(
            f"listen: {{host: 127.0.0.1, port: {near}, media_ports: [{media}, {media + 38}]}}\n"
            "trunks:\n"
            f"  - {{name: far, host: 127.0.0.1, port: {far.address[1]}, caller_number: '07161234567',"
            " health_seconds: 0, keepalive_seconds: 0, setups_per_second: 100}\n",
            encoding="utf-8",
        )
        start = Start(data=str(data), keys=str(data / "linyin.key"), lines_file=str(data / "trunks.yaml"))
        async with media_process(start, log_file=data / "media.log", progress=print) as process:
            yield process, far


async def until(call: Call, kind: type[CallEvent]) -> CallEvent:
    async with asyncio.timeout(PATIENCE_SECONDS):
        while not isinstance(event := await call.next(), kind | Ended):
            pass
    assert isinstance(event, kind), event
    return event


async def picked_up(far: SipDialer) -> MediaCall:
    async with asyncio.timeout(PATIENCE_SECONDS):
        call = await far.accept()
        await call.answer()
        return call


async def heard(call: MediaCall, kind: type) -> object:
    async with asyncio.timeout(PATIENCE_SECONDS):
        async for event in call.events():
            if isinstance(event, kind) and not (isinstance(event, AudioReceived) and event.alaw == b"\xd5" * 160):
                return event
    raise AssertionError(f"no {kind.__name__}")


async def test_calls_live_in_the_media_process_and_end_as_interrupted_when_it_is_killed(data: Path) -> None:
    async with world(data) as (process, far):
        line = process.line
        call = await line.dial(DialOrder(order="one", number="13800000001"))
        resident = await picked_up(far)
        await until(call, Answered)
        await call.say(HELLO)
        assert isinstance(await heard(resident, AudioReceived), AudioReceived)
        resident.send_keys("3")
        assert await until(call, Said) == Said(Utterance(keys="3"))

        worker_call = await line.dial(DialOrder(order="two", number="13800000002"))
        worker = await picked_up(far)
        await until(worker_call, Answered)
        assert await call.bridge(worker_call)
        assert not await call.bridge(worker_call)
        await worker.hang_up()
        await until(worker_call, Ended)
        await until(call, Parted)

        pid = process.pid
        assert pid is not None
        os.kill(pid, signal.SIGKILL)
        ended = await until(call, Ended)
        assert isinstance(ended, Ended)
        assert ended.disposition is Disposition.INTERRUPTED

        again = await line.dial(DialOrder(order="one", number="13800000001"))  # waits for the next process
        resident = await picked_up(far)
        await until(again, Answered)
        assert process.pid not in (None, pid)
        await again.hang_up()
        assert isinstance(await heard(resident, CallEnded), CallEnded)
        await until(again, Ended)
        assert line.calls_up == 0

        loop = asyncio.get_running_loop()
        caller = await far.dial(MediaOrder(number="2000", caller_number="13912345678"))
        rang = loop.time()
        incoming = await asyncio.wait_for(line.incoming(), PATIENCE_SECONDS)
        assert (incoming.caller, incoming.called) == ("13912345678", "2000")
        assert await incoming.call.next() == Answered()
        assert loop.time() - rang < PICKED_UP_SECONDS
        caller.send_keys("1")
        await caller.hang_up()
        await until(incoming.call, Ended)


async def test_an_asterisk_carries_calls_as_well_while_prompts_are_rendered_ahead(data: Path) -> None:
    async with ScriptedAsterisk("01_answered_dtmf_far_hangup") as peer:
        (data / "trunks.yaml").write_text(
            f"asterisk: {{url: '{peer.url}', username: linyin, password: geheim, app: out, audio_port: {free_port()},"
            " caller_number: '02100000001'}\n",
            encoding="utf-8",
        )
        start = Start(data=str(data), keys=str(data / "linyin.key"), lines_file=str(data / "trunks.yaml"))
        async with media_process(start, log_file=data / "media.log", progress=print) as process:
            process.line.prepare("work", ["您好。", "再见。"], [PLAIN])
            assert not process.line.prepared["work"].ready
            call = await process.line.dial(DialOrder(order="one", number="09120000001"))
            await until(call, Answered)
            ended = await until(call, Ended)
            assert isinstance(ended, Ended)
            assert (ended.disposition, ended.by, ended.q850_cause) == (Disposition.ANSWERED, "them", 16)
            async with asyncio.timeout(PATIENCE_SECONDS):
                while not process.line.prepared["work"].ready:
                    await asyncio.sleep(0.05)
    assert len(list((data / "prompts" / "shared").rglob("*.al"))) == 2


@pytest.mark.parametrize(
    ("lines", "says"), [("trunks: []\n", "一条线路也没有"), ("trunks: [{name: a}]\n", "第 1 行：缺少“host”")]
)
async def test_lines_that_cannot_be_used_are_told_at_the_start(tmp_path: Path, lines: str, says: str) -> None:
    create_key_file(tmp_path / "linyin.key", at=AT)
    (tmp_path / "trunks.yaml").write_text(lines, encoding="utf-8")
    start = Start(data=str(tmp_path), keys=str(tmp_path / "linyin.key"), lines_file=str(tmp_path / "trunks.yaml"))
    with pytest.raises(LinesUnfit, match=says):
        async with media_process(start, log_file=tmp_path / "media.log", progress=print):
            pass
