"""The state of a session: the fold of its events, nothing else."""

from datetime import datetime
from typing import Any, Literal

import msgspec

from dialogs.events import Channel, Outcome
from dialogs.prompts import Prompt

Phase = Literal[
    "opening",  # we said who we are and asked whether now is a good time
    "asking",  # a question is pending
    "reading_back",  # a value was read back, waiting for 对/不对
    "red_flag",  # the one calm question after a red flag
    "callback",  # asked when to call again
    "correcting",  # asked which answer was wrong
    "closed",
]


class Answer(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The value of one question so far."""

    value: Any
    shown: str
    confirmed: bool = False


class State(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Where a session stands. Every field is explained by events, see `fold`."""

    questionnaire: str = ""
    channel: Channel = "chat"
    community: str = ""
    callback_number: str = ""
    elder: bool = True
    phase: Phase = "opening"
    pending: str = ""  # Question.key that is being asked or read back
    wording: int = 0  # how often the pending question was put, less one
    misses: int = 0  # turns in a row that were no answer
    silences: int = 0  # turns in a row without a word
    answers: dict[str, Answer] = {}
    open: dict[str, str] = {}  # Question.key → why it has no value
    raised: tuple[str, ...] = ()  # escalation keys, so that each is raised once
    said: tuple[Prompt, ...] = ()  # the assistant's last turn
    slower: bool = False
    louder: bool = False
    turns: int = 0
    opened_at: datetime | None = None
    outcome: Outcome | None = None
