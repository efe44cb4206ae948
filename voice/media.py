"""One telephone call as sound: the seam between whoever speaks and whatever carries the call.

A `Dialer` (our SIP user agent, Asterisk through ARI, the loopback phone) places and accepts calls; each is a
`MediaCall`. Sound on both sides of the seam is G.711 A-law, 8 000 samples a second, mono, in frames of 20 ms
(160 bytes); an implementation that carries anything else on its wire transcodes. tests/telephony/test_contract.py
holds every implementation to what is promised here.
"""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol

from voice.errors import VoiceError

SAMPLES_PER_SECOND = 8_000
FRAME_SECONDS = 0.02
FRAME_BYTES = 160  # one A-law byte per sample
ALAW_SILENCE = b"\xd5" * FRAME_BYTES  # the A-law code nearest to zero
KEYS = "0123456789*#ABCD"  # the sixteen keys of RFC 4733, in the order of their event numbers


class LineError(VoiceError):
    """A telephone line could not do what was asked.

    LineError
    ├── NoLineFree     line.busy
    ├── CallOver       line.call-over
    └── CallBridged    line.bridged
    """


class NoLineFree(LineError):
    """No trunk can take one more call now: all full, over their set-up rate, blocked or unreachable."""

    retryable = True

    def __init__(self, message: str, *, retry_after_seconds: float) -> None:
        super().__init__("line.busy", message)
        self.retry_after_seconds = retry_after_seconds


class CallOver(LineError):
    """The call ended before what was asked could be done."""

    def __init__(self) -> None:
        super().__init__("line.call-over", "通话已经结束，无法再操作；如需联系请重新拨打。")


class CallBridged(LineError):
    """The assistant tried to speak while a person has the call."""

    def __init__(self) -> None:
        super().__init__("line.bridged", "通话已转给工作人员，助手不能插话；请先收回通话。")


class Direction(StrEnum):
    OUTBOUND = "outbound"
    INBOUND = "inbound"


class CallState(StrEnum):
    """Where a call is; it only ever moves downwards in this list."""

    DIALLING = "dialling"
    RINGING = "ringing"  # also an inbound call that has not been answered
    ANSWERED = "answered"
    ENDED = "ended"


class Side(StrEnum):
    """Who ended a call."""

    NEAR = "near"  # we hung up, cancelled or refused
    FAR = "far"  # the other person, or the network on the way to them
    LINE = "line"  # nobody: time-out, unreachable trunk, lost media


class EarlyMediaClass(StrEnum):
    """What was heard before the answer, as far as the sound alone tells."""

    NONE = "none"  # no sound reached us
    SILENCE = "silence"
    RINGBACK = "ringback"  # 450 Hz, 1 s on, 4 s off
    BUSY = "busy"  # 450 Hz, 0.35 s on, 0.35 s off
    CONGESTION = "congestion"  # 450 Hz, 0.7 s on, 0.7 s off
    TONE = "tone"  # some other tone
    ANNOUNCEMENT = "announcement"  # speech or music: what it says is for the recogniser


@dataclass(frozen=True, slots=True, kw_only=True)
class DialOrder:
    """A call to place."""

    number: str  # as dialled on the trunk, or a whole sip: address
    ring_seconds: float = 45.0  # how long it may ring before we give up; a Chinese network itself stops near 60 s
    trunk: str | None = None  # the trunk to use; None lets the dialer choose
    caller_number: str | None = None  # the number to show; None is the trunk's own. Kept on retries by the caller
    reference: str = ""  # the attempt's id, for logs and for the exchange's own records
    headers: tuple[tuple[str, str], ...] = ()  # extra SIP headers a carrier asks for
    joins: str | None = None  # call_id of the call a person dialled here is to be bridged to


@dataclass(frozen=True, slots=True, kw_only=True)
class Ringing:
    """The far telephone rings, or so the network says."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EarlyMediaOpened:
    """Sound before the answer begins; frames follow as `AudioReceived`. Asterisk over ARI gives the event only."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """Both sides can hear each other from here on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyPressed:
    """A telephone key, once per press however often the network repeated it."""

    key: str  # one of KEYS


