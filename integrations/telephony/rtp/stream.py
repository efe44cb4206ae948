"""One call's sound on one UDP socket: symmetric RTP, both G.711 laws, telephone keys, bridging (RFC 3550, 3551, 4733).

The stream never looks at a clock: the pacer tells it when 20 ms are due and what time it is.
"""

import socket
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

from integrations.telephony.rtp import keys, packet
from integrations.telephony.rtp.packet import RtpPacket
from integrations.telephony.rtp.playback import Playback
from integrations.telephony.rtp.reorder import ReorderBuffer
from integrations.telephony.rtp.srtp import Opener, Protector
from integrations.telephony.rtp.transcode import to_alaw, to_ulaw
from integrations.telephony.sip.crypto import Secured
from integrations.telephony.sip.sdp import PCMA, PCMU, Stream
from voice.media import ALAW_SILENCE, FRAME_BYTES, KEYS, MediaCounts

COMFORT_NOISE = 13  # RFC 3389; carries no sound
READ_AT_ONCE = 32  # datagrams taken from a socket in one go, so that a flooded call cannot starve the others
RELAY_FRAMES = 5  # 100 ms: how far the two calls of a bridge may drift apart before sound is dropped
SWITCH_SECONDS = 1.0  # silence after which another source may take a stream over
_ULAW_SILENCE = to_ulaw(ALAW_SILENCE)

_FAR_SOURCES = 4  # SSRCs of one far end remembered at once

Endpoint = tuple[str, int]


@dataclass(frozen=True, slots=True)
class _FarSource:
    buffer: ReorderBuffer
    keys: keys.KeyReader


class StreamSink(Protocol):
    """Who listens to a stream. Called synchronously."""

    def audio(self, alaw: bytes, lost_before: int) -> None: ...

    def key(self, key: str) -> None: ...

    def playback_finished(self) -> None: ...

    def media_lost(self) -> None:
        """Nothing came for the stream's time-out. Called once."""
        ...


