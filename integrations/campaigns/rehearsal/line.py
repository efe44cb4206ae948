"""A call to a simulated resident inside this process (`voice.line.Call`), with its transcript and its spoken length."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

from campaigns.disposition import Disposition
from campaigns.spoken_time import ELDER_TEMPO, TEMPO, turn_seconds
from dialogs.prompts import Prompt
from integrations.campaigns.rehearsal.resident import Resident, Turn
from nlu.reading import Expectation
from nlu.utterance import Utterance
from voice.line import Answered, Call, CallEvent, Ended, Said
from voice.synthesise.synthesiser import PLAIN, Manner

_NORMAL_CLEARING = 16  # Q.850


@dataclass(frozen=True, slots=True, kw_only=True)
class TranscriptLine:
    """One line of a transcript."""

    who: Literal["assistant", "resident", "fact"]
    text: str


@dataclass(slots=True, kw_only=True)
class RehearsedCall:
    """The call to one resident. Nobody waits: `seconds` is how long it would have lasted."""

    resident: Resident
    lines: list[TranscriptLine] = field(default_factory=list)
    seconds: float = 0.0
    _events: asyncio.Queue[CallEvent] = field(default_factory=asyncio.Queue)
    _ended: Ended | None = None
    _told: bool = False

    def __post_init__(self) -> None:
        if self.resident.persona.machine:
            self._end("us", Disposition.VOICEMAIL)
        else:
            self._events.put_nowait(Answered())

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
        """The resident hears the prompts and replies at once."""
        if self._ended is not None:
            return
        words = "".join(each.spoken for each in prompts)
        self.lines.append(TranscriptLine(who="assistant", text=words))
        turn = Turn() if last else self.resident.hear(words)
        self._last_for(words, turn)
        if last:
            self._end("us")
        elif turn.hangs_up:
            self._end("them")
        else:
            self.lines.append(TranscriptLine(who="resident", text=turn.text or "（不出声）"))
            self._events.put_nowait(Said(Utterance(text=turn.text, silence_seconds=turn.silence_seconds)))

    async def hang_up(self) -> None:
        """Ends the call."""
        if self._ended is None:
            self._end("us")

    @property
    def recorded(self) -> bool:
        """Whether the sound of this call is kept."""
        return False

    async def stop_recording(self) -> None:
        """Words are no sound: nothing is recorded."""

    async def bridge(self, other: Call) -> bool:  # noqa: ARG002
        """There is nobody to join: a rehearsal calls no worker."""
        return False

    async def part(self) -> None:
        """Nothing is ever joined."""

    def _last_for(self, words: str, turn: Turn) -> None:
        tempo = ELDER_TEMPO if self.resident.persona.slow else TEMPO
        self.seconds += turn_seconds(words, turn.text, tempo) + turn.silence_seconds

    def _end(self, by: Literal["us", "them"], disposition: Disposition = Disposition.ANSWERED) -> None:
        self._ended = Ended(disposition=disposition, sip_code=200, q850_cause=_NORMAL_CLEARING, by=by)
        self._events.put_nowait(self._ended)
