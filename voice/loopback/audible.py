"""A line in words made audible: what its far ends say is spoken, sent over a telephone, and recognised again."""

import asyncio
from collections.abc import Callable, Sequence
from typing import Protocol

from dialogs.prompts import Prompt
from nlu.reading import Expectation
from nlu.utterance import Utterance
from voice import media
from voice.audio.g711 import encode_alaw
from voice.audio.sound import Sound
from voice.line import Answered, Call, CallEvent, DialOrder, Ended, Line, Ringing, Said
from voice.loopback.media_call import LoopbackCall
from voice.spoken_call import SpokenCall
from voice.synthesise.synthesiser import PLAIN, Manner

Carry = Callable[[media.MediaCall, DialOrder], SpokenCall]
"""Makes a call that is heard and spoken out of one that carries sound."""


class Throat(Protocol):
    """The voice of one far end."""

    def says(self, text: str) -> Sound:
        """The text as it arrives at 8 kHz; blocks while it is rendered."""
        ...


class AudibleLine:
    """`voice.line.Line` over one in words. `throat` gives the voice of a far end, or None to leave its call in words.

    It is asked when the call is answered. The line in words is its owner's to close.
    """

    def __init__(self, words: Line, *, throat: Callable[[DialOrder], Throat | None], carry: Carry) -> None:
        self._words = words
        self._throat = throat
        self._carry = carry

    async def dial(self, order: DialOrder) -> Call:
        """Starts one call."""
        return AudibleCall(await self._words.dial(order), order, throat=self._throat, carry=self._carry)

    async def close(self) -> None:
        """Ends every call."""
        await self._words.close()


class AudibleCall:
    """One call (`voice.line.Call`): in words until it is answered, then heard and spoken where it has a voice."""

    def __init__(
        self, words: Call, order: DialOrder, *, throat: Callable[[DialOrder], Throat | None], carry: Carry
    ) -> None:
        self._words = words
        self._order = order
        self._throat_of = throat
        self._carry = carry
        self._events: asyncio.Queue[CallEvent] = asyncio.Queue()
        self._ended: Ended | None = None
        self._carried: LoopbackCall | None = None
        self._spoken: SpokenCall | None = None
        self._throat: Throat | None = None
        self._following = asyncio.create_task(self._follow(), name=f"audible {order.order}")
        self._hearing: asyncio.Task[None] | None = None

    async def next(self) -> CallEvent:
        """The next event; after the end, the end again."""
        if self._ended is not None and self._events.empty():
            return self._ended
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
        """Speaks; the far end is told the words as well, for it understands no sound."""
        if self._spoken is not None and self._carried is not None:
            self._carried.expect(len(prompts), reply=not last)
            await self._spoken.say(prompts, last=last, expecting=expecting, manner=manner, soon=soon)
        await self._words.say(prompts, last=last, expecting=expecting, manner=manner)

    async def hang_up(self) -> None:
        """Ends the call at once."""
        if self._spoken is not None:
            await self._spoken.hang_up()
        await self._words.hang_up()

    @property
    def recorded(self) -> bool:
        """Whether the sound of this call is kept."""
        return self._spoken is not None and self._spoken.recorded

    async def stop_recording(self) -> None:
        """Nothing of the call is kept as sound."""
        if self._spoken is not None:
            await self._spoken.stop_recording()

    async def bridge(self, other: Call) -> bool:
        """Joins the far ends in words: people who are joined here are simulated, and have no sound for each other."""
        return await self._words.bridge(other._words if isinstance(other, AudibleCall) else other)

    async def part(self) -> None:
        """Ends the bridge."""
        await self._words.part()

    async def _follow(self) -> None:
        """What the far end does, to the end of the call."""
        while True:
            event = await self._words.next()
            match event:
                case Answered():
                    self._take_voice()
                    self._put(event)
                case Said() if self._carried is not None:
                    await self._act(self._carried, event.utterance)
                case Ended():
                    await self._end(event)
                    return
                case _:
                    self._put(event)

    def _take_voice(self) -> None:
        self._throat = self._throat_of(self._order)
        if self._throat is None:
            return
        self._carried = LoopbackCall(self._order.order, number=self._order.number)
        self._spoken = self._carry(self._carried, self._order)
        self._hearing = asyncio.create_task(self._hear(self._spoken), name=f"hearing {self._order.order}")

    async def _act(self, carried: LoopbackCall, utterance: Utterance) -> None:
        if utterance.keys:
            carried.press(utterance.keys)
        elif utterance.silent or self._throat is None:
            carried.stay_silent(utterance.silence_seconds)
        else:
            carried.speak(encode_alaw(await asyncio.to_thread(self._throat.says, utterance.text)))

    async def _hear(self, spoken: SpokenCall) -> None:
        """What was heard of the far end; an end of this side's own (a machine, the last words) ends the words too."""
        while True:
            event = await spoken.next()
            if isinstance(event, Ended):
                await self._words.hang_up()
                return
            if isinstance(event, Said):
                self._put(event)

    async def _end(self, ended: Ended) -> None:
        if self._carried is not None:
            if ended.by != "us":
                self._carried.leave()
            await self._carried.over()
        self._ended = ended
        self._events.put_nowait(ended)

    def _put(self, event: Ringing | Answered | Said | CallEvent) -> None:
        if self._ended is None:
            self._events.put_nowait(event)
