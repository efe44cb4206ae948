"""The platform's end of the media process: a telephone line in words whose calls live in that process."""

import asyncio
import contextlib
import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

import msgspec

from bot.media import protocol as p
from campaigns.disposition import Disposition
from dialogs.prompts import Prompt
from nlu.reading import Expectation
from voice.line import Answered, Call, CallEvent, DialOrder, Ended, Incoming, LineClosed, Parted, Ringing, Said
from voice.synthesise.synthesiser import PLAIN, Manner

log = logging.getLogger(__name__)

# A media process that died is up again within this; calls that are due meanwhile wait for it.
BACK_WITHIN_SECONDS = 60.0
LOST = Ended(disposition=Disposition.INTERRUPTED, sip_code=0)
NO_LINE = Ended(disposition=Disposition.FAILED, sip_code=0)

_decode = msgspec.msgpack.Decoder(p.FromMedia).decode


class RemoteCall:
    """`voice.line.Call` for a call in the media process."""

    def __init__(self, name: str, send: Callable[[p.ToMedia], None], *, recorded: bool = False) -> None:
        self._name = name
        self._recorded = recorded
        self._send = send
        self._events: asyncio.Queue[CallEvent] = asyncio.Queue()
        self._answered = False
        self._bridging: asyncio.Future[bool] | None = None
        self.ended: Ended | None = None

    async def next(self) -> CallEvent:
        """The next event; after the end, the end again."""
        if self.ended is not None and self._events.empty():
            return self.ended
        return await self._events.get()

    async def say(
        self,
        prompts: Sequence[Prompt],
        *,
        last: bool = False,
        expecting: Expectation | None = None,
        manner: Manner = PLAIN,
        soon: Sequence[Prompt] = (),
    ) -> None:
        """Hands the prompts over."""
        if self._answered and self.ended is None:
            self._send(
                p.Say(
                    call=self._name,
                    prompts=tuple(prompts),
                    last=last,
                    expecting=expecting,
                    manner=manner,
                    soon=tuple(soon),
                )
            )

    async def hang_up(self) -> None:
        """Asks for the end, which comes through `next`."""
        if self.ended is None:
            self._send(p.HangUp(call=self._name))

    @property
    def recorded(self) -> bool:
        """Whether the sound of this call is kept."""
        return self._recorded

    async def stop_recording(self) -> None:
        """Asks that nothing of the call be kept as sound."""
        if self.ended is None:
            self._send(p.StopRecording(call=self._name))

    async def bridge(self, other: Call) -> bool:
        """Joins two calls of the media process; False also when either ends meanwhile."""
        if not isinstance(other, RemoteCall) or other is self or other._send != self._send:
            raise ValueError("only two different calls of one line can be bridged")
        if self.ended is not None or self._bridging is not None:
            return False
        self._bridging = asyncio.get_running_loop().create_future()
        self._send(p.Bridge(call=self._name, other=other._name))
        try:
            return await self._bridging
        finally:
            self._bridging = None

    async def part(self) -> None:
        """Ends the bridge."""
        if self.ended is None:
            self._send(p.Part(call=self._name))

    def take(self, message: p.FromMedia) -> None:
        """What happened to the call."""
        match message:
            case p.Rings():
                self._put(Ringing())
            case p.PicksUp():
                self._answered = True
                self._put(Answered())
            case p.Speaks():
                self._put(Said(message.utterance))
            case p.Separates():
                self._put(Parted())
            case p.Bridged():
                self._bridged(joined=message.joined)
            case p.Over():
                self.end(message.ended)
            case _:
                log.error("call=%s unexpected=%s", self._name, type(message).__name__)

    def end(self, ended: Ended) -> None:
        """The call is over."""
        self._bridged(joined=False)
        self._put(ended)
        self.ended = self.ended or ended

    def _bridged(self, *, joined: bool) -> None:
        if self._bridging is not None and not self._bridging.done():
            self._bridging.set_result(joined)

    def _put(self, event: CallEvent) -> None:
        if self.ended is None:
            self._events.put_nowait(event)


Who = Literal["assistant", "resident"]


