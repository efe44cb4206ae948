"""A SIP call with its sound: what voice.media promises, on top of one SIP session and one RTP stream."""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass

from integrations.telephony.event_stream import EventStream
from integrations.telephony.rtp.early_media import EarlyMediaEar
from integrations.telephony.rtp.pacer import Pacer
from integrations.telephony.rtp.stream import RtpStream
from integrations.telephony.sip import causes, sdp
from integrations.telephony.sip.causes import Ending
from integrations.telephony.sip.crypto import fresh_keys
from integrations.telephony.sip.errors import NothingInCommonError, SipError
from integrations.telephony.sip.inbound import InboundCall
from integrations.telephony.sip.outbound import OutboundCall
from integrations.telephony.sip.trunk import TrunkState
from voice.audio.dtmf import tones
from voice.audio.g711 import encode_alaw
from voice.media import (
    KEYS,
    Answered,
    AudioReceived,
    BridgeEnded,
    CallBridged,
    CallEnded,
    CallEvent,
    CallOver,
    CallState,
    Direction,
    EarlyMediaOpened,
    HeldByFarEnd,
    KeyPressed,
    MediaCall,
    MediaCounts,
    PlaybackFinished,
    Resumed,
    Ringing,
    Side,
)

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """What every call of one dialer shares."""

    pacer: Pacer
    on_over: Callable[["SipCall"], None]


