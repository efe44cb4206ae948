"""How simulated residents behave, as shares; and what that makes of one call, drawn from seed, number and turn."""

import random
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Literal, TypeVar

import msgspec

from campaigns.disposition import Disposition

Kind = TypeVar("Kind")
Share = Annotated[float, msgspec.Meta(ge=0, le=1)]
Temper = Literal["plain", "chatty", "wary", "deaf"]
Ending = Literal[
    "busy_later", "wrong_number", "not_at_home", "refuse_call", "stop_calling", "person_please", "hangs_up", "mute"
]

# Of a hundred calls of a winter round; people and telephones, not law: every share can be set.
_FATES: dict[Disposition, float] = {
    Disposition.NO_ANSWER: 0.12,
    Disposition.BUSY: 0.07,
    Disposition.POWER_OFF: 0.04,
    Disposition.VOICEMAIL: 0.03,
    Disposition.DECLINED: 0.03,
    Disposition.UNREACHABLE: 0.02,
}
_DEAD: dict[Disposition, float] = {Disposition.EMPTY_NUMBER: 0.02, Disposition.SUSPENDED: 0.01}
_ENDINGS: dict[Ending, float] = {
    "busy_later": 0.05,
    "wrong_number": 0.02,
    "not_at_home": 0.03,
    "refuse_call": 0.03,
    "stop_calling": 0.01,
    "person_please": 0.03,
    "hangs_up": 0.03,
    "mute": 0.01,
}
_TEMPERS: dict[Temper, float] = {"plain": 0.6, "chatty": 0.15, "wary": 0.15, "deaf": 0.1}
# What each temper brings between question and answer, and how likely a question draws one out.
_ASIDES: dict[Temper, tuple[str, ...]] = {
    "plain": ("repeat", "who_is_this", "wait_please", "thanks"),
    "chatty": ("smalltalk", "thanks", "ask_back", "hand_phone_over"),
    "wary": ("who_is_this", "how_got_number", "is_this_fraud", "recorded_or_robot", "ask_back"),
    "deaf": ("repeat", "slower", "louder", "repeat"),
}
_ASIDE_PER_QUESTION: dict[Temper, float] = {"plain": 0.04, "chatty": 0.15, "wary": 0.15, "deaf": 0.2}
_AT_ONCE: frozenset[Ending] = frozenset({"busy_later", "wrong_number", "not_at_home", "mute"})
_LATEST_QUESTION = 3  # the shortest questionnaire has four; later surprises would never come


class Population(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """Shares of everything that can happen; what is left of 1 is answered, or goes to its end."""

    fates: dict[Disposition, Share] = msgspec.field(default_factory=lambda: dict(_FATES))  # of one call
    dead: dict[Disposition, Share] = msgspec.field(default_factory=lambda: dict(_DEAD))  # of a number, for ever
    endings: dict[Ending, Share] = msgspec.field(default_factory=lambda: dict(_ENDINGS))  # of an answered call
    red_flags: Share = 0.06  # of answered calls
    over: Share = 0.3  # of red flags: it has passed when asked
    corrections: Share = 0.06  # of answered calls
    stories: Share = 0.08  # of answers
    leaves: Share = 0.25  # of residents who are asked to stay on the line for a person
    declines: Share = 0.08  # of workers who are offered a hand-over: key 2
    ignores: Share = 0.06  # of them: no key at all
    wrong_pin: Share = 0.04  # of workers who accepted: forgot the PIN
    asides: Annotated[float, msgspec.Meta(ge=0)] = 1.0  # multiplies how often something comes between


@dataclass(frozen=True, slots=True, kw_only=True)
class Script:
    """What will happen in one call."""

    fate: Disposition
    temper: Temper
    ending: Ending | None
    ending_at: int  # before which question, from 0; the opening counts as 0
    red_flag_at: int | None
    flag_over: bool
    correct_at: int | None
    stories: float
    leaves: float = 0.0  # probability of not waiting for a person
    asides: Mapping[int, str]  # question number → aside


def script(population: Population, rng: random.Random, household: random.Random) -> Script:
    """The script of one call; `household` gives what stays the same in every call to the number."""
    dead = _one_of(population.dead, household)
    temper = household.choices(list(_TEMPERS), list(_TEMPERS.values()))[0]
    fate = dead or _one_of(population.fates, rng) or Disposition.ANSWERED
    ending = _one_of(population.endings, rng)
    red_flag = rng.random() < population.red_flags
    correction = rng.random() < population.corrections
    per_question = _ASIDE_PER_QUESTION[temper] * population.asides
    return Script(
        fate=fate,
        temper=temper,
        ending=ending,
        ending_at=0 if ending in _AT_ONCE else rng.randint(0, _LATEST_QUESTION),
        red_flag_at=rng.randint(1, _LATEST_QUESTION) if red_flag else None,
        flag_over=rng.random() < population.over,
        correct_at=rng.randint(2, _LATEST_QUESTION) if correction else None,
        stories=population.stories,
        leaves=population.leaves,
        asides={each: rng.choice(_ASIDES[temper]) for each in range(12) if rng.random() < per_question},
    )


def _one_of(shares: Mapping[Kind, float], rng: random.Random) -> Kind | None:
    """One of the kinds with its share, or None with what is left of 1."""
    drawn = rng.random()
    for kind, share in shares.items():
        drawn -= share
        if drawn < 0:
            return kind
    return None
