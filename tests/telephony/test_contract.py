"""What voice.media promises, held by every implementation: our SIP user agent against sipp, Asterisk against traces.

A further implementation adds one `World` to WORLDS.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass

import pytest

from integrations.telephony.asterisk.ari import AriAccount
from integrations.telephony.asterisk.dialer import AsteriskDialer, AsteriskSettings
from integrations.telephony.browser.dialer import BrowserDialer
from tests.telephony.scripted_asterisk import ScriptedAsterisk
from voice.media import (
    Answered,
    AudioReceived,
    BridgeEnded,
    CallBridged,
    CallOver,
    CallState,
    Dialer,
    DialOrder,
    Direction,
    KeyPressed,
    Ringing,
    Side,
)

NUMBER = "09120000001"
PERSON = "02100000010"


@dataclass
class World:
    """One kind of line with a far end that behaves as asked; `verdict` tells what the far end disliked."""

    dialer: Dialer
    verdict: Callable[[], Awaitable[str]]


Start = Callable[[str], Awaitable[World]]


@pytest.fixture
async def sip_world(start_sipp, start_dialer, trunk_to) -> Start:
    scenarios = {
        "talks-and-hangs-up": "far_talk_keys_hang_up",
        "busy": "busy",
        "declined": "declined",
        "no-answer": "no_answer",
        "early-media": "early_media_404",
        "rings": "no_answer",
        "calls-us": "call_us",
        "person": "far_talk_keys_hang_up",
    }

    async def start(behaviour: str) -> World:
        if behaviour == "calls-us":
            dialer = await start_dialer(trunk_to(5))
            far = await start_sipp("call_us", "{}:{}".format(*dialer.address))
            return World(dialer, far.verdict)
        if behaviour == "person":
            resident = await start_sipp(
                "far_talk_keys_hang_up", replacing={'milliseconds="600"': 'milliseconds="3000"'}
            )
            person = await start_sipp("answer_and_wait")
            dialer = await start_dialer(trunk_to(resident.port, name="trunk"), trunk_to(person.port, name="person"))

            async def both() -> str:
                return await resident.verdict() + await person.verdict()

            return World(dialer, both)
        far = await start_sipp(scenarios[behaviour])
        return World(await start_dialer(trunk_to(far.port, name="trunk")), far.verdict)

    return start


@pytest.fixture
async def asterisk_world() -> AsyncIterator[Start]:
    traces = {
        "talks-and-hangs-up": "01_answered_dtmf_far_hangup",
        "busy": "02_busy_486",
        "declined": "03_declined_603",
        "no-answer": "04_no_answer_timeout",
        "early-media": "05_early_media_183_then_404",
        "rings": "06_cancel_while_ringing",
        "calls-us": "08_inbound_answered",
        "person": "07a_transfer_to_person",
    }
    opened: list[tuple[ScriptedAsterisk, AsteriskDialer]] = []

    async def start(behaviour: str) -> World:
        peer = await ScriptedAsterisk(traces[behaviour]).__aenter__()
        account = AriAccount(url=peer.url, username="linyin", password="geheim", app="out")
        dialer = AsteriskDialer(AsteriskSettings(account=account, audio_port=0, caller_number="02100000001"))
        opened.append((peer, await dialer.__aenter__()))
        return World(dialer, peer.verdict)

    yield start
    for peer, dialer in opened:
        await dialer.__aexit__()
        assert dialer.open_calls == 0
        await peer.__aexit__()


@pytest.fixture
async def browser_world() -> AsyncIterator[Start]:
    """A page calls, speaks for a while, presses 5 and hangs up; a page cannot be called."""
    pages: list[asyncio.Task[None]] = []
    async with BrowserDialer() as dialer:

        async def start(behaviour: str) -> World:
            assert behaviour == "calls-us"
            answered, heard = asyncio.Event(), bytearray()

            def hear(alaw: bytes) -> None:
                answered.set()
                heard.extend(alaw)

            call = dialer.ring("page", "", hear)

            async def speak() -> None:
                await answered.wait()
                for _ in range(20):
                    call.receive(b"\x55" * 160)
                    await asyncio.sleep(0)
                call.pressed("5")
                call.gone()

            pages.append(asyncio.create_task(speak()))

            async def verdict() -> str:
                await asyncio.gather(*pages)
                return "" if dialer.open_calls == 0 else "a call is left"

            return World(dialer, verdict)

        yield start


@pytest.fixture(params=["sip", "asterisk"])
def world(request) -> Start:
    return request.getfixturevalue(f"{request.param}_world")


@pytest.fixture(params=["sip", "asterisk", "browser"])
def calling_world(request) -> Start:
    """Whoever can call us."""
    return request.getfixturevalue(f"{request.param}_world")


def order(number: str = NUMBER, **changes) -> DialOrder:
    return DialOrder(**({"number": number, "trunk": None} | changes))


async def test_a_call_rings_is_answered_carries_sound_and_keys_and_ends(world, listen) -> None:
    here = await world("talks-and-hangs-up")
    call = await here.dialer.dial(order())
    assert (call.direction, call.far_number) == (Direction.OUTBOUND, NUMBER)
    call.send(b"\x55" * 1_600)
    ear = listen(call)
    keys = [(await ear.until(KeyPressed)).key, (await ear.until(KeyPressed)).key]
    ended = await ear.end()
    assert await here.verdict() == ""
    assert keys == ["1", "#"]
    assert [kind for kind in ear.kinds if kind != "PlaybackFinished"] == [
        "Ringing",
        "Answered",
        "KeyPressed",
        "KeyPressed",
        "CallEnded",
    ]
    assert len(ear.alaw) >= 1_600
    assert len(ear.alaw) % 160 == 0
    assert (ended.by, ended.answered, ended.q850_cause, ended.sip_code) == (Side.FAR, True, 16, None)


@pytest.mark.parametrize(
    ("behaviour", "by", "code", "cause"),
    [
        ("busy", Side.FAR, 486, 17),
        ("declined", Side.FAR, 603, 21),
        ("early-media", Side.FAR, 404, 1),
        ("no-answer", Side.LINE, None, 19),  # the code is the exchange's choice: 480 or 487
    ],
)
async def test_a_call_that_is_not_answered_tells_why(world, listen, behaviour, by, code, cause) -> None:
    here = await world(behaviour)
    call = await here.dialer.dial(order(ring_seconds=2.0 if behaviour == "no-answer" else 20.0))
    ear = listen(call)
    ended = await ear.end()
    assert await here.verdict() == ""
    assert (ended.by, ended.q850_cause, ended.answered) == (by, cause, False)
    assert ended.sip_code == code if code is not None else ended.sip_code in {480, 487}
    assert ("EarlyMediaOpened" in ear.kinds) is (behaviour == "early-media")
    assert ear.kinds.count("CallEnded") == 1
    assert call.state is CallState.ENDED


async def test_a_ringing_call_can_be_given_up(world, listen) -> None:
    here = await world("rings")
    call = await here.dialer.dial(order())
    ear = listen(call)
    await ear.until(Ringing)
    await call.hang_up()
    ended = await ear.end()
    assert await here.verdict() == ""
    assert (ended.by, ended.sip_code, ended.answered) == (Side.NEAR, 487, False)


async def test_after_the_end_nothing_does_anything(world, listen) -> None:
    here = await world("busy")
    call = await here.dialer.dial(order())
    await listen(call).end()
    call.send(b"\x55" * 800)
    call.send_keys("1")
    assert call.queued_seconds == call.clear() == 0
    await call.hang_up()
    await call.hang_up()
    with pytest.raises(CallOver):
        await call.answer()
    assert [event async for event in call.events()] == []


async def test_a_caller_is_taken_heard_and_hangs_up(calling_world, listen) -> None:
    here = await calling_world("calls-us")
    async with asyncio.timeout(5):
        call = await here.dialer.accept()
    assert (call.direction, call.state) == (Direction.INBOUND, CallState.RINGING)
    assert (call.far_number[-2:], call.near_number) in {("01", "2000"), ("02", "2000"), ("", "")}
    await call.ring()
    await call.answer()
    ear = listen(call)
    await ear.until(Answered)
    await ear.until(AudioReceived)
    key = await ear.until(KeyPressed)
    ended = await ear.end()
    assert await here.verdict() == ""
    assert key.key == "5"
    assert (ended.by, ended.answered) == (Side.FAR, True)


async def test_clear_forgets_what_was_queued_and_tells_how_much(world, listen) -> None:
    here = await world("rings")
    call = await here.dialer.dial(order())
    call.send(b"\x55" * 8_000)
    assert call.queued_seconds == 1.0
    assert call.clear() == 1.0
    assert call.queued_seconds == 0
    ear = listen(call)
    await ear.until(Ringing)
    await call.hang_up()
    await ear.end()


async def test_a_call_is_handed_to_a_person_and_comes_back_when_one_of_them_goes(world, listen) -> None:
    here = await world("person")
    call = await here.dialer.dial(order(trunk="trunk"))
    ear = listen(call)
    await ear.until(Answered)
    person = await here.dialer.dial(order(PERSON, trunk="person", joins=call.call_id))
    other = listen(person)
    await other.until(Answered)
    await call.bridge(person)
    assert call.bridged
    assert person.bridged
    with pytest.raises(CallBridged):
        call.send(b"\x55" * 160)
    ended = await ear.end()
    assert ended.by is Side.FAR
    await other.until(BridgeEnded)
    assert not person.bridged
    await person.hang_up()
    assert (await other.end()).by is Side.NEAR
    assert await here.verdict() == ""
