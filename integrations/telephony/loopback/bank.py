"""The phrase bank of the simulated residents, read from phrases.yaml and red_flags.yaml."""

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

import msgspec
import yaml

_FOLDER = Path(__file__).parent

Phrases = tuple[str, ...]


class Cued(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, dict=True):
    """Something the assistant asks, known by its words."""

    asked: tuple[str, ...]  # regular expressions

    @cached_property
    def _pattern(self) -> re.Pattern[str]:
        return re.compile("|".join(self.asked))

    def asked_in(self, sentence: str) -> bool:
        """Whether this sentence asks it."""
        return self._pattern.search(sentence) is not None


class Topic(Cued, frozen=True, kw_only=True, forbid_unknown_fields=True, dict=True):
    """What residents know about one thing, and how they say each value."""

    values: dict[str, Phrases]
    statements: dict[str, Phrases] = {}  # whole sentences, for taking an answer back


class Opening(Cued, frozen=True, kw_only=True, forbid_unknown_fields=True, dict=True):
    """现在方便吗."""

    agrees: Phrases


class Agreement(Cued, frozen=True, kw_only=True, forbid_unknown_fields=True, dict=True):
    """对不对."""

    agrees: Phrases
    disagrees: Phrases


class FlagCheck(Cued, frozen=True, kw_only=True, forbid_unknown_fields=True, dict=True):
    """现在还是这样吗."""

    still: Phrases
    over: Phrases


class Told(Cued, frozen=True, kw_only=True, forbid_unknown_fields=True, dict=True):
    """A question with one kind of answer."""

    told: Phrases


class Heard(Cued, frozen=True, kw_only=True, forbid_unknown_fields=True, dict=True):
    """喂，听得到吗."""

    agrees: Phrases


class Waiting(Cued, frozen=True, kw_only=True, forbid_unknown_fields=True, dict=True):
    """请别挂断，网格员马上来."""

    agrees: Phrases


class WorkerCues(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """By which words a worker of the community knows what is wanted of them."""

    offer: Cued
    pin: Cued
    ready: Cued  # to speak with the resident, or to write a number down
    result: Cued

    def speaks_to_one(self, words: str) -> bool:
        """Whether this is said to a worker, not to a resident."""
        return self.offer.asked_in(words) or self.pin.asked_in(words) or self.result.asked_in(words)


class Silence(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How long residents say nothing before the line calls it a turn."""

    seconds: tuple[float, float]


class UrgentPhrases(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Ways of saying that something urgent is the matter."""

    direct: Phrases
    indirect: Phrases = ()


class Bank(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Everything that simulated residents can say."""

    topics: dict[str, Topic]
    opening: Opening
    party: Heard
    sharers: Heard
    agreement: Agreement
    flag_check: FlagCheck
    callback: Told
    which_wrong: Cued
    wait: Cued
    hear_me: Heard
    waiting: Waiting
    worker: WorkerCues
    keypad: Cued
    asides: dict[str, Phrases]
    endings: dict[str, Phrases]
    corrections: Phrases
    stories: Phrases
    silence: Silence
    puzzled: Phrases
    red_flags: dict[str, UrgentPhrases]

    def phrases(self) -> Iterator[str]:
        """Every phrase that may be said, as written here."""
        yield from _leaves(msgspec.to_builtins(self))


def _leaves(node: Any) -> Iterator[str]:
    match node:
        case str():
            yield node
        case Mapping():
            for key, each in node.items():
                if key != "asked":
                    yield from _leaves(each)
        case Sequence():
            for each in node:
                yield from _leaves(each)


def load_bank(folder: Path = _FOLDER) -> Bank:
    """The bank. Raises OSError, yaml.YAMLError or msgspec.ValidationError when its files are broken."""
    spoken = yaml.safe_load((folder / "phrases.yaml").read_text(encoding="utf-8"))
    urgent = yaml.safe_load((folder / "red_flags.yaml").read_text(encoding="utf-8"))
    return msgspec.convert(spoken | {"red_flags": urgent}, Bank)
