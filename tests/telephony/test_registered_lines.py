"""Lines that register, and `linyin line check`: against a carrier with a registrar."""

import asyncio
from contextlib import AsyncExitStack

import pytest

from integrations.telephony.lines import Patience, _check_address, check_line
from integrations.telephony.sip.dialer import SipSettings
from integrations.telephony.sip.trunk import TrunkState
from tests.telephony.carrier import Carrier, echo, join
from voice.media import Answered, CallEnded, DialOrder, LineError, NoLineFree, Ringing

OWN = "02100000001"
PATIENCE = Patience(signalling=3.0, answer=4.0, sound=3.0)


@pytest.fixture
async def start_carrier(trunk_to):
    """A carrier; the trunk it knows us by accepts calls from this machine."""
    async with AsyncExitStack() as stack:

        async def start(**how) -> Carrier:
            settings = SipSettings(trunks=(trunk_to(5, name="customer"),), host="127.0.0.1", port=0)
            return await stack.enter_async_context(Carrier(settings, **how))

        yield start


def registered_trunk(carrier: Carrier, trunk_to, **changes):
    fields = {"name": "carrier", "username": OWN, "password": "heiping", "registers": True, "domain": "carrier.test"}
    return trunk_to(carrier.address[1], **(fields | changes))


async def registered(dialer) -> None:
    async with asyncio.timeout(5):
        while not dialer.trunks["carrier"].registered:
            await dialer.trunk_changed()


@pytest.fixture
def tasks():
    """Far ends that run beside a test."""
    running: list[asyncio.Task] = []
    yield lambda work: running.append(asyncio.create_task(work))
    for task in running:
        task.cancel()


async def call_back(carrier: Carrier, trunk_to) -> None:
    """Every call that comes in goes out again to the registered telephone, as one's own number does."""
    state = carrier.trunks["customer"]
    call = await carrier.accept()
    state.endpoint = carrier.source
    other = await carrier.dial(DialOrder(number=OWN, trunk="customer", caller_number=call.far_number))
    async for event in other.events():
        if isinstance(event, Answered):
            break
    await call.answer()
    await join(call, other)


async def test_a_line_registers_with_its_password_and_unregisters_at_the_end(
    start_carrier, start_dialer, trunk_to
) -> None:
    carrier = await start_carrier()
    dialer = await start_dialer(registered_trunk(carrier, trunk_to))
    await registered(dialer)
    assert carrier.registrations == ["600"]
    await dialer.__aexit__()
    assert carrier.registrations == ["600", "0"]


async def test_calls_leave_by_the_route_the_registrar_named(start_carrier, start_dialer, trunk_to, tasks) -> None:
    carrier = await start_carrier(service_route="<sip:127.0.0.1;lr>")
    dialer = await start_dialer(registered_trunk(carrier, trunk_to))
    await registered(dialer)
    call = await dialer.dial(DialOrder(number="13800000002"))
    inbound = await carrier.accept()
    assert inbound._leg.invite.every("Route") == ("<sip:127.0.0.1;lr>",)
    assert inbound.near_number == "13800000002"
    await call.hang_up()


async def test_an_edge_of_the_network_stays_between_a_registered_line_and_its_callers(
    start_carrier, start_dialer, trunk_to, tasks
) -> None:
    """RFC 3327: the registrar keeps the Path, calls to us come by it; our requests do not repeat it."""
    carrier = await start_carrier(path="<sip:edge.carrier.test;lr>", service_route="<sip:127.0.0.1;lr>")
    dialer = await start_dialer(registered_trunk(carrier, trunk_to, health_seconds=30.0))
    await registered(dialer)
    tasks(call_back(carrier, trunk_to))
    report = await check_line(dialer, "carrier", number=OWN, patience=PATIENCE)
    assert [finding.message for finding in report.findings if not finding.ok] == []
    assert dialer.trunks["carrier"].service_routes == ("<sip:127.0.0.1;lr>",)


async def test_nothing_is_dialled_on_a_line_that_is_not_registered(start_carrier, start_dialer, trunk_to) -> None:
    carrier = await start_carrier(password="another")
    dialer = await start_dialer(registered_trunk(carrier, trunk_to))
    async with asyncio.timeout(5):
        while not dialer.trunks["carrier"].registration_failure:
            await dialer.trunk_changed()
    with pytest.raises(NoLineFree):
        await dialer.dial(DialOrder(number="13800000002"))


async def test_a_sound_line_passes_every_check(start_carrier, start_dialer, trunk_to, tasks) -> None:
    carrier = await start_carrier()
    dialer = await start_dialer(registered_trunk(carrier, trunk_to, health_seconds=30.0))
    tasks(call_back(carrier, trunk_to))
    report = await check_line(dialer, "carrier", number=OWN, patience=PATIENCE)
    assert [finding.message for finding in report.findings if not finding.ok] == []
    assert [finding.step for finding in report.findings] == [
        "reach", "register", "address", "call", "sound-out", "sound-in", "number",
    ]  # fmt: skip


async def test_an_echo_service_shows_the_sound_both_ways(start_carrier, start_dialer, trunk_to, tasks) -> None:
    carrier = await start_carrier()
    dialer = await start_dialer(registered_trunk(carrier, trunk_to))

    async def answer() -> None:
        await echo(await carrier.accept())

    tasks(answer())
    report = await check_line(dialer, "carrier", number="10086", patience=PATIENCE)
    assert report.ok, report


