"""The loop of one call, over any line: what the resident says goes to the dialogue, what it replies is spoken."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from dialogs.prompts import Prompt
from nlu.reading import Expectation
from nlu.utterance import Utterance
from voice.line import Answered, Call, Ended, Said
from voice.synthesise.synthesiser import PLAIN, Manner


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """What is said next; with `last` the call ends after it."""

    prompts: Sequence[Prompt]
    last: bool
    expecting: Expectation | None = None  # what the resident is being asked
    manner: Manner = PLAIN
    soon: Sequence[Prompt] = ()  # what may be said after that
    recorded: bool = True  # False once the resident has refused it


class Talk(Protocol):
    """The dialogue of one call. Every method returns after what happened was committed."""

    async def begin(self) -> Reply:
        """The call was answered: the first words."""
        ...

    async def hear(self, utterance: Utterance) -> Reply:
        """One turn of the resident."""
        ...

    async def gone(self) -> None:
        """The call ended. Harmless when the dialogue had ended before, or never began."""
        ...


class Company(Protocol):
    """Who stays with the far end once the dialogue is over, while a person is on the way."""

    async def stays(self) -> bool:
        """Whether the line is kept after the dialogue's last words."""
        ...

    async def keep(self, call: Call) -> Ended:
        """Carries the call from there to its end."""
        ...


async def converse(call: Call, talk: Talk, *, company: Company | None = None) -> Ended:
    """Carries a dialogue over a call until the call ends, and says how it did. With `company` the call may go on.

    The dialogue's `gone` is always called, also when it fails; then the call is hung up and the error goes on.
    """
    over = False
    try:
        while True:
            event = await call.next()
            if isinstance(event, Ended):
                return event
            if over or not isinstance(event, Answered | Said):
                continue
            reply = await (talk.begin() if isinstance(event, Answered) else talk.hear(event.utterance))
            over = reply.last
            if not reply.recorded:
                await call.stop_recording()
            stays = over and company is not None and await company.stays()
            await call.say(
                reply.prompts,
                last=over and not stays,
                expecting=reply.expecting,
                manner=reply.manner,
                soon=reply.soon,
            )
            if stays and company is not None:
                return await company.keep(call)
    finally:
        await call.hang_up()
        await talk.gone()
