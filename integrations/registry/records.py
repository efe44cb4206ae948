"""What is known of people and households: values with their whole provenance, never overwritten, only superseded."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal, Protocol, cast

from sqlalchemy import ColumnElement, Table, bindparam, insert, select, update

from dialogs.dictionary import Field
from integrations.storage import audit
from integrations.storage.models import RecordRow, ResidentRow
from integrations.storage.store import StoreSession

# Built once and run past the mapper: every answer of every call takes this way.
_RECORDS = cast(Table, RecordRow.__table__)
_SUPERSEDE = {
    owner: update(_RECORDS)
    .where(
        _RECORDS.c[f"{owner}_id"] == bindparam("owner"),
        _RECORDS.c.field == bindparam("of"),
        _RECORDS.c.superseded_at.is_(None),
    )
    .values(superseded_at=bindparam("at_"))
    for owner in ("resident", "household")
}
_KEEP = insert(RecordRow)
_CONFIRM = (
    update(_RECORDS)
    .where(
        _RECORDS.c.source_id == bindparam("whence"),
        _RECORDS.c.question == bindparam("asked"),
        _RECORDS.c.superseded_at.is_(None),
        _RECORDS.c.state == "reported",
    )
    .values(state="confirmed")
)
_CURRENT = (
    select(_RECORDS.c.resident_id, _RECORDS.c.field, _RECORDS.c.value, _RECORDS.c.at)
    .where(
        _RECORDS.c.household_id == bindparam("household"),
        _RECORDS.c.field.in_(bindparam("fields", expanding=True)),
        _RECORDS.c.superseded_at.is_(None),
    )
    .order_by(_RECORDS.c.at, _RECORDS.c.id)
)
_RESIDENTS = cast(Table, ResidentRow.__table__)
_WHOSE = select(_RESIDENTS.c.id, _RESIDENTS.c.household_id, _RESIDENTS.c.consent).where(
    _RESIDENTS.c.id == bindparam("resident")
)

State = Literal["reported", "confirmed", "verified"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Provenance:
    """Where a value comes from."""

    source: Literal["session", "import", "staff"]
    source_id: str  # of the session, the imported file or the user
    channel: Literal["voice", "chat", "file", "screen"]
    speaker: Literal["self", "relative", "other", "unknown"] = "unknown"
    own_words: str = ""
    confidence: float = 1.0  # 0..1
    question: str | None = None  # Question.key
    recorded: tuple[float, float] | None = None  # seconds of the session's recording


class Person(Protocol):
    """Somebody with a household."""

    @property
    def id(self) -> str: ...

    @property
    def household_id(self) -> str: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Whose:
    """What a value needs of the person it is about."""

    id: str
    household_id: str
    consent: str


def whose(session: StoreSession, resident_id: str) -> Whose:
    """The person of this id, without opening anything that is sealed. Raises sqlalchemy.exc.NoResultFound."""
    row = session.connection().execute(_WHOSE, {"resident": resident_id}).one()
    return Whose(id=row.id, household_id=row.household_id, consent=row.consent)


def captured(
    session: StoreSession,
    resident: ResidentRow | Whose,
    field: Field,
    *,
    value: Any,
    shown: str,
    provenance: Provenance,
    at: datetime,
    state: State = "reported",
) -> RecordRow:
    """Keep a value as the current one; the one before it stays as history. `value` is JSON-like, in its kind's form."""
    owner = "household" if field.about == "household" else "resident"
    session.flush()  # what is pending goes first; the two statements below pass by the mapper
    connection = session.connection()
    whose = {"owner": resident.household_id if owner == "household" else resident.id, "of": field.key, "at_": at}
    connection.execute(_SUPERSEDE[owner], whose)
    values = {
        "id": session.new_id(at=at),
        "resident_id": resident.id,
        "household_id": resident.household_id,
        "field": field.key,
        "value": value,
        "shown": shown,
        "own_words": provenance.own_words,
        "source": provenance.source,
        "source_id": provenance.source_id,
        "question": provenance.question,
        "channel": provenance.channel,
        "speaker": provenance.speaker,
        "confidence": provenance.confidence,
        "consent": resident.consent,
        "state": state,
        "recorded_from": provenance.recorded[0] if provenance.recorded else None,
        "recorded_to": provenance.recorded[1] if provenance.recorded else None,
        "at": at,
        "superseded_at": None,
    }
    connection.execute(_KEEP, values)
    return RecordRow(**values)


