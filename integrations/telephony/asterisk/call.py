"""One call that Asterisk carries: its channel, its bridge, and the media channel our sound goes through."""

import asyncio
import logging
import uuid
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass

from integrations.telephony.asterisk.ari import Ari, Json
from integrations.telephony.asterisk.audiosocket import AudioSocketMedia
from integrations.telephony.event_stream import EventStream
from integrations.telephony.rtp.pacer import Pacer
from integrations.telephony.rtp.playback import Playback
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchange:
    """What every call of one Asterisk shares."""

    ari: Ari
    pacer: Pacer
    audio_address: str  # "host:port" of our AudioSocket server, as Asterisk reaches it
    expected_media: dict[uuid.UUID, AudioSocketMedia]  # whose connection has not come yet
    on_over: Callable[["AsteriskCall"], None]
    spawn: Callable[..., None]  # runs a coroutine until it is done or the dialer closes


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
        self._counts = MediaCounts()
        self._playback = Playback()
        self._media: AudioSocketMedia | None = None
        self._media_number = 0
        self._media_key = key
        self._media_started: asyncio.Event | None = None
        self._bridge_made = False
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
        return self._playback.seconds

    @property
    def counts(self) -> MediaCounts:
        self._counts.dropped_unread = self._events.dropped
        return self._counts

    def events(self) -> AsyncIterator[CallEvent]:
        return self._events.read()

    def send(self, alaw: bytes) -> None:
        if self._peer is not None:
            raise CallBridged
        if self._state is CallState.ENDED:
            return
        self._playback.push(alaw)
        if self._state is CallState.ANSWERED and self._media is None:
            self._exchange.spawn(self._attach_media())

    def clear(self) -> float:
        return self._playback.clear()

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
        await self._detach_media()
        await other._detach_media()
        if other._bridge_made:
            await self._exchange.ari.request("POST", f"bridges/{other._bridge}/removeChannel", channel=other.channel)
        await self._make_bridge()
        await self._exchange.ari.request("POST", f"bridges/{self._bridge}/addChannel", channel=other.channel)

    async def unbridge(self) -> None:
        peer, self._peer = self._peer, None
        if peer is None:
            return
        peer._peer = None
        ari = self._exchange.ari
        for call, holder in ((peer, self), (self, peer)):
            if call._state is CallState.ANSWERED and holder._bridge_made and not call._bridge_made:
                await ari.request("POST", f"bridges/{holder._bridge}/removeChannel", channel=call.channel)
        await self._attach_media()

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
            case "ChannelDtmfReceived" if self._media is None:
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

    def media_channel_started(self) -> None:
        """The media channel entered Stasis: only now may it be bridged."""
        if self._media_started is not None:
            self._media_started.set()

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
        self._playback.clear()
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
        await self._drop_media()
        if self._bridge_made:
            await self._exchange.ari.remove(f"bridges/{self._bridge}")
        if peer is not None and peer._state is CallState.ANSWERED and peer._bridge_made:
            await peer._attach_media()

    # --- the way of the sound

    @property
    def _bridge(self) -> str:
        return f"b-{self._key}"

    @property
    def media_channel(self) -> str:
        suffix = f"-{self._media_number}" if self._media_number else ""
        return f"x-{self._key}{suffix}"

    async def _connect(self) -> None:
        """The far end answered: let it hear us."""
        try:
            if not self._joins:
                await self._attach_media()
        except LineError as error:
            log.warning("call without sound call=%s error=%s", self._key, error.code)
            self._our_end = Side.LINE
            await self._exchange.ari.remove(f"channels/{self.channel}", reason="congestion")
            return
        if self._state is not CallState.ENDED:
            self._state = CallState.ANSWERED
            self._events.put(Answered())

    async def _make_bridge(self) -> None:
        if not self._bridge_made:
            self._bridge_made = True
            await self._exchange.ari.request("POST", "bridges", type="mixing", bridgeId=self._bridge)

    async def _attach_media(self) -> None:
        """A mixing bridge of the channel and a media channel that leads to our AudioSocket server."""
        if self._media is not None or self._state is CallState.ENDED:
            return
        media = self._media = AudioSocketMedia(self, self._counts, self._playback)
        started = self._media_started = asyncio.Event()
        data = uuid.uuid4() if self._media_number else self._key
        self._media_key = data
        self._exchange.expected_media[data] = media
        first = not self._bridge_made
        await self._make_bridge()
        ari = self._exchange.ari
        await ari.request(
            "POST",
            "channels/externalMedia",
            app=ari.app,
            external_host=self._exchange.audio_address,
            format="slin",
            encapsulation="audiosocket",
            transport="tcp",
            data=str(data),
            channelId=self.media_channel,
        )
        await started.wait()
        if media.closing or self.state is CallState.ENDED:
            return
        channels = f"{self.channel},{self.media_channel}" if first else self.media_channel
        await ari.request("POST", f"bridges/{self._bridge}/addChannel", channel=channels)
        if self._media is media:
            self._exchange.pacer.add(media)

    async def _detach_media(self) -> None:
        """Take our sound out of the bridge, before a person takes the call."""
        if self._media is not None:
            await self._exchange.ari.request(
                "POST", f"bridges/{self._bridge}/removeChannel", channel=self.media_channel
            )
            await self._drop_media()
        self._playback.clear()

    async def _drop_media(self) -> None:
        media, self._media = self._media, None
        if media is None:
            return
        media.closing = True
        self.media_channel_started()  # nobody waits for it any more
        self._exchange.pacer.remove(media)
        self._exchange.expected_media.pop(self._media_key, None)
        await self._exchange.ari.remove(f"channels/{self.media_channel}")
        media.close()
        self._media_number += 1

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
