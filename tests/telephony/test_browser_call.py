"""A call from a page: sound at the pace of speech, an end whoever ends it, nothing left behind."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

import pytest

from integrations.telephony.browser.call import MOST_AT_ONCE_BYTES, PAGE_SILENT_SECONDS, BrowserCall
from integrations.telephony.browser.dialer import MOST_CALLS, BrowserDialer
from voice.media import (
    BridgeEnded,
    CallBridged,
    CallEnded,
    CallOver,
    CallState,
    DialOrder,
    KeyPressed,
    LineError,
    NoLineFree,
    PlaybackFinished,
    Side,
)

SPEECH = b"\x55" * 160


@dataclass
class Page:
    """What a page heard of its call."""

    call: BrowserCall
    heard: bytearray = field(default_factory=bytearray)


@pytest.fixture
async def dialer() -> AsyncIterator[BrowserDialer]:
    async with BrowserDialer() as opened:
        yield opened
    assert opened.open_calls == 0


async def answered(dialer: BrowserDialer, name: str = "page") -> Page:
    heard = bytearray()
    dialer.ring(name, "ticket", heard.extend)
    call = await dialer.accept()
    await call.answer()
    heard.clear()
    return Page(call, heard)


async def test_what_is_said_reaches_the_page_at_the_pace_of_speech_and_is_told_when_it_is_over(dialer, listen) -> None:
    page = await answered(dialer)
    ear = listen(page.call)
    loop = asyncio.get_running_loop()
    began = loop.time()
    page.call.send(SPEECH * 20)
    await ear.until(PlaybackFinished)
    assert bytes(page.heard) == SPEECH * 20
    assert loop.time() - began >= 0.35


async def test_clear_leaves_nothing_in_the_browser_that_could_still_be_heard(dialer, listen) -> None:
    page = await answered(dialer)
    page.call.send(SPEECH * 500)
    while not page.heard:
        await asyncio.sleep(0)
    sent = len(page.heard)
    assert page.call.clear() == pytest.approx(10.0 - sent / 8_000, abs=0.05)
    page.call.send(b"")
    assert page.call.queued_seconds == 0
    assert len(page.heard) - sent <= 160


async def test_sound_in_odd_pieces_is_heard_in_frames_and_what_is_no_sound_of_a_microphone_is_counted(
    dialer, listen
) -> None:
    page = await answered(dialer)
    ear = listen(page.call)
    page.call.receive(SPEECH[:100])
    page.call.receive(SPEECH[:100])
    page.call.receive(b"\x55" * (MOST_AT_ONCE_BYTES + 1))
    page.call.pressed("12")
    page.call.pressed("x")
    page.call.pressed("#")
    assert (await ear.until(KeyPressed)).key == "#"
    assert len(ear.alaw) == 160
    assert (page.call.counts.received, page.call.counts.junk) == (1, 1)


async def test_a_page_that_falls_silent_is_given_up(dialer, listen) -> None:
    page = await answered(dialer)
    now = asyncio.get_running_loop().time()
    page.call.frame_due(now + PAGE_SILENT_SECONDS - 1, late=False)
    assert page.call.state is CallState.ANSWERED
    page.call.frame_due(now + PAGE_SILENT_SECONDS + 1, late=False)
    ended = await listen(page.call).end()
    assert (ended.by, ended.answered, ended.q850_cause) == (Side.LINE, True, 102)


async def test_two_pages_can_be_joined_and_one_stays_when_the_other_goes(dialer, listen) -> None:
    one, two = await answered(dialer, "one"), await answered(dialer, "two")
    one.call.send(SPEECH * 50)
    await one.call.bridge(two.call)
    one.heard.clear()
    one.call.receive(b"\x11" * 160)
    assert bytes(two.heard) == b"\x11" * 160
    with pytest.raises(CallBridged):
        two.call.send(SPEECH)
    ear = listen(two.call)
    one.call.gone()
    await ear.until(BridgeEnded)
    two.call.send(SPEECH)
    await ear.until(PlaybackFinished)
    with pytest.raises(ValueError, match="different"):
        await two.call.bridge(two.call)
    with pytest.raises(CallOver):
        await two.call.bridge(one.call)


async def test_after_the_end_nothing_does_anything(dialer, listen) -> None:
    page = await answered(dialer)
    ear = listen(page.call)
    await page.call.hang_up()
    await page.call.hang_up()
    assert (await ear.end()).by is Side.NEAR
    page.call.receive(SPEECH)
    page.call.pressed("1")
    page.call.send(SPEECH)
    page.call.gone()
    assert [event async for event in page.call.events()] == []
    with pytest.raises(CallOver):
        await page.call.answer()


async def test_a_call_can_be_refused_and_pages_cannot_be_called(dialer, listen) -> None:
    call = dialer.ring("page", "", lambda _: None)
    call.receive(SPEECH)
    await call.refuse(sip_code=503)
    ended = await listen(call).end()
    assert isinstance(ended, CallEnded)
    assert (ended.by, ended.sip_code, ended.answered) == (Side.NEAR, 503, False)
    with pytest.raises(LineError):
        await dialer.dial(DialOrder(number="13800000001"))


async def test_too_many_pages_are_told_to_come_later(dialer) -> None:
    for number in range(MOST_CALLS):
        dialer.ring(str(number), "", lambda _: None)
    with pytest.raises(NoLineFree, match="几分钟"):
        dialer.ring("one more", "", lambda _: None)
