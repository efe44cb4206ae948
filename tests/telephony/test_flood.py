"""A flood from outside while a real call is up."""

import socket

from voice.media import Answered, DialOrder

FLOOD = 20_000
INVITE = (
    "INVITE sip:2000@127.0.0.1 SIP/2.0\r\nVia: SIP/2.0/UDP 127.0.0.66:5060;branch=z9hG4bKflood{0}\r\n"
    "From: <sip:x@127.0.0.66>;tag={0}\r\nTo: <sip:2000@127.0.0.1>\r\nCall-ID: flood-{0}\r\nCSeq: 1 INVITE\r\n"
    "Contact: <sip:x@127.0.0.66>\r\nContent-Length: 0\r\n\r\n"
)


async def test_a_flood_of_invites_from_strangers_costs_no_call_a_packet(start_sipp, start_dialer, listen, tone) -> None:
    far = await start_sipp("answer_and_wait", "-rtp_echo")
    dialer = await start_dialer(far.trunk)
    call = await dialer.dial(DialOrder(number="13800000002"))
    ear = listen(call)
    await ear.until(Answered)
    said = tone(700, 2.0)
    call.send(said)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as stranger:
        stranger.bind(("127.0.0.66", 0))
        for index in range(FLOOD):
            stranger.sendto(INVITE.format(index).encode(), dialer.address)
            if index % 200 == 0:
                await ear.hear(0.02)
    while "PlaybackFinished" not in ear.kinds:
        await ear.hear(0.1)
    await ear.hear(0.2)
    await call.hang_up()
    await ear.end()
    assert await far.verdict() == ""
    assert said in bytes(ear.alaw)
    assert call.counts.lost == 0
    assert dialer.agent.counts["unread"] > FLOOD / 2
    assert dialer.agent.open_sessions <= 1
