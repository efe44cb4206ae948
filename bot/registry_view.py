"""What the dialogue may know about a resident before it speaks."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache, lru_cache
from typing import Any, cast

import msgspec
from sqlalchemy import Table, bindparam, select

from dialogs import members
from dialogs.dictionary import Dictionary
from dialogs.events import Member, Party
from dialogs.questionnaire import OF_MEMBER, Questionnaire
from integrations.registry.records import known_and_fresh
from integrations.storage.models import HouseholdRow, QuestionnaireRow, ResidentRow
from integrations.storage.store import StoreSession
from nlu.lexicon import load

ELDER_FROM = 65  # years; below it the usual pace and wording
TITLES = {"male": "先生", "female": "女士"}
_RESIDENTS = cast(Table, ResidentRow.__table__)
_HOUSEHOLDS = cast(Table, HouseholdRow.__table__)
_QUESTIONNAIRES = cast(Table, QuestionnaireRow.__table__)
# Built once and run past the mapper, with the few columns that are needed: every call takes this way.
_RESIDENT = (
    select(
        *(_RESIDENTS.c[name] for name in ("id", "household_id", "name", "phone_idx", "birth_year", "sex")),
        _HOUSEHOLDS.c.watchword,
    )
    .join_from(_RESIDENTS, _HOUSEHOLDS, _HOUSEHOLDS.c.id == _RESIDENTS.c.household_id)
    .where(_RESIDENTS.c.id == bindparam("resident"))
)
_BODY = select(_QUESTIONNAIRES.c.body).where(_QUESTIONNAIRES.c.hash == bindparam("hash"))
_SHARERS = (
    select(_RESIDENTS.c.name)
    .where(_RESIDENTS.c.phone_idx == bindparam("phone"), _RESIDENTS.c.id != bindparam("resident"))
    .order_by(_RESIDENTS.c.is_head.desc(), _RESIDENTS.c.id)
)
_decode = msgspec.json.Decoder(Questionnaire).decode


@dataclass(frozen=True, slots=True, kw_only=True)
class CallerFacts:
    """How to talk to somebody, and what need not be asked."""

    elder: bool
    known: dict[str, Any]  # Question.key → value
    party: Party | None  # whom a call has to ask for before it asks anything personal
    watchword: str
    members: tuple[Member, ...] = ()  # of the household, where each is asked about


@dataclass(frozen=True, slots=True, kw_only=True)
class _Person:
    """What is read of whoever is called."""

    id: str
    household_id: str
    name: str
    phone_idx: str | None
    birth_year: int | None
    sex: str | None
    watchword: str | None  # of the household


def caller_facts(
    session: StoreSession, resident_id: str, questionnaire: str, dictionary: Dictionary, *, at: datetime
) -> CallerFacts:
    """The facts about one resident for one questionnaire (by content hash). An unknown age counts as old.

    Raises sqlalchemy.exc.NoResultFound.
    """
    connection = session.connection()
    resident = _Person(**connection.execute(_RESIDENT, {"resident": resident_id}).mappings().one())
    asked = _asked(connection.execute(_BODY, {"hash": questionnaire}).scalar_one())
    fields = {question.field: question.key for question in asked.questions}
    fresh = known_and_fresh(session, resident, [dictionary.by_key[field] for field in fields], at=at)
    elder = resident.birth_year is None or at.year - resident.birth_year >= ELDER_FROM
    personal = any(dictionary.by_key[field].personal for field in fields)
    known = {fields[field]: value for field, value in fresh.items()}
    people = _household(session, resident) if any(each.of != "resident" for each in asked.questions) else ()
    return CallerFacts(
        elder=elder,
        known=known | _known_of_others(session, people, asked, dictionary, at=at),
        party=_party(session, resident) if personal or people else None,
        watchword=resident.watchword or "",
        members=tuple(Member(id=each.id, name=each.name, relation=_relation(each)) for each in people),
    )


@lru_cache(maxsize=16)
def _asked(body: bytes) -> Questionnaire:
    return _decode(body)


def _household(session: StoreSession, resident: _Person) -> Sequence[ResidentRow]:
    """Everybody of the household, the person meant first, then the head."""
    everybody = session.scalars(
        select(ResidentRow)
        .where(ResidentRow.household_id == resident.household_id)
        .order_by(ResidentRow.is_head.desc(), ResidentRow.id)
    ).all()
    return sorted(everybody, key=lambda each: each.id != resident.id)


def _relation(resident: ResidentRow) -> str:
    return members.HEAD if resident.is_head else resident.relation or ""


def _known_of_others(
    session: StoreSession, people: Sequence[ResidentRow], asked: Questionnaire, dictionary: Dictionary, *, at: datetime
) -> dict[str, Any]:
    keys = {each.field: each.key for each in asked.questions if each.of != "resident"}
    fields = [dictionary.by_key[field] for field in keys]
    return {
        f"{keys[field]}{OF_MEMBER}{person.id}": value
        for person in people[1:]
        for field, value in known_and_fresh(session, person, fields, at=at).items()
    }


def _party(session: StoreSession, resident: _Person) -> Party:
    """The surname and nothing else; names only where several share the telephone and are asked for theirs."""
    others: tuple[str, ...] = ()
    if resident.phone_idx is not None:
        shared = {"phone": resident.phone_idx, "resident": resident.id}
        others = tuple(session.connection().scalars(_SHARERS, shared))
    return Party(
        surname=surname(resident.name),
        title=TITLES.get(resident.sex or "", ""),
        sharers=(resident.name, *others) if others else (),
    )


def of_their_family(session: StoreSession, resident_id: str) -> Party:
    """Whom a call to the number of somebody's family is about."""
    resident = session.get_one(ResidentRow, resident_id)
    return Party(surname=surname(resident.name), title=TITLES.get(resident.sex or "", ""), family=True)


def surname(name: str) -> str:
    """欧阳 of 欧阳娜, 王 of 王桂英."""
    compound = next((each for each in _compound_surnames() if name.startswith(each) and name != each), None)
    return compound or name[:1]


@cache
def _compound_surnames() -> tuple[str, ...]:
    return tuple(load("names.yaml")["compound"])
