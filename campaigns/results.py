"""What a campaign has come to: coverage, and the funnel over its questions."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from campaigns.outcome import ContactOutcome
from campaigns.settle import Followed

_REACHED = frozenset(ContactOutcome) - {
    ContactOutcome.NOT_REACHED,
    ContactOutcome.WRONG_PERSON,
    ContactOutcome.INELIGIBLE,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactResult:
    """A contact as the results see it; `outcome` None while it is open."""

    household: str
    outcome: ContactOutcome | None
    ticketed: bool = False
    visited: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Coverage:
    """Households that somebody spoke with, went to, or is answerable for."""

    households: int
    reached: int
    visited: int
    ticketed: int
    uncovered: tuple[str, ...]  # households that nobody is answerable for: must be empty when a campaign has finished

    @property
    def share(self) -> float:
        """0..1; 1 for a campaign without households."""
        return 1.0 - len(self.uncovered) / self.households if self.households else 1.0


def coverage(contacts: Iterable[ContactResult]) -> Coverage:
    """Coverage = reached ∪ visited ∪ ticketed, each household counted once in each."""
    everybody: dict[str, None] = {}
    reached: set[str] = set()
    visited: set[str] = set()
    ticketed: set[str] = set()
    for each in contacts:
        everybody[each.household] = None
        if each.outcome in _REACHED:
            reached.add(each.household)
        if each.visited:
            visited.add(each.household)
        if each.ticketed:
            ticketed.add(each.household)
    covered = reached | visited | ticketed
    return Coverage(
        households=len(everybody),
        reached=len(reached),
        visited=len(visited),
        ticketed=len(ticketed),
        uncovered=tuple(each for each in everybody if each not in covered),
    )


def needs_ticket(followed: Followed) -> bool:
    """Whether closing a contact this way must leave a ticket behind for the campaign itself to raise."""
    return followed in ("visit", "check_number")


@dataclass(frozen=True, slots=True, kw_only=True)
class FunnelStep:
    """How far one question came."""

    question: str
    asked: int
    answered: int
    confirmed: int
    left_open: int


def funnel(order: Sequence[str], counts: Mapping[str, Mapping[str, int]]) -> tuple[FunnelStep, ...]:
    """The steps in the questionnaire's order, from counts by question and event (asked, answered, confirmed, open)."""
    empty: Mapping[str, int] = {}
    return tuple(
        FunnelStep(
            question=key,
            asked=counts.get(key, empty).get("asked", 0),
            answered=counts.get(key, empty).get("answered", 0),
            confirmed=counts.get(key, empty).get("confirmed", 0),
            left_open=counts.get(key, empty).get("open", 0),
        )
        for key in order
    )
