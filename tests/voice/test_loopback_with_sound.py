"""The loopback telephone with sound: recordings answer the assistant, and are heard by a real recogniser."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import pytest

from campaigns.disposition import Disposition
from dialogs.prompts import Prompt
from nlu.readers import READERS
from nlu.reading import Expectation, Reading
from nlu.utterance import Utterance
from voice import media
from voice.call import Reply, converse
from voice.errors import BadAudio
from voice.line import DialOrder, Ended
from voice.loopback.audible import AudibleLine
from voice.loopback.media_call import LoopbackCall
from voice.loopback.recordings import RecordedLine, Recordings, checked
from voice.recognise.recogniser import Recogniser
from voice.spoken_call import SpokenCall
from voice.synthesise.synthesiser import Manner

AUDIO = Path(__file__).parent / "audio"
AT = datetime(2026, 11, 21, 2, tzinfo=UTC)
YES_NO = Expectation(key="flu", kind="yes_no", asked="您打过流感疫苗没有？")
TEMPERATURE = Expectation(key="temperature", kind="temperature", asked="体温多少度？")
TWO_SECONDS = media.ALAW_SILENCE * 100


def spoken(text: str, manner: Manner) -> bytes:
    return TWO_SECONDS


@dataclass
class Script:
    """A dialogue that asks one expectation after another, each in two sentences (`voice.call.Talk`)."""

    asked: Sequence[Expectation]
    told: list[Utterance] = field(default_factory=list)

    async def begin(self) -> Reply:
        return self._next()

    async def hear(self, utterance: Utterance) -> Reply:
        self.told.append(utterance)
        return self._next()

    async def gone(self) -> None:
        pass

    def _next(self) -> Reply:
        number = len(self.told)
        last = number >= len(self.asked)
        prompts = [Prompt(spoken="您好。"), Prompt(spoken="请问。")]
        return Reply(prompts=prompts, last=last, expecting=None if last else self.asked[number])


async def called(asked: Sequence[Expectation], answers: Sequence[str], engine: Recogniser) -> tuple[Script, Ended]:
    def carry(carried: media.MediaCall, _: DialOrder) -> SpokenCall:
        return SpokenCall(carried, recogniser=engine, speak=spoken, now=lambda: AT)

    line = AudibleLine(RecordedLine(checked(answers)), throat=lambda _: Recordings(), carry=carry)
    script = Script(asked)
    call = await line.dial(DialOrder(order="1", number="1"))
    ended = await asyncio.wait_for(converse(call, script), 120)
    await line.close()
    return script, ended


@pytest.mark.recogniser
async def test_each_recording_answers_one_question(whisper: Recogniser) -> None:
    answers = [str(AUDIO / "yes_no_denied.wav"), "2", str(AUDIO / "temperature.wav")]
    script, ended = await called([YES_NO, YES_NO, TEMPERATURE], answers, whisper)
    readings = [
        READERS[asked.kind](said.text, expectation=asked, at=AT)
        for asked, said in ((YES_NO, script.told[0]), (TEMPERATURE, script.told[2]))
    ]
    assert [each.value for each in readings if isinstance(each, Reading)] == ["no", {"value": 36.5, "unit": "C"}]
    assert script.told[1] == Utterance(keys="2")
    assert ended.disposition is Disposition.ANSWERED
    assert ended.by == "us"


@pytest.mark.recogniser
async def test_a_resident_with_nothing_left_to_say_hangs_up(whisper: Recogniser) -> None:
    script, ended = await called([YES_NO, YES_NO], ["1"], whisper)
    assert script.told == [Utterance(keys="1")]
    assert ended.by == "them"


def test_a_recording_that_is_none_is_refused_before_anybody_is_called(tmp_path: Path) -> None:
    text = tmp_path / "a.wav"
    text.write_text("不是录音")
    with pytest.raises(BadAudio, match=r"a\.wav"):
        checked(["1", str(text)])


async def test_the_far_end_speaks_only_when_everything_was_said_to_it() -> None:
    call = LoopbackCall("1", number="1")
    call.expect(2)
    call.speak(b"\x55" * media.FRAME_BYTES)
    call.send(TWO_SECONDS)
    call.send(TWO_SECONDS)
    call.leave()
    seen: list[media.CallEvent] = []
    async for event in call.events():
        seen.append(event)
        if isinstance(event, media.AudioReceived) and event.alaw[:1] == b"\x55":
            call.expect(0)
    frames = [each.alaw[:1] for each in seen if isinstance(each, media.AudioReceived)]
    assert frames.index(b"\x55") == 200  # four seconds of the assistant went by
    assert sum(isinstance(each, media.PlaybackFinished) for each in seen) == 1
    assert seen[-1] == media.CallEnded(by=media.Side.FAR, answered=True)


async def test_whoever_hangs_up_ends_the_call_once() -> None:
    call = LoopbackCall("1", number="1")
    await call.hang_up()
    await call.hang_up()
    call.leave()
    assert [each async for each in call.events()] == [media.CallEnded(by=media.Side.NEAR, answered=True)]
    await call.over()
