"""Several trunks and how they do: limits, blocks, registration, health; on a clock that the test moves."""

import pytest

from integrations.telephony.sip.health import Health
from integrations.telephony.sip.registration import Registration
from integrations.telephony.sip.trunk import Trunk, TrunkState
from tests.telephony.world import FAR, NEAR, World

SEEN = ("203.0.113.7", 40_001)  # where the trunk sees us


def trunk(**changes) -> Trunk:
    return Trunk(**({"name": "a", "host": FAR[0], "caller_number": "02100000001"} | changes))


def state_of(world: World, **changes) -> TrunkState:
    return TrunkState(trunk(**changes), FAR, ("192.168.1.2", NEAR[1]), lambda: world.now)


def seen_reply(world: World, request, code: int, *extra) -> None:
    """An answer that carries where our request came from."""
    headers = tuple(
        (name, value.replace(";rport", f";received={SEEN[0]};rport={SEEN[1]}") if name == "Via" else value)
        for name, value in request.headers
    )
    world.reply(type(request)(**{**fields_of(request), "headers": headers}), code, *extra)


def fields_of(request) -> dict[str, object]:
    names = ("method", "uri", "headers", "body", "via", "sender", "recipient", "call_id", "cseq", "cseq_method")
    return {name: getattr(request, name) for name in names}


def test_set_ups_keep_to_their_rate_and_channels_to_their_number() -> None:
    world = World()
    state = state_of(world, setups_per_second=2.0, channels=3)
    for _ in range(2):
        assert state.wait_to_dial() == 0
        state.take()
    assert state.wait_to_dial() == pytest.approx(0.5)
    world.pass_time(0.5)
    assert state.wait_to_dial() == 0
    state.take()
    world.pass_time(10)
    assert state.wait_to_dial() == 1.0
    state.release()
    assert state.wait_to_dial() == 0


def test_a_blocked_trunk_is_left_alone_for_as_long_as_it_asked_but_never_for_ever() -> None:
    world = World()
    state = state_of(world)
    state.block(120)
    world.pass_time(119)
    assert state.wait_to_dial() == pytest.approx(1)
    world.pass_time(1)
    assert state.wait_to_dial() == 0
    state.block(10**9)
    assert state.wait_to_dial() == 600
    world.pass_time(600)
    state.block(None)
    assert state.wait_to_dial() == 30


def test_a_registration_is_refreshed_before_it_ends_and_takes_the_route_it_is_given() -> None:
    world = World()
    state = state_of(world, username="u", password="p", registers=True)
    Registration(world.agent, state, lambda: None).start()
    assert state.wait_to_dial() > 0
    (first,) = world.requests("REGISTER")
    assert first.first("Expires") == "600"
    world.reply(first, 200, ("Expires", "100"), ("Service-Route", "<sip:edge.example;lr>, <sip:core.example;lr>"))
    assert state.registered
    assert state.path.routes == ("<sip:edge.example;lr>", "<sip:core.example;lr>")
    assert state.wait_to_dial() == 0
    world.pass_time(79)
    assert len(world.requests("REGISTER", repeated=False)) == 1
    world.pass_time(2)
    again = world.requests("REGISTER", repeated=False)[-1]
    assert (again.call_id, again.cseq) == (first.call_id, 2)


def test_an_address_that_a_router_changed_is_registered_anew_as_the_trunk_sees_it() -> None:
    world = World()
    state = state_of(world, username="u", password="p", registers=True)
    Registration(world.agent, state, lambda: None).start()
    (first,) = world.requests("REGISTER")
    assert "@192.168.1.2:5060" in first.first("Contact")
    seen_reply(world, first, 200, ("Expires", "600"))
    again = world.requests("REGISTER")[-1]
    assert f"@{SEEN[0]}:{SEEN[1]}" in again.first("Contact")
    seen_reply(world, again, 200, ("Expires", "600"))
    assert len(world.requests("REGISTER", repeated=False)) == 2
    assert state.advertised == SEEN


def test_an_external_address_that_was_configured_is_never_overruled() -> None:
    world = World()
    state = state_of(world, registers=True, external_host="198.51.100.99", external_port=5_070)
    Registration(world.agent, state, lambda: None).start()
    (first,) = world.requests("REGISTER")
    seen_reply(world, first, 200)
    assert state.advertised == ("198.51.100.99", 5_070)
    assert len(world.requests("REGISTER", repeated=False)) == 1


def test_a_failed_registration_is_tried_again_ever_more_patiently() -> None:
    world = World()
    state = state_of(world, registers=True)
    Registration(world.agent, state, lambda: None).start()
    gaps = []
    for _ in range(4):
        world.reply(world.requests("REGISTER")[-1], 500)
        before = len(world.requests("REGISTER", repeated=False))
        start = world.now
        while len(world.requests("REGISTER", repeated=False)) == before:
            world.pass_time(1)
        gaps.append(round(world.now - start))
    assert gaps == [15, 30, 60, 120]
    world.reply(world.requests("REGISTER")[-1], 403)
    assert state.registration_failure.startswith("403")
    world.pass_time(890)
    assert len(world.requests("REGISTER", repeated=False)) == 5


def test_a_registration_too_brief_is_lengthened() -> None:
    world = World()
    state = state_of(world, registers=True)
    Registration(world.agent, state, lambda: None).start()
    world.reply(world.requests("REGISTER")[-1], 423, ("Min-Expires", "3600"))
    assert world.requests("REGISTER")[-1].first("Expires") == "3600"


def test_a_trunk_that_is_silent_twice_is_unreachable_until_it_answers_anything() -> None:
    world = World()
    state = state_of(world, health_seconds=30.0, keepalive_seconds=0)
    Health(world.agent, state, lambda: None).start()
    world.pass_time(33)
    assert state.reachable is None
    world.pass_time(62)
    assert state.reachable is False
    assert state.wait_to_dial() > 0
    while len(world.requests("OPTIONS", repeated=False)) < 3:
        world.pass_time(1)
    world.reply(world.requests("OPTIONS")[-1], 404)
    assert state.reachable is True
    assert state.wait_to_dial() == 0


def test_keep_alives_hold_the_router_open() -> None:
    world = World()
    state = state_of(world, health_seconds=0, keepalive_seconds=25.0)
    health = Health(world.agent, state, lambda: None)
    health.start()
    world.pass_time(101)
    assert world.raw == [b"\r\n\r\n"] * 4
    health.close()
    world.pass_time(100)
    assert len(world.raw) == 4
