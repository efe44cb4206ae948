"""Whom a campaign is for: a query over households, and the reason for each contact and each exclusion."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Annotated, Literal

import msgspec

from campaigns.window import CallingWindow

Exclusion = Literal["no_number", "no_consent", "do_not_call", "no_common_hour"]
EXCLUSIONS: dict[Exclusion, str] = {
    "no_number": "没有可拨的电话",
    "no_consent": "不同意电话联系",
    "do_not_call": "在免打扰名单里",
    "no_common_hour": "本人方便的时间不在拨打时段内",
}


class AudienceQuery(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """Which households are meant. Every condition that is given must hold; none given means everybody."""

    places: tuple[str, ...] = ()  # ids of places; a household below any of them is meant
    age_from: Annotated[int, msgspec.Meta(ge=0)] | None = None  # somebody in the household is at least this old
    age_to: Annotated[int, msgspec.Meta(ge=0)] | None = None
    missing: tuple[str, ...] = ()  # fields of the dictionary: at least one has no value or a stale one
    households: tuple[str, ...] = ()  # only these: cohort "on list A"
    without: tuple[str, ...] = ()  # never these: "not on list B"
    residents: tuple[str, ...] = ()  # only these people, whoever else lives there: follow-ups
    limit: Annotated[int, msgspec.Meta(ge=1)] | None = None  # the first so many, for a trial


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """A resident as far as the audience needs to know them; no personal data but the year of birth."""

    resident: str
    has_number: bool
    head: bool = False
    birth_year: int | None = None
    consent: Literal["unknown", "given", "refused"] = "unknown"
    do_not_call: bool = False
    fresh: frozenset[str] = frozenset()  # fields that are known and not stale
    preference: CallingWindow | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A household with its people and the places it lies in, from the building up to the district."""

    household: str
    places: frozenset[str]
    people: Sequence[Person] = field(default_factory=tuple)


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """One household of the audience. `exclusion` says why it is visited instead of called."""

    household: str
    resident: str | None  # who is called; None when nobody lives there as far as we know
    why: dict[str, str | list[str]]  # the conditions that brought it in, for the screen and the results
    exclusion: Exclusion | None = None
    preference: CallingWindow | None = None  # of whoever is called


def choose(
    query: AudienceQuery, candidates: Iterable[Candidate], window: CallingWindow, *, on: date
) -> Iterator[Chosen]:
    """The households that the query means, each once, in the order given."""
    wanted, unwanted, places = set(query.households), set(query.without), set(query.places)
    seen: set[str] = set()
    for each in candidates:
        if query.limit is not None and len(seen) >= query.limit:
            return
        if each.household in seen or each.household in unwanted or (wanted and each.household not in wanted):
            continue
        if places and not places & each.places:
            continue
        meant = [person for person in each.people if _meant(person, query, on)]
        if not meant and (each.people or _asks_about_people(query)):
            continue
        seen.add(each.household)
        yield _chosen(each, meant, query, window)


def _asks_about_people(query: AudienceQuery) -> bool:
    return query.age_from is not None or query.age_to is not None or bool(query.residents)


def _meant(person: Person, query: AudienceQuery, on: date) -> bool:
    if query.residents and person.resident not in query.residents:
        return False
    if query.age_from is not None or query.age_to is not None:
        if person.birth_year is None:
            return False
        age = on.year - person.birth_year
        if query.age_from is not None and age < query.age_from:
            return False
        if query.age_to is not None and age > query.age_to:
            return False
    return not query.missing or not set(query.missing) <= person.fresh


def _chosen(candidate: Candidate, meant: list[Person], query: AudienceQuery, window: CallingWindow) -> Chosen:
    """Calls whom it can: the head first, then the eldest. A refusal by one person does not speak for another."""
    ordered = sorted(meant, key=lambda each: (not each.head, each.birth_year or 9999))
    for person in ordered:
        if _exclusion(person, window) is None:
            return _with(candidate, person, query, None)
    if not ordered:
        return _with(candidate, None, query, "no_number")
    return _with(candidate, ordered[0], query, _exclusion(ordered[0], window))


def _exclusion(person: Person, window: CallingWindow) -> Exclusion | None:
    if person.do_not_call:
        return "do_not_call"
    if person.consent == "refused":
        return "no_consent"
    if not person.has_number:
        return "no_number"
    return "no_common_hour" if window.within(person.preference) is None else None


def _with(candidate: Candidate, person: Person | None, query: AudienceQuery, exclusion: Exclusion | None) -> Chosen:
    why: dict[str, str | list[str]] = {}
    if query.places:
        why["places"] = sorted(set(query.places) & candidate.places)
    if query.residents:
        why["list"] = "followed"
    if person is not None and (query.age_from is not None or query.age_to is not None):
        why["age"] = f"{query.age_from or 0}–{'' if query.age_to is None else query.age_to}"
    if person is not None and query.missing:
        why["missing"] = sorted(set(query.missing) - person.fresh)
    if query.households:
        why["list"] = "in"
    return Chosen(
        household=candidate.household,
        resident=None if person is None else person.resident,
        why=why,
        exclusion=exclusion,
        preference=None if person is None else person.preference,
    )
