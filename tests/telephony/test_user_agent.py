"""The user agent without a socket: datagrams in, datagrams out, a clock that the test moves."""

import random

import pytest

from integrations.telephony.sip.errors import NothingInCommonError
from integrations.telephony.sip.outbound import Invitation
from tests.telephony.world import CONTACT, FAR, SDP, SDP_TYPE, Ear, World, path
from voice.media import Side


def place(world: World, **changes):
    invitation = Invitation(target="sip:1@192.0.2.9", caller="<sip:2@192.0.2.9>", body=SDP, **changes)
    ear = Ear()
    call = world.agent.call(path(), invitation, ear)
    return call, ear, world.requests("INVITE")[-1]


def stand(world: World, *extra, **changes):
    """An answered call."""
    call, ear, invite = place(world, **changes)
    world.reply(invite, 200, CONTACT, SDP_TYPE, *extra, body=SDP)
    return call, ear, invite


def from_far(call, method: str, cseq: int, *extra: str, body: bytes = b"") -> bytes:
    """A request of the far end inside a call."""
    lines = [
        f"{method} sip:linyin@198.51.100.1 SIP/2.0",
        f"Via: SIP/2.0/UDP 192.0.2.9:5060;branch=z9hG4bKfar{method}{cseq}",
        f"From: {call.dialog.remote}",
        f"To: {call.dialog.local}",
        f"Call-ID: {call.call_id}",
        f"CSeq: {cseq} {method}",
        *extra,
        f"Content-Length: {len(body)}",
    ]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


def invite_us(*extra: str, source: str = "192.0.2.9", call_id: str = "in-1", body: bytes = SDP) -> bytes:
    lines = [
        "INVITE sip:2000@198.51.100.1 SIP/2.0",
        f"Via: SIP/2.0/UDP {source}:5060;branch=z9hG4bKinvite{call_id}",
        "From: <sip:13800000001@192.0.2.9>;tag=caller",
        "To: <sip:2000@198.51.100.1>",
        f"Call-ID: {call_id}",
        "CSeq: 1 INVITE",
        "Contact: <sip:13800000001@192.0.2.9:5060>",
        *extra,
        f"Content-Length: {len(body)}",
    ]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


def test_an_invite_is_repeated_at_doubling_intervals_until_the_first_1xx() -> None:
    world = World()
    _, _, invite = place(world, first_response_seconds=60.0)
    counts = []
    for _ in range(4):
        world.pass_time(0.5)
        counts.append(len(world.requests("INVITE")))
    assert counts == [2, 2, 3, 3]  # sent at 0, 0.5, 1.5 (3.5, 7.5 …)
    world.reply(invite, 100)
    world.pass_time(30)
    assert len(world.requests("INVITE")) == 3


def test_an_invite_nobody_answers_ends_after_64_t1() -> None:
    world = World()
    _, ear, _ = place(world, first_response_seconds=60.0)
    world.pass_time(31.9)
    assert ear.ending is None
    world.pass_time(0.2)
    assert (ear.ending.by, ear.ending.sip_code) == (Side.LINE, 408)
    assert len(world.requests("INVITE")) == 7
    assert world.agent.open_sessions == world.agent.open_transactions == 0


def test_a_failure_is_acknowledged_with_the_invites_branch_and_the_responses_tag_each_time_it_comes() -> None:
    world = World()
    _, ear, invite = place(world)
    world.reply(invite, 486)
    world.reply(invite, 486)
    acks = world.requests("ACK")
    assert len(acks) == 2
    assert acks[0].via.branch == invite.via.branch
    assert acks[0].recipient.tag == "far"
    assert ear.ending.sip_code == 486
    world.pass_time(33)
    assert world.agent.open_transactions == 0


def test_a_repeated_200_is_acknowledged_each_time_also_just_after_the_end() -> None:
    world = World()
    call, ear, invite = stand(world)
    world.reply(invite, 200, CONTACT, SDP_TYPE, body=SDP)
    call.hang_up()
    world.reply(invite, 200, CONTACT, SDP_TYPE, body=SDP)
    acks = world.requests("ACK")
    assert len(acks) == 3
    assert acks[0].via.branch != invite.via.branch
    assert acks[0].uri == f"sip:far@{FAR[0]}:{FAR[1]}"
    assert ear.heard == ["settled", "answered"]


def test_the_second_telephone_of_a_forked_call_is_hung_up() -> None:
    world = World()
    _, ear, invite = stand(world)
    world.reply(invite, 200, CONTACT, SDP_TYPE, tag="second", body=SDP)
    (bye,) = world.requests("BYE")
    assert bye.recipient.tag == "second"
    assert [ack.recipient.tag for ack in world.requests("ACK")] == ["far", "second"]
    assert ear.ending is None


def test_nothing_is_cancelled_before_a_1xx_and_a_late_answer_is_ended() -> None:
    world = World()
    call, ear, invite = place(world)
    call.hang_up()
    assert world.requests("CANCEL") == []
    assert ear.ending.sip_code == 487
    world.reply(invite, 100)
    assert len(world.requests("CANCEL")) == 1
    world.reply(invite, 200, CONTACT, SDP_TYPE, body=SDP)
    assert len(world.requests("ACK")) == len(world.requests("BYE")) == 1


