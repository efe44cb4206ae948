"""Calls we place, against sipp: each scenario checks our side of the protocol, each test what the caller learns."""

import numpy as np
import pytest

from integrations.telephony.sip.sdp import PCMU
from voice.audio.dtmf import pressed_keys
from voice.audio.g711 import decode_alaw
from voice.media import (
    Answered,
    CallEnded,
    CallState,
    DialOrder,
    EarlyMediaClass,
    EarlyMediaOpened,
    HeldByFarEnd,
    KeyPressed,
    NoLineFree,
    PlaybackFinished,
    Resumed,
    Ringing,
    Side,
)

NUMBER = "13800000002"


def strongest_hertz(alaw: bytes) -> float:
    samples = decode_alaw(alaw).samples
    return float(np.argmax(np.abs(np.fft.rfft(samples))) * 8_000 / len(samples))


async def test_an_answered_call_carries_sound_and_keys(start_sipp, start_dialer, listen, tone) -> None:
    far = await start_sipp("talk_and_keys", audio=tone(600, 3))
    dialer = await start_dialer(far.trunk)
    call = await dialer.dial(DialOrder(number=NUMBER))
    ear = listen(call)
    await ear.until(Answered)
    first = await ear.until(KeyPressed)
    second = await ear.until(KeyPressed)
    await call.hang_up()
    ended = await ear.end()
    assert await far.verdict() == ""
    assert [event.key for event in (first, second)] == ["1", "#"]
    assert strongest_hertz(bytes(ear.alaw[1_600:6_400])) == pytest.approx(600, abs=10)
    assert (ended.by, ended.sip_code, ended.answered) == (Side.NEAR, None, True)
    assert ear.kinds == ["Ringing", "Answered", "KeyPressed", "KeyPressed", "CallEnded"]


async def test_what_we_say_reaches_the_far_end_bit_by_bit(start_sipp, start_dialer, listen, tone) -> None:
    far = await start_sipp("answer_and_wait", "-rtp_echo")
    dialer = await start_dialer(far.trunk)
    call = await dialer.dial(DialOrder(number=NUMBER))
    ear = listen(call)
    await ear.until(Answered)
    said = tone(700, 0.6)
    call.send(said)
    await ear.until(PlaybackFinished)
    await ear.hear(0.3)
    await call.hang_up()
    await ear.end()
    assert await far.verdict() == ""
    assert said in bytes(ear.alaw)
    assert call.counts.lost == call.counts.unsent == call.counts.junk == 0  # a busy machine may be late


async def test_keys_we_press_arrive_once_each(start_sipp, start_dialer, listen) -> None:
    far = await start_sipp("answer_and_wait", "-rtp_echo")
    dialer = await start_dialer(far.trunk)
    call = await dialer.dial(DialOrder(number=NUMBER))
    ear = listen(call)
    await ear.until(Answered)
    call.send_keys("19#")
    keys = [(await ear.until(KeyPressed)).key for _ in range(3)]
    await call.hang_up()
    await ear.end()
    assert keys == ["1", "9", "#"]
    assert await far.verdict() == ""


async def test_keys_go_as_tones_to_a_far_end_without_key_events(start_sipp, start_dialer, listen) -> None:
    far = await start_sipp("answer_and_wait", "-rtp_echo", replacing={"RTP/AVP 8 101": "RTP/AVP 8"})
    dialer = await start_dialer(far.trunk)
    call = await dialer.dial(DialOrder(number=NUMBER))
    ear = listen(call)
    await ear.until(Answered)
    call.send_keys("42")
    await ear.until(PlaybackFinished)
    await ear.hear(0.3)
    await call.hang_up()
    await ear.end()
    assert pressed_keys(decode_alaw(bytes(ear.alaw))) == "42"
    assert await far.verdict() == ""


async def test_mu_law_trunks_sound_the_same(start_sipp, start_dialer, listen, tone, trunk_to) -> None:
    far = await start_sipp(
        "answer_and_wait", "-rtp_echo", replacing={"RTP/AVP 8 101": "RTP/AVP 0 101", "8 PCMA": "0 PCMU"}
    )
    dialer = await start_dialer(trunk_to(far.port, codecs=(PCMU,)))
    call = await dialer.dial(DialOrder(number=NUMBER))
    ear = listen(call)
    await ear.until(Answered)
    call.send(tone(700, 0.4))
    await ear.until(PlaybackFinished)
    await ear.hear(0.2)
    await call.hang_up()
    await ear.end()
    assert await far.verdict() == ""
    heard = np.max(np.abs(decode_alaw(bytes(ear.alaw)).samples))
    assert heard == pytest.approx(0.5, abs=0.03)


