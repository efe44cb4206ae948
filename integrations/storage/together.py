"""Group commit: several pieces of work share one transaction, and with it one wait for the disk."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError, InterfaceError, InternalError, OperationalError

from integrations.storage.engine import speaking_chinese
from integrations.storage.errors import DatabaseBusy, DatabaseFull, DatabaseUnreachable
from integrations.storage.store import Store, StoreSession

Work = Callable[[StoreSession], Any]


@dataclass(frozen=True, slots=True)
class Done:
    """What became of a piece of work: its value, or the error for which nothing of it was kept."""

    value: Any = None
    error: BaseException | None = None


def write_together(store: Store, works: Sequence[Work]) -> list[Done]:
    """What became of each piece of work, in order; all that succeeded is committed when this returns.

    A piece that raises leaves no trace and harms no other. When the database is away or busy, none is kept and each is
    told so. A piece may be run a second time, alone, when the database refused what it did together with others.
    """
    if len(works) > 1:
        try:
            with speaking_chinese(), store.writing_connection() as connection:
                return [_beside(store, connection, work) for work in works]
        except (DatabaseUnreachable, DatabaseBusy) as error:
            return [Done(error=error) for _ in works]
        except (DBAPIError, DatabaseFull):  # a foreign key is checked at the commit; a small piece may still find room
            pass
        except Exception as error:  # handed on to whoever waits
            return [Done(error=error) for _ in works]
    return [_alone(store, work) for work in works]


def _alone(store: Store, work: Work) -> Done:
    try:
        with store.writing() as session:
            value = work(session)
        return Done(value)
    except Exception as error:  # handed on to whoever waits for this piece
        return Done(error=error)


def _beside(store: Store, connection: Connection, work: Work) -> Done:
    """One piece inside a transaction that others share. Raises when the transaction as a whole is lost."""
    mark = connection.begin_nested()
    try:
        with store.session_on(connection) as session:
            value = work(session)
            session.commit()  # as far as the mark
    except (OperationalError, InternalError, InterfaceError):
        raise
    except Exception as error:  # handed on to whoever waits for this piece
        if mark.is_active:
            mark.rollback()
        return Done(error=error)
    mark.commit()
    return Done(value)
