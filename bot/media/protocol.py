"""What passes between the platform and the media process: msgpack with its length before it, many calls at once."""

import asyncio
import struct

import msgspec

from dialogs.prompts import Prompt
from nlu.reading import Expectation
from nlu.utterance import Utterance
from voice.line import RING_SECONDS, Ended
from voice.synthesise.synthesiser import PLAIN, Manner
from voice.turns.policy import Pace

HEADER = struct.Struct("<I")
LONGEST_BYTES = 4 << 20  # the texts of a questionnaire are 20 kB; anything longer than this is not ours


class Message(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, tag=True):
    """One message about one call, or about one piece of work, which `call` names."""

    call: str


class Start(msgspec.Struct, frozen=True, kw_only=True):
    """The first thing a media process is told: paths of this installation."""

    data: str  # the data folder: models, prompts
    keys: str  # the key file, for prompts that are personal
    lines_file: str = ""  # telephone lines; without them only browsers call
    recognisers: int = 1  # processes
    records: bool = False  # the calls of residents to us; their first words say so


class Ready(msgspec.Struct, frozen=True, kw_only=True):
    """The first thing it answers; with a `problem`, in Chinese, it ends."""

    problem: str = ""


# To the media process


class Dial(Message, frozen=True, kw_only=True):
    """Place a call."""

    number: str
    caller: str = ""
    ring_seconds: float = RING_SECONDS
    recorded: bool = False
    pace: Pace | None = None


class Say(Message, frozen=True, kw_only=True):
    """Speak, then listen."""

    prompts: tuple[Prompt, ...]
    last: bool = False
    expecting: Expectation | None = None
    manner: Manner = PLAIN
    soon: tuple[Prompt, ...] = ()  # may be said next


class HangUp(Message, frozen=True, kw_only=True):
    """End the call."""


class StopRecording(Message, frozen=True, kw_only=True):
    """Keep nothing of the call as sound."""


class Bridge(Message, frozen=True, kw_only=True):
    """Join this call with another; `Bridged` tells what became of it."""

    other: str


class Part(Message, frozen=True, kw_only=True):
    """End the bridge."""


class Visit(Message, frozen=True, kw_only=True):
    """A browser calls us; its sound follows."""

    reference: str


class Press(Message, frozen=True, kw_only=True):
    """A key of the browser's telephone."""

    key: str


class Leave(Message, frozen=True, kw_only=True):
    """The browser hung up, or is gone."""


class Prepare(Message, frozen=True, kw_only=True):
    """Render texts that hold nothing personal ahead of the calls; `call` names the work."""

    texts: tuple[str, ...]
    manners: tuple[Manner, ...]


# From the media process


class Rings(Message, frozen=True, kw_only=True):
    """As voice.line.Ringing."""


class PicksUp(Message, frozen=True, kw_only=True):
    """As voice.line.Answered."""


class Speaks(Message, frozen=True, kw_only=True):
    """As voice.line.Said."""

    utterance: Utterance


class Separates(Message, frozen=True, kw_only=True):
    """As voice.line.Parted."""


class Over(Message, frozen=True, kw_only=True):
    """The end of the call; nothing more is sent about it."""

    ended: Ended


class Bridged(Message, frozen=True, kw_only=True):
    """What became of `Bridge`."""

    joined: bool


class CallsUs(Message, frozen=True, kw_only=True):
    """Somebody called and was answered; `PicksUp` follows."""

    caller: str
    called: str
    reference: str = ""
    recorded: bool = False  # under the name of the call


class Prepared(Message, frozen=True, kw_only=True):
    """How far a piece of `Prepare` is; all is rendered when both are equal."""

    done: int
    total: int


# Both ways


class Sound(Message, frozen=True, kw_only=True):
    """A-law of a browser's call: from its microphone, or for its loudspeaker."""

    alaw: bytes


ToMedia = Dial | Say | HangUp | StopRecording | Bridge | Part | Visit | Press | Leave | Prepare | Sound
FromMedia = Rings | PicksUp | Speaks | Separates | Over | Bridged | CallsUs | Prepared | Sound

_encode = msgspec.msgpack.Encoder().encode


class Torn(Exception):
    """The other side sent what is not of this protocol."""


def framed(message: ToMedia | FromMedia | Start | Ready) -> bytes:
    """A message with its length before it."""
    body = _encode(message)
    return HEADER.pack(len(body)) + body


async def read_frame(reader: asyncio.StreamReader) -> bytes | None:
    """The body of the next message; None once the other side is gone. Raises Torn."""
    try:
        (length,) = HEADER.unpack(await reader.readexactly(HEADER.size))
        if length > LONGEST_BYTES:
            raise Torn
        return await reader.readexactly(length)
    except (asyncio.IncompleteReadError, ConnectionError):
        return None