@pytest.mark.parametrize(
    ("scenario", "code", "cause", "rang"),
    [("busy", 486, 17, True), ("busy_at_once", 486, 17, False), ("declined", 603, 21, True)],
)
async def test_a_refused_call_tells_who_refused_and_why(
    scenario, code, cause, rang, start_sipp, start_dialer, listen
) -> None:
    far = await start_sipp(scenario)
    dialer = await start_dialer(far.trunk)
    ear = listen(await dialer.dial(DialOrder(number=NUMBER)))
    ended = await ear.end()
    assert await far.verdict() == ""
    assert (ended.by, ended.sip_code, ended.q850_cause, ended.answered) == (Side.FAR, code, cause, False)
    assert ended.early_media is EarlyMediaClass.NONE
    assert ("Ringing" in ear.kinds) is rang


async def test_an_announcement_before_a_404_is_heard(start_sipp, start_dialer, listen) -> None:
    speech = np.random.default_rng(5).bytes(8_000 * 2)
    far = await start_sipp("early_media_404", audio=speech)
    dialer = await start_dialer(far.trunk)
    ear = listen(await dialer.dial(DialOrder(number=NUMBER)))
    await ear.until(EarlyMediaOpened)
    ended = await ear.end()
    assert await far.verdict() == ""
    assert (ended.sip_code, ended.q850_cause) == (404, 1)
    assert ended.early_media is EarlyMediaClass.ANNOUNCEMENT
    assert len(ear.alaw) > 8_000
    assert bytes(ear.alaw[1_600:3_200]) in speech


async def test_nobody_answers_and_the_ring_timer_cancels(start_sipp, start_dialer, listen) -> None:
    far = await start_sipp("no_answer")
    dialer = await start_dialer(far.trunk)
    ear = listen(await dialer.dial(DialOrder(number=NUMBER, ring_seconds=1.2)))
    ended = await ear.end()
    assert await far.verdict() == ""
    assert (ended.by, ended.sip_code, ended.q850_cause) == (Side.LINE, 487, 19)


async def test_hanging_up_while_it_rings_cancels(start_sipp, start_dialer, listen) -> None:
    far = await start_sipp("no_answer")
    dialer = await start_dialer(far.trunk)
    call = await dialer.dial(DialOrder(number=NUMBER))
    ear = listen(call)
    await ear.until(Ringing)
    await call.hang_up()
    ended = await ear.end()
    assert await far.verdict() == ""
    assert (ended.by, ended.sip_code, ended.answered) == (Side.NEAR, 487, False)
    assert call.state is CallState.ENDED


async def test_an_answer_that_crosses_our_cancel_is_ended_with_bye(start_sipp, start_dialer, listen) -> None:
    far = await start_sipp("answer_crosses_cancel")
    dialer = await start_dialer(far.trunk)
    call = await dialer.dial(DialOrder(number=NUMBER))
    ear = listen(call)
    await ear.until(Ringing)
    await call.hang_up()
    ended = await ear.end()
    assert await far.verdict() == ""
    assert ended.answered is False
    assert "Answered" not in ear.kinds


async def test_the_far_end_hangs_up(start_sipp, start_dialer, listen) -> None:
    far = await start_sipp("far_hang_up")
    dialer = await start_dialer(far.trunk)
    ear = listen(await dialer.dial(DialOrder(number=NUMBER)))
    ended = await ear.end()
    assert await far.verdict() == ""
    assert (ended.by, ended.sip_code, ended.q850_cause, ended.answered) == (Side.FAR, None, 31, True)


@pytest.mark.parametrize("algorithm", ["MD5", "SHA-256"])
async def test_a_trunk_may_ask_for_our_password(algorithm, start_sipp, start_dialer, listen, trunk_to) -> None:
    verify = (
        '<verifyauth assign_to="good" username="community" password="heiping"/>'
        '<test assign_to="bad" variable="good" compare="equal" value="0.0"/>'
        if algorithm == "MD5"
        else ""
    )
    replacing = {"ALGORITHM": algorithm, "VERIFY": verify}
    if verify:
        replacing['<Reference variables="whole"/>'] = '<Reference variables="whole,good,bad"/>'
    far = await start_sipp("digest", replacing=replacing)
    dialer = await start_dialer(trunk_to(far.port, username="community", password="heiping"))
    call = await dialer.dial(DialOrder(number=NUMBER))
    ear = listen(call)
    await ear.until(Answered)
    await call.hang_up()
    await ear.end()
    assert await far.verdict() == ""


