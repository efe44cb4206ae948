"""A call from a page in a browser, as sound: `voice.media.MediaCall` without a telephone line under it.

The page and we exchange A-law over whatever connects us, 20 ms at a time and at the pace of speech, so that nothing
waits in the browser that `clear` could not take back.
"""

import asyncio
from collections.abc import AsyncIterator, Callable

from integrations.telephony.event_stream import EventStream
from integrations.telephony.rtp.pacer import Pacer
from integrations.telephony.rtp.playback import Playback
from voice.audio.dtmf import tones
from voice.audio.g711 import encode_alaw
from voice.media import (
    ALAW_SILENCE,
    FRAME_BYTES,
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
    KeyPressed,
    MediaCall,
    MediaCounts,
    PlaybackFinished,
    Side,
)

PAGE_SILENT_SECONDS = 30.0  # without a frame: the page was closed by force, or the tablet sleeps
MOST_AT_ONCE_BYTES = 16_000  # 2 s: a page that was stalled; more is no microphone
NORMAL_CLEARING, RECOVERY_ON_TIMER = 16, 102  # ITU-T Q.850


class BrowserCall:
    """One call from a page. `hear` is given what the page has to play."""

    def __init__(
        self,
        pacer: Pacer,
        *,
        call_id: str,
        reference: str,
        hear: Callable[[bytes], None],
        on_over: Callable[["BrowserCall"], None],
    ) -> None:
        self.reference = reference  # what the page was let in with
        self._pacer = pacer
        self._call_id = call_id
        self._hear = hear
        self._on_over = on_over
        self._state = CallState.RINGING
        self._answered = False
        self._events = EventStream()
        self._playback = Playback()
        self._counts = MediaCounts()
        self._leftover = b""
        self._peer: BrowserCall | None = None
        self._last_heard = asyncio.get_running_loop().time()

    # --- what the page does

    def receive(self, alaw: bytes) -> None:
        """Sound from the page's microphone, any number of bytes."""
        if self._state is not CallState.ANSWERED:
            return
        if len(alaw) > MOST_AT_ONCE_BYTES:
            self._counts.junk += 1
            return
        self._last_heard = asyncio.get_running_loop().time()
        sound = self._leftover + alaw
        whole = len(sound) - len(sound) % FRAME_BYTES
        self._leftover = sound[whole:]
        for at in range(0, whole, FRAME_BYTES):
            frame = sound[at : at + FRAME_BYTES]
            self._counts.received += 1
            if self._peer is not None:
                self._peer._hear(frame)
            self._events.put(AudioReceived(alaw=frame))

    def pressed(self, key: str) -> None:
        """A key of the page's telephone; anything else is ignored."""
        if self._state is CallState.ANSWERED and len(key) == 1 and key in KEYS:
            self._events.put(KeyPressed(key=key))

    def gone(self) -> None:
        """The page hung up or was closed."""
        self.end(by=Side.FAR)

    # --- rtp.pacer.Paced

    def frame_due(self, now: float, *, late: bool) -> None:
        """Sends the next 20 ms, when there is something to say."""
        if now - self._last_heard > PAGE_SILENT_SECONDS:
            self.end(by=Side.LINE, cause=RECOVERY_ON_TIMER, text="no sound from the page")
        elif self._playback and self._peer is None:
            self._hear(self._playback.next_frame())
            self._counts.sent += 1
            self._counts.sent_late += late
            if not self._playback:
                self._events.put(PlaybackFinished())

    def skip_frames(self, frames: int) -> None:
        """A hole; the page plays silence."""
        self._counts.sent_late += frames

    # --- voice.media.MediaCall

    @property
    def call_id(self) -> str:
        return self._call_id

    @property
    def direction(self) -> Direction:
        return Direction.INBOUND

    @property
    def far_number(self) -> str:
        return ""

    @property
    def near_number(self) -> str:
        return ""

    @property
    def state(self) -> CallState:
        return self._state

    @property
    def on_hold(self) -> bool:
        return False

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
        if self._state is not CallState.ENDED:
            self._playback.push(alaw)

    def clear(self) -> float:
        return self._playback.clear()

    def send_keys(self, keys: str) -> None:
        if any(key not in KEYS for key in keys):
            raise ValueError(f"not telephone keys: {keys!r}")
        if self._state is not CallState.ENDED:
            self._playback.push(encode_alaw(tones(keys)))

    async def ring(self) -> None:
        """The page shows that it rings by itself."""

    async def answer(self) -> None:
        if self._state is CallState.ENDED:
            raise CallOver
        if self._state is CallState.RINGING:
            self._state, self._answered = CallState.ANSWERED, True
            self._last_heard = asyncio.get_running_loop().time()
            self._hear(ALAW_SILENCE)  # tells the page that somebody is there
            self._pacer.add(self)
            self._events.put(Answered())

    async def refuse(self, *, sip_code: int = 486) -> None:
        if self._state is CallState.RINGING:
            self.end(by=Side.NEAR, sip_code=sip_code)

    async def hang_up(self) -> None:
        self.end(by=Side.NEAR)

    async def bridge(self, other: MediaCall) -> None:
        if not isinstance(other, BrowserCall) or other is self:
            raise ValueError("only two different calls of the same dialer can be bridged")
        if self._state is not CallState.ANSWERED or other._state is not CallState.ANSWERED:
            raise CallOver
        await self.unbridge()
        await other.unbridge()
        for one, two in ((self, other), (other, self)):
            one._playback.clear()
            one._peer = two

    async def unbridge(self) -> None:
        self._part()

    def _part(self) -> "BrowserCall | None":
        peer, self._peer = self._peer, None
        if peer is not None:
            peer._peer = None
        return peer

    def end(self, *, by: Side, cause: int = NORMAL_CLEARING, text: str = "", sip_code: int | None = None) -> None:
        """The end, once."""
        if self._state is CallState.ENDED:
            return
        self._state = CallState.ENDED
        peer = self._part()
        if peer is not None:
            peer._events.put(BridgeEnded())
        self._pacer.remove(self)
        self._playback.clear()
        code = None if self._answered else sip_code or 487
        self._events.put(
            CallEnded(by=by, sip_code=code, q850_cause=cause, cause_text=text, answered=self._answered, trunk="browser")
        )
        self._on_over(self)
