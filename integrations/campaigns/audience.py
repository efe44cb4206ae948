"""Reads the registry as candidates for an audience."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any, Literal, cast

import msgspec
from sqlalchemy import exists, select

from campaigns.audience import AudienceQuery, Candidate, Chosen, Exclusion, Person, choose
from campaigns.window import CallingWindow
from dialogs.call_hours import BEIJING
from dialogs.dictionary import Dictionary
from integrations.campaigns.errors import FieldUnknown
from integrations.storage.models import DoNotCallRow, HouseholdRow, PlaceRow, RecordRow, ResidentRow
from integrations.storage.store import StoreSession

_FETCH = 2000  # rows held at a time
_NOTHING: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """How large an audience is."""

    households: int
    to_call: int
    to_visit: Mapping[Exclusion, int]


def audience(
    session: StoreSession, query: AudienceQuery, window: CallingWindow, dictionary: Dictionary, *, at: datetime
) -> Iterator[Chosen]:
    """The households that the query means now, by address. Raises FieldUnknown."""
    return choose(query, _candidates(session, query, dictionary, at=at), window, on=at.astimezone(BEIJING).date())


def count(
    session: StoreSession, query: AudienceQuery, window: CallingWindow, dictionary: Dictionary, *, at: datetime
) -> Counts:
    """How many households the query means, for the screen on which it is built. Raises FieldUnknown."""
    exclusions = Counter(each.exclusion for each in audience(session, query, window, dictionary, at=at))
    to_call = exclusions.pop(None, 0)
    to_visit = {reason: number for reason, number in exclusions.items() if reason is not None}
    return Counts(households=to_call + sum(to_visit.values()), to_call=to_call, to_visit=to_visit)


def _candidates(
    session: StoreSession, query: AudienceQuery, dictionary: Dictionary, *, at: datetime
) -> Iterator[Candidate]:
    above = _places_above(session)
    fresh = fresh_fields(session, query.missing, dictionary, at=at)
    listed_number = exists().where(DoNotCallRow.phone_idx == ResidentRow.phone_idx)
    wanted = {place for place, line in above.items() if set(query.places) & line}
    statement = (
        select(
            HouseholdRow.id,
            HouseholdRow.place_id,
            HouseholdRow.grid_id,
            ResidentRow.id,
            ResidentRow.phone_idx,
            ResidentRow.is_head,
            ResidentRow.birth_year,
            ResidentRow.consent,
            ResidentRow.do_not_call_at,
            ResidentRow.calling_hours,
            listed_number,
        )
        .outerjoin(ResidentRow, ResidentRow.household_id == HouseholdRow.id)
        .order_by(HouseholdRow.grid_id, HouseholdRow.place_id, HouseholdRow.room, HouseholdRow.id, ResidentRow.id)
        .execution_options(yield_per=_FETCH)
    )
    with session.execute(statement) as rows:  # closed even when the audience is full before the last row
        for (household, place, grid), people in groupby(rows, key=lambda row: (row[0], row[1], row[2])):
            places = above.get(place, frozenset()) | ({grid} if grid else set())
            if query.places and place not in wanted and grid not in wanted:
                continue
            yield Candidate(
                household=household,
                places=places,
                people=tuple(
                    Person(
                        resident=resident,
                        has_number=phone is not None,
                        head=head,
                        birth_year=born,
                        consent=cast("Literal['unknown', 'given', 'refused']", consent),
                        do_not_call=since is not None or listed,
                        fresh=fresh.known(resident, household),
                        preference=preference(hours),
                    )
                    for _, _, _, resident, phone, head, born, consent, since, hours, listed in people
                    if resident is not None
                ),
            )


def preference(hours: Any) -> CallingWindow | None:
    """The hours in which a resident wants to be called, from `residents.calling_hours`; None for any."""
    return None if hours is None else msgspec.convert(hours, CallingWindow)


def _places_above(session: StoreSession) -> dict[str, frozenset[str]]:
    """Each place with itself and everything it lies in."""
    parents: dict[str, str | None] = {
        row.id: row.parent_id for row in session.execute(select(PlaceRow.id, PlaceRow.parent_id))
    }
    above: dict[str, frozenset[str]] = {}

    def line(place: str) -> frozenset[str]:
        if place not in above:
            parent = parents.get(place)
            above[place] = frozenset({place}) | (line(parent) if parent is not None else frozenset())
        return above[place]

    return {place: line(place) for place in parents}


@dataclass(frozen=True, slots=True, kw_only=True)
class Fresh:
    """Which fields are known and not stale, of whom."""

    of_resident: Mapping[str, frozenset[str]]
    of_household: Mapping[str, frozenset[str]]

    def known(self, resident: str, household: str) -> frozenset[str]:
        """The fields that need not be asked of this resident."""
        return self.of_resident.get(resident, _NOTHING) | self.of_household.get(household, _NOTHING)


def fresh_fields(session: StoreSession, names: Iterable[str], dictionary: Dictionary, *, at: datetime) -> Fresh:
    """Who is known well enough by each of these fields. Raises FieldUnknown."""
    of_resident: dict[str, frozenset[str]] = {}
    of_household: dict[str, frozenset[str]] = {}
    for name in names:
        if name not in dictionary.by_key:
            raise FieldUnknown(f"数据字典里没有“{name}”这一项，请改正受众条件。")
        field = dictionary.by_key[name]
        shared = field.about == "household"
        known = session.scalars(
            select(RecordRow.household_id if shared else RecordRow.resident_id)
            .where(
                RecordRow.field == name,
                RecordRow.superseded_at.is_(None),
                RecordRow.at > at - timedelta(days=field.fresh_days),
            )
            .distinct()
        )
        found = of_household if shared else of_resident
        for each in known:
            found[each] = found.get(each, _NOTHING) | {name}
    return Fresh(of_resident=of_resident, of_household=of_household)
