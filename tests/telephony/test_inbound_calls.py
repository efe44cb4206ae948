"""Calls to us, from sipp."""

from pathlib import Path

import pytest

from voice.media import CallOver, CallState, Direction, KeyPressed, Side


async def ready(start_dialer, trunk_to, **changes):
    """A dialer that takes calls from this machine."""
    return await start_dialer(trunk_to(5, **changes))


def towards(dialer) -> str:
    host, port = dialer.address
    return f"{host}:{port}"


async def test_a_caller_is_heard_and_ends_the_call(start_sipp, start_dialer, listen, trunk_to) -> None:
    dialer = await ready(start_dialer, trunk_to)
    far = await start_sipp("call_us", towards(dialer))
    call = await dialer.accept()
    assert (call.direction, call.far_number, call.near_number) == (Direction.INBOUND, "13800000001", "2000")
    assert call.state is CallState.RINGING
    await call.ring()
    await call.answer()
    ear = listen(call)
    key = await ear.until(KeyPressed)
    ended = await ear.end()
    assert await far.verdict() == ""
    assert key.key == "5"
    assert len(ear.alaw) > 3_200
    assert (ended.by, ended.answered) == (Side.FAR, True)
    assert dialer.open_calls == dialer.trunks["test"].in_use == 0


async def test_a_caller_who_gives_up_is_told_so(start_sipp, start_dialer, listen, trunk_to) -> None:
    dialer = await ready(start_dialer, trunk_to)
    far = await start_sipp("call_us_and_give_up", towards(dialer))
    call = await dialer.accept()
    await call.ring()
    ended = await listen(call).end()
    assert await far.verdict() == ""
    assert (ended.by, ended.sip_code, ended.answered) == (Side.FAR, 487, False)
    with pytest.raises(CallOver):
        await call.answer()


async def test_a_caller_without_an_offer_gets_ours(start_sipp, start_dialer, listen, trunk_to) -> None:
    dialer = await ready(start_dialer, trunk_to)
    far = await start_sipp("call_us_without_offer", towards(dialer))
    call = await dialer.accept()
    await call.answer()
    ended = await listen(call).end()
    assert await far.verdict() == ""
    assert ended.answered


async def test_100rel_is_refused(start_sipp, start_dialer, trunk_to) -> None:
    dialer = await ready(start_dialer, trunk_to)
    far = await start_sipp("call_us_wanting_100rel", towards(dialer))
    assert await far.verdict() == ""
    assert dialer.agent.counts["refused-420"] == 1


async def test_a_full_trunk_tells_callers_to_come_later(start_sipp, start_dialer, trunk_to) -> None:
    dialer = await ready(start_dialer, trunk_to, channels=0)
    far = await start_sipp("call_us_too_often", towards(dialer))
    assert await far.verdict() == ""


async def test_strangers_are_refused_and_counted(start_sipp, start_dialer, trunk_to) -> None:
    dialer = await start_dialer(trunk_to(5, host="127.0.0.77"))
    far = await start_sipp("stranger_calls", towards(dialer))
    assert await far.verdict() == ""
    assert dialer.agent.counts["stranger"] == 1
    assert dialer.open_calls == dialer.agent.open_sessions == 0


def test_every_scenario_is_used() -> None:
    here = Path(__file__).parent
    tests = "".join(path.read_text() for path in here.glob("test_*.py"))
    assert [path.stem for path in (here / "scenarios").glob("*.xml") if f'"{path.stem}"' not in tests] == []
