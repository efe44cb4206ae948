"""Takes an import out again: one step, all of it or nothing, as long as nothing newer rests on it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from sqlalchemy import Column, CursorResult, Table, delete, exists, or_, select

from integrations.registry.errors import ImportNotFound, ImportNotUndoable
from integrations.storage import audit
from integrations.storage.models import HouseholdRow, ImportChangeRow, ImportRow, PlaceRow, ResidentRow, Row, WorkerRow
from integrations.storage.store import StoreSession

_MOMENT_DIGITS = 12  # of an id: the millisecond in which it was made, in hex (storage/ids.py)
_KINDS: dict[str, type[HouseholdRow | ResidentRow]] = {"household": HouseholdRow, "resident": ResidentRow}
# What rests on a household or a resident, by what staff call it; whatever else refers to them counts as 其他记录.
_CALLED = {
    "contacts": "任务",
    "tickets": "工单",
    "sessions": "对话",
    "records": "登记的回答",
    "residents": "后来添加的居民",
    "enrolments": "随访",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Undone:
    """What an undo took out and put back."""

    households_removed: int
    residents_removed: int
    rows_restored: int


def imports(session: StoreSession, *, limit: int = 20) -> Sequence[ImportRow]:
    """The imports, newest first. Only the newest that was not undone can be undone."""
    return session.scalars(select(ImportRow).order_by(ImportRow.at.desc(), ImportRow.id.desc()).limit(limit)).all()


def undo_import(session: StoreSession, import_id: str, *, user_id: str | None, at: datetime) -> Undone:
    """Removes what the import made and puts back what it changed, with an audit row.

    Raises ImportNotFound, ImportNotUndoable.
    """
    row = session.get(ImportRow, import_id, with_for_update=True)
    if row is None:
        raise ImportNotFound("没有这次导入，请回到名册页面重新选择。")
    _check(session, row)
    restored = _restore(session, row, at=at)
    residents = _removed(session, delete(ResidentRow).where(ResidentRow.import_id == row.id))
    households = _removed(session, delete(HouseholdRow).where(HouseholdRow.import_id == row.id))
    _remove_unused(session, row)
    row.undone_at = at
    done = Undone(households_removed=households, residents_removed=residents, rows_restored=restored)
    audit.record(
        session,
        user_id=user_id,
        action="import.undone",
        object_kind="household_book",
        object_id=row.file_hash,
        detail={"households": households, "residents": residents, "restored": restored},
        at=at,
    )
    return done


def _check(session: StoreSession, row: ImportRow) -> None:
    if row.undone_at is not None:
        raise ImportNotUndoable("这次导入已经撤销过了。")
    newer = session.scalar(
        select(ImportRow.file).where(ImportRow.undone_at.is_(None), ImportRow.id > row.id).order_by(ImportRow.id.desc())
    )
    if newer is not None:
        raise ImportNotUndoable(f"后来又导入过“{newer}”，请先撤销那一次。")
    for model in _KINDS.values():
        for table, column in _referring(model.__table__):
            if _rests_on(session, row, model, table, column):
                what = _CALLED.get(table.name, "其他记录")
                raise ImportNotUndoable(f"这次导入的住户已经有了{what}，不能撤销；要改个别住户，请改好名册再导入一次。")


def _referring(target: Any) -> Iterator[tuple[Table, Column[Any]]]:
    """Every column of another table that points at this one."""
    for table in Row.metadata.sorted_tables:
        for key in table.foreign_keys:
            if key.column.table is target:
                yield table, key.parent


def _rests_on(
    session: StoreSession, row: ImportRow, model: type[HouseholdRow | ResidentRow], table: Table, column: Column[Any]
) -> bool:
    made = select(model.id).where(model.import_id == row.id)
    found = exists().where(column.in_(made))
    if table.name == ResidentRow.__tablename__:  # people whom the import itself put into its households
        found = found.where(or_(table.c.import_id.is_(None), table.c.import_id != row.id))
    return bool(session.scalar(select(found)))


def _restore(session: StoreSession, row: ImportRow, *, at: datetime) -> int:
    """Puts back what was changed. Raises ImportNotUndoable where it was changed once more."""
    changes = session.scalars(select(ImportChangeRow).where(ImportChangeRow.import_id == row.id)).all()
    for change in changes:
        changed = session.get(_KINDS[change.kind], change.row_id, populate_existing=True)
        if changed is None:
            continue
        for name, (before, after) in change.before.items():
            if getattr(changed, name) != after:
                raise ImportNotUndoable("导入以后有人改过其中的住户，不能撤销；请改好名册再导入一次。")
            setattr(changed, name, before)
        if isinstance(changed, ResidentRow):
            changed.updated_at = at
    session.flush()
    return len(changes)


def _removed(session: StoreSession, statement: Any) -> int:
    return cast("CursorResult[Any]", session.execute(statement.execution_options(synchronize_session=False))).rowcount


def _remove_unused(session: StoreSession, row: ImportRow) -> None:
    """Places and workers that came in with the book and that nothing uses any more, leaves of the tree first."""
    moment = row.id[:_MOMENT_DIGITS]
    for model in (WorkerRow, PlaceRow):
        unused = [model.id.startswith(moment, autoescape=True)]
        for table, column in _referring(model.__table__):
            alias = table.alias()
            unused.append(~exists().where(alias.c[column.name] == model.id))
        while _removed(session, delete(model).where(*unused)):
            pass
