"""One turn of a resident, found by adding up durations of speech and silence. No clock: the caller steps it."""

from dataclasses import dataclass
from typing import Literal

from voice.turns.policy import TurnPolicy

ONSET_SECONDS = 0.06  # shorter bursts are clicks; 嗯 takes 0.15 s


@dataclass(frozen=True, slots=True, kw_only=True)
class SpeechStarted:
    """The first word began `seconds_ago`: what was recorded before it is not part of the turn."""

    seconds_ago: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Listen:
    """Decode what was said so far.

    `pause`: the speaker may have finished; the result is given back with `understood`. `monologue`: speech goes on, and
    only a red flag in it matters.
    """

    why: Literal["pause", "monologue"]


@dataclass(frozen=True, slots=True, kw_only=True)
class SpeechResumed:
    """The pause was inside the turn: a decoding that was started on it is out of date."""

    pause_seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Encourage:
    """The turn is still open and quiet: 嗯，您说."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TurnEnded:
    """The turn is over. `longest_pause_seconds` is what `learned` wants to know."""

    why: Literal["silence", "understood", "too_long"]
    longest_pause_seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class TurnReopened:
    """Speech went on soon after the end: it joins that turn, and the reply to it is taken back."""

    pause_seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class NoInput:
    """Nothing was said for that long."""

    silence_seconds: float


TurnEvent = SpeechStarted | Listen | SpeechResumed | Encourage | TurnEnded | TurnReopened | NoInput


class TurnDetector:
    """Steps through one turn: `step` with each stretch of speech or silence, `understood` when a decoding is decisive.

    After TurnEnded it goes on being stepped until the reply is well under way, so that speech that resumes within
    `join_within_seconds` reopens the turn.
    """

    def __init__(self, policy: TurnPolicy) -> None:
        self._policy = policy
        self._started = False
        self._ended = False
        self._speech_seconds = 0.0  # in a row, so far
        self._silence_seconds = 0.0  # in a row, so far
        self._turn_seconds = 0.0
        self._since_listened_seconds = 0.0
        self._longest_pause_seconds = 0.0
        self._paused = False  # Listen("pause") was said for this silence
        self._encouraged = False

    def step(self, seconds: float, *, speech: bool) -> list[TurnEvent]:
        """What follows from `seconds` more of speech or silence, in order."""
        if self._started and not self._ended:
            self._turn_seconds += seconds
        events = self._speech(seconds) if speech else self._silence(seconds)
        if self._started and not self._ended and self._turn_seconds >= self._policy.longest_turn_seconds:
            events.append(self._end("too_long"))
        return events

    def understood(self) -> list[TurnEvent]:
        """A decoding of the turn so far leaves no doubt: it ends now, unless the speaker has gone on meanwhile."""
        if not self._started or self._ended or not self._paused:
            return []
        return [self._end("understood")]

    def _speech(self, seconds: float) -> list[TurnEvent]:
        before = self._speech_seconds
        self._speech_seconds += seconds
        if self._speech_seconds < ONSET_SECONDS:
            return []
        events: list[TurnEvent] = []
        if before < ONSET_SECONDS:
            events += self._onset()
        self._since_listened_seconds += seconds
        if self._started and not self._ended and self._since_listened_seconds >= self._policy.listen_again_seconds:
            self._since_listened_seconds = 0.0
            events.append(Listen(why="monologue"))
        return events

    def _onset(self) -> list[TurnEvent]:
        """Speech long enough to be speech: the first word, the next words, or words after the end."""
        pause, self._silence_seconds = self._silence_seconds, 0.0
        if not self._started:
            self._started = True
            self._turn_seconds = self._speech_seconds
            return [SpeechStarted(seconds_ago=self._speech_seconds)]
        if self._ended:
            if pause > self._policy.join_within_seconds:
                return []
            self._ended = self._paused = self._encouraged = False
            self._longest_pause_seconds = max(self._longest_pause_seconds, pause)
            return [TurnReopened(pause_seconds=pause)]
        resumed: list[TurnEvent] = [SpeechResumed(pause_seconds=pause)] if self._paused else []
        self._paused = self._encouraged = False
        self._longest_pause_seconds = max(self._longest_pause_seconds, pause)
        return resumed

    def _silence(self, seconds: float) -> list[TurnEvent]:
        self._silence_seconds += seconds
        if 0.0 < self._speech_seconds < ONSET_SECONDS:
            self._silence_seconds += self._speech_seconds  # a click does not break a silence
        self._speech_seconds = 0.0
        if self._ended:
            return []
        if not self._started:
            return self._waited()
        events: list[TurnEvent] = []
        if not self._paused and self._silence_seconds >= self._policy.speculative_silence_seconds:
            self._paused = True
            self._since_listened_seconds = 0.0
            events.append(Listen(why="pause"))
        if not self._encouraged and self._may_encourage():
            self._encouraged = True
            events.append(Encourage())
        if self._silence_seconds >= self._policy.end_silence_seconds:
            events.append(self._end("silence"))
        return events

    def _may_encourage(self) -> bool:
        after = self._policy.encourage_after_seconds
        return self._silence_seconds >= after and self._policy.end_silence_seconds > after

    def _waited(self) -> list[TurnEvent]:
        if self._silence_seconds < self._policy.no_input_seconds:
            return []
        waited, self._silence_seconds = self._silence_seconds, 0.0
        return [NoInput(silence_seconds=waited)]

    def _end(self, why: Literal["silence", "understood", "too_long"]) -> TurnEnded:
        self._ended = True
        return TurnEnded(why=why, longest_pause_seconds=self._longest_pause_seconds)
