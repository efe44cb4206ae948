"""The turn protocol between the platform and a dialogue worker. A worker keeps nothing between turns."""

from datetime import datetime

import msgspec

from dialogs.events import AnyEvent
from dialogs.prompts import Prompt
from dialogs.state import State
from nlu.utterance import Utterance

PROTOCOL = 1


class TurnRequest(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One utterance with everything a worker needs to answer it."""

    protocol: int
    session: str  # opaque id, for logs only
    questionnaire: str  # content hash; a worker that does not hold it answers 409 and is sent it
    state: State
    utterance: Utterance | None  # None: the conversation begins, the assistant speaks first
    at: datetime  # UTC


class TurnReply(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What is said next and what happened, in order; `state` is `request.state` with `events` folded in."""

    protocol: int
    replies: tuple[Prompt, ...]
    events: tuple[AnyEvent, ...]
    state: State
