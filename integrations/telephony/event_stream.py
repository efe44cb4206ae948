"""The events of one call between whoever carries it and the one who reads them."""

import asyncio
from collections import deque
from collections.abc import AsyncIterator

from voice.media import AudioReceived, CallEnded, CallEvent

AUDIO_LIMIT = 500  # frames nobody has read: 10 s
_DROP_AT_ONCE = 100


class EventStream:
    """In order, for one reader. Sound that is not read in time is dropped, oldest first; other events never are."""

    def __init__(self) -> None:
        self._events: deque[CallEvent] = deque()
        self._audio = 0
        self._waiter: asyncio.Future[None] | None = None
        self._ended = False
        self.dropped = 0

    def put(self, event: CallEvent) -> None:
        """Nothing is taken after CallEnded."""
        if self._ended:
            return
        if isinstance(event, AudioReceived):
            if self._audio >= AUDIO_LIMIT:
                self._drop_oldest_audio()
            self._audio += 1
        elif isinstance(event, CallEnded):
            self._ended = True
        self._events.append(event)
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(None)

    async def read(self) -> AsyncIterator[CallEvent]:
        while True:
            while self._events:
                event = self._events.popleft()
                if isinstance(event, AudioReceived):
                    self._audio -= 1
                yield event
                if isinstance(event, CallEnded):
                    return
            if self._ended:
                return
            self._waiter = asyncio.get_running_loop().create_future()
            await self._waiter

    def _drop_oldest_audio(self) -> None:
        kept: deque[CallEvent] = deque()
        dropped = 0
        for event in self._events:
            if dropped < _DROP_AT_ONCE and isinstance(event, AudioReceived):
                dropped += 1
            else:
                kept.append(event)
        self._events = kept
        self._audio -= dropped
        self.dropped += dropped
