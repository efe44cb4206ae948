"""Pages that may call: each holds a ticket, and the ticket tells what the call is about."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.conversation import Opening
from bot.media.line import MediaLine

GOOD_FOR = timedelta(minutes=10)  # from the page to its call; after it the page is opened anew
MOST = 1_000  # tickets that wait for their call; more are no people


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """What a page calls about."""

    opening: Opening
    trial: bool = False  # staff play the resident: nothing is kept, nobody is alarmed


class Visits:
    """The tickets of this process. A ticket is good for one call."""

    def __init__(self, token: Callable[[], str]) -> None:
        """`token` gives a new unguessable string."""
        self._token = token
        self._waiting: dict[str, tuple[Visit, datetime]] = {}

    def expect(self, visit: Visit, *, at: datetime) -> str:
        """A ticket for this call."""
        self._forget(at)
        if len(self._waiting) >= MOST:
            del self._waiting[next(iter(self._waiting))]
        ticket = self._token()
        self._waiting[ticket] = (visit, at + GOOD_FOR)
        return ticket

    def holds(self, ticket: str, *, at: datetime) -> bool:
        """Whether the ticket is good."""
        self._forget(at)
        return ticket in self._waiting

    def redeem(self, ticket: str, *, at: datetime) -> Visit | None:
        """What the call is about; None for a ticket that was never good, was used or is too old."""
        self._forget(at)
        found = self._waiting.pop(ticket, None)
        return found[0] if found else None

    def _forget(self, at: datetime) -> None:
        for ticket in [each for each, (_, until) in self._waiting.items() if until <= at]:
            del self._waiting[ticket]


@dataclass(frozen=True, slots=True)
class Phone:
    """What pages telephone with."""

    line: MediaLine
    visits: Visits
