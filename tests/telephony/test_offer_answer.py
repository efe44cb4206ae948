"""Session descriptions (RFC 3264) and digest (RFC 7616, its own examples)."""

import random
import re

import pytest

from integrations.telephony.sip.digest import Credentials, authorisation, is_stale
from integrations.telephony.sip.errors import MalformedBodyError, NothingInCommonError, SipError
from integrations.telephony.sip.message import Response, parse
from integrations.telephony.sip.sdp import PCMA, PCMU, LocalMedia, MediaDirection, answer, offer, read_answer

LOCAL = LocalMedia(host="192.0.2.1", port=20_000, session=1)


def described(*lines: str) -> bytes:
    head = ("v=0", "o=far 1 1 IN IP4 192.0.2.9", "s=-", "c=IN IP4 192.0.2.9", "t=0 0")
    return "\r\n".join((*head, *lines, "")).encode()


def test_the_far_ends_order_of_codecs_counts() -> None:
    stream, text = answer(described("m=audio 4000 RTP/AVP 18 0 8 96", "a=rtpmap:96 telephone-event/8000"), LOCAL)
    assert (stream.host, stream.port, stream.codec, stream.keys) == ("192.0.2.9", 4_000, PCMU, 96)
    assert b"m=audio 20000 RTP/AVP 0 96\r\n" in text
    assert b"a=fmtp:96 0-15\r\n" in text


@pytest.mark.parametrize(
    ("theirs", "ours", "held"),
    [("sendrecv", "sendrecv", False), ("sendonly", "recvonly", True), ("recvonly", "sendonly", False),
     ("inactive", "inactive", True)],
)  # fmt: skip
def test_a_direction_is_answered_by_its_mirror(theirs: str, ours: str, held: bool) -> None:
    stream, text = answer(described("m=audio 4000 RTP/AVP 8", f"a={theirs}"), LOCAL)
    assert f"a={ours}\r\n".encode() in text
    assert stream.held is held


def test_the_old_way_to_hold_is_understood() -> None:
    stream, _ = answer(
        described("c=IN IP4 0.0.0.0", "m=audio 4000 RTP/AVP 8").replace(b"c=IN IP4 192.0.2.9\r\n", b""), LOCAL
    )
    assert stream.held


def test_every_other_stream_is_refused_in_its_place() -> None:
    lines = ("m=video 5000 RTP/AVP 31", "m=audio 4000 RTP/AVP 8", "c=IN IP4 192.0.2.77", "m=image 6000 udptl t38")
    stream, text = answer(described(*lines), LOCAL)
    assert stream.host == "192.0.2.77"
    assert re.findall(rb"m=\w+ \d+", text) == [b"m=video 0", b"m=audio 20000", b"m=image 0"]


@pytest.mark.parametrize(
    "lines",
    [
        ("m=audio 4000 RTP/AVP 18 9",),
        ("m=audio 4000 RTP/SAVP 8",),
        ("m=audio 0 RTP/AVP 8",),
        ("m=video 4000 RTP/AVP 8",),
        (),
    ],
)
def test_without_common_sound_an_offer_is_not_acceptable(lines: tuple[str, ...]) -> None:
    with pytest.raises(NothingInCommonError):
        answer(described(*lines), LOCAL)


def test_our_own_offer_is_one_we_would_accept() -> None:
    stream, _ = answer(offer(LOCAL), LOCAL)
    assert (stream.codec, stream.keys, stream.direction) == (PCMA, 101, MediaDirection.BOTH)
    assert read_answer(offer(LOCAL), LOCAL).port == 20_000


def test_broken_descriptions_are_refused_and_nothing_worse() -> None:
    rng = random.Random(4566)
    good = described("m=audio 4000 RTP/AVP 8 101", "a=rtpmap:101 telephone-event/8000", "a=sendrecv")
    codes = []
    for _ in range(5_000):
        body = bytearray(good)
        for _ in range(rng.randrange(1, 12)):
            body[rng.randrange(len(body))] = rng.randrange(256)
        try:
            answer(bytes(body), LOCAL)
        except SipError as error:
            codes.append(error.sip_code)
    assert len(codes) > 2_000
    assert set(codes) == {400, 488}
    with pytest.raises(MalformedBodyError):
        answer(b"v=0\r\n" + b"a=x\r\n" * 1_000, LOCAL)


def challenge(*values: str, header: str = "WWW-Authenticate") -> Response:
    lines = ["SIP/2.0 401 Unauthorized", "Via: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bKx", "From: <sip:a@b.c>;tag=1"]
    lines += ["To: <sip:a@b.c>;tag=2", "Call-ID: x", "CSeq: 1 GET", *(f"{header}: {value}" for value in values)]
    message = parse("\r\n".join([*lines, "Content-Length: 0", "", ""]).encode())
    assert isinstance(message, Response)
    return message


RFC_7616 = (
    'Digest realm="http-auth@example.org", qop="auth, auth-int", algorithm={}, '
    'nonce="7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v", opaque="FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS"'
)


@pytest.mark.parametrize(
    ("algorithm", "response"),
    [
        ("MD5", "8ca523f5e9506fed4657c9700eebdbec"),
        ("SHA-256", "753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1"),
    ],
)
def test_digest_gives_what_rfc_7616_gives(algorithm: str, response: str) -> None:
    header = authorisation(
        challenge(RFC_7616.format(algorithm)),
        Credentials(username="Mufasa", password="Circle of Life"),
        method="GET",
        uri="/dir/index.html",
        client_nonce="f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ",
    )
    assert header is not None
    assert header[0][0] == "Authorization"
    assert f'response="{response}"' in header[0][1]


def test_the_strongest_challenge_is_met_and_none_that_we_cannot() -> None:
    us = Credentials(username="u", password="p")
    both = challenge(RFC_7616.format("MD5"), RFC_7616.format("SHA-256"), header="Proxy-Authenticate")
    header = authorisation(both, us, method="INVITE", uri="sip:x", client_nonce="n")
    assert header is not None
    assert header[0][0] == "Proxy-Authorization"
    assert "algorithm=SHA-256" in header[0][1]
    for hopeless in (
        'Digest realm="x", nonce="n", algorithm=AKAv1-MD5',
        'Basic realm="x"',
        'Digest realm="x", nonce=""',
    ):
        assert authorisation(challenge(hopeless), us, method="INVITE", uri="sip:x", client_nonce="n") is None
    assert is_stale(challenge('Digest realm="x", nonce="n", stale=TRUE'))
    assert "geheim" not in repr(Credentials(username="u", password="geheim"))
