"""A resident who is a list of recordings: each turn of the assistant is answered with the next one."""

import asyncio
from collections.abc import Sequence
from pathlib import Path

from campaigns.disposition import Disposition
from dialogs.prompts import Prompt
from nlu.reading import Expectation
from nlu.utterance import Utterance
from voice.audio.sound import Sound
from voice.audio.telephone import telephone_band
from voice.audio.wav import read_wav, require_speech
from voice.line import Answered, Call, CallEvent, DialOrder, Ended, EndedBy, Said
from voice.synthesise.synthesiser import PLAIN, Manner


class Recordings:
    """The throat of that resident: a "text" is the name of a file."""

    def says(self, text: str) -> Sound:
        """The recording as it arrives at 8 kHz. Raises BadAudio."""
        return telephone_band(read_wav(Path(text)))


def checked(answers: Sequence[str]) -> tuple[str, ...]:
    """The same answers, each a file that can be heard or the keys that are pressed. Raises BadAudio."""
    for each in answers:
        if not _is_keys(each):
            require_speech(read_wav(Path(each)), name=Path(each).name)
    return tuple(answers)


def _is_keys(answer: str) -> bool:
    return bool(answer) and set(answer) <= set("0123456789*#")


class RecordedLine:
    """A line in words (`voice.line.Line`) whose far end is that resident; they hang up when nothing is left to say."""

    def __init__(self, answers: Sequence[str]) -> None:
        self._answers = answers

    async def dial(self, order: DialOrder) -> Call:  # noqa: ARG002  whoever is called, the recordings answer
        """Starts one call."""
        return RecordedCall(self._answers)

    async def close(self) -> None:
        """Nothing is held."""


class RecordedCall:
    """One call to the recordings."""

    def __init__(self, answers: Sequence[str]) -> None:
        self._left = list(answers)
        self._events: asyncio.Queue[CallEvent] = asyncio.Queue()
        self._ended: Ended | None = None
        self._events.put_nowait(Answered())

    async def next(self) -> CallEvent:
        """The next event; after the end, the end again."""
        if self._ended is not None and self._events.empty():
            return self._ended
        return await self._events.get()

    async def say(
        self,
        prompts: Sequence[Prompt],  # noqa: ARG002  recordings understand nothing
        *,
        last: bool = False,
        expecting: Expectation | None = None,  # noqa: ARG002
        manner: Manner = PLAIN,  # noqa: ARG002
        soon: Sequence[Prompt] = (),  # noqa: ARG002
    ) -> None:
        """Is answered with the next recording."""
        if self._ended is not None:
            return
        if last:
            self._end("us")
        elif not self._left:
            self._end("them")
        else:
            answer = self._left.pop(0)
            said = Utterance(keys=answer) if _is_keys(answer) else Utterance(text=answer)
            self._events.put_nowait(Said(said))

    async def hang_up(self) -> None:
        """Ends the call."""
        self._end("us")

    @property
    def recorded(self) -> bool:
        """Whether the sound of this call is kept."""
        return False

    async def stop_recording(self) -> None:
        """Nothing is recorded."""

    async def bridge(self, other: Call) -> bool:  # noqa: ARG002
        """Nobody can be joined with a recording."""
        return False

    async def part(self) -> None:
        """It is never bridged."""

    def _end(self, by: EndedBy) -> None:
        if self._ended is None:
            self._ended = Ended(disposition=Disposition.ANSWERED, sip_code=200, by=by)
            self._events.put_nowait(self._ended)
