"""One telephone line in words: what a call loop needs of a phone, whatever carries it.

Implementations: the loopback phone (integrations/telephony/loopback) and, above a recogniser and a synthesiser, every
audio line. All pass tests/loopback/test_line_contract.py.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

from campaigns.disposition import Disposition
from dialogs.prompts import Prompt
from nlu.reading import Expectation
from nlu.utterance import Utterance
from voice.errors import VoiceError
from voice.synthesise.synthesiser import PLAIN, Manner
from voice.turns.policy import Pace

RING_SECONDS = 40.0  # eight rings and a little: elders walk to the telephone; carriers themselves give up at 60 s

EndedBy = Literal["us", "them", "network"]


@dataclass(frozen=True, slots=True, kw_only=True)
class DialOrder:
    """One call to make. `order` is the attempt's id: it names the call in logs and in the far end's ledger."""

    order: str
    number: str  # as dialled, digits and a leading + only
    caller: str = ""  # the number shown to the resident; "" lets the trunk choose
    ring_seconds: float = RING_SECONDS
    recorded: bool = False  # keep the sound, where the line can; the first words of the call say so
    pace: Pace | None = None  # how this resident pauses, as learned before; None when nobody knows


@dataclass(frozen=True, slots=True)
class Ringing:
    """The far end is alerted. May be left out by the network, never comes twice."""


@dataclass(frozen=True, slots=True)
class Answered:
    """The far end picked up; from here `say` is heard."""


@dataclass(frozen=True, slots=True)
class Said:
    """One turn of the resident: words, keys, or a silence that lasted long enough to be one."""

    utterance: Utterance


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """The call is over, for whatever reason; nothing follows.

    `disposition` is ANSWERED for every call in which `Answered` was given and no machine was recognised; whether the
    person then spoke is for the call loop to say.
    """

    disposition: Disposition
    sip_code: int  # of the final response; 200 for an answered call, 0 when none came
    q850_cause: int | None = None  # ITU-T Q.850
    early_media: str = ""  # a campaigns.disposition.EarlyMedia
    by: EndedBy = "network"
    pace: Pace | None = None  # how the resident pauses, where words were spoken


@dataclass(frozen=True, slots=True)
class Parted:
    """A bridge is over and this call is not: the assistant has it again. Nobody speaks before `say`."""


CallEvent = Ringing | Answered | Said | Parted | Ended


class LineClosed(VoiceError):
    """The line was closed; nothing can be dialled on it any more."""

    def __init__(self) -> None:
        super().__init__("line.closed", "电话线路已经关闭，请重新启动服务后再拨打。")


class Call(Protocol):
    """One call under way.

    Must hold: events come in the order Ringing? Answered? (Said | Parted)* Ended; exactly one `Ended`, also when the
    far end's process dies, the line is closed or `hang_up` crosses an answer. `say` and `hang_up` after the end do
    nothing. Exactly one of assistant and person speaks: a bridged call says nothing and hears no turns.
    Nothing outlives the end: no task, no socket, no entry in a table.
    """

    async def next(self) -> CallEvent:
        """The next event, in order. After `Ended` it returns that same `Ended` again. One reader at a time."""
        ...

    async def say(
        self,
        prompts: Sequence[Prompt],
        *,
        last: bool = False,
        expecting: Expectation | None = None,
        manner: Manner = PLAIN,
        soon: Sequence[Prompt] = (),
    ) -> None:
        """Speaks the prompts in order, then listens for `expecting`; with `last` it hangs up once they were heard.

        `soon` may be said next, and is made ready meanwhile. A line in words has no use for it, nor for `expecting` and
        `manner`. Returns when the prompts were handed over, not when
        they were heard. Before `Answered` it does nothing.
        """
        ...

    async def hang_up(self) -> None:
        """Ends the call at once; `Ended` still comes through `next`. Harmless when repeated."""
        ...

    @property
    def recorded(self) -> bool:
        """Whether the sound of this call is kept, once it was answered."""
        ...

    async def stop_recording(self) -> None:
        """The resident does not want it: nothing of the call is kept as sound. Harmless where nothing is recorded."""
        ...

    async def bridge(self, other: "Call") -> bool:
        """Joins two calls of one line: their far ends hear each other, the assistant falls silent on both.

        False, and nothing changes, when one of them has not been answered, has ended or is bridged already. When one
        ends, the other gets `Parted` and stays up. Raises ValueError for the call itself or one of another line.
        """
        ...

    async def part(self) -> None:
        """Ends the bridge; both calls get `Parted`. Does nothing where there is none."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Incoming:
    """Somebody called us. The call has been picked up: its first event is `Answered`."""

    call: Call
    caller: str  # the number shown to us, "" when it is withheld
    called: str  # the number that was called
    reference: str = ""  # what whoever put the call through knows of it: the ticket of a browser's call
    recording: str | None = None  # under which name the sound is kept; None when it is not


class Line(Protocol):
    """A way to make calls; any number of calls at once."""

    async def dial(self, order: DialOrder) -> Call:
        """Starts one call and returns it at once, before anything rang.

        Never raises for what a far end or a network does: that is an `Ended`. Raises LineClosed when the line itself
        was closed before.
        """
        ...

    async def close(self) -> None:
        """Ends every call that is under way and lets go of everything. Harmless when repeated."""
        ...


class AnsweringLine(Line, Protocol):
    """A line on which we can be called."""

    async def incoming(self) -> Incoming:
        """The next call to us; waits until there is one. Raises LineClosed."""
        ...
