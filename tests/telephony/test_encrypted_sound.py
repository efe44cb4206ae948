"""Encrypted sound: the vectors of RFC 3711 and libsrtp, packets in every order, keys in the signalling."""

import base64
import random

import pytest
from cryptography.hazmat.primitives.ciphers import algorithms

from integrations.telephony.rtp.packet import encode
from integrations.telephony.rtp.srtp import MASTER_BYTES, Opener, Protector, _derived, key_stream
from integrations.telephony.sip.crypto import Suite, fresh_keys
from integrations.telephony.sip.errors import NothingInCommonError
from integrations.telephony.sip.sdp import LocalMedia, answer, offer, read_answer

MASTER = bytes.fromhex("E1F97A0D3E018BE0D64FA32C06DE41390EC675AD498AFEEBB6960B3AABE6")
OTHER = bytes(reversed(MASTER))
SUITE_TAGS = {Suite.LONG: 10, Suite.SHORT: 4}


def secret(host: str, **changes) -> LocalMedia:
    return LocalMedia(**({"host": host, "port": 20_000, "session": 1, "keys": fresh_keys()} | changes))


def packets(count: int, *, first: int = 0, source: int = 7) -> list[bytes]:
    return [
        encode(8, (first + at) & 0xFFFF, 160 * at, source, bytes([at % 251]) * 160, marker=False) for at in range(count)
    ]


def test_the_key_stream_is_that_of_rfc_3711() -> None:
    """Appendix B.2: the first three blocks, and the last."""
    cipher = algorithms.AES(bytes.fromhex("2B7E151628AED2A6ABF7158809CF4F3C"))
    start = int.from_bytes(bytes.fromhex("F0F1F2F3F4F5F6F7F8F9FAFBFCFD0000"), "big")
    stream = key_stream(cipher, start, bytes(0xFF02 * 16))
    assert stream[:48].hex().upper() == (
        "E03EAD0935C95E80E166B16DD92B4EB4D23513162B02D0F72A43A2FE4A5F97AB41E95B3BB0A2E8DD477901E4FCA894C0"
    )
    assert stream[-48:].hex().upper() == (
        "EC8CDF7398607CB0F2D21675EA9EA1E4362B7C3C6773516318A077D7FC5073AE6A2CC3787889374FBEB4C81B17BA6C44"
    )


def test_session_keys_are_those_of_rfc_3711() -> None:
    """Appendix B.3."""
    key, salt = MASTER[:16], MASTER[16:]
    assert _derived(key, salt, 0, 16).hex().upper() == "C61E7A93744F39EE10734AFE3FF7A087"
    assert _derived(key, salt, 2, 14).hex().upper() == "30CBBC08863D8C85D49DB34A9AE1"
    assert _derived(key, salt, 1, 94).hex().upper() == (
        "CEBE321F6FF7716B6FD4AB49AF256A156D38BAA48F0A0ACF3C34E2359E6CDBCEE049646C43D9327AD175578EF72270986371C10C9A36"
        "9AC2F94A8C5FBCDDDC256D6E919A48B610EF17C2041E474035766B68642C59BBFC2F34DB60DBDFB2"
    )


def test_a_whole_packet_is_that_of_libsrtp() -> None:
    """srtp_validate in test/srtp_driver.c."""
    plain = bytes.fromhex("800f1234decafbadcafebabe" + "ab" * 16)
    protected = "800f1234decafbadcafebabe4e55dc4ce79978d88ca4d215949d2402b78d6acc99ea179b8dbb"
    assert Protector(MASTER, 10).protect(plain).hex() == protected
    assert Opener(MASTER, 10).open(bytes.fromhex(protected)) == plain


@pytest.mark.parametrize(("suite", "rollovers"), [(Suite.LONG, 2), (Suite.SHORT, 1)])
def test_packets_that_overtake_each_other_are_opened_once_each_over_every_rollover(
    suite: Suite, rollovers: int
) -> None:
    assert suite.tag_bytes == SUITE_TAGS[suite]
    sender, receiver = Protector(MASTER, suite.tag_bytes), Opener(MASTER, suite.tag_bytes)
    plain = packets((rollovers - 1) * 65_536 + 1_500, first=65_000)
    chance = random.Random(3711)
    order = sorted(range(len(plain)), key=lambda at: at + chance.uniform(0, 20))
    sent = [sender.protect(packet) for packet in plain]
    opened = 0
    for at in order:
        if chance.random() < 0.05:
            continue  # lost on the way
        assert receiver.open(sent[at]) == plain[at]
        assert receiver.open(sent[at]) is None
        opened += 1
    assert opened > 0.9 * len(plain)


