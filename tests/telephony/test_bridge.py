"""Handing a call to a person over SIP: who hears whom, before, while and after."""

from contextlib import AsyncExitStack

import numpy as np
import pytest

from integrations.telephony.sip.dialer import SipDialer, SipSettings
from voice.audio.g711 import decode_alaw
from voice.media import Answered, CallBridged, CallOver, DialOrder, LineError


def share(alaw: bytes, hertz: float) -> float:
    """How much of a sound is this tone."""
    samples = decode_alaw(alaw).samples
    wave = np.exp(-2j * np.pi * hertz * np.arange(len(samples)) / 8_000)
    return 2 * abs(complex(np.dot(samples, wave))) ** 2 / len(samples) / (float(np.sum(np.square(samples))) + 1e-9)


@pytest.fixture
async def two_calls(start_dialer, trunk_to, listen):
    """(call, ear, far end's call, far end's ear) twice: a resident and a person."""
    async with AsyncExitStack() as stack:
        far_settings = SipSettings(trunks=(trunk_to(5),), host="127.0.0.1", port=0)
        far = await stack.enter_async_context(SipDialer(far_settings))
        dialer = await start_dialer(trunk_to(far.address[1]))
        ends = []
        for number in ("13800000002", "02100000010"):
            call = await dialer.dial(DialOrder(number=number))
            other = await far.accept()
            await other.answer()
            ear, other_ear = listen(call), listen(other)
            await ear.until(Answered)
            ends.append((call, ear, other, other_ear))
        yield ends


async def test_a_bridge_lets_two_people_hear_each_other_and_nobody_else(two_calls, tone) -> None:
    (call, _, resident, resident_ear), (other, _, person, person_ear) = two_calls
    call.send(tone(500, 2.0))  # the assistant in the middle of a sentence
    await resident_ear.hear(0.2)
    await call.bridge(other)
    resident.send(tone(700, 2.0))
    person.send(tone(1_300, 2.0))
    await resident_ear.hear(0.5)
    await person_ear.hear(0.5)
    heard = bytes(resident_ear.alaw[-2_400:]), bytes(person_ear.alaw[-2_400:])
    assert share(heard[0], 1_300) > 0.9
    assert share(heard[1], 700) > 0.9
    with pytest.raises(CallBridged):
        call.send(tone(500, 0.1))
    await call.unbridge()
    resident.clear()
    person.clear()
    call.send(tone(500, 0.6))
    await resident_ear.hear(0.4)
    assert share(bytes(resident_ear.alaw[-1_600:]), 500) > 0.9


async def test_only_two_different_answered_calls_can_be_bridged(two_calls) -> None:
    (call, ear, _, _), (other, _, _, _) = two_calls
    with pytest.raises(ValueError, match="different"):
        await call.bridge(call)
    await call.hang_up()
    await ear.end()
    with pytest.raises(CallOver):
        await other.bridge(call)
    assert not other.bridged


@pytest.mark.parametrize(
    "changes",
    [
        {"number": "138 0000"},
        {"number": "sip:a b@x"},
        {"number": "sip:a@x\r\nEvil: yes"},
        {"number": "1", "caller_number": "1>\r\nEvil: yes"},
        {"number": "1", "headers": (("X-Reference", "a\r\nEvil: yes"),)},
        {"number": "1", "trunk": "nowhere"},
    ],
)
async def test_an_order_that_would_break_the_message_is_refused(changes, start_dialer, trunk_to) -> None:
    dialer = await start_dialer(trunk_to(9))
    with pytest.raises(LineError):
        await dialer.dial(DialOrder(**changes))
    assert dialer.open_calls == dialer.trunks["test"].in_use == 0