@pytest.mark.parametrize(
    ("code", "words"), [(403, "联系运营商解锁"), (404, "检查用户名和域名"), (503, "过几分钟再试"), (500, "500")]
)
async def test_a_failed_registration_says_what_to_change(code, words, start_carrier, start_dialer, trunk_to) -> None:
    carrier = await start_carrier()
    carrier.answer_code = code
    dialer = await start_dialer(registered_trunk(carrier, trunk_to))
    report = await check_line(dialer, "carrier", number=OWN, patience=PATIENCE)
    assert not report.ok
    assert words in report.findings[-1].message


async def test_a_wrong_password_says_so(start_carrier, start_dialer, trunk_to) -> None:
    carrier = await start_carrier(password="another")
    dialer = await start_dialer(registered_trunk(carrier, trunk_to))
    report = await check_line(dialer, "carrier", number=OWN, patience=PATIENCE)
    assert "用户名或密码不对" in report.findings[-1].message


async def test_a_line_that_is_not_there_says_so(start_dialer, trunk_to) -> None:
    dialer = await start_dialer(trunk_to(9, name="carrier", health_seconds=30.0))
    report = await check_line(dialer, "carrier", number=OWN, patience=Patience(signalling=0.3))
    assert [(finding.step, finding.ok) for finding in report.findings] == [("reach", False)]
    assert "127.0.0.1:9" in report.findings[0].message


@pytest.mark.parametrize(
    ("code", "words"),
    [
        (403, "白名单"),
        (404, "外线前缀"),
        (480, "插好电话线"),
        (484, "拨号规则"),
        (486, "占线"),
        (488, "PCMA"),
        (503, "并发数"),
        (603, "黑名单"),
        (606, "查原因"),
    ],
)
async def test_a_refused_echo_call_says_what_to_change(
    code, words, start_carrier, start_dialer, trunk_to, tasks
) -> None:
    carrier = await start_carrier()
    dialer = await start_dialer(registered_trunk(carrier, trunk_to))

    async def refuse() -> None:
        await (await carrier.accept()).refuse(sip_code=code)

    tasks(refuse())
    report = await check_line(dialer, "carrier", number=OWN, patience=PATIENCE)
    assert words in report.findings[-1].message


async def test_an_echo_call_that_nobody_takes_says_where_it_should_have_led(
    start_carrier, start_dialer, trunk_to
) -> None:
    carrier = await start_carrier()
    dialer = await start_dialer(registered_trunk(carrier, trunk_to))
    report = await check_line(dialer, "carrier", number=OWN, patience=Patience(signalling=3.0, answer=0.5))
    assert "一直无人接听" in report.findings[-1].message


@pytest.mark.parametrize(
    ("ours", "theirs", "reached"),
    [
        ("192.168.1.7", "8.8.8.8", False),  # what a carrier is told must not be an address of the household
        ("192.168.1.7", "192.168.1.50", True),
        ("1.2.3.4", "8.8.8.8", True),
    ],
)
def test_an_address_that_the_far_end_cannot_reach_says_what_to_write(ours, theirs, reached, trunk_to) -> None:
    state = TrunkState(trunk_to(5060, host=theirs), (theirs, 5060), (ours, 5060), lambda: 0.0)
    found = _check_address(state)
    assert found.ok is reached
    assert ("external_host" in found.message) is not reached


async def test_silence_and_a_foreign_number_are_found(start_carrier, start_dialer, trunk_to, tasks) -> None:
    carrier = await start_carrier()
    dialer = await start_dialer(registered_trunk(carrier, trunk_to))

    async def deaf() -> None:
        call = await carrier.accept()
        carrier.trunks["customer"].endpoint = carrier.source
        other = await carrier.dial(DialOrder(number=OWN, trunk="customer", caller_number="02199999999"))
        async for event in other.events():
            if isinstance(event, Answered):
                break
        await call.answer()
        async for event in call.events():
            if isinstance(event, CallEnded):
                return

    tasks(deaf())
    report = await check_line(dialer, "carrier", number=OWN, patience=Patience(signalling=3, answer=4, sound=0.5))
    failed = {finding.step: finding.message for finding in report.findings if not finding.ok}
    assert failed.keys() == {"sound-out", "sound-in", "number"}
    assert "caller_number 改成 02199999999" in failed["number"]


async def test_a_port_that_is_taken_says_by_whom_it_may_be(start_dialer, trunk_to) -> None:
    first = await start_dialer(trunk_to(9))
    with pytest.raises(LineError, match="linyin serve"):
        await start_dialer(trunk_to(9), port=first.address[1])


async def test_an_unknown_line_is_an_error(start_dialer, trunk_to) -> None:
    dialer = await start_dialer(trunk_to(9))
    with pytest.raises(LineError):
        await check_line(dialer, "nowhere", number=OWN)


async def test_two_of_our_own_agents_talk_to_each_other(start_carrier, start_dialer, trunk_to, listen) -> None:
    carrier = await start_carrier()
    dialer = await start_dialer(registered_trunk(carrier, trunk_to))
    await registered(dialer)
    call = await dialer.dial(DialOrder(number="13800000002"))
    inbound = await carrier.accept()
    await inbound.ring()
    ear = listen(call)
    await ear.until(Ringing)
    await inbound.answer()
    await ear.until(Answered)
    await inbound.hang_up()
    await ear.end()
    assert carrier.open_calls == dialer.open_calls == 0
