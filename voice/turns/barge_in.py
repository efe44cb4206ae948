"""Speech while the assistant speaks: an interruption, or only 嗯. Durations in, events out."""

from dataclasses import dataclass
from typing import Literal

ATTENTION_SECONDS = 0.16  # of speech: playback pauses; with 20 ms frames and a packet on the way that is below 0.2 s
SUBSTANCE_SECONDS = 0.9  # of speech: no back-channel is that long
QUIET_SECONDS = 0.25  # of silence after a short utterance: it is decoded to tell what it was
# What listeners say without wanting the floor.
BACK_CHANNELS = frozenset(
    ("嗯", "嗯嗯", "哦", "哦哦", "噢", "啊", "唔", "诶", "欸", "呃", "对", "对对", "对对对", "是", "是是", "好")
) | frozenset(("好好", "行", "晓得", "知道了", "嗯对", "嗯好"))
_PUNCTUATION = "，。！？、,.!?… 　"


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaybackPaused:
    """The assistant stops speaking, without forgetting where."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WhatWasIt:
    """Decode the short utterance and give its text to `said`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaybackResumed:
    """It was a back-channel or a noise: the prompt goes on where it stopped."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Interrupted:
    """The resident has the floor: the speech so far begins their turn."""


BargeInEvent = PlaybackPaused | WhatWasIt | PlaybackResumed | Interrupted

State = Literal["playing", "paused", "asked", "interrupted"]


def is_back_channel(text: str) -> bool:
    """Whether a text is only a listener's sign, or nothing at all."""
    plain = text.translate({ord(each): None for each in _PUNCTUATION})
    return not plain or plain in BACK_CHANNELS


class BargeIn:
    """Watches the line while one prompt is played."""

    def __init__(self) -> None:
        self._state: State = "playing"
        self._speech_seconds = 0.0
        self._silence_seconds = 0.0

    def step(self, seconds: float, *, speech: bool) -> list[BargeInEvent]:
        """What follows from `seconds` more of speech or silence on the line."""
        if self._state == "interrupted":
            return []
        if not speech:
            return self._quiet(seconds)
        self._silence_seconds = 0.0
        self._speech_seconds += seconds
        events: list[BargeInEvent] = []
        if self._state == "playing" and self._speech_seconds >= ATTENTION_SECONDS:
            self._state = "paused"
            events.append(PlaybackPaused())
        if self._speech_seconds >= SUBSTANCE_SECONDS:
            self._state = "interrupted"
            events.append(Interrupted())
        return events

    def said(self, text: str) -> list[BargeInEvent]:
        """The short utterance was this; an empty text is a noise."""
        if self._state != "asked":
            return []
        self._speech_seconds = self._silence_seconds = 0.0
        self._state = "playing" if is_back_channel(text) else "interrupted"
        return [PlaybackResumed() if self._state == "playing" else Interrupted()]

    def _quiet(self, seconds: float) -> list[BargeInEvent]:
        self._silence_seconds += seconds
        if self._state == "playing" and self._silence_seconds >= QUIET_SECONDS:
            self._speech_seconds = 0.0
        if self._state == "paused" and self._silence_seconds >= QUIET_SECONDS:
            self._state = "asked"
            return [WhatWasIt()]
        return []
