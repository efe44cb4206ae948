"""How fast one sender may write: faster is a program, not a person."""

from collections import OrderedDict, deque
from datetime import datetime, timedelta

from bot.web.errors import TooManyTurns

TURNS = 40  # in SPAN: more than one turn every two seconds for more than a minute
SPAN = timedelta(minutes=1)
SENDERS_REMEMBERED = 20_000  # a whole community at once


class Pace:
    """Counts the turns of each sender in the last minute. Forgetting is harmless, so it is kept in memory."""

    def __init__(self) -> None:
        self._turns: OrderedDict[str, deque[datetime]] = OrderedDict()

    def count(self, sender: str, *, at: datetime) -> None:
        """Takes one more turn. Raises TooManyTurns."""
        turns = self._turns.setdefault(sender, deque())
        self._turns.move_to_end(sender)
        while turns and turns[0] <= at - SPAN:
            turns.popleft()
        if len(turns) >= TURNS:
            raise TooManyTurns
        turns.append(at)
        while len(self._turns) > SENDERS_REMEMBERED:
            self._turns.popitem(last=False)
