"""The media process's side of the conversation with the platform: orders in, what happened on the calls out."""

import asyncio
import contextlib
import logging
from collections.abc import Callable, Coroutine, Sequence
from datetime import datetime
from typing import Any, Protocol

import msgspec

from bot.media import protocol as p
from campaigns.disposition import Disposition
from integrations.errors import IntegrationError
from integrations.telephony.browser.call import BrowserCall
from integrations.telephony.browser.dialer import BrowserDialer
from voice import media
from voice.errors import VoiceError
from voice.line import Answered, Call, DialOrder, Ended, Parted, Ringing, Said
from voice.recognise.recogniser import Recogniser
from voice.recording import Tape
from voice.spoken_line import SpokenLine
from voice.synthesise.synthesiser import Manner

log = logging.getLogger(__name__)

_decode = msgspec.msgpack.Decoder(p.ToMedia).decode
NOT_TAKEN = Ended(disposition=Disposition.FAILED, sip_code=503)


class Senses(Protocol):
    """What hears and speaks (`bot.media.engines.Engines`). Nothing but `load` and `render` is asked before `load`."""

    @property
    def recogniser(self) -> Recogniser:
        """Hears."""
        ...

    async def load(self) -> None:
        """Returns when both are there. Raises VoiceError, IntegrationError."""
        ...

    def speak(self, text: str, manner: Manner) -> bytes:
        """A text as A-law at 8 kHz; blocks."""
        ...

    def tape(self, recording: str) -> Tape:
        """What a call is recorded on."""
        ...

    async def render(
        self, texts: Sequence[str], manners: Sequence[Manner], *, progress: Callable[[int, int], None]
    ) -> None:
        """Renders texts that hold nothing personal. Raises as `load`."""
        ...


