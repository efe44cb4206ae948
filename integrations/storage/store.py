"""The store: the one way to the database."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Engine, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from integrations.storage.columns import bind_keys
from integrations.storage.engine import WRITING, make_engine, one_snapshot, speaking_chinese
from integrations.storage.errors import KeyWrong, ReadingOnly
from integrations.storage.ids import IdSource, TimeOrderedIds
from integrations.storage.keys import WRONG_KEY, KeyRing
from integrations.storage.models import KeyCheckRow
from integrations.storage.schema import check_schema

_SENTENCE = "邻音"


class StoreSession(Session):
    """One transaction. Carries the key ring for blind indexes and the source of new ids."""

    def __init__(self, bind: Engine | Connection, *, keys: KeyRing, new_id: IdSource, read_only: bool) -> None:
        """On a connection the session stays inside the transaction that is under way there."""
        super().__init__(bind, expire_on_commit=False, autoflush=not read_only, join_transaction_mode="rollback_only")
        self.keys = keys
        self.new_id = new_id
        self._read_only = read_only

    def flush(self, objects: Sequence[Any] | None = None) -> None:
        """Write what is new. Raises ReadingOnly inside `store.reading()`."""
        if self._read_only and (self.new or self.dirty or self.deleted):
            raise ReadingOnly("程序在只读的地方写数据，请把这条信息告诉维护人员。")
        super().flush(objects)


class Store:
    """A database together with the keys that open it.

    Safe to use from several threads; a session belongs to one thread. On SQLite one writer at a time gets in, the
    others wait; readers see the state as of their first query.
    """

    def __init__(self, engine: Engine, *, keys: KeyRing, new_id: IdSource) -> None:
        bind_keys(engine, keys)
        self.engine = engine
        self.keys = keys
        self.new_id = new_id
        self._writer = engine.execution_options(**{WRITING: True})
        self._reader = one_snapshot(engine)

    @classmethod
    def open(cls, url: str, *, keys: KeyRing, at: datetime, new_id: IdSource | None = None) -> "Store":
        """Open a database whose tables are up to date (see `schema.upgrade`) and check that the keys fit.

        Raises DatabaseUrlWrong, DatabaseUnreachable, SchemaOutdated, KeyWrong.
        """
        store = cls(make_engine(url), keys=keys, new_id=new_id or TimeOrderedIds())
        try:
            with speaking_chinese(), store.engine.connect() as connection:
                check_schema(connection)
            store.check_keys(at=at)
        except BaseException:
            store.close()
            raise
        return store

    @contextmanager
    def writing(self) -> Iterator[StoreSession]:
        """A transaction that commits at the end, or changes nothing when the block raises.

        Raises DatabaseBusy when another writer does not let go.
        """
        with self._session(self._writer, read_only=False) as session, session.begin():
            session.connection()
            yield session

    @contextmanager
    def reading(self) -> Iterator[StoreSession]:
        """A transaction that only reads, all of it from one snapshot: what it shows was true at one moment."""
        with self._session(self._reader, read_only=True) as session:
            yield session

    @contextmanager
    def writing_connection(self) -> Iterator[Connection]:
        """A transaction for several sessions one after the other; commits at the end. See together.py."""
        with self._writer.begin() as connection:
            yield connection

    def session_on(self, connection: Connection) -> StoreSession:
        """A session inside a transaction that is under way."""
        return StoreSession(connection, keys=self.keys, new_id=self.new_id, read_only=False)

    @contextmanager
    def _session(self, engine: Engine, *, read_only: bool) -> Iterator[StoreSession]:
        with (
            speaking_chinese(),
            StoreSession(engine, keys=self.keys, new_id=self.new_id, read_only=read_only) as session,
        ):
            yield session

    def check_keys(self, *, at: datetime) -> None:
        """Check the ring against every key that ever sealed here, and note a new one. Raises KeyWrong."""
        with self.reading() as session:
            rows = session.scalars(select(KeyCheckRow)).all()  # opening the sentence is the check
        if any(row.sentence != _SENTENCE for row in rows):
            raise KeyWrong(WRONG_KEY)
        if all(row.key_number != self.keys.active for row in rows):
            with suppress(IntegrityError), self.writing() as session:  # another process may note it first
                session.add(KeyCheckRow(key_number=self.keys.active, sentence=_SENTENCE, at=at))

    def close(self) -> None:
        """Let go of all connections."""
        self.engine.dispose()
