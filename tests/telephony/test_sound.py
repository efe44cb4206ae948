"""Sound on the wire without a network: order, loss, keys, laws, pacing, the silence after `clear`."""

import random
import socket

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from integrations.telephony.event_stream import AUDIO_LIMIT, EventStream
from integrations.telephony.rtp import packet
from integrations.telephony.rtp.early_media import EarlyMediaEar
from integrations.telephony.rtp.keys import KeyReader, press
from integrations.telephony.rtp.pacer import CATCH_UP_FRAMES, Pacer
from integrations.telephony.rtp.packet import RtpPacket
from integrations.telephony.rtp.playback import Playback
from integrations.telephony.rtp.reorder import DEPTH, ReorderBuffer
from integrations.telephony.rtp.stream import RtpStream
from integrations.telephony.rtp.transcode import to_alaw, to_ulaw
from integrations.telephony.sip.sdp import PCMA, PCMU, MediaDirection, Stream
from voice.audio.g711 import decode_alaw, decode_ulaw, encode_alaw
from voice.audio.sound import Sound
from voice.media import (
    ALAW_SILENCE,
    KEYS,
    Answered,
    AudioReceived,
    CallEnded,
    EarlyMediaClass,
    KeyPressed,
    MediaCounts,
    Side,
)

SPEECH = bytes(range(1, 161))


class Sink:
    def __init__(self) -> None:
        self.frames: list[bytes] = []
        self.lost = 0
        self.keys = ""
        self.finished = 0
        self.gone = 0

    def audio(self, alaw: bytes, lost_before: int) -> None:
        self.frames.append(alaw)
        self.lost += lost_before

    def key(self, key: str) -> None:
        self.keys += key

    def playback_finished(self) -> None:
        self.finished += 1

    def media_lost(self) -> None:
        self.gone += 1


