"""The first call of each contact: when it is due."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from campaigns.attempt import Attempt
from campaigns.window import CallingWindow


@dataclass(frozen=True, slots=True, kw_only=True)
class Planned:
    """A contact's first attempt."""

    contact: str
    household: str
    attempt: Attempt


def plan(
    contacts: Iterable[tuple[str, str, CallingWindow | None]], window: CallingWindow, *, at: datetime
) -> Iterator[Planned]:
    """First attempts for (contact, household, preference), each household once, in the order given.

    All fall due at the first moment that the window and the person's preference allow: pacing decides how many of them
    ring at once, so that a faster trunk needs no new plan. A contact without a common hour gets none.
    """
    planned: set[str] = set()
    for contact, household, preference in contacts:
        hours = window.within(preference)
        if household in planned or hours is None:
            continue
        planned.add(household)
        yield Planned(contact=contact, household=household, attempt=Attempt(number=1, due_at=hours.next_open(at=at)))