class RtpStream:
    def __init__(
        self, sock: socket.socket, sink: StreamSink, *, source: int, sequence: int, timestamp: int, silent_after: float
    ) -> None:
        """`sock` is bound and non-blocking; `source` is our SSRC; the other numbers are where counting begins.

        `silent_after`: seconds without any RTP after which the far end counts as gone; 0 waits for ever.
        """
        self.socket = sock
        self.counts = MediaCounts()
        self.playback = Playback()
        self.sending = False  # RTP flows, silence at least
        self.speaking = False  # what is queued may be heard
        self._sink = sink
        self._source = source
        self._sequence = sequence
        self._timestamp = timestamp
        self._silent_after = silent_after
        self._agreed: Stream | None = None
        self._protector: Protector | None = None
        self._opener: Opener | None = None
        self._remote: Endpoint | None = None
        self._latched = False
        self._last_heard = 0.0
        self._watched_since: float | None = None  # None: from the next frame on
        self._now = 0.0
        self._far_sources: dict[int, _FarSource] = {}
        self._leftover = b""
        self._pending_lost = 0
        self._keys_to_send: deque[str] = deque()
        self._press: Iterator[tuple[keys.EventPacket, ...]] | None = None
        self._press_timestamp = 0
        self._peer: RtpStream | None = None
        self._relay: deque[bytes] = deque(maxlen=RELAY_FRAMES)
        self._marker = True

    # --- set up

    def agree(self, agreed: Stream) -> None:
        """Use what offer and answer settled on; called again when a re-INVITE changes it."""
        moved = self._agreed is None or (agreed.host, agreed.port) != (self._agreed.host, self._agreed.port)
        self._secure(agreed.secured, before=self._agreed.secured if self._agreed is not None else None)
        self._agreed = agreed
        if moved:
            self._latched = False
            self._remote = None if agreed.port == 0 or agreed.host == "0.0.0.0" else (agreed.host, agreed.port)  # noqa: S104
        self._watched_since = None

    def _secure(self, secured: Secured | None, *, before: Secured | None) -> None:
        """A direction whose key stays goes on counting; one with another begins anew (RFC 4568, 7.1.4)."""
        if secured is None:
            self._protector = self._opener = None
            return
        tag_bytes = secured.suite.tag_bytes
        if before is None or (before.suite, before.near) != (secured.suite, secured.near):
            self._protector = Protector(secured.near, tag_bytes)
        if before is None or (before.suite, before.far) != (secured.suite, secured.far):
            self._opener = Opener(secured.far, tag_bytes)

    def start_sending(self) -> None:
        """Silence every 20 ms: before the answer it opens the way through a router for early media."""
        self.sending = True

    def start_speaking(self) -> None:
        """From the answer on: whatever is queued."""
        self.sending = self.speaking = True
        self._watched_since = None

    @property
    def held(self) -> bool:
        return self._agreed is not None and self._agreed.held

    @property
    def takes_keys(self) -> bool:
        """Whether the far end knows telephone-event."""
        return self._agreed is not None and self._agreed.keys is not None

    # --- bridging

    @property
    def bridged(self) -> bool:
        return self._peer is not None

    def bridge(self, peer: "RtpStream") -> None:
        self.playback.clear()
        self._peer = peer
        self._relay.clear()

    def unbridge(self) -> None:
        self._peer = None
        self._relay.clear()

    # --- out

    def press_keys(self, pressed: str) -> None:
        """Raises ValueError for anything that is no telephone key."""
        if any(key not in KEYS for key in pressed):
            raise ValueError(f"not telephone keys: {pressed!r}")
        self._keys_to_send.extend(pressed)

    def frame_due(self, now: float, *, late: bool) -> None:
        """Send the next 20 ms."""
        self._now = now
        self._check_silence(now)
        agreed = self._agreed
        if not self.sending or agreed is None or self._remote is None:
            return
        if agreed.held:  # nobody listens: what is queued waits
            self._timestamp = (self._timestamp + FRAME_BYTES) & 0xFFFFFFFF
            return
        if (self._press is not None or self._keys_to_send) and agreed.keys is not None and self._send_key(agreed.keys):
            self._timestamp = (self._timestamp + FRAME_BYTES) & 0xFFFFFFFF
            return
        finished = False
        if self._peer is not None:
            frame = self._relay.popleft() if self._relay else ALAW_SILENCE
        elif self.playback and self.speaking:
            frame = self.playback.next_frame()
            finished = not self.playback
        else:
            frame = ALAW_SILENCE
        if agreed.codec == PCMU:
            frame = _ULAW_SILENCE if frame is ALAW_SILENCE else to_ulaw(frame)
        self._transmit(agreed.codec, self._timestamp, frame, marker=self._marker)
        self._marker = False
        self._timestamp = (self._timestamp + FRAME_BYTES) & 0xFFFFFFFF
        if late:
            self.counts.sent_late += 1
        if finished:
            self._sink.playback_finished()

    def skip_frames(self, frames: int) -> None:
        """The process stood still too long to catch up: leave a hole of that length."""
        self._timestamp = (self._timestamp + frames * FRAME_BYTES) & 0xFFFFFFFF
        self.counts.sent_late += frames

    def _send_key(self, payload_type: int) -> bool:
        """The packets of a key press due in this frame; False once no key is left."""
        if self._press is None:
            self._press = keys.press(self._keys_to_send.popleft())
            self._press_timestamp = self._timestamp
        events = next(self._press, None)
        if events is None:
            self._press = None
            return self._send_key(payload_type) if self._keys_to_send else False
        for event in events:
            self._transmit(payload_type, self._press_timestamp, event.payload, marker=event.marker)
        return True

    def _transmit(self, payload_type: int, timestamp: int, payload: bytes, *, marker: bool) -> None:
        datagram = packet.encode(payload_type, self._sequence, timestamp, self._source, payload, marker=marker)
        self._sequence = (self._sequence + 1) & 0xFFFF
        assert self._remote is not None
        if self._protector is not None:
            datagram = self._protector.protect(datagram)
        try:
            self.socket.sendto(datagram, self._remote)
            self.counts.sent += 1
        except OSError:
            self.counts.unsent += 1

    # --- in

    def readable(self) -> None:
        """Take what lies on the socket."""
        for _ in range(READ_AT_ONCE):
            try:
                datagram, source = self.socket.recvfrom(2_048)
            except OSError:
                return
            self.receive(datagram, source)

    def receive(self, datagram: bytes, source: Endpoint) -> None:
        opened = self._opener.open(datagram) if self._opener is not None else datagram
        parsed = packet.parse(opened) if opened is not None else None
        if parsed is None or self._agreed is None or not self._is_far_end(source, parsed):
            self.counts.junk += 1
            return
        self._last_heard = self._now
        self.counts.received += 1
        far = self._far_sources.get(parsed.source) or self._new_far_source(parsed.source)
        for ordered in far.buffer.push(parsed):
            self._pending_lost += ordered.lost_before
            self._deliver(ordered.packet, far)

    def _new_far_source(self, source: int) -> "_FarSource":
        """Some equipment sends its keys, or its announcements, as a source of their own beside the speech."""
        if len(self._far_sources) >= _FAR_SOURCES:
            del self._far_sources[next(iter(self._far_sources))]
        far = self._far_sources[source] = _FarSource(ReorderBuffer(self.counts), keys.KeyReader())
        self._leftover = b""
        return far

    def _is_far_end(self, source: Endpoint, parsed: RtpPacket) -> bool:
        """Symmetric RTP: sound goes back to where sound comes from, which a router may have changed."""
        if source == self._remote and self._latched:
            return True
        assert self._agreed is not None
        announced = (self._agreed.host, self._agreed.port)
        may_switch = not self._latched or source == announced or self._now - self._last_heard > SWITCH_SECONDS
        if not may_switch or parsed.payload_type not in {PCMA, PCMU, self._agreed.keys, COMFORT_NOISE}:
            return False
        self._remote = source
        self._latched = True
        return True

    def _deliver(self, parsed: RtpPacket, far: "_FarSource") -> None:
        assert self._agreed is not None
        kind = parsed.payload_type
        if kind in {PCMA, PCMU}:
            self._hear(parsed.payload if kind == PCMA else to_alaw(parsed.payload))
        elif kind == self._agreed.keys:
            key = far.keys.read(parsed.timestamp, parsed.payload)
            if key is not None:
                self._sink.key(key)
        elif kind != COMFORT_NOISE:
            self.counts.wrong_codec += 1

    def _hear(self, alaw: bytes) -> None:
        if self._leftover or len(alaw) != FRAME_BYTES:
            alaw = self._leftover + alaw
            whole = len(alaw) - len(alaw) % FRAME_BYTES
            self._leftover = alaw[whole:]
            frames = [alaw[at : at + FRAME_BYTES] for at in range(0, whole, FRAME_BYTES)]
        else:
            frames = [alaw]
        for frame in frames:
            lost, self._pending_lost = self._pending_lost, 0
            if self._peer is not None:
                self._peer.relay(frame)
            self._sink.audio(frame, lost)

    def relay(self, alaw: bytes) -> None:
        """A frame of the other call of a bridge."""
        self._relay.append(alaw)

    # --- silence of the far end

    def _check_silence(self, now: float) -> None:
        if self._watched_since is None or not self.speaking or self.held:
            self._watched_since = now
        elif 0 < self._silent_after < now - max(self._last_heard, self._watched_since):
            self._silent_after = 0.0
            self._sink.media_lost()