@pytest.fixture
def far():
    """The far end's socket."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        sock.bind(("127.0.0.1", 0))
        sock.settimeout(2)
        yield sock


@pytest.fixture
def stream_to(far):
    opened = []

    def make(*, codec: int = PCMA, silent_after: float = 0.0, announced: int | None = None):
        sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        sock.bind(("127.0.0.1", 0))
        sock.setblocking(False)
        opened.append(sock)
        sink = Sink()
        stream = RtpStream(sock, sink, source=7, sequence=65_530, timestamp=2**32 - 800, silent_after=silent_after)
        port = announced or far.getsockname()[1]
        stream.agree(Stream(host="127.0.0.1", port=port, codec=codec, keys=101, direction=MediaDirection.BOTH))
        stream.start_speaking()
        return stream, sink

    yield make
    for sock in opened:
        sock.close()


def rtp(
    sequence: int, payload: bytes = SPEECH, *, kind: int = PCMA, timestamp: int | None = None, source: int = 1
) -> bytes:
    at = sequence * 160 if timestamp is None else timestamp
    return packet.encode(kind, sequence & 0xFFFF, at & 0xFFFFFFFF, source, payload, marker=False)


def tick(stream: RtpStream, frames: int, *, start: float = 100.0) -> None:
    for index in range(frames):
        stream.frame_due(start + 0.02 * index, late=False)


# --- order


@given(st.lists(st.integers(0, DEPTH - 1), min_size=1, max_size=60), st.integers(0, 65_535))
def test_packets_that_overtook_each_other_come_out_in_order(delays: list[int], first: int) -> None:
    """Each packet may be late by less than DEPTH places: nothing is lost and order is restored."""
    order = [0, *(index for _, index in sorted((index + delay, index) for index, delay in enumerate(delays, start=1)))]
    counts = MediaCounts()
    buffer = ReorderBuffer(counts)
    out = [
        ordered.packet.timestamp
        for index in order
        for ordered in buffer.push(RtpPacket(8, False, (first + index) & 0xFFFF, index, 1, b""))
    ]
    assert out == sorted(out)
    assert counts.lost == counts.duplicate == 0
    assert len(out) == len(order)


def test_a_lost_packet_is_waited_for_only_a_little_and_counted() -> None:
    counts = MediaCounts()
    buffer = ReorderBuffer(counts)
    out = []
    for index in (0, 1, 3, 4, 5, 6):
        out += [(ordered.packet.timestamp, ordered.lost_before) for ordered in buffer.push(_numbered(index))]
    assert out == [(0, 0), (1, 0), (3, 1), (4, 0), (5, 0), (6, 0)]
    assert counts.lost == 1
    assert buffer.push(_numbered(2)) == []
    assert counts.duplicate == 1


def test_a_stream_that_starts_anew_is_followed() -> None:
    buffer = ReorderBuffer(MediaCounts())
    assert [buffer.push(_numbered(index)) != [] for index in (10, 11, 40_000, 40_001, 3, 4)] == [True] * 6


def _numbered(index: int) -> RtpPacket:
    return RtpPacket(8, False, index, index, 1, b"")


# --- the stream


def test_what_is_sent_leaves_in_frames_with_rising_numbers(stream_to, far) -> None:
    stream, sink = stream_to()
    stream.playback.push(SPEECH * 3 + b"\x01" * 40)
    tick(stream, 6)
    sent = [packet.parse(far.recv(2_048)) for _ in range(6)]
    assert [one.payload for one in sent[:3]] == [SPEECH] * 3
    assert sent[3].payload == b"\x01" * 40 + ALAW_SILENCE[40:]
    assert [one.payload for one in sent[4:]] == [ALAW_SILENCE] * 2
    assert [(one.sequence - sent[0].sequence) & 0xFFFF for one in sent] == list(range(6))
    assert [(one.timestamp - sent[0].timestamp) & 0xFFFFFFFF for one in sent] == [160 * at for at in range(6)]
    assert [one.marker for one in sent] == [True] + [False] * 5
    assert sink.finished == 1


def test_the_frame_after_clear_is_silence(stream_to, far) -> None:
    stream, sink = stream_to()
    stream.playback.push(SPEECH * 100)
    tick(stream, 2)
    assert stream.playback.clear() == pytest.approx(98 * 0.02)
    tick(stream, 1)
    assert [packet.parse(far.recv(2_048)).payload for _ in range(3)] == [SPEECH, SPEECH, ALAW_SILENCE]
    assert sink.finished == 0


def test_nothing_is_said_before_the_answer(stream_to, far) -> None:
    stream, _ = stream_to()
    stream.speaking = False
    stream.playback.push(SPEECH)
    tick(stream, 1)
    assert packet.parse(far.recv(2_048)).payload == ALAW_SILENCE
    assert stream.playback.seconds == 0.02


def test_mu_law_goes_out_and_comes_in(stream_to, far) -> None:
    stream, sink = stream_to(codec=PCMU)
    stream.playback.push(SPEECH)
    tick(stream, 2)
    sent = packet.parse(far.recv(2_048))
    assert (sent.payload_type, sent.payload) == (PCMU, to_ulaw(SPEECH))
    assert packet.parse(far.recv(2_048)).payload == to_ulaw(ALAW_SILENCE)
    stream.receive(rtp(1, to_ulaw(SPEECH), kind=PCMU), far.getsockname())
    assert sink.frames == [to_alaw(to_ulaw(SPEECH))]


def test_the_two_laws_differ_by_less_than_a_step() -> None:
    every = bytes(range(256))
    one, two = decode_ulaw(every).samples, decode_alaw(to_alaw(every)).samples
    assert np.max(np.abs(one - two) - np.maximum(np.abs(one) / 16, 16 / 32_768)) <= 0


def test_a_key_we_press_is_read_as_one_key(stream_to, far) -> None:
    stream, sink = stream_to()
    stream.press_keys("5#")
    stream.playback.push(SPEECH)
    tick(stream, 26)
    sent = [far.recv(2_048) for _ in range(2 * (7 + 3) + 2 * 4 - 8 + 1)]
    for datagram in sent:
        stream.receive(datagram, far.getsockname())
    assert sink.keys == "5#"
    presses = [packet.parse(one) for one in sent if packet.parse(one).payload_type == 101]
    assert len({one.timestamp for one in presses}) == 2
    assert [one.marker for one in presses].count(True) == 2
    assert presses[9].payload == bytes([5, 0x8A, 5, 0])  # end bit, volume 10, 1 280 samples


@given(st.text(alphabet=KEYS, min_size=1, max_size=5), st.randoms(use_true_random=False))
def test_keys_are_counted_once_however_often_they_are_repeated(pressed: str, rng: random.Random) -> None:
    reader = KeyReader()
    read = ""
    for index, key in enumerate(pressed):
        for frame in press(key):
            for event in frame * rng.randrange(1, 4):
                read += reader.read(index * 2_000, event.payload) or ""
    assert read == pressed


def test_sound_goes_back_to_where_it_comes_from_and_to_nobody_else(stream_to, far) -> None:
    stream, sink = stream_to(announced=9)
    tick(stream, 1)
    stream.receive(rtp(1), far.getsockname())
    tick(stream, 1)
    assert packet.parse(far.recv(2_048)) is not None
    stream.receive(rtp(900, source=66), ("127.0.0.99", 4_000))
    assert (len(sink.frames), stream.counts.junk) == (1, 1)
    tick(stream, 1)
    assert packet.parse(far.recv(2_048)) is not None


def test_packets_of_other_lengths_become_frames_of_20_ms(stream_to, far) -> None:
    stream, sink = stream_to()
    whole = random.Random(1).randbytes(240 * 4)
    for index in range(4):  # 30 ms each
        stream.receive(rtp(index, whole[index * 240 : (index + 1) * 240]), far.getsockname())
    assert b"".join(sink.frames) == whole
    assert {len(frame) for frame in sink.frames} == {160}


def test_junk_and_the_wrong_codec_are_counted_and_change_nothing(stream_to, far) -> None:
    stream, sink = stream_to()
    rng = random.Random(3550)
    stream.receive(rtp(1), far.getsockname())
    for _ in range(2_000):
        stream.receive(rng.randbytes(rng.randrange(0, 300)), far.getsockname())
    heard = len(sink.frames)
    stream.receive(rtp(2, kind=18), far.getsockname())  # G.729
    assert len(sink.frames) == heard
    assert stream.counts.wrong_codec >= 1
    assert stream.counts.junk > 1_000
    stream.receive(b"\x80" * 2_000, far.getsockname())
    stream.receive(b"\xb0" + rtp(3)[1:], far.getsockname())


def test_a_far_end_without_sound_is_noticed_once_unless_it_holds_us(stream_to) -> None:
    stream, sink = stream_to(silent_after=1.0)
    tick(stream, 45)
    assert sink.gone == 0
    tick(stream, 30, start=101.0)
    assert sink.gone == 1
    held, quiet = stream_to(silent_after=1.0)
    held.agree(Stream(host="127.0.0.1", port=9, codec=PCMA, keys=None, direction=MediaDirection.SEND))
    tick(held, 200)
    assert quiet.gone == 0


def test_a_far_end_that_holds_us_gets_nothing_and_hears_the_rest_afterwards(stream_to, far) -> None:
    stream, _ = stream_to()
    port = far.getsockname()[1]
    there = {"host": "127.0.0.1", "port": port, "codec": PCMA, "keys": None}
    stream.playback.push(SPEECH * 2)
    tick(stream, 1)
    stream.agree(Stream(direction=MediaDirection.SEND, **there))
    tick(stream, 10)
    stream.agree(Stream(direction=MediaDirection.BOTH, **there))
    tick(stream, 2)
    heard = [packet.parse(far.recv(2_048)) for _ in range(3)]
    assert [one.payload for one in heard] == [SPEECH, SPEECH, ALAW_SILENCE]
    assert (heard[1].timestamp - heard[0].timestamp) & 0xFFFFFFFF == 11 * 160
    assert heard[1].sequence == (heard[0].sequence + 1) & 0xFFFF


def test_a_bridge_carries_sound_from_one_to_the_other_and_drops_what_piles_up(stream_to, far) -> None:
    one, _ = stream_to()
    two, _ = stream_to()
    two.playback.push(ALAW_SILENCE * 50)
    one.bridge(two)
    two.bridge(one)
    assert two.playback.seconds == 0
    for index in range(20):
        one.receive(rtp(index, bytes([index]) * 160), far.getsockname())
    tick(two, 6)
    heard = [packet.parse(far.recv(2_048)).payload[0] for _ in range(6)]
    assert heard == [15, 16, 17, 18, 19, ALAW_SILENCE[0]]


def test_playback_gives_back_exactly_what_was_pushed() -> None:
    rng = random.Random(8)
    playback = Playback()
    parts = [rng.randbytes(rng.randrange(0, 700)) for _ in range(40)]
    for part in parts:
        playback.push(part)
    played = b""
    while playback:
        played += playback.next_frame()
    whole = b"".join(parts)
    assert played[: len(whole)] == whole
    assert set(played[len(whole) :]) <= {0xD5}


class Paced:
    def __init__(self) -> None:
        self.due: list[bool] = []
        self.skipped = 0

    def frame_due(self, now: float, *, late: bool) -> None:
        self.due.append(late)

    def skip_frames(self, frames: int) -> None:
        self.skipped += frames


async def test_a_stall_is_caught_up_with_and_counted_as_late() -> None:
    pacer, stream = Pacer(), Paced()
    pacer.add(stream)
    slot = next(index for index, streams in enumerate(pacer._slots) if streams)
    due = pacer._due[slot]
    pacer._run_slot(slot, due + 0.005)
    pacer._run_slot(slot, due + 0.02 + 0.065)
    assert stream.due == [False, True, True, True, False]
    pacer._run_slot(slot, due + 0.1 + 1.005)  # amid a frame, so that no rounding decides
    assert len(stream.due) == 5 + CATCH_UP_FRAMES
    assert stream.skipped == 51 - CATCH_UP_FRAMES
    pacer.remove(stream)
    assert len(pacer) == 0


# --- before the answer


def cadence(on: float, off: float, *, hertz: float = 450.0, times: int = 3) -> bytes:
    moments = np.arange(int(on * 8_000)) / 8_000
    burst = 0.2 * np.sin(2 * np.pi * hertz * moments)
    return encode_alaw(
        Sound(np.tile(np.concatenate([burst, np.zeros(int(off * 8_000))]), times).astype(np.float32), 8_000)
    )


@pytest.mark.parametrize(
    ("sound", "heard"),
    [
        (b"", EarlyMediaClass.NONE),
        (ALAW_SILENCE * 100, EarlyMediaClass.SILENCE),
        (cadence(1.0, 4.0), EarlyMediaClass.RINGBACK),
        (cadence(0.35, 0.35, times=8), EarlyMediaClass.BUSY),
        (cadence(0.7, 0.7, times=6), EarlyMediaClass.CONGESTION),
        (cadence(3.0, 0.1), EarlyMediaClass.TONE),
        (np.random.default_rng(2).bytes(16_000), EarlyMediaClass.ANNOUNCEMENT),
    ],
)
def test_the_sound_before_an_answer_is_told_by_its_cadence(sound: bytes, heard: EarlyMediaClass) -> None:
    ear = EarlyMediaEar()
    for at in range(0, len(sound), 160):
        ear.feed(sound[at : at + 160])
    assert ear.heard is heard


# --- events nobody reads


async def test_sound_nobody_reads_is_dropped_and_nothing_else() -> None:
    stream = EventStream()
    stream.put(Answered())
    for index in range(3 * AUDIO_LIMIT):
        stream.put(AudioReceived(alaw=index.to_bytes(2, "big") * 80))
        if index % 500 == 0:
            stream.put(KeyPressed(key="1"))
    stream.put(CallEnded(by=Side.FAR))
    stream.put(KeyPressed(key="9"))
    events = [event async for event in stream.read()]
    audio = [event for event in events if isinstance(event, AudioReceived)]
    assert len(audio) <= AUDIO_LIMIT
    assert len(audio) + stream.dropped == 3 * AUDIO_LIMIT
    assert audio[-1].alaw[:2] == (3 * AUDIO_LIMIT - 1).to_bytes(2, "big")
    assert [type(event) for event in events if not isinstance(event, AudioReceived)] == [
        Answered,
        KeyPressed,
        KeyPressed,
        KeyPressed,
        CallEnded,
    ]