class SipCall:
    """One call, outbound or inbound; `voice.media.MediaCall`, and the listener of its session and its stream."""

    def __init__(
        self,
        shared: Surroundings,
        trunk: TrunkState,
        stream: Callable[["SipCall"], RtpStream],
        *,
        call_id: str,
        direction: Direction,
        far_number: str,
        near_number: str,
        session: int,
    ) -> None:
        """`stream` opens the sound for this call; `session` is the random number of its session description."""
        self.trunk = trunk
        self._shared = shared
        self._call_id = call_id
        self._direction = direction
        self._far_number = far_number
        self._near_number = near_number
        self._state = CallState.DIALLING if direction is Direction.OUTBOUND else CallState.RINGING
        self._events = EventStream()
        self._ear = EarlyMediaEar()
        self._stream = stream(self)
        self._leg: OutboundCall | InboundCall | None = None
        self._peer: SipCall | None = None
        self._agreed: sdp.Stream | None = None
        self._session = session
        self._keys = fresh_keys()
        self._version = 1
        self._described = b""
        self._answer = b""
        self._rang = False
        self._heard_early = False
        self._playing = False
        self.try_elsewhere: Callable[[Ending], bool] | None = None
        port = self._stream.socket.getsockname()[1]
        self._media_port: int = port
        asyncio.get_running_loop().add_reader(self._stream.socket, self._stream.readable)

    # --- what the dialer does with it

    def leave_by(self, trunk: TrunkState) -> None:
        """Outbound: the trunk that is tried next. What an earlier one was told of our keys is worth nothing to it."""
        self.trunk = trunk
        self._keys = fresh_keys()

    def attach(self, leg: OutboundCall | InboundCall) -> None:
        """The SIP session of this call; another one when a trunk failed and the next is tried."""
        self._leg = leg

    def take_offer(self, body: bytes) -> None:
        """Inbound: choose from the caller's offer, or prepare ours. Raises SipError."""
        self._answer = self.offered(body)

    @property
    def local_media(self) -> sdp.LocalMedia:
        return sdp.LocalMedia(
            host=self.trunk.advertised[0],
            port=self._media_port,
            session=self._session,
            version=self._version,
            codecs=self.trunk.trunk.codecs,
            keys=self._keys if self.trunk.trunk.srtp else {},
        )

    @property
    def heard_anything(self) -> bool:
        """Whether the far telephone rang or sounded: then no other trunk may ring it again."""
        return self._rang or self._heard_early

    # --- voice.media.MediaCall

    @property
    def call_id(self) -> str:
        return self._call_id

    @property
    def direction(self) -> Direction:
        return self._direction

    @property
    def far_number(self) -> str:
        return self._far_number

    @property
    def near_number(self) -> str:
        return self._near_number

    @property
    def state(self) -> CallState:
        return self._state

    @property
    def on_hold(self) -> bool:
        return self._stream.held

    @property
    def bridged(self) -> bool:
        return self._peer is not None

    @property
    def queued_seconds(self) -> float:
        return self._stream.playback.seconds

    @property
    def counts(self) -> MediaCounts:
        counts = self._stream.counts
        counts.dropped_unread = self._events.dropped
        return counts

    def events(self) -> AsyncIterator[CallEvent]:
        return self._events.read()

    def send(self, alaw: bytes) -> None:
        if self._peer is not None:
            raise CallBridged
        if self._state is not CallState.ENDED:
            self._stream.playback.push(alaw)

    def clear(self) -> float:
        return self._stream.playback.clear()

    def send_keys(self, keys: str) -> None:
        if any(key not in KEYS for key in keys):
            raise ValueError(f"not telephone keys: {keys!r}")
        if self._state is CallState.ANSWERED and not self._stream.takes_keys:
            self._stream.playback.push(encode_alaw(tones(keys)))  # as the tones themselves, like an old telephone
        elif self._state is not CallState.ENDED:
            self._stream.press_keys(keys)

    async def ring(self) -> None:
        if isinstance(self._leg, InboundCall):
            self._leg.ring()

    async def answer(self) -> None:
        if self._state is CallState.ENDED:
            raise CallOver
        if isinstance(self._leg, InboundCall):
            self._leg.accept(self._answer)

    async def refuse(self, *, sip_code: int = 486) -> None:
        if isinstance(self._leg, InboundCall):
            self._leg.refuse(sip_code)

    async def hang_up(self) -> None:
        self.end(by=Side.NEAR)

    def end(self, *, by: Side, cause: int = causes.NORMAL_CLEARING, text: str = "") -> None:
        self.try_elsewhere = None
        if self._leg is not None and self._state is not CallState.ENDED:
            self._leg.hang_up(cause, by=by, text=text)

    async def bridge(self, other: MediaCall) -> None:
        if not isinstance(other, SipCall) or other is self:
            raise ValueError("only two different calls of the same dialer can be bridged")
        if self._state is not CallState.ANSWERED or other._state is not CallState.ANSWERED:
            raise CallOver
        await self.unbridge()
        await other.unbridge()
        for one, two in ((self, other), (other, self)):
            one._peer = two
            one._stream.bridge(two._stream)

    async def unbridge(self) -> None:
        self._part()

    def _part(self) -> "SipCall | None":
        peer, self._peer = self._peer, None
        self._stream.unbridge()
        if peer is not None:
            peer._peer = None
            peer._stream.unbridge()
        return peer

    # --- the session speaks (sip.session.CallListener)

    def provisional(self, code: int, body: bytes) -> None:
        if code == 180 and not self._rang:
            self._rang = True
            self._state = CallState.RINGING
            self._events.put(Ringing())
        if body and not self._heard_early:
            try:
                self._agree(sdp.read_answer(body, self.local_media))
            except SipError:
                return  # the 2xx will bring a description that counts
            self._heard_early = True
            self._stream.start_sending()
            self._start_pacing()
            self._events.put(EarlyMediaOpened())

    def settled(self, body: bytes) -> None:
        if body:
            self._agree(sdp.read_answer(body, self.local_media))
        elif self._agreed is None:
            raise NothingInCommonError("no session description")

    def offered(self, body: bytes) -> bytes:
        if not body:
            return self._describe(lambda: sdp.offer(self.local_media))
        stream, _ = sdp.answer(body, self.local_media)
        self._agree(stream)
        return self._describe(lambda: sdp.answer(body, self.local_media)[1])

    def _describe(self, make: Callable[[], bytes]) -> bytes:
        """A description whose version grows exactly when it says something new (RFC 3264, section 8)."""
        described = make()
        if self._described and described != self._described:
            self._version += 1
            described = make()
        self._described = described
        return described

    def answered(self) -> None:
        self._state = CallState.ANSWERED
        self._stream.start_speaking()
        self._start_pacing()
        self._events.put(Answered())

    def key(self, key: str) -> None:
        self._events.put(KeyPressed(key=key))

    def ended(self, ending: Ending) -> None:
        if self.try_elsewhere is not None and self.try_elsewhere(ending):
            return
        self._state = CallState.ENDED
        peer = self._part()
        if peer is not None:
            peer._events.put(BridgeEnded())
        self._close_sound()
        self._leg = None
        self._events.put(
            CallEnded(
                by=ending.by,
                sip_code=None if ending.answered else ending.sip_code,
                q850_cause=ending.q850_cause,
                cause_text=ending.text,
                answered=ending.answered,
                early_media=self._ear.heard,
                trunk=self.trunk.trunk.name,
            )
        )
        log.info(
            "call ended call=%s trunk=%s by=%s sip=%s q850=%s answered=%s",
            self._call_id,
            self.trunk.trunk.name,
            ending.by,
            ending.sip_code,
            ending.q850_cause,
            ending.answered,
        )
        self._shared.on_over(self)

    def _agree(self, stream: sdp.Stream) -> None:
        was_held = self._agreed is not None and self._agreed.held
        self._agreed = stream
        self._stream.agree(stream)
        if stream.held != was_held and self._state is CallState.ANSWERED:
            self._events.put(HeldByFarEnd() if stream.held else Resumed())

    def _start_pacing(self) -> None:
        if not self._playing:
            self._playing = True
            self._shared.pacer.add(self._stream)

    def _close_sound(self) -> None:
        if self._playing:
            self._shared.pacer.remove(self._stream)
        asyncio.get_running_loop().remove_reader(self._stream.socket)
        self._stream.socket.close()
        self._stream.playback.clear()

    # --- the sound speaks (rtp.stream.StreamSink); `key` above serves both

    def audio(self, alaw: bytes, lost_before: int) -> None:
        if self._state is not CallState.ANSWERED:
            self._ear.feed(alaw)
        self._events.put(AudioReceived(alaw=alaw, lost_before=lost_before))

    def playback_finished(self) -> None:
        self._events.put(PlaybackFinished())

    def media_lost(self) -> None:
        self.end(by=Side.LINE, cause=causes.RECOVERY_ON_TIMER, text="no sound from the far end")
