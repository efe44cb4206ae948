"""The simulated residents of a rehearsal and what they say, read from cast.yaml."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Annotated

import msgspec
import yaml

from campaigns.disposition import Disposition
from campaigns.forecast import WishedTime
from dialogs.questionnaire import Kind

UNASKED = "unasked"
OTHER = "other"

_FILE = Path(__file__).with_name("cast.yaml")

Phrases = Annotated[tuple[str, ...], msgspec.Meta(min_length=1)]
Share = Annotated[float, msgspec.Meta(ge=0, le=1)]


class Between(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Something said instead of every nth answer."""

    every: Annotated[int, msgspec.Meta(ge=2)]
    say: Phrases


class Ends(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Something said after so many answers, that takes the conversation elsewhere."""

    after: Annotated[int, msgspec.Meta(ge=0)]
    say: Phrases
    firm: bool = False  # said again when the conversation goes on as if nothing had been said


class Told(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How common it is that something is told of which a ticket is raised, as shares of conversations."""

    share: Share  # of those that go to their end
    alarms: Share = 0.0  # of all: told so that the conversation goes to a person at once


class Persona(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A kind of resident."""

    key: str
    label: str  # Chinese
    share: Share  # of answered calls
    elder: bool = False
    adult: bool = True
    slow: bool = False
    dialect: bool = False
    silent: bool = False
    machine: bool = False  # 来电秘书 answers
    first: tuple[str, ...] = ()
    between: Between | None = None
    around: tuple[str, ...] = ()  # {answer}
    ends: Ends | None = None
    hangs_up_after: int | None = None


class Cast(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Everybody, and the words that they share."""

    personas: tuple[Persona, ...]
    troubles: dict[str, Told]  # by kind of ticket; UNASKED is what nobody asked about, OTHER any other kind
    wishes: tuple[WishedTime, ...]
    line: dict[Disposition, Share]
    dead: dict[Disposition, Share]
    agrees: Phrases
    right: Phrases
    wrong: Phrases
    still: Phrases
    over: Phrases
    when: Phrases
    who: Phrases
    adult: Phrases
    hears: Phrases
    waits: Phrases
    arrives: Phrases
    puzzled: Phrases
    cues: dict[str, Phrases]
    kinds: dict[Kind, Phrases]
    yes: Phrases
    no: Phrases
    dialect: Mapping[str, str]

    def trouble(self, kind: str) -> Told:
        """How common this kind of ticket is among conversations in which it is asked about."""
        return self.troubles.get(kind, self.troubles[OTHER])

    def persona(self, key: str) -> Persona:
        """The persona of this key. Raises KeyError."""
        for each in self.personas:
            if each.key == key:
                return each
        raise KeyError(key)


@cache
def load_cast() -> Cast:
    """The cast that ships with the program."""
    return msgspec.convert(yaml.safe_load(_FILE.read_text(encoding="utf-8")), Cast)