def test_a_packet_that_was_touched_or_is_of_another_key_is_not_heard() -> None:
    sender, receiver = Protector(MASTER, 10), Opener(MASTER, 10)
    first, second = map(sender.protect, packets(2))
    for at in range(len(first)):
        touched = bytes(byte ^ (1 if number == at else 0) for number, byte in enumerate(first))
        assert receiver.open(touched) is None
    assert Opener(OTHER, 10).open(first) is None
    assert Opener(MASTER, 4).open(first) is None
    for cut in range(40):
        assert receiver.open(first[:cut]) is None
    assert receiver.open(second) is not None
    assert receiver.open(first) is not None  # what was refused before closed the way for nobody


def test_a_packet_from_long_ago_is_refused() -> None:
    sender, receiver = Protector(MASTER, 10), Opener(MASTER, 10)
    sent = [sender.protect(packet) for packet in packets(200)]
    assert receiver.open(sent[-1]) is not None
    assert receiver.open(sent[-60]) is not None
    assert receiver.open(sent[0]) is None


def test_a_key_of_another_length_is_an_error() -> None:
    with pytest.raises(ValueError, match="30"):
        Protector(bytes(16), 10)


@pytest.mark.parametrize("suite", Suite)
def test_both_ends_agree_on_a_suite_and_each_has_the_other_ones_key(suite: Suite) -> None:
    one, two = secret("192.0.2.1"), secret("192.0.2.2")
    two_keys = {suite: two.keys[suite]}
    offered = offer(one)
    assert b"m=audio 20000 RTP/SAVP 8 0 101\r\na=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:" in offered
    theirs, answered = answer(offered, secret("192.0.2.2", keys=two_keys))
    ours = read_answer(answered, one)
    assert ours.secured is not None
    assert theirs.secured is not None
    assert ours.secured.suite == theirs.secured.suite == suite
    assert ours.secured.tag == theirs.secured.tag == (1 if suite is Suite.LONG else 2)
    assert (ours.secured.near, ours.secured.far) == (theirs.secured.far, theirs.secured.near)
    assert len({*one.keys.values(), *two.keys.values()}) == 4
    assert repr(ours.secured.near) not in repr(ours)


def test_who_wants_encrypted_sound_takes_no_other_and_who_does_not_is_not_surprised_by_it() -> None:
    plain, encrypted = secret("192.0.2.1", keys={}), secret("192.0.2.2")
    with pytest.raises(NothingInCommonError):
        answer(offer(plain), encrypted)
    with pytest.raises(NothingInCommonError):
        answer(offer(encrypted), plain)
    with pytest.raises(NothingInCommonError):
        read_answer(offer(plain), encrypted)


GOOD = base64.b64encode(MASTER).decode()


@pytest.mark.parametrize(
    "line",
    [
        f"1 AES_CM_128_HMAC_SHA1_80 inline:{GOOD}|1:4",  # an MKI
        f"1 AES_CM_128_HMAC_SHA1_80 inline:{GOOD}|2^20|1:4",
        f"1 AES_CM_128_HMAC_SHA1_80 inline:{GOOD};inline:{GOOD}",
        f"1 AES_CM_128_HMAC_SHA1_80 inline:{GOOD} UNENCRYPTED_SRTP",
        f"1 AES_CM_128_HMAC_SHA1_80 inline:{GOOD}|2^20 UNENCRYPTED_SRTP",
        f"1 AEAD_AES_256_GCM inline:{GOOD}",
        f"x AES_CM_128_HMAC_SHA1_80 inline:{GOOD}",
        "1 AES_CM_128_HMAC_SHA1_80 inline:short",
        "1 AES_CM_128_HMAC_SHA1_80 inline:" + base64.b64encode(bytes(16)).decode(),
        "1 AES_CM_128_HMAC_SHA1_80 inline:不是",
        "1",
        "",
    ],
)
def test_a_key_that_asks_for_more_than_we_can_is_passed_over(line: str) -> None:
    local = secret("192.0.2.1")
    head = b"v=0\r\no=x 1 1 IN IP4 192.0.2.9\r\ns=-\r\nc=IN IP4 192.0.2.9\r\nt=0 0\r\nm=audio 4000 RTP/SAVP 8\r\n"
    with pytest.raises(NothingInCommonError):
        answer(head + f"a=crypto:{line}\r\n".encode(), local)
    good = f"a=crypto:{line}\r\na=crypto:3 AES_CM_128_HMAC_SHA1_32 inline:{GOOD}|2^20\r\n"
    stream, _ = answer(head + good.encode(), local)
    assert stream.secured is not None
    assert (stream.secured.tag, stream.secured.suite, stream.secured.far) == (3, Suite.SHORT, MASTER)


def test_a_master_key_has_the_length_that_aes_128_wants() -> None:
    assert {len(key) for key in fresh_keys().values()} == {MASTER_BYTES}