def test_a_network_that_never_confirms_a_cancel_is_waited_for_only_a_little() -> None:
    world = World()
    call, ear, invite = place(world)
    world.reply(invite, 180)
    call.hang_up()
    assert ear.ending is None
    world.pass_time(4.1)
    assert ear.ending.sip_code == 487
    world.pass_time(60)
    assert world.agent.open_sessions == world.agent.open_transactions == 0


def test_an_interval_too_small_is_corrected_once() -> None:
    world = World()
    _, ear, invite = place(world)
    world.reply(invite, 422, ("Min-SE", "3600"))
    again = world.requests("INVITE")[-1]
    assert (again.first("Session-Expires"), again.cseq) == ("3600", 2)
    world.reply(again, 422, ("Min-SE", "7200"))
    assert ear.ending.sip_code == 422


def test_a_session_is_refreshed_at_half_its_time_when_that_is_ours_to_do() -> None:
    world = World()
    _, ear, _ = stand(world, ("Session-Expires", "120;refresher=uac"))
    world.pass_time(61)
    refresh = world.requests("INVITE")[-1]
    assert refresh.recipient.tag == "far"
    world.reply(refresh, 200, CONTACT, SDP_TYPE, ("Session-Expires", "120;refresher=uac"), body=SDP)
    world.pass_time(61)
    assert len(world.requests("INVITE", repeated=False)) == 3
    assert ear.ending is None


def test_a_session_nobody_refreshes_is_ended_before_it_expires() -> None:
    world = World()
    _, ear, _ = stand(world, ("Session-Expires", "120;refresher=uas"))
    world.pass_time(87)
    assert ear.ending is None
    world.pass_time(2)
    assert (ear.ending.by, ear.ending.text) == (Side.LINE, "session expired")
    assert len(world.requests("BYE", repeated=False)) == 1


def test_a_far_end_that_forgot_the_call_is_noticed_by_the_refresh() -> None:
    world = World()
    call, ear, _ = stand(world)
    call.reinvite(SDP)
    world.reply(world.requests("INVITE")[-1], 481)
    assert ear.ending.by is Side.LINE


def test_two_re_invites_that_meet_are_sorted_out() -> None:
    world = World()
    call, ear, _ = stand(world)
    call.reinvite(SDP)
    ours = world.requests("INVITE")[-1]
    world.hear(from_far(call, "INVITE", 5, "Contact: <sip:far@192.0.2.9>", body=SDP))
    assert world.responses()[-1].code == 491
    world.reply(ours, 491)
    world.pass_time(3)
    assert world.requests("INVITE")[-1].cseq > ours.cseq
    assert ear.ending is None


def test_a_bye_that_is_repeated_gets_the_same_answer_and_an_old_request_none() -> None:
    world = World()
    call, ear, _ = stand(world)
    world.hear(from_far(call, "OPTIONS", 9))
    world.hear(from_far(call, "INFO", 8))
    bye = from_far(call, "BYE", 10, 'Reason: Q.850;cause=16;text="gone"')
    world.hear(bye)
    world.hear(bye)
    assert [response.code for response in world.responses()] == [200, 500, 200, 200]
    assert (ear.ending.by, ear.ending.q850_cause, ear.ending.text) == (Side.FAR, 16, "gone")


def test_an_answer_of_ours_is_repeated_until_acknowledged_or_given_up() -> None:
    world = World()
    world.hear(invite_us())
    (call,) = world.calls_in
    ear = call.listener
    call.accept(SDP)
    world.pass_time(10)
    assert [response.code for response in world.responses()] == [100, 200, 200, 200, 200, 200]  # 0 .5 1.5 3.5 7.5
    world.pass_time(25)
    assert (ear.ending.by, ear.ending.text) == (Side.LINE, "answer never acknowledged")
    assert len(world.requests("BYE", repeated=False)) == 1
    world.pass_time(40)
    assert world.agent.open_sessions == world.agent.open_transactions == 0


@pytest.mark.parametrize("method", ["BYE", "CANCEL"])
def test_a_caller_who_leaves_before_the_answer_leaves_nothing_behind(method: str) -> None:
    world = World()
    world.hear(invite_us())
    (call,) = world.calls_in
    ear = call.listener
    if method == "BYE":
        world.hear(from_far(call, "INFO", 2))
        assert world.responses()[-1].code == 500
        world.hear(from_far(call, "BYE", 3))
    else:
        cancel = invite_us(body=b"").replace(b"INVITE sip:2000", b"CANCEL sip:2000").replace(b"1 INVITE", b"1 CANCEL")
        world.hear(cancel)
        assert [response.recipient.tag for response in world.responses()[1:]] == [call.local_tag] * 2
    assert {response.code for response in world.responses()[-2:]} == {200, 487}
    assert (ear.ending.by, ear.ending.answered) == (Side.FAR, False)
    world.pass_time(60)
    assert world.agent.open_sessions == world.agent.open_transactions == 0


