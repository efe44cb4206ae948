"""What goes over the socket between the loopback line and its far end: one JSON object a line, many calls at once.

Only what a telephone line would carry crosses it: numbers, ringing, words, how it ended. No question ids, no answers.
"""

from typing import Literal

import msgspec

LONGEST_LINE_BYTES = 64 * 1024  # a turn of the assistant is a few hundred bytes; anything longer is not ours


class Message(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, tag=True):
    """One message; `call` names the call, chosen by the side that dials."""

    call: str


class Dial(Message, frozen=True, kw_only=True):
    """Ring this number."""

    number: str
    on: str  # the date at our end, ISO: residents say 上周三 and mean a date
    ring_seconds: float


class Say(Message, frozen=True, kw_only=True):
    """The assistant speaks."""

    words: tuple[str, ...]
    last: bool = False


class HangUp(Message, frozen=True, kw_only=True):
    """The assistant hangs up."""


class Join(Message, frozen=True, kw_only=True):
    """From here the person hears the person of another call, not the assistant; until the next `Say`."""

    other: str  # the other call


class Rings(Message, frozen=True, kw_only=True):
    """The far end is alerted."""


class PicksUp(Message, frozen=True, kw_only=True):
    """Somebody or something answers; `machine` is what the line would make of the sound."""

    machine: Literal["", "voicemail", "fax"] = ""


class Speaks(Message, frozen=True, kw_only=True):
    """The resident's turn: words, keys or silence."""

    text: str = ""
    keys: str = ""
    silence_seconds: float = 0.0


class Over(Message, frozen=True, kw_only=True):
    """The call is over, and written down at the far end."""

    sip_code: int
    q850_cause: int | None = None
    early_media: str = ""
    by: Literal["us", "them", "network"] = "network"


ToFarEnd = Dial | Say | HangUp | Join
FromFarEnd = Rings | PicksUp | Speaks | Over