async def test_the_far_end_may_hold_us_and_come_back(start_sipp, start_dialer, listen) -> None:
    far = await start_sipp("hold_and_resume")
    dialer = await start_dialer(far.trunk)
    call = await dialer.dial(DialOrder(number=NUMBER))
    ear = listen(call)
    await ear.until(HeldByFarEnd)
    assert call.on_hold
    await ear.until(Resumed)
    assert not call.on_hold
    await call.hang_up()
    await ear.end()
    assert await far.verdict() == ""


async def test_update_and_prack_are_refused_and_info_keys_are_taken(start_sipp, start_dialer, listen) -> None:
    far = await start_sipp("odd_requests")
    dialer = await start_dialer(far.trunk)
    call = await dialer.dial(DialOrder(number=NUMBER))
    ear = listen(call)
    key = await ear.until(KeyPressed)
    await call.hang_up()
    await ear.end()
    assert key.key == "5"
    assert await far.verdict() == ""


async def test_a_reliable_183_nobody_agreed_to_gets_no_prack(start_sipp, start_dialer, listen) -> None:
    far = await start_sipp("reliable_provisional")
    dialer = await start_dialer(far.trunk)
    call = await dialer.dial(DialOrder(number=NUMBER))
    ear = listen(call)
    await ear.until(Answered)
    await call.hang_up()
    await ear.end()
    assert await far.verdict() == ""


async def test_a_503_blocks_the_trunk_for_as_long_as_it_asks(start_sipp, start_dialer, listen) -> None:
    far = await start_sipp("unavailable")
    dialer = await start_dialer(far.trunk)
    ear = listen(await dialer.dial(DialOrder(number=NUMBER)))
    ended = await ear.end()
    assert (ended.by, ended.sip_code) == (Side.FAR, 503)
    with pytest.raises(NoLineFree) as refused:
        await dialer.dial(DialOrder(number=NUMBER))
    assert 110 < refused.value.retry_after_seconds <= 120
    assert await far.verdict() == ""


async def test_a_failing_trunk_gives_its_call_to_the_next(start_sipp, start_dialer, listen, trunk_to) -> None:
    failing, working = await start_sipp("unavailable"), await start_sipp("far_hang_up")
    dialer = await start_dialer(trunk_to(failing.port, name="first"), trunk_to(working.port, name="second"))
    ear = listen(await dialer.dial(DialOrder(number=NUMBER)))
    ended = await ear.end()
    assert (ended.answered, ended.trunk) == (True, "second")
    assert ear.kinds.count("CallEnded") == 1
    assert [state.in_use for state in dialer.trunks.values()] == [0, 0]
    assert await failing.verdict() == await working.verdict() == ""


async def test_busy_never_rings_again_over_another_trunk(start_sipp, start_dialer, listen, trunk_to) -> None:
    busy, other = await start_sipp("busy_at_once"), await start_sipp("far_hang_up")
    dialer = await start_dialer(trunk_to(busy.port, name="first"), trunk_to(other.port, name="second"))
    ear = listen(await dialer.dial(DialOrder(number=NUMBER)))
    ended = await ear.end()
    assert (ended.sip_code, ended.trunk) == (486, "first")
    assert other.process.returncode is None


async def test_an_unreachable_trunk_ends_the_call_soon(start_dialer, listen, trunk_to) -> None:
    dialer = await start_dialer(trunk_to(9, first_response_seconds=0.3))
    ear = listen(await dialer.dial(DialOrder(number=NUMBER)))
    ended = await ear.end()
    assert (ended.by, ended.sip_code, ended.q850_cause) == (Side.LINE, 408, 102)


async def test_a_far_end_without_sound_is_hung_up_on(start_sipp, start_dialer, listen) -> None:
    far = await start_sipp("answer_and_wait")
    dialer = await start_dialer(far.trunk, far_end_silent_seconds=0.4)
    ear = listen(await dialer.dial(DialOrder(number=NUMBER)))
    ended = await ear.end()
    assert await far.verdict() == ""
    assert (ended.by, ended.answered, ended.cause_text) == (Side.LINE, True, "no sound from the far end")


async def test_channels_are_a_limit_and_are_given_back(start_sipp, start_dialer, listen, trunk_to) -> None:
    far = await start_sipp("answer_and_wait")
    dialer = await start_dialer(trunk_to(far.port, channels=1))
    call = await dialer.dial(DialOrder(number=NUMBER))
    with pytest.raises(NoLineFree):
        await dialer.dial(DialOrder(number=NUMBER))
    ear = listen(call)
    await ear.until(Answered)
    await call.hang_up()
    await ear.until(CallEnded)
    assert dialer.trunks["test"].in_use == 0
    assert dialer.trunks["test"].wait_to_dial() == 0
    assert await far.verdict() == ""