def test_an_answer_we_cannot_hear_is_acknowledged_and_ended() -> None:
    class Deaf(Ear):
        def settled(self, body: bytes) -> None:
            raise NothingInCommonError("G.729 only")

    world = World()
    ear = Deaf()
    invitation = Invitation(target="sip:1@192.0.2.9", caller="<sip:2@192.0.2.9>", body=SDP)
    world.agent.call(path(), invitation, ear)
    world.reply(world.requests("INVITE")[-1], 200, CONTACT, SDP_TYPE, body=SDP)
    assert len(world.requests("ACK")) == len(world.requests("BYE")) == 1
    assert (ear.ending.by, ear.ending.q850_cause) == (Side.LINE, 88)


def test_an_update_before_the_answer_is_refused_and_the_call_goes_on() -> None:
    world = World()
    call, ear, invite = place(world)
    world.reply(invite, 183)
    early = invite_us(body=b"").replace(b"INVITE", b"UPDATE").replace(b"in-1", call.call_id.encode())
    world.hear(early.replace(b"To: <sip:2000@198.51.100.1>", f"To: <sip:2@x>;tag={call.local_tag}".encode()))
    assert world.responses()[-1].code == 405
    world.reply(invite, 200, CONTACT, SDP_TYPE, body=SDP)
    assert ear.heard[-1] == "answered"


def test_our_bye_waits_for_the_acknowledgement_of_our_answer() -> None:
    world = World()
    world.hear(invite_us())
    (call,) = world.calls_in
    ear = call.listener
    call.accept(SDP)
    call.hang_up()
    assert ear.ending.by is Side.NEAR
    assert world.requests("BYE") == []
    world.hear(from_far(call, "INVITE", 2, body=SDP))
    assert world.responses()[-1].code == 481
    world.hear(from_far(call, "ACK", 1))
    (bye,) = world.requests("BYE")
    world.reply(bye, 200)
    world.pass_time(60)
    assert len(world.requests("BYE")) == 1
    assert world.agent.open_sessions == world.agent.open_transactions == 0


def test_our_bye_goes_out_in_the_end_when_the_acknowledgement_never_comes() -> None:
    world = World()
    world.hear(invite_us())
    (call,) = world.calls_in
    call.accept(SDP)
    call.hang_up()
    world.pass_time(33)
    assert len(world.requests("BYE", repeated=False)) == 1
    world.pass_time(60)
    assert world.agent.open_sessions == world.agent.open_transactions == 0


def test_the_same_call_by_two_ways_rings_once() -> None:
    world = World()
    world.hear(invite_us())
    world.hear(invite_us().replace(b"z9hG4bKinvite", b"z9hG4bKother"))
    assert [response.code for response in world.responses()] == [100, 482]
    assert len(world.calls_in) == 1


def test_a_call_nobody_takes_is_given_back_in_the_end() -> None:
    world = World()
    world.hear(invite_us())
    world.pass_time(181)
    assert world.responses()[-1].code == 480
    world.pass_time(60)
    assert world.agent.open_sessions == world.agent.open_transactions == 0


@pytest.mark.parametrize(
    ("extra", "code"),
    [
        ("Require: 100rel", 420),
        ("Session-Expires: 60", 422),
        ("Content-Type: application/isup", 415),
    ],
)
def test_what_we_do_not_do_is_refused_by_its_own_code(extra: str, code: int) -> None:
    world = World()
    world.hear(invite_us(extra))
    assert world.responses()[-1].code == code
    assert world.agent.open_sessions == world.agent.open_transactions == 0


def test_a_flood_of_strangers_is_counted_and_mostly_not_answered() -> None:
    world = World()
    for index in range(10_000):
        world.agent.receive(invite_us(call_id=f"flood-{index}"), ("203.0.113.5", 5060))
    assert world.agent.counts["stranger"] == 200
    assert world.agent.counts["unread"] == 9_800
    assert len(world.raw) == 20
    assert world.agent.open_sessions == world.agent.open_transactions == len(world.agent.schedule) == 0


def test_junk_of_every_kind_changes_nothing() -> None:
    world = World()
    rng = random.Random(4475)
    call, _, _ = stand(world)
    real = [world.raw[0], from_far(call, "INFO", 3), invite_us()]
    for _ in range(5_000):
        datagram = bytearray(rng.choice(real))
        for _ in range(rng.randrange(1, 30)):
            datagram[rng.randrange(len(datagram))] = rng.randrange(256)
        world.agent.receive(bytes(datagram[: rng.randrange(1, len(datagram) + 1)]), ("203.0.113.5", 5060))
        world.now += 0.01
        world.agent.receive(rng.randbytes(rng.randrange(1, 200)), FAR)
    assert world.agent.counts["malformed"] > 5_000
    assert len(world.agent.schedule) < 200
    world.pass_time(120)
    assert world.agent.open_sessions <= 1
    assert world.calls_in == []
