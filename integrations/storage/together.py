"""Group commit: several pieces of work share one transaction, and with it one wait for the disk."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from integrations.storage.engine import speaking_chinese
from integrations.storage.errors import DatabaseBusy, DatabaseUnreachable
from integrations.storage.store import Store, StoreSession

Work = Callable[[StoreSession], Any]


@dataclass(frozen=True, slots=True)
class Done:
    """What became of a piece of work: its value, or the error for which nothing of it was kept."""

    value: Any = None
    error: BaseException | None = None


def write_together(store: Store, works: Sequence[Work]) -> list[Done]:
    """What became of each piece of work, in order; all that succeeded is committed when this returns.

    A piece that raises leaves no trace and harms no other: the pieces are run again, that one alone. When the database
    is away or busy, none is kept and each is told so.
    """
    if len(works) == 1:
        return [_alone(store, works[0])]
    number, values = 0, []
    try:
        with speaking_chinese(), store.writing_connection() as connection, store.session_on(connection) as session:
            for number, work in enumerate(works):  # noqa: B007  read when one fails
                values.append(_beside(session, work))
    except (DatabaseUnreachable, DatabaseBusy) as error:
        return [Done(error=error) for _ in works]
    except Exception:  # told to whoever waits for that piece, once it has failed alone as well
        if len(values) == len(works):  # what only the commit refuses, a foreign key say: nobody knows whose it was
            return [_alone(store, work) for work in works]
        others = write_together(store, [*works[:number], *works[number + 1 :]])
        return [*others[:number], _alone(store, works[number]), *others[number:]]
    return [Done(value) for value in values]


def _beside(session: StoreSession, work: Work) -> Any:
    """One piece in a session that others use after it; when it raises, all of the transaction is lost."""
    value = work(session)
    session.flush()
    session.expunge_all()
    return value


def _alone(store: Store, work: Work) -> Done:
    try:
        with store.writing() as session:
            value = work(session)
        return Done(value)
    except Exception as error:  # handed on to whoever waits for this piece
        return Done(error=error)
