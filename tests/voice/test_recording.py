"""A recorded call: both sides on one time line, and nothing of it once the resident refuses."""

import asyncio
from dataclasses import dataclass, field

import pytest

from voice import media
from voice.loopback.media_call import LoopbackCall
from voice.recording import PIECE_FRAMES, RecordedCall

HELLO = b"\x11" * media.FRAME_BYTES * 25  # half a second of the assistant
YES = b"\x22" * media.FRAME_BYTES * 10  # 0.2 s of the resident


@dataclass
class Reel:
    """A tape in memory (`voice.recording.Tape`)."""

    far: bytes = b""
    near: bytes = b""
    lengths: list[int] = field(default_factory=list)
    closed: bool = False
    destroyed: bool = False

    def write(self, far: bytes, near: bytes) -> None:
        assert len(far) == len(near)
        self.far, self.near = self.far + far, self.near + near
        self.lengths.append(len(far))

    def close(self) -> None:
        self.closed = True

    def destroy(self) -> None:
        self.far = self.near = b""
        self.destroyed = True


async def heard(call: RecordedCall) -> list[media.CallEvent]:
    return [event async for event in call.events()]


async def a_call(reel: Reel, *, refused: bool = False) -> list[media.CallEvent]:
    """The assistant says hello, the resident says yes."""
    inner = LoopbackCall("1", number="1")
    call = RecordedCall(inner, reel)
    inner.expect(1)
    inner.speak(YES)
    call.send(HELLO)
    if refused:
        call.stop_recording()
        call.stop_recording()
    listening = asyncio.create_task(heard(call))
    await received(inner, 40)
    await call.hang_up()
    return await listening


async def received(call: LoopbackCall, frames: int) -> None:
    while call.counts.received < frames:
        await asyncio.sleep(0.01)


async def test_each_side_is_laid_down_where_it_was_heard() -> None:
    reel = Reel()
    await a_call(reel)
    start = reel.far.index(YES)
    assert reel.near.startswith(HELLO)
    assert start == len(HELLO)  # who is spoken to waits until it is over
    assert set(reel.near[start : start + len(YES)]) == set(media.ALAW_SILENCE)
    assert reel.closed


async def test_a_refusal_leaves_nothing_and_the_call_goes_on() -> None:
    reel = Reel()
    events = await a_call(reel, refused=True)
    assert reel.destroyed
    assert not reel.far
    assert not reel.lengths
    assert any(isinstance(event, media.AudioReceived) and event.alaw in YES for event in events)
    assert isinstance(events[-1], media.CallEnded)


async def test_what_an_interruption_took_back_is_not_on_the_tape() -> None:
    reel = Reel()
    inner = LoopbackCall("1", number="1")
    call = RecordedCall(inner, reel)
    call.send(HELLO)
    taken_back = call.clear()
    inner.stay_silent(0.4)
    listening = asyncio.create_task(heard(call))
    await received(inner, 20)
    await call.hang_up()
    await listening
    assert taken_back == pytest.approx(0.5)
    assert b"\x11" not in reel.near


async def test_a_long_call_reaches_the_tape_while_it_goes_on() -> None:
    reel = Reel()
    inner = LoopbackCall("1", number="1")
    call = RecordedCall(inner, reel)
    inner.stay_silent(2 * PIECE_FRAMES * media.FRAME_SECONDS)
    listening = asyncio.create_task(heard(call))
    await received(inner, PIECE_FRAMES + 10)
    assert reel.lengths[0] == PIECE_FRAMES * media.FRAME_BYTES
    assert not reel.closed
    await call.hang_up()
    await listening
    assert reel.closed
