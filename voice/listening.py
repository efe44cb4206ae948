"""One turn of the resident as sound: gathered from its first word on, decoded while it goes on. No clock, no task."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from nlu.red_flags import find_red_flags
from voice import media
from voice.recognise.recogniser import Recognition
from voice.turns.decisive import is_decisive
from voice.turns.detector import (
    Encourage,
    Listen,
    NoInput,
    SpeechResumed,
    SpeechStarted,
    TurnDetector,
    TurnEnded,
    TurnEvent,
    TurnReopened,
)
from voice.turns.policy import Pace, learned, turn_policy

ONSET_MARGIN_SECONDS = 0.3  # kept before the first frame that is surely speech; soft consonants begin there

Purpose = Literal["turn", "monologue"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Decode:
    """Recognise this sound, and give the result to `decoded` with the same number and purpose."""

    number: int
    purpose: Purpose
    frames: tuple[bytes, ...]  # A-law


@dataclass(frozen=True, slots=True)
class Spoken:
    """The turn is over, and this is what was said; an empty text is sound without words."""

    heard: Recognition


@dataclass(frozen=True, slots=True)
class Nothing:
    """Nothing was said for that long."""

    seconds: float


Follows = Decode | Spoken | Nothing | Encourage


class Listening:
    """From the first frame after a prompt to the end of the resident's turn."""

    def __init__(self, kind: str, pace: Pace) -> None:
        """`kind` of answer that is expected; `pace` of this resident, as learned so far."""
        self.pace = pace
        self._kind = kind
        self._detector = TurnDetector(turn_policy(kind, pace))
        self._frames: list[bytes] = []
        self._decoding = 0  # the number of the decoding that counts
        self._best: Recognition | None = None
        self._over = False

    def step(self, seconds: float, alaw: bytes, *, speech: bool) -> list[Follows]:
        """What follows from `seconds` more on the line; `alaw` is empty where no frame came."""
        if alaw:
            self._frames.append(alaw)
        return self._follow(self._detector.step(seconds, speech=speech))

    @property
    def seconds(self) -> float:
        """How long the turn has lasted, from its first word on."""
        return len(self._frames) * media.FRAME_SECONDS

    def decoded(self, number: int, purpose: Purpose, heard: Recognition) -> list[Follows]:
        """What follows from a decoding. One that speech has overtaken is of no use."""
        if number != self._decoding:
            return []
        if purpose == "monologue":  # a red flag acts before the story ends
            return [Spoken(heard)] if find_red_flags(heard.text) else []
        self._best = heard
        if self._over:
            return [Spoken(heard)]
        return self._follow(self._detector.understood()) if is_decisive(heard, kind=self._kind) else []

    def _follow(self, events: Sequence[TurnEvent]) -> list[Follows]:
        follows: list[Follows] = []
        for event in events:
            match event:
                case SpeechStarted():
                    kept = round((event.seconds_ago + ONSET_MARGIN_SECONDS) / media.FRAME_SECONDS)
                    self._frames = self._frames[-kept:]
                case Listen(why="pause"):
                    follows.append(self._decode("turn"))
                case Listen():
                    follows.append(Decode(number=self._decoding, purpose="monologue", frames=tuple(self._frames)))
                case SpeechResumed() | TurnReopened():
                    self._decoding += 1
                    self._best, self._over = None, False
                case TurnEnded():
                    follows += self._end(event)
                case NoInput():
                    follows.append(Nothing(event.silence_seconds))
                case Encourage():
                    follows.append(event)
        return follows

    def _decode(self, purpose: Purpose) -> Decode:
        self._decoding += 1
        return Decode(number=self._decoding, purpose=purpose, frames=tuple(self._frames))

    def _end(self, ended: TurnEnded) -> list[Follows]:
        self._over = True
        self.pace = learned(self.pace, ended.longest_pause_seconds)
        if self._best is not None:
            return [Spoken(self._best)]
        return [self._decode("turn")] if ended.why == "too_long" else []
