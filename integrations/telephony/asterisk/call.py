"""One call that Asterisk carries: its channel, its bridge, and the media channel our sound goes through."""

import logging
import uuid
from collections.abc import AsyncIterator

from integrations.telephony.asterisk.ari import Json
from integrations.telephony.asterisk.sound import CallSound, Exchange
from integrations.telephony.event_stream import EventStream
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
    LineError,
    MediaCall,
    MediaCounts,
    PlaybackFinished,
    Resumed,
    Ringing,
    Side,
)

log = logging.getLogger(__name__)
_NO_ANSWER, _NORMAL = 19, 16  # Q.850


class AsteriskCall:
    """`voice.media.MediaCall` over ARI. Early media gives its event only: it does not reach Stasis."""

    def __init__(
        self,
        exchange: Exchange,
        *,
        key: uuid.UUID,
        channel: str,
        direction: Direction,
        far_number: str,
        near_number: str,
        joins: bool = False,
    ) -> None:
        """`joins`: a person who will be bridged; gets a media channel only when something is said to them first."""
        self.channel = channel
        self._exchange = exchange
        self._key = key
        self._direction = direction
        self._far_number = far_number
        self._near_number = near_number
        self._joins = joins
        self._state = CallState.DIALLING if direction is Direction.OUTBOUND else CallState.RINGING
        self._events = EventStream()
        self._sound = CallSound(exchange, self, key=key, channel=channel)
        self._peer: AsteriskCall | None = None
        self._our_end: Side | None = None  # we hung up
        self._early = False
        self._held = False

    # --- voice.media.MediaCall

    @property
    def call_id(self) -> str:
        return str(self._key)

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
        return self._held

    @property
    def bridged(self) -> bool:
        return self._peer is not None

    @property
    def queued_seconds(self) -> float:
        return self._sound.playback.seconds

    @property
    def counts(self) -> MediaCounts:
        self._sound.counts.dropped_unread = self._events.dropped
        return self._sound.counts

    def events(self) -> AsyncIterator[CallEvent]:
        return self._events.read()

    def send(self, alaw: bytes) -> None:
        if self._peer is not None:
            raise CallBridged
        if self._state is CallState.ENDED:
            return
        self._sound.playback.push(alaw)
        if self._state is CallState.ANSWERED and not self._sound.attached:
            self._exchange.spawn(self._sound.attach())

    def clear(self) -> float:
        return self._sound.playback.clear()

    def send_keys(self, keys: str) -> None:
        if any(key not in KEYS for key in keys):
            raise ValueError(f"not telephone keys: {keys!r}")
        if self._state is not CallState.ENDED:
            self._exchange.spawn(self._exchange.ari.request("POST", f"channels/{self.channel}/dtmf", dtmf=keys))

    async def ring(self) -> None:
        if self._direction is Direction.INBOUND and self._state is CallState.RINGING:
            await self._exchange.ari.request("POST", f"channels/{self.channel}/ring")

    async def answer(self) -> None:
        if self._state is CallState.ENDED:
            raise CallOver
        if self._direction is Direction.INBOUND and self._state is CallState.RINGING:
            await self._exchange.ari.request("POST", f"channels/{self.channel}/answer")
            await self._connect()

    async def refuse(self, *, sip_code: int = 486) -> None:
        reason = {486: "busy", 603: "rejected"}.get(sip_code, "congestion")
        await self._hang_up(reason)

    async def hang_up(self) -> None:
        await self._hang_up("normal")

    async def _hang_up(self, reason: str) -> None:
        if self._state is not CallState.ENDED:
            self._our_end = self._our_end or Side.NEAR
            await self._exchange.ari.remove(f"channels/{self.channel}", reason=reason)

    async def bridge(self, other: MediaCall) -> None:
        if not isinstance(other, AsteriskCall) or other is self:
            raise ValueError("only two different calls of the same dialer can be bridged")
        if self._state is not CallState.ANSWERED or other._state is not CallState.ANSWERED:
            raise CallOver
        await self.unbridge()
        await other.unbridge()
        self._peer, other._peer = other, self
        try:
            await self._sound.detach()
            await other._sound.detach()
            await self._sound.take_in(other._sound)
        except LineError:
            self._peer = other._peer = None
            await self._sound.attach()
            raise

    async def unbridge(self) -> None:
        peer, self._peer = self._peer, None
        if peer is None:
            return
        peer._peer = None
        holder, guest = (self, peer) if peer._sound.guest_of is self._sound else (peer, self)
        if guest._state is CallState.ANSWERED:
            await holder._sound.let_out(guest._sound)
        for call in (self, peer):
            if call._state is CallState.ANSWERED and not call._joins:
                await call._sound.attach()

    # --- what Asterisk says

    def receive(self, event: Json) -> None:  # one line for each kind of event
        """An event about this call's channel."""
        match event.get("type"):
            case "ChannelStateChange" if _channel(event).get("state") == "Ringing":
                self._rang()
            case "Dial" if event.get("dialstatus") == "RINGING":
                self._rang()
            case "Dial" if event.get("dialstatus") == "PROGRESS" and not self._early:
                self._early = True
                self._events.put(EarlyMediaOpened())
            case "StasisStart" if self._direction is Direction.OUTBOUND:
                self._exchange.spawn(self._connect())
            case "ChannelDtmfReceived" if not self._sound.attached:
                self.key(str(event.get("digit", "")))  # with a media channel the key comes that way, also in a gap
            case "ChannelHold":
                self._held = True
                self._events.put(HeldByFarEnd())
            case "ChannelUnhold":
                self._held = False
                self._events.put(Resumed())
            case "ChannelDestroyed":
                self._destroyed(event)
            case "StasisEnd" if self._direction is Direction.INBOUND:
                self.finish(by=self._our_end or Side.FAR, cause=_NORMAL)  # the only end an inbound call gets

    @property
    def media_channel(self) -> str:
        return self._sound.media_channel

    def media_channel_started(self) -> None:
        """The media channel entered Stasis: only now may it be bridged."""
        self._sound.started()

    def _rang(self) -> None:
        if self._state is CallState.DIALLING:
            self._state = CallState.RINGING
            self._events.put(Ringing())

    def _destroyed(self, event: Json) -> None:
        cause, code = event.get("cause"), event.get("tech_cause")
        by = self._our_end or (Side.LINE if cause == _NO_ANSWER else Side.FAR)
        sip_code = code if isinstance(code, int) else (487 if self._our_end is not None else None)
        self.finish(
            by=by, sip_code=sip_code, cause=cause if isinstance(cause, int) else None, text=str(event.get("cause_txt"))
        )

    def finish(self, *, by: Side, sip_code: int | None = None, cause: int | None = None, text: str = "") -> None:
        """The call is over: say so once, and take down what is left of it in Asterisk."""
        if self._state is CallState.ENDED:
            return
        answered = self._state is CallState.ANSWERED
        self._state = CallState.ENDED
        peer, self._peer = self._peer, None
        self._sound.playback.clear()
        self._exchange.spawn(self._clean_up(peer))
        self._events.put(
            CallEnded(
                by=by, sip_code=None if answered else sip_code, q850_cause=cause, cause_text=text, answered=answered
            )
        )
        log.info("call ended call=%s by=%s sip=%s q850=%s answered=%s", self._key, by, sip_code, cause, answered)
        self._exchange.on_over(self)

    async def _clean_up(self, peer: "AsteriskCall | None") -> None:
        if peer is not None and peer._state is not CallState.ENDED:
            peer._peer = None
            peer._events.put(BridgeEnded())
        await self._sound.close()
        if peer is not None and peer._state is CallState.ANSWERED and not peer._joins:
            await peer._sound.attach()

    async def _connect(self) -> None:
        """The far end answered: let it hear us."""
        try:
            if not self._joins:
                await self._sound.attach()
        except LineError as error:
            log.warning("call without sound call=%s error=%s", self._key, error.code)
            self._our_end = Side.LINE
            await self._exchange.ari.remove(f"channels/{self.channel}", reason="congestion")
            return
        if self._state is not CallState.ENDED:
            self._state = CallState.ANSWERED
            self._events.put(Answered())

    # --- the sound speaks (audiosocket.MediaSink)

    def audio(self, alaw: bytes, lost_before: int) -> None:
        self._events.put(AudioReceived(alaw=alaw, lost_before=lost_before))

    def key(self, key: str) -> None:
        if key in KEYS and len(key) == 1:
            self._events.put(KeyPressed(key=key))

    def playback_finished(self) -> None:
        self._events.put(PlaybackFinished())

    def media_lost(self) -> None:
        """The media channel ended by itself: a call nobody can hear is no call."""
        self._our_end = self._our_end or Side.LINE
        self._exchange.spawn(self._exchange.ari.remove(f"channels/{self.channel}", reason="normal"))


def _channel(event: Json) -> Json:
    found = event.get("channel")
    return found if isinstance(found, dict) else {}