class Switchboard:
    """Every call of this process by its name. `telephone` is None where only browsers call."""

    def __init__(
        self,
        *,
        send: Callable[[p.FromMedia], None],
        senses: Senses,
        telephone: media.Dialer | None,
        now: Callable[[], datetime],
        records: bool = False,
    ) -> None:
        """`records` telephone calls to us; those that we make are recorded when their order says so."""
        self._records = records
        self._send = send
        self._senses = senses
        self._telephone = telephone
        self._browsers = BrowserDialer()
        self._now = now
        self._line: SpokenLine | None = None
        self._calls: dict[str, Call] = {}
        self._pages: dict[str, BrowserCall] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    async def serve(self, reader: asyncio.StreamReader) -> None:
        """Until the platform is gone; then every call has ended."""
        dialers = [each for each in (self._telephone, self._browsers) if each is not None]
        accepting = [asyncio.create_task(self._accept(each)) for each in dialers]
        try:
            while (body := await p.read_frame(reader)) is not None:
                await self._take(_decode(body))
        finally:
            for task in (*accepting, *self._tasks):
                task.cancel()
            await asyncio.gather(*accepting, *self._tasks, return_exceptions=True)
            await self._browsers.__aexit__()
            if self._line is not None:
                await self._line.close()

    async def _take(self, message: p.ToMedia) -> None:
        match message:
            case p.Dial():
                await self._dial(message)
            case p.Visit():
                self._ring(message)
            case p.Sound() if message.call in self._pages:
                self._pages[message.call].receive(message.alaw)
            case p.Press() if message.call in self._pages:
                self._pages[message.call].pressed(message.key)
            case p.Leave() if message.call in self._pages:
                self._pages[message.call].gone()
            case p.Prepare():
                self._start(self._prepare(message))
            case p.Bridge():
                self._send(p.Bridged(call=message.call, joined=await self._bridge(message)))
            case p.Say() | p.HangUp() | p.Part() | p.StopRecording() if message.call in self._calls:
                await self._order(self._calls[message.call], message)

    @staticmethod
    async def _order(call: Call, message: p.Say | p.HangUp | p.Part | p.StopRecording) -> None:
        match message:
            case p.Say():
                await call.say(
                    message.prompts,
                    last=message.last,
                    expecting=message.expecting,
                    manner=message.manner,
                    soon=message.soon,
                )
            case p.HangUp():
                await call.hang_up()
            case p.Part():
                await call.part()
            case p.StopRecording():
                await call.stop_recording()

    async def _bridge(self, message: p.Bridge) -> bool:
        one, other = self._calls.get(message.call), self._calls.get(message.other)
        if one is None or other is None:
            return False
        try:
            return await one.bridge(other)
        except ValueError:  # a browser and a telephone
            return False

    async def _dial(self, message: p.Dial) -> None:
        line = await self._spoken()
        call = await line.dial(
            DialOrder(
                order=message.call,
                number=message.number,
                caller=message.caller,
                ring_seconds=message.ring_seconds,
                recorded=message.recorded,
                pace=message.pace,
            )
        )
        self._follow(message.call, call)

    async def _spoken(self) -> SpokenLine:
        """The line in words, once hearing and speaking are loaded."""
        await self._senses.load()
        if self._line is None:
            self._line = SpokenLine(
                self._telephone or self._browsers,
                recogniser=self._senses.recogniser,
                speak=self._senses.speak,
                now=self._now,
                tape=self._senses.tape,
            )
        return self._line

    def _follow(self, name: str, call: Call) -> None:
        self._calls[name] = call
        self._start(self._report(name, call))

    async def _report(self, name: str, call: Call) -> None:
        """Everything that happens on a call, until its end."""
        try:
            while True:
                event = await call.next()
                match event:
                    case Ringing():
                        self._send(p.Rings(call=name))
                    case Answered():
                        self._send(p.PicksUp(call=name))
                    case Said():
                        self._send(p.Speaks(call=name, utterance=event.utterance))
                    case Parted():
                        self._send(p.Separates(call=name))
                    case Ended():
                        self._send(p.Over(call=name, ended=event))
                        return
        finally:
            self._calls.pop(name, None)
            self._pages.pop(name, None)

    # Calls to us

    async def _accept(self, dialer: media.Dialer) -> None:
        while True:
            self._start(self._answer(await dialer.accept()))

    async def _answer(self, carried: media.MediaCall) -> None:
        """Takes a call and tells the platform. A call that nobody here can hear is refused."""
        await carried.ring()
        try:
            line = await self._spoken()
            await carried.answer()
        except media.CallOver:
            self._never_taken(carried.call_id)
            return
        except (VoiceError, IntegrationError) as error:
            log.error("call=%s not taken: %s", carried.call_id, error.code)
            await carried.refuse(sip_code=503)
            self._never_taken(carried.call_id)
            return
        page = carried if isinstance(carried, BrowserCall) else None
        recorded = self._records and page is None
        self._send(
            p.CallsUs(
                call=carried.call_id,
                caller=carried.far_number,
                called=carried.near_number,
                reference=page.reference if page else "",
                recorded=recorded,
            )
        )
        self._follow(carried.call_id, line.take(carried, recording=carried.call_id if recorded else ""))

    def _never_taken(self, name: str) -> None:
        if self._pages.pop(name, None) is not None:
            self._send(p.Over(call=name, ended=NOT_TAKEN))

    def _ring(self, message: p.Visit) -> None:
        name = message.call

        def hear(alaw: bytes) -> None:
            self._send(p.Sound(call=name, alaw=alaw))

        try:
            self._pages[name] = self._browsers.ring(name, message.reference, hear)
        except media.NoLineFree:
            self._send(p.Over(call=name, ended=NOT_TAKEN))

    # Prompts ahead

    async def _prepare(self, message: p.Prepare) -> None:
        def progress(done: int, total: int) -> None:
            self._send(p.Prepared(call=message.call, done=done, total=total))

        try:
            await self._senses.render(message.texts, message.manners, progress=progress)
        except VoiceError as error:
            log.error("prompts=%s not rendered: %s", message.call, error.code)

    def _start(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._done)

    def _done(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        with contextlib.suppress(asyncio.CancelledError):
            if (error := task.exception()) is not None:
                log.error("work failed", exc_info=error)