@dataclass(frozen=True, slots=True)
class Visitor:
    """A browser's call: where its sound and its words go, and what is told when it is over."""

    hear: Callable[[bytes], None]
    read: Callable[[Who, str], None]
    over: Callable[[], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Preparation:
    """How far the prompts of one piece of work are rendered."""

    done: int = 0
    total: int = 0

    @property
    def ready(self) -> bool:
        """Whether calls may begin."""
        return self.total > 0 and self.done >= self.total


@dataclass(slots=True)
class _Work:
    order: p.Prepare
    far: Preparation = field(default_factory=Preparation)


class MediaLine:
    """`voice.line.AnsweringLine` over the media process, whichever of them is alive."""

    def __init__(self) -> None:
        self._calls: dict[str, RemoteCall] = {}
        self._visitors: dict[str, Visitor] = {}
        self._incoming: asyncio.Queue[Incoming] = asyncio.Queue()
        self._writer: asyncio.StreamWriter | None = None
        self._connected = asyncio.Event()
        self._work: dict[str, _Work] = {}
        self._closed = False

    async def carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Serves calls over one connection until it ends; then every call of it has ended as interrupted."""
        self._writer = writer
        self._connected.set()
        for work in self._work.values():
            self._send(work.order)
        try:
            while (body := await p.read_frame(reader)) is not None:
                self._take(_decode(body))
        except (p.Torn, msgspec.DecodeError) as error:
            log.error("media connection lost: %s", type(error).__name__)
        finally:
            self._connected.clear()
            self._writer = None
            writer.close()
            self._lose()

    # voice.line.AnsweringLine

    async def dial(self, order: DialOrder) -> RemoteCall:
        """Starts one call. Waits for a media process that is being started again."""
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._connected.wait(), BACK_WITHIN_SECONDS)
        if self._closed:
            raise LineClosed
        call = self._new(order.order, recorded=order.recorded)
        if self._writer is None:
            self._calls.pop(order.order).end(NO_LINE)
        else:
            self._send(
                p.Dial(
                    call=order.order,
                    number=order.number,
                    caller=order.caller,
                    ring_seconds=order.ring_seconds,
                    recorded=order.recorded,
                    pace=order.pace,
                )
            )
        return call

    async def incoming(self) -> Incoming:
        """The next call to us. Raises LineClosed."""
        if self._closed:
            raise LineClosed
        return await self._incoming.get()

    async def close(self) -> None:
        """Ends every call."""
        self._closed = True
        self._connected.set()
        for call in self._calls.values():
            await call.hang_up()

    @property
    def calls_up(self) -> int:
        """How many calls are under way."""
        return len(self._calls)

    # Browsers

    def visit(self, name: str, reference: str, visitor: Visitor) -> bool:
        """A browser calls. False when there is no media process to take the call."""
        if self._writer is None or name in self._visitors:
            return False
        self._visitors[name] = visitor
        self._send(p.Visit(call=name, reference=reference))
        return True

    def speak(self, name: str, alaw: bytes) -> None:
        """Sound from the browser's microphone."""
        if name in self._visitors:
            self._send(p.Sound(call=name, alaw=alaw))

    def press(self, name: str, key: str) -> None:
        """A key of the browser's telephone."""
        if name in self._visitors:
            self._send(p.Press(call=name, key=key))

    def leave(self, name: str) -> None:
        """The browser is gone."""
        if self._visitors.pop(name, None) is not None:
            self._send(p.Leave(call=name))

    # Prompts ahead

    def prepare(self, name: str, texts: Sequence[str], manners: Sequence[Manner]) -> None:
        """Has texts rendered that hold nothing personal; again after a restart, when the cache makes it quick."""
        order = p.Prepare(call=name, texts=tuple(texts), manners=tuple(manners))
        self._work[name] = _Work(order)
        self._send(order)

    @property
    def prepared(self) -> Mapping[str, Preparation]:
        """Each piece of work, and how far it is."""
        return {name: work.far for name, work in self._work.items()}

    def _new(self, name: str, *, recorded: bool = False) -> RemoteCall:
        if name in self._calls:
            raise ValueError(f"call {name} is still up")
        call = self._calls[name] = RemoteCall(name, self._send, recorded=recorded)
        return call

    def _send(self, message: p.ToMedia) -> None:
        if isinstance(message, p.Say):
            self._show(message.call, "assistant", "".join(each.shown for each in message.prompts))
        if self._writer is not None:
            self._writer.write(p.framed(message))

    def _take(self, message: p.FromMedia) -> None:
        match message:
            case p.CallsUs():
                self._incoming.put_nowait(
                    Incoming(
                        call=self._new(message.call, recorded=message.recorded),
                        caller=message.caller,
                        called=message.called,
                        reference=message.reference,
                        recording=message.call if message.recorded else None,
                    )
                )
            case p.Prepared() if message.call in self._work:
                self._work[message.call].far = Preparation(done=message.done, total=message.total)
            case p.Sound() if message.call in self._visitors:
                self._visitors[message.call].hear(message.alaw)
            case p.Speaks():
                self._show(message.call, "resident", message.utterance.text or message.utterance.keys)
        if message.call in self._calls and not isinstance(message, p.CallsUs | p.Sound):
            self._calls[message.call].take(message)
        if isinstance(message, p.Over):
            self._calls.pop(message.call, None)
            self._dismiss(message.call)

    def _show(self, name: str, who: Who, text: str) -> None:
        if name in self._visitors and text:
            self._visitors[name].read(who, text)

    def _lose(self) -> None:
        while self._calls:
            self._calls.popitem()[1].end(LOST)
        for name in list(self._visitors):
            self._dismiss(name)

    def _dismiss(self, name: str) -> None:
        visitor = self._visitors.pop(name, None)
        if visitor is not None:
            visitor.over()
