"""A call that is recorded: both sides on one time line, told frame by frame to a tape."""

from collections.abc import AsyncIterator
from typing import Protocol

from voice import media

PIECE_FRAMES = 250  # 5 s go to the tape together: a process that dies loses no more than that


class Tape(Protocol):
    """Where a recording goes.

    Must hold: what was written is kept even if `close` never comes; `destroy` leaves nothing.

    `far` and `near` are A-law of equal length: what the resident said, and what the assistant said meanwhile.
    """

    def write(self, far: bytes, near: bytes) -> None:
        """The next stretch of the call."""
        ...

    def close(self) -> None:
        """The call is over."""
        ...

    def destroy(self) -> None:
        """The resident does not want it: nothing of it is kept, nothing more is taken."""
        ...


class RecordedCall:
    """`voice.media.MediaCall` over another one, recorded from its answer to its end.

    Time is counted in frames that were received, so the seconds of a recording are those of the turns in it. What is
    sent is laid down where it will be heard; what `clear` takes back is taken back here too.
    """

    def __init__(self, carried: media.MediaCall, tape: Tape) -> None:
        self._carried = carried
        self._tape: Tape | None = tape
        self._far = bytearray()
        self._near = bytearray()  # may be ahead of `far` by what is still to be played

    @property
    def inner(self) -> media.MediaCall:
        """The call that is recorded."""
        return self._carried

    def stop_recording(self) -> None:
        """Nothing of this call is kept, and nothing more recorded. Harmless when repeated."""
        tape, self._tape = self._tape, None
        if tape is not None:
            tape.destroy()

    async def events(self) -> AsyncIterator[media.CallEvent]:
        """The events of the call, each recorded before it is given."""
        async for event in self._carried.events():
            if isinstance(event, media.AudioReceived) and self._carried.state is media.CallState.ANSWERED:
                self._far += media.ALAW_SILENCE * event.lost_before + event.alaw
                self._write(at_least=PIECE_FRAMES * media.FRAME_BYTES)
            elif isinstance(event, media.CallEnded):
                self._end()
            yield event

    def send(self, alaw: bytes) -> None:
        """Queues sound."""
        begins = max(len(self._far), len(self._near))
        self._carried.send(alaw)
        self._near = self._near.ljust(begins, media.ALAW_SILENCE[:1])
        self._near += alaw

    def clear(self) -> float:
        """Stops speaking."""
        unheard = self._carried.clear()
        left = round(unheard * media.SAMPLES_PER_SECOND)
        if left:
            del self._near[-left:]
        return unheard

    def _write(self, *, at_least: int) -> None:
        length = len(self._far)
        if length < at_least:
            return
        far, self._far = bytes(self._far), bytearray()
        near = bytes(self._near[:length]).ljust(length, media.ALAW_SILENCE[:1])
        del self._near[:length]
        if self._tape is not None and far:
            self._tape.write(far, near)

    def _end(self) -> None:
        self._write(at_least=0)
        tape, self._tape = self._tape, None
        if tape is not None:
            tape.close()

    # What recording changes nothing about

    @property
    def call_id(self) -> str:
        """Of the call."""
        return self._carried.call_id

    @property
    def direction(self) -> media.Direction:
        """Of the call."""
        return self._carried.direction

    @property
    def far_number(self) -> str:
        """Of the call."""
        return self._carried.far_number

    @property
    def near_number(self) -> str:
        """Of the call."""
        return self._carried.near_number

    @property
    def state(self) -> media.CallState:
        """Of the call."""
        return self._carried.state

    @property
    def on_hold(self) -> bool:
        """Whether the far end holds us."""
        return self._carried.on_hold

    @property
    def bridged(self) -> bool:
        """Whether a person has the call."""
        return self._carried.bridged

    @property
    def queued_seconds(self) -> float:
        """How much of what was sent has not been played yet."""
        return self._carried.queued_seconds

    @property
    def counts(self) -> media.MediaCounts:
        """Of the call."""
        return self._carried.counts

    def send_keys(self, keys: str) -> None:
        """Presses keys towards the far end."""
        self._carried.send_keys(keys)

    async def ring(self) -> None:
        """Lets the caller hear that it rings."""
        await self._carried.ring()

    async def answer(self) -> None:
        """Takes the call."""
        await self._carried.answer()

    async def refuse(self, *, sip_code: int = 486) -> None:
        """Turns the call away."""
        await self._carried.refuse(sip_code=sip_code)

    async def hang_up(self) -> None:
        """Ends the call."""
        await self._carried.hang_up()

    async def bridge(self, other: media.MediaCall) -> None:
        """Connects the call with another; two people who talk are not recorded."""
        await self._carried.bridge(other.inner if isinstance(other, RecordedCall) else other)

    async def unbridge(self) -> None:
        """Takes the call back."""
        await self._carried.unbridge()
