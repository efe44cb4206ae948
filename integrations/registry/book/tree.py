"""The community tree as a book needs it: 社区 → 网格 → 小区 → 楼栋 → 单元, each place made when it is first named."""

import re
from datetime import datetime

from sqlalchemy import select

from integrations.registry.book.address import Address
from integrations.storage.models import PlaceRow
from integrations.storage.store import StoreSession

_NUMBER = re.compile(r"\d+")
_CHINESE = "零一二三四五六七八九十"


class Tree:
    """Finds and makes places. A compound is one place in its community, under the grid that named it first."""

    def __init__(self, session: StoreSession, *, at: datetime) -> None:
        self._session = session
        self._at = at
        rows = session.scalars(select(PlaceRow)).all()
        self._places = {(row.parent_id, row.kind, row.name): row.id for row in rows}
        kinds = {row.id: (row.kind, row.parent_id) for row in rows}
        self._compounds: dict[tuple[str, str], str] = {}
        for row in rows:
            if row.kind == "compound":
                parent = row.parent_id
                while parent is not None and kinds[parent][0] != "community":
                    parent = kinds[parent][1]
                self._compounds[parent or "", row.name] = row.id

    def community(self, name: str) -> str:
        """The id of a community."""
        found = next(
            (id_ for (_, kind, called), id_ in self._places.items() if kind == "community" and called == name), None
        )
        return found or self._place(None, "community", name)

    def grid(self, community: str, name: str) -> str:
        """The id of a grid of a community."""
        return self._place(self.community(community), "grid", name)

    def door(self, address: Address, *, community: str, grid_id: str | None) -> str:
        """The id of the innermost place that an address names: unit, building, compound or community."""
        place = community_id = self.community(community)
        if address.compound:
            known = self._compounds.get((community_id, address.compound))
            place = known or self._place(grid_id or community_id, "compound", address.compound)
            self._compounds[community_id, address.compound] = place
        if address.building:
            place = self._place(place, "building", address.building)
        if address.unit:
            place = self._place(place, "unit", address.unit)
        return place

    def _place(self, parent_id: str | None, kind: str, name: str) -> str:
        found = self._places.get((parent_id, kind, name))
        if found is None:
            found = self._places[parent_id, kind, name] = self._session.new_id(at=self._at)
            self._session.add(PlaceRow(id=found, parent_id=parent_id, kind=kind, name=name, sort=_sort(name)))
        return found


def _sort(name: str) -> int:
    """The number in a name, so that 10栋 comes after 9栋 and 第十网格 after 第九网格; 0 where there is none."""
    match = _NUMBER.search(name)
    if match:
        return int(match[0][:9])
    return max((_CHINESE.index(character) for character in name if character in _CHINESE), default=0)