@dataclass(frozen=True, slots=True, kw_only=True)
class AudioReceived:
    """20 ms from the far end."""

    alaw: bytes  # FRAME_BYTES
    lost_before: int = 0  # frames that never came, directly before this one


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaybackFinished:
    """Everything queued by `send` is on the wire. Not raised by `clear`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldByFarEnd:
    """The far end put us on hold: it hears nothing until `Resumed`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Resumed:
    """The far end took us off hold."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BridgeEnded:
    """The other call of a bridge is gone; the assistant may speak again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CallEnded:
    """The last event of every call, exactly once."""

    by: Side
    sip_code: int | None = None  # the final SIP response of a call that was not answered; None once answered
    q850_cause: int | None = None  # ITU-T Q.850, as the network gave it or as RFC 3398 maps the SIP code
    cause_text: str = ""  # the network's own words
    answered: bool = False
    early_media: EarlyMediaClass = EarlyMediaClass.NONE
    trunk: str = ""


CallEvent = (
    Ringing
    | EarlyMediaOpened
    | Answered
    | KeyPressed
    | AudioReceived
    | PlaybackFinished
    | HeldByFarEnd
    | Resumed
    | BridgeEnded
    | CallEnded
)


@dataclass(slots=True, kw_only=True)
class MediaCounts:
    """What happened to one call's sound; packets."""

    sent: int = 0
    sent_late: int = 0  # left more than a frame after their time
    received: int = 0
    lost: int = 0
    reordered: int = 0
    duplicate: int = 0
    unsent: int = 0  # the network stack refused them
    junk: int = 0  # not RTP, or from nobody we talk to
    wrong_codec: int = 0
    dropped_unread: int = field(default=0)  # frames nobody consumed in time


class MediaCall(Protocol):
    """One call. What must hold:

    - `events()` has one reader, gives events in the order they happened and ends after `CallEnded`, which always
      comes, whoever ends the call and however; nothing of the call is held by the dialer after it.
    - Before `Answered` nothing sent is heard; `send` then queues. After `CallEnded` every method does nothing.
    - `send` takes any number of A-law bytes and plays them in order, one frame every 20 ms; `clear` drops what is
      queued and silence is on the wire within 200 ms (barge-in), keys pressed by us excepted.
    - Exactly one of {assistant, bridged person} is heard by the far end: while bridged, `send` raises CallBridged,
      and `bridge` drops what was queued.
    - A reader that stops reading loses the oldest audio (counted), never another event, and never memory.
    """

    @property
    def call_id(self) -> str:
        """Unique among all calls; goes into logs and call records."""
        ...

    @property
    def direction(self) -> Direction: ...

    @property
    def far_number(self) -> str:
        """Outbound: the number dialled. Inbound: the caller's number as shown to us, "" when withheld."""
        ...

    @property
    def near_number(self) -> str:
        """Outbound: the number we showed. Inbound: the number that was called."""
        ...

    @property
    def state(self) -> CallState: ...

    @property
    def on_hold(self) -> bool:
        """Whether the far end holds us."""
        ...

    @property
    def bridged(self) -> bool: ...

    @property
    def queued_seconds(self) -> float:
        """How much of what was sent has not been played yet."""
        ...

    @property
    def counts(self) -> MediaCounts: ...

    def events(self) -> AsyncIterator[CallEvent]: ...

    def send(self, alaw: bytes) -> None:
        """Queue sound. Raises CallBridged while a person has the call."""
        ...

    def clear(self) -> float:
        """Stop speaking at once; the seconds that were queued and will not be heard."""
        ...

    def send_keys(self, keys: str) -> None:
        """Press telephone keys towards the far end, one after the other. ValueError for anything not in KEYS."""
        ...

    async def ring(self) -> None:
        """Inbound: let the caller hear that it rings."""
        ...

    async def answer(self) -> None:
        """Inbound: take the call. Raises CallOver when the caller is already gone."""
        ...

    async def refuse(self, *, sip_code: int = 486) -> None:
        """Inbound: turn the call away."""
        ...

    async def hang_up(self) -> None:
        """End the call from our side in whatever state it is; returns once that is decided, `CallEnded` follows."""
        ...

    async def bridge(self, other: "MediaCall") -> None:
        """Connect two answered calls of the same dialer, each hearing the other. Raises CallOver, ValueError.

        When one of them ends, the other gets `BridgeEnded` and stays up.
        """
        ...

    async def unbridge(self) -> None:
        """Take the call back from the person."""
        ...


class Dialer(Protocol):
    """Places and accepts calls over one or more trunks; used as an async context manager."""

    async def dial(self, order: DialOrder) -> MediaCall:
        """A call that is on its way.

        Raises NoLineFree when nothing can carry it now, LineError when nothing ever will.
        """
        ...

    async def accept(self) -> MediaCall:
        """The next inbound call, not yet answered; waits until there is one."""
        ...

    async def __aenter__(self) -> "Dialer": ...

    async def __aexit__(self, *unused: object) -> None:
        """End every call, unregister, and give back every socket and task."""
        ...
