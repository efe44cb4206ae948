"""What is Asterisk's own: gaps in its events, refusals, the order in which its channels may be joined."""

import asyncio
import uuid

import pytest

from integrations.telephony.asterisk.ari import AriAccount, AriAway, AriRefused
from integrations.telephony.asterisk.audiosocket import KEY, SOUND, FrameReader, alaw_of, encode, linear_of
from integrations.telephony.asterisk.dialer import AsteriskDialer, AsteriskSettings
from tests.telephony.scripted_asterisk import ScriptedAsterisk
from voice.media import Answered, DialOrder, KeyPressed, NoLineFree, Side

NUMBER = "09120000001"


@pytest.fixture
async def asterisk():
    """Start a dialer against a trace; everything is closed, and nothing left over, afterwards."""
    opened = []

    async def start(trace: str, **changes):
        peer = await ScriptedAsterisk(trace).__aenter__()
        account = AriAccount(url=peer.url, username="linyin", password="geheim", app="out")
        dialer = AsteriskDialer(AsteriskSettings(account=account, audio_port=0, **changes))
        opened.append((peer, await dialer.__aenter__()))
        return peer, dialer

    yield start
    for peer, dialer in opened:
        await dialer.__aexit__()
        await peer.__aexit__()


async def test_a_call_lives_through_a_gap_in_the_events_and_misses_no_key(asterisk, listen) -> None:
    peer, dialer = await asterisk("10a_ws_reconnect_mid_call")
    ear = listen(await dialer.dial(DialOrder(number=NUMBER)))
    ended = await ear.end()
    assert await peer.verdict() == ""
    assert [event.key for event in ear.seen if isinstance(event, KeyPressed)] == ["1", "#"]
    assert (ended.by, ended.answered) == (Side.FAR, True)


async def test_a_call_that_ended_during_a_gap_is_noticed_and_cleaned_up(asterisk, listen) -> None:
    peer, dialer = await asterisk("10b_ws_reconnect_after_hangup")
    ear = listen(await dialer.dial(DialOrder(number=NUMBER)))
    ended = await ear.end()
    assert await peer.verdict() == ""
    assert (ended.by, ended.answered) == (Side.FAR, True)
    assert dialer.open_calls == 0


async def test_no_channel_is_joined_before_it_entered_stasis(asterisk, listen) -> None:
    peer, dialer = await asterisk("09b_addchannel_422_externalmedia_race")
    call = await dialer.dial(DialOrder(number=NUMBER))
    ear = listen(call)
    await ear.until(Answered)
    assert peer.too_early == []


async def test_a_person_who_is_busy_leaves_the_resident_with_us(asterisk, listen) -> None:
    peer, dialer = await asterisk("07b_transfer_target_busy")
    call = await dialer.dial(DialOrder(number=NUMBER))
    ear = listen(call)
    await ear.until(Answered)
    person = await dialer.dial(DialOrder(number="02100000010", joins=call.call_id))
    assert (await listen(person).end()).sip_code == 486
    call.send(b"\x55" * 160)
    await call.hang_up()
    assert (await ear.end()).by is Side.NEAR
    assert await peer.verdict() == ""


async def test_what_asterisk_refuses_is_told_in_chinese_and_leaves_nothing(asterisk, listen) -> None:
    _, dialer = await asterisk("02_busy_486")  # a second call is not in the trace
    await listen(await dialer.dial(DialOrder(number=NUMBER))).end()
    with pytest.raises(AriRefused) as refused:
        await dialer.dial(DialOrder(number=NUMBER))
    assert "Asterisk" in refused.value.message
    assert dialer.open_calls == 0


async def test_channels_are_a_limit(asterisk) -> None:
    _, dialer = await asterisk("02_busy_486", channels=0)
    with pytest.raises(NoLineFree):
        await dialer.dial(DialOrder(number=NUMBER))


async def test_an_asterisk_that_is_away_is_named(free_udp_port) -> None:
    account = AriAccount(url=f"http://127.0.0.1:{free_udp_port}", username="linyin", password="geheim")
    dialer = AsteriskDialer(AsteriskSettings(account=account, audio_port=0))
    with pytest.raises(AriAway):
        await dialer.__aenter__()


async def test_a_stranger_on_the_sound_port_is_turned_away(asterisk) -> None:
    _, dialer = await asterisk("02_busy_486")
    host, port = dialer.audio_address
    reader, writer = await asyncio.open_connection(host, port)
    writer.write(encode(1, uuid.uuid4().bytes) + encode(SOUND, bytes(320)))
    async with asyncio.timeout(5):
        with pytest.raises((asyncio.IncompleteReadError, ConnectionError)):
            await reader.readexactly(1)
    writer.close()


def test_frames_are_cut_wherever_the_network_cut_them() -> None:
    stream = encode(1, bytes(16)) + encode(KEY, b"5") + encode(SOUND, bytes(320)) + encode(0, b"")
    for step in (1, 2, 7, 400):
        reader = FrameReader()
        frames = [frame for at in range(0, len(stream), step) for frame in reader.feed(stream[at : at + step])]
        assert frames == [(1, bytes(16)), (KEY, b"5"), (SOUND, bytes(320)), (0, b"")]


def test_every_a_law_code_survives_the_way_to_linear_and_back() -> None:
    every = bytes(range(256))
    assert alaw_of(linear_of(every)) == every
