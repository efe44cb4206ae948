"""The calls that this process speaks in: a turn need not read again what the turn before it wrote."""

from collections import OrderedDict
from dataclasses import dataclass

from dialogs.state import State
from integrations.storage.models import SessionRow

MOST = 10_000  # calls of one process; the one that was longest silent is read again


@dataclass(slots=True)
class Live:
    """A session as it was last committed. `row` is detached; its `turn` is the version that the next turn replaces."""

    row: SessionRow
    state: State


class LiveSessions:
    """Remembers calls. A call has one process, chats may be taken by any: they are not remembered.

    What is remembered is a guess all the same: the transaction that keeps the next turn checks the version.
    """

    def __init__(self) -> None:
        self._lives: OrderedDict[str, Live] = OrderedDict()

    def recall(self, session_id: str) -> Live | None:
        """The session, or None where the database must be asked."""
        return self._lives.get(session_id)

    def remember(self, live: Live, state: State) -> None:
        """`state` was committed as the next turn of this session."""
        live.row.turn += 1
        live.state = state
        if live.row.channel == "voice" and state.outcome is None:
            self._lives[live.row.id] = live
            self._lives.move_to_end(live.row.id)
            if len(self._lives) > MOST:
                self._lives.popitem(last=False)
        else:
            self.forget(live.row.id)

    def forget(self, session_id: str) -> None:
        """The session is over, or nobody knows how it stands."""
        self._lives.pop(session_id, None)