def confirm(session: StoreSession, *, source_id: str, question: str) -> bool:
    """The value of a question was read back and agreed to. False when this source holds no such value, or more is
    known of it already."""
    session.flush()
    told = {"whence": source_id, "asked": question}
    return session.connection().execute(_CONFIRM, told).rowcount > 0


def withdraw(session: StoreSession, *, source_id: str, question: str, at: datetime) -> RecordRow | None:
    """The value of a question was taken back; what it had replaced counts again. None when there is no such value."""
    row = _of_source(session, source_id=source_id, question=question)
    if row is None:
        return None
    replaced = select(RecordRow).where(
        RecordRow.household_id == row.household_id,
        RecordRow.field == row.field,
        RecordRow.superseded_at == row.at,
        RecordRow.source_id != source_id,
    )
    for before in session.scalars(replaced):
        before.superseded_at = None
    row.superseded_at = at
    session.flush()
    return row


def verify(session: StoreSession, record_id: str, *, user_id: str, at: datetime) -> RecordRow:
    """A person checked the value; written to the audit trail. Raises sqlalchemy.exc.NoResultFound."""
    row = session.get_one(RecordRow, record_id)
    row.state = "verified"
    audit.record(session, user_id=user_id, action="verify", object_kind="record", object_id=row.id, at=at)
    return row


def current(session: StoreSession, resident: ResidentRow, field: Field) -> RecordRow | None:
    """The value that counts now: the person's, or the household's where the field is about the household."""
    return session.scalars(select(RecordRow).where(*_current(resident, field)).order_by(RecordRow.id.desc())).first()


def history(session: StoreSession, resident: ResidentRow, field: Field) -> Sequence[RecordRow]:
    """All values ever kept, newest first."""
    return session.scalars(
        select(RecordRow).where(*_of(resident, field)).order_by(RecordRow.at.desc(), RecordRow.id.desc())
    ).all()


def known_and_fresh(
    session: StoreSession, resident: Person, fields: Iterable[Field], *, at: datetime
) -> Mapping[str, Any]:
    """The current values, by field, that are fresh enough not to be asked again."""
    wanted = {field.key: field for field in fields if field.fresh_days > 0}
    rows = session.connection().execute(_CURRENT, {"household": resident.household_id, "fields": list(wanted)})
    return {
        row.field: row.value for row in rows if _counts(row.resident_id, row.at, resident, wanted[row.field], at=at)
    }


def _counts(of: str | None, kept_at: datetime, resident: Person, field: Field, *, at: datetime) -> bool:
    same = field.about == "household" or of == resident.id
    return same and at - kept_at <= timedelta(days=field.fresh_days)


def _of(resident: ResidentRow, field: Field) -> tuple[ColumnElement[bool], ...]:
    owner = (
        RecordRow.household_id == resident.household_id
        if field.about == "household"
        else RecordRow.resident_id == resident.id
    )
    return owner, RecordRow.field == field.key


def _current(resident: ResidentRow, field: Field) -> tuple[ColumnElement[bool], ...]:
    return *_of(resident, field), RecordRow.superseded_at.is_(None)


def _of_source(session: StoreSession, *, source_id: str, question: str) -> RecordRow | None:
    return session.scalars(
        select(RecordRow)
        .where(RecordRow.source_id == source_id, RecordRow.question == question, RecordRow.superseded_at.is_(None))
        .order_by(RecordRow.id.desc())
    ).first()
