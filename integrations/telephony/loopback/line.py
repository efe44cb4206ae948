"""The near end of the loopback: a `voice.line.Line` whose calls all share one connection to the far end's process."""

import asyncio
import contextlib
import logging
from collections.abc import Callable, Sequence
from datetime import datetime

import msgspec

from campaigns.disposition import Disposition, classify
from dialogs.call_hours import BEIJING
from dialogs.prompts import Prompt
from integrations.telephony.loopback.protocol import (
    LONGEST_LINE_BYTES,
    Dial,
    FromFarEnd,
    HangUp,
    Join,
    Over,
    PicksUp,
    Rings,
    Say,
    Speaks,
    ToFarEnd,
)
from nlu.reading import Expectation
from nlu.utterance import Utterance
from voice.line import Answered, Call, CallEvent, DialOrder, Ended, LineClosed, Parted, Ringing, Said
from voice.synthesise.synthesiser import PLAIN, Manner

log = logging.getLogger(__name__)

_UNAVAILABLE = 503  # what a trunk would answer when its far side is gone
_TEMPORARY_FAILURE = 41  # Q.850
_MACHINES: dict[str, Disposition] = {"voicemail": Disposition.VOICEMAIL, "fax": Disposition.FAX}


class LoopbackCall:
    """One call over the loopback (`voice.line.Call`)."""

    def __init__(self, order: str, send: Callable[[ToFarEnd], None]) -> None:
        self._order = order
        self._send = send
        self._events: asyncio.Queue[CallEvent] = asyncio.Queue()
        self._answered = False
        self._machine: Disposition | None = None
        self._hung_up = False
        self._ended: Ended | None = None
        self._told = False  # whether `next` has given the end
        self._peer: LoopbackCall | None = None  # the other call of a bridge

    async def next(self) -> CallEvent:
        """The next event; after the end, the end again."""
        if self._told and self._ended is not None:
            return self._ended
        event = await self._events.get()
        self._told = isinstance(event, Ended)
        return event

    async def say(
        self,
        prompts: Sequence[Prompt],
        *,
        last: bool = False,
        expecting: Expectation | None = None,  # noqa: ARG002  words need neither
        manner: Manner = PLAIN,  # noqa: ARG002
        soon: Sequence[Prompt] = (),  # noqa: ARG002
    ) -> None:
        """Hands the prompts to the far end."""
        if self._talkable and self._peer is None:
            self._hung_up = last
            self._send(Say(call=self._order, words=tuple(each.spoken for each in prompts), last=last))

    async def hang_up(self) -> None:
        """Ends the call; the far end's `Over` brings the end."""
        if self._ended is None and not self._hung_up:
            self._hung_up = True
            self._send(HangUp(call=self._order))

    @property
    def recorded(self) -> bool:
        """Whether the sound of this call is kept."""
        return False

    async def stop_recording(self) -> None:
        """Words are no sound: nothing is recorded."""

    async def bridge(self, other: Call) -> bool:
        """Joins the two people, when both are there and neither is joined already."""
        if not isinstance(other, LoopbackCall) or other is self or other._send != self._send:
            raise ValueError("only two different calls of one line can be bridged")
        if not (self._talkable and other._talkable) or self._peer or other._peer:
            return False
        for one, two in ((self, other), (other, self)):
            one._peer = two
            one._send(Join(call=one._order, other=two._order))
        return True

    async def part(self) -> None:
        """Ends the bridge for both."""
        if self._peer is not None:
            self._peer._parted()
            self._parted()

    def _parted(self) -> None:
        self._peer = None
        self._put(Parted())

    @property
    def _talkable(self) -> bool:
        return self._answered and self._ended is None and not self._hung_up

    def take(self, message: FromFarEnd) -> None:
        """What the far end did."""
        match message:
            case Rings():
                self._put(Ringing())
            case PicksUp(machine=""):
                self._answered = True
                self._put(Answered())
            case PicksUp():  # a machine: nobody to speak with
                self._machine = _MACHINES[message.machine]
                if not self._hung_up:
                    self._hung_up = True
                    self._send(HangUp(call=self._order))
            case Speaks() if self._peer is None:
                self._put(
                    Said(Utterance(text=message.text, keys=message.keys, silence_seconds=message.silence_seconds))
                )
            case Over():
                self._end(message)

    def lose(self) -> None:
        """The far end is gone."""
        self._end(Over(call=self._order, sip_code=_UNAVAILABLE, q850_cause=_TEMPORARY_FAILURE, by="network"))

    def _end(self, over: Over) -> None:
        if self._ended is not None:
            return
        if self._peer is not None:
            self._peer._parted()
            self._peer = None
        self._ended = Ended(
            disposition=self._disposition(over),
            sip_code=over.sip_code,
            q850_cause=over.q850_cause,
            early_media=over.early_media,
            by=over.by,
        )
        self._events.put_nowait(self._ended)

    def _disposition(self, over: Over) -> Disposition:
        if self._machine is not None:
            return self._machine
        if self._answered:
            return Disposition.ANSWERED
        return classify(sip_code=over.sip_code, q850_cause=over.q850_cause, early_media=over.early_media)

    def _put(self, event: CallEvent) -> None:
        if self._ended is None:
            self._events.put_nowait(event)


