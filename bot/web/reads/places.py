"""Addresses and names of workers for the rows on a screen, read in a few statements whatever their number."""

from collections.abc import Iterable, Mapping

from sqlalchemy import select
from sqlalchemy.orm import Session

from integrations.storage.models import HouseholdRow, PlaceRow, WorkerRow

IN_ADDRESS = ("compound", "building", "unit")  # what stands above is the same for everybody in the house
NOBODY = "未指定"


def place_names(session: Session, place_ids: Iterable[str]) -> dict[str, str]:
    """Id of a place → its name from the compound down, such as 康乐小区 3号楼 2单元."""
    wanted = set(place_ids)
    known = _with_parents(session, wanted)
    return {place_id: " ".join(_path(known, place_id)) for place_id in wanted}


def addresses(session: Session, household_ids: Iterable[str]) -> dict[str, str]:
    """Id of a household → its address from the compound down to the room."""
    wanted = set(household_ids)
    if not wanted:
        return {}
    rows = session.execute(
        select(HouseholdRow.id, HouseholdRow.place_id, HouseholdRow.room).where(HouseholdRow.id.in_(wanted))
    ).all()
    names = place_names(session, {place_id for _, place_id, _ in rows})
    return {household_id: f"{names[place_id]} {room}".strip() for household_id, place_id, room in rows}


def worker_names(session: Session, worker_ids: Iterable[str | None]) -> dict[str | None, str]:
    """Id of a worker → name; nobody is 未指定."""
    wanted = {worker_id for worker_id in worker_ids if worker_id}
    names: dict[str | None, str] = {None: NOBODY}
    if wanted:
        rows = session.execute(select(WorkerRow.id, WorkerRow.name).where(WorkerRow.id.in_(wanted))).all()
        names.update(dict(rows))
    return names


def _with_parents(session: Session, wanted: set[str]) -> Mapping[str, PlaceRow]:
    known: dict[str, PlaceRow] = {}
    edge = wanted
    while edge:
        rows = session.scalars(select(PlaceRow).where(PlaceRow.id.in_(edge))).all()
        known.update({row.id: row for row in rows})
        edge = {row.parent_id for row in rows if row.parent_id} - known.keys()
    return known


def _path(known: Mapping[str, PlaceRow], place_id: str) -> list[str]:
    names: list[str] = []
    here = known.get(place_id)
    while here is not None and here.kind in IN_ADDRESS:
        names.append(here.name)
        here = known.get(here.parent_id or "")
    return names[::-1]
