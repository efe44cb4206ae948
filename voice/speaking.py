"""What the assistant says on one call: rendered sentence by sentence, stopped and gone on with."""

import asyncio
import contextlib
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from voice import media
from voice.audio.sound import TELEPHONE_HZ
from voice.errors import VoiceError
from voice.synthesise.synthesiser import Manner

Speak = Callable[[str, Manner], bytes]
"""A text as A-law at 8 kHz; blocks while it is rendered."""

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Rendered:
    """The next sentence is ready to be played; with `final` there is none left."""

    saying: int  # which `begin` it belongs to
    alaw: bytes
    final: bool = False


class Speaking:
    """The sentences of one `say`. `ready` is given each of them from a task; whoever reads them calls `play`."""

    def __init__(self, carried: media.MediaCall, speak: Speak, ready: Callable[[Rendered], None]) -> None:
        self._carried = carried
        self._speak = speak
        self._ready = ready
        self._rendering: asyncio.Task[None] | None = None
        self._saying = 0
        self._playing = b""
        self._paused = False
        self._left = b""  # of what was paused
        self._all_rendered = True

    def begin(self, texts: Sequence[str], manner: Manner, *, soon: Sequence[str] = ()) -> None:
        """Renders and plays the texts in order, then renders `soon`; what was being said before is cut off."""
        self.stop()
        self._playing, self._all_rendered = b"", False
        self._rendering = asyncio.create_task(self._render(self._saying, texts, manner, soon))

    def play(self, rendered: Rendered) -> None:
        """Plays a sentence, or puts it behind what is paused. One that was given up meanwhile is not played."""
        if rendered.saying != self._saying:
            return
        self._all_rendered = rendered.final
        if self._paused:
            self._left += rendered.alaw
            return
        self._playing += rendered.alaw
        self._send(rendered.alaw)

    @property
    def over(self) -> bool:
        """Whether everything was said."""
        return self._all_rendered and not self._paused and self._carried.queued_seconds == 0

    def pause(self) -> None:
        """Silence, without forgetting where."""
        left_bytes = round(self._carried.clear() * TELEPHONE_HZ)
        self._paused, self._left = True, self._playing[-left_bytes:] if left_bytes else b""

    def resume(self) -> None:
        """Goes on where it was paused."""
        self._paused, self._playing, self._left = False, self._left, b""
        self._send(self._playing)

    def stop(self) -> None:
        """Silence for good."""
        if self._rendering is not None:
            self._rendering.cancel()
        self._saying += 1
        self._carried.clear()
        self._all_rendered, self._paused, self._left = True, False, b""

    def _send(self, alaw: bytes) -> None:
        with contextlib.suppress(media.CallBridged):  # a person has the call: exactly one of the two speaks
            self._carried.send(alaw)

    async def _render(self, saying: int, texts: Sequence[str], manner: Manner, soon: Sequence[str]) -> None:
        for text in texts:
            if alaw := await self._rendered(text, manner):
                self._ready(Rendered(saying, alaw))
        self._ready(Rendered(saying, b"", final=True))
        for text in soon:
            await self._rendered(text, manner)  # from now on the cache has it

    async def _rendered(self, text: str, manner: Manner) -> bytes:
        """Nothing where it fails: a sentence less; the ladder of silences asks again."""
        try:
            return await asyncio.to_thread(self._speak, text, manner)
        except VoiceError as error:
            log.error("call=%s synthesiser=%s", self._carried.call_id, error.code)
            return b""