class LoopbackLine:
    """Calls to simulated residents (`voice.line.Line`)."""

    def __init__(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, *, now: Callable[[], datetime]
    ) -> None:
        self._reader = reader
        self._writer = writer
        self._now = now
        self._calls: dict[str, LoopbackCall] = {}
        self._closed = False
        self._encode = msgspec.json.Encoder().encode
        self._decode = msgspec.json.Decoder(FromFarEnd).decode
        self._reading = asyncio.create_task(self._read(), name="loopback line")

    @classmethod
    async def connect(cls, port: int, *, now: Callable[[], datetime]) -> "LoopbackLine":
        """A line to the far end that listens on this port of this machine. Raises OSError."""
        reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=LONGEST_LINE_BYTES)
        return cls(reader, writer, now=now)

    @property
    def connected(self) -> bool:
        """Whether the far end is still there."""
        return not self._reading.done()

    @property
    def calls_up(self) -> int:
        """How many calls are under way."""
        return len(self._calls)

    async def dial(self, order: DialOrder) -> LoopbackCall:
        """Starts one call. Raises LineClosed; ValueError when the order's call is still up."""
        if self._closed:
            raise LineClosed
        if order.order in self._calls:
            raise ValueError(f"call {order.order} is still up")
        call = LoopbackCall(order.order, self._send)
        if self._reading.done():  # the far end died: the trunk is down, which is for the campaign to retry
            call.lose()
            return call
        self._calls[order.order] = call
        on = self._now().astimezone(BEIJING).date().isoformat()
        self._send(Dial(call=order.order, number=order.number, on=on, ring_seconds=order.ring_seconds))
        await self._drain()
        return call

    async def close(self) -> None:
        """Ends every call and the connection."""
        self._closed = True
        self._writer.close()
        self._reading.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await self._reading
        with contextlib.suppress(ConnectionError):
            await self._writer.wait_closed()

    def _send(self, message: ToFarEnd) -> None:
        if not self._writer.is_closing():
            self._writer.write(self._encode(message) + b"\n")

    async def _drain(self) -> None:
        with contextlib.suppress(ConnectionError):  # the reader sees the end of the connection and ends the calls
            await self._writer.drain()

    async def _read(self) -> None:
        try:
            while line := await self._reader.readline():
                self._take(self._decode(line))
        except (ConnectionError, ValueError, msgspec.DecodeError) as error:
            log.error("loopback connection lost: %s", type(error).__name__)
        finally:
            self._writer.close()
            while self._calls:
                self._calls.popitem()[1].lose()

    def _take(self, message: FromFarEnd) -> None:
        call = self._calls.get(message.call)
        if call is None:
            return
        call.take(message)
        if isinstance(message, Over):
            del self._calls[message.call]
