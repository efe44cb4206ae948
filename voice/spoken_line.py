"""A telephone line in words over any line that carries sound: it hears with a recogniser, speaks with a synthesiser."""

import asyncio
from collections.abc import Callable
from datetime import datetime

from campaigns.disposition import Disposition
from voice import line, media
from voice.recognise.recogniser import Recogniser
from voice.recording import RecordedCall, Tape
from voice.speaking import Speak
from voice.spoken_call import SpokenCall
from voice.turns.policy import Pace


class SpokenLine:
    """`voice.line.Line` over a `voice.media.Dialer`. The dialer is its owner's to close."""

    def __init__(
        self,
        dialer: media.Dialer,
        *,
        recogniser: Recogniser,
        speak: Speak,
        now: Callable[[], datetime],
        tape: Callable[[str], Tape] | None = None,
    ) -> None:
        """`tape` gives the tape for an order that is to be recorded; without it nothing is."""
        self._dialer = dialer
        self._tape = tape
        self._recogniser = recogniser
        self._speak = speak
        self._now = now
        self._calls: set[SpokenCall] = set()
        self._closed = False

    async def dial(self, order: line.DialOrder) -> line.Call:
        """Starts one call; a line that cannot carry it now is an `Ended`, for the campaign to try again."""
        if self._closed:
            raise line.LineClosed
        try:
            carried = await self._dialer.dial(
                media.DialOrder(
                    number=order.number,
                    ring_seconds=order.ring_seconds,
                    caller_number=order.caller or None,
                    reference=order.order,
                )
            )
        except media.LineError:
            return NeverPlaced()
        return self.take(carried, pace=order.pace, recording=order.order if order.recorded else "")

    def take(self, carried: media.MediaCall, *, pace: Pace | None = None, recording: str = "") -> SpokenCall:
        """A call that exists already: one that came in and was answered, or one that was placed elsewhere.

        With a `recording` its sound is kept under that name, where there is a tape.
        """
        if recording and self._tape is not None:
            carried = RecordedCall(carried, self._tape(recording))
        call = SpokenCall(carried, recogniser=self._recogniser, speak=self._speak, now=self._now, pace=pace)
        self._calls.add(call)
        call.living.add_done_callback(lambda _: self._calls.discard(call))
        return call

    async def close(self) -> None:
        """Ends every call."""
        self._closed = True
        calls = list(self._calls)
        await asyncio.gather(*(call.hang_up() for call in calls))
        await asyncio.gather(*(call.living for call in calls), return_exceptions=True)


class NeverPlaced:
    """A call that no trunk would take."""

    _ENDED = line.Ended(disposition=Disposition.FAILED, sip_code=0)

    async def next(self) -> line.CallEvent:
        """Its end."""
        return self._ENDED

    async def say(self, *_: object, **__: object) -> None:
        """Nobody hears it."""

    async def hang_up(self) -> None:
        """There is nothing to hang up."""

    @property
    def recorded(self) -> bool:
        """Whether the sound of this call is kept."""
        return False

    async def stop_recording(self) -> None:
        """Nothing is recorded."""

    async def bridge(self, _: line.Call) -> bool:
        """There is nothing to join."""
        return False

    async def part(self) -> None:
        """There is nothing to part."""
