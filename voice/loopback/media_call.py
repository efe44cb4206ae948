"""One call whose far end is in this process (`voice.media.MediaCall`), in a time of its own.

The far end speaks when the assistant has said all it was going to say, never over it. Time passes by frames, as on a
line, but faster than on the wall; while either side is still being rendered or decoded, it stands still.
"""

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Callable

from voice import media
from voice.audio.sound import TELEPHONE_HZ

STEP_FRAMES = 25  # so many frames pass together: 0.5 s
STEP_SECONDS = 0.01  # of the wall for each step: fifty times as fast as a line
QUIET_AFTER_SECONDS = 0.5  # of silence after each turn of the far end; how long it lasts beyond that is not told


class LoopbackCall:
    """`voice.media.MediaCall`, and what its far end can do: `speak`, `press`, `stay_silent`, `leave`."""

    def __init__(self, call_id: str, *, number: str) -> None:
        self.call_id = call_id
        self.direction = media.Direction.OUTBOUND
        self.far_number = number
        self.near_number = ""
        self.state = media.CallState.ANSWERED
        self.on_hold = False
        self.bridged = False
        self.counts = media.MediaCounts()
        self._events: asyncio.Queue[media.CallEvent] = asyncio.Queue()
        self._outgoing = bytearray()
        self._prompts_awaited = 0
        self._reply_awaited = False
        self._told_played = True
        self._turns: deque[Callable[[], None]] = deque()  # of the far end, each begun when it has the floor
        self._incoming: list[bytes] = []
        self._moved = asyncio.Event()
        self._living = asyncio.create_task(self._live(), name=f"loopback {call_id}")

    # The near side

    @property
    def queued_seconds(self) -> float:
        """How much of what was sent has not been played yet."""
        return len(self._outgoing) / TELEPHONE_HZ

    async def events(self) -> AsyncIterator[media.CallEvent]:
        """What happens, to the end."""
        while True:
            event = await self._events.get()
            yield event
            if isinstance(event, media.CallEnded):
                return

    def send(self, alaw: bytes) -> None:
        """Queues sound."""
        self._outgoing += alaw
        self._prompts_awaited = max(0, self._prompts_awaited - 1)
        self._told_played = False
        self._moved.set()

    def clear(self) -> float:
        """Stops speaking."""
        left = self.queued_seconds
        self._outgoing.clear()
        self._told_played = True
        self._moved.set()
        return left

    def send_keys(self, keys: str) -> None:
        """The far end of this telephone has no use for keys. ValueError for anything that is none."""
        if not set(keys) <= set(media.KEYS):
            raise ValueError(keys)

    async def ring(self) -> None:
        """It has been answered."""

    async def answer(self) -> None:
        """It has been answered."""

    async def refuse(self, *, sip_code: int = 486) -> None:
        """It has been answered."""

    async def hang_up(self) -> None:
        """Ends the call."""
        self._end(media.Side.NEAR)

    async def bridge(self, other: media.MediaCall) -> None:  # noqa: ARG002
        """Two people cannot be joined here: the far end is no person."""
        raise media.CallOver

    async def unbridge(self) -> None:
        """It never was bridged."""

    # The far side

    def expect(self, prompts: int, *, reply: bool = False) -> None:
        """The assistant is about to say so many prompts, each with one `send`: the far end has no floor before.

        With `reply` the last of them lasts until the far end's turn is there: rendering it is no silence.
        """
        self._prompts_awaited = prompts
        self._reply_awaited = reply

    def speak(self, alaw: bytes) -> None:
        """The far end's next turn: words."""
        frames = [alaw[start : start + media.FRAME_BYTES] for start in range(0, len(alaw), media.FRAME_BYTES)]
        frames[-1:] = [each.ljust(media.FRAME_BYTES, media.ALAW_SILENCE[:1]) for each in frames[-1:]]
        self._take_turn(lambda: self._incoming.extend([*frames, *_silence(QUIET_AFTER_SECONDS)]))

    def press(self, keys: str) -> None:
        """The far end's next turn: keys."""

        def begin() -> None:
            for key in keys:
                self._put(media.KeyPressed(key=key))

        self._take_turn(begin)

    def stay_silent(self, seconds: float) -> None:
        """The far end's next turn: nothing."""
        self._take_turn(lambda: self._incoming.extend(_silence(seconds)))

    def leave(self) -> None:
        """The far end hangs up, once it has heard what was being said."""
        self._take_turn(lambda: self._end(media.Side.FAR))

    async def over(self) -> None:
        """Returns when the call has ended."""
        await asyncio.wait([self._living])

    def _take_turn(self, begin: Callable[[], None]) -> None:
        self._reply_awaited = False
        self._turns.append(begin)
        self._moved.set()

    # Time

    async def _live(self) -> None:
        while self.state is not media.CallState.ENDED:
            if not self._step():
                self._moved.clear()
                await self._moved.wait()
            await asyncio.sleep(STEP_SECONDS)

    def _step(self) -> bool:
        """Lets half a second of the assistant pass, or a whole turn of the far end; whether there was either.

        A turn comes in one piece: a machine that is busy must not make pauses in it.
        """
        if self._outgoing and self._reply_awaited and len(self._outgoing) <= STEP_FRAMES * media.FRAME_BYTES:
            return False
        if self._outgoing:
            del self._outgoing[: STEP_FRAMES * media.FRAME_BYTES]
            self._hear(_silence(STEP_FRAMES * media.FRAME_SECONDS))
        elif not self._told_played:
            self._told_played = True
            self._put(media.PlaybackFinished())
        elif self._incoming:
            turn, self._incoming = self._incoming, []
            self._hear(turn)
        elif self._turns and not self._prompts_awaited:
            self._prompts_awaited = 1  # the assistant replies before the far end goes on
            self._turns.popleft()()
        else:
            return False
        return True

    def _hear(self, frames: list[bytes]) -> None:
        self.counts.received += len(frames)
        for frame in frames:
            self._put(media.AudioReceived(alaw=frame))

    def _put(self, event: media.CallEvent) -> None:
        if self.state is not media.CallState.ENDED:
            self._events.put_nowait(event)

    def _end(self, by: media.Side) -> None:
        if self.state is media.CallState.ENDED:
            return
        self._put(media.CallEnded(by=by, answered=True))
        self.state = media.CallState.ENDED
        self._moved.set()


def _silence(seconds: float) -> list[bytes]:
    return [media.ALAW_SILENCE] * round(seconds / media.FRAME_SECONDS)
