"""What the dialogue may know about a resident before it speaks."""

from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

import msgspec

from dialogs.dictionary import Dictionary
from dialogs.events import Party
from dialogs.questionnaire import Questionnaire
from integrations.registry.lookup import residents_by_phone
from integrations.registry.records import known_and_fresh
from integrations.storage.models import HouseholdRow, QuestionnaireRow, ResidentRow
from integrations.storage.store import StoreSession
from nlu.lexicon import load

ELDER_FROM = 65  # years; below it the usual pace and wording
TITLES = {"male": "先生", "female": "女士"}
_decode = msgspec.json.Decoder(Questionnaire).decode


@dataclass(frozen=True, slots=True, kw_only=True)
class CallerFacts:
    """How to talk to somebody, and what need not be asked."""

    elder: bool
    known: dict[str, Any]  # Question.key → value
    party: Party | None  # whom a call has to ask for before it asks anything personal
    watchword: str


def caller_facts(
    session: StoreSession, resident_id: str, questionnaire: str, dictionary: Dictionary, *, at: datetime
) -> CallerFacts:
    """The facts about one resident for one questionnaire (by content hash). An unknown age counts as old."""
    resident = session.get_one(ResidentRow, resident_id)
    asked = _decode(session.get_one(QuestionnaireRow, questionnaire).body)
    fields = {question.field: question.key for question in asked.questions}
    fresh = known_and_fresh(session, resident, [dictionary.by_key[field] for field in fields], at=at)
    elder = resident.birth_year is None or at.year - resident.birth_year >= ELDER_FROM
    household = session.get_one(HouseholdRow, resident.household_id)
    personal = any(dictionary.by_key[field].personal for field in fields)
    return CallerFacts(
        elder=elder,
        known={fields[field]: row.value for field, row in fresh.items()},
        party=_party(session, resident) if personal else None,
        watchword=household.watchword or "",
    )


def _party(session: StoreSession, resident: ResidentRow) -> Party:
    """The surname and nothing else; names only where several share the telephone and are asked for theirs."""
    sharing = residents_by_phone(session, resident.phone) if resident.phone else ()
    others = tuple(each.name for each in sharing if each.id != resident.id)
    return Party(
        surname=surname(resident.name),
        title=TITLES.get(resident.sex or "", ""),
        sharers=(resident.name, *others) if others else (),
    )


def surname(name: str) -> str:
    """欧阳 of 欧阳娜, 王 of 王桂英."""
    compound = next((each for each in _compound_surnames() if name.startswith(each) and name != each), None)
    return compound or name[:1]


@cache
def _compound_surnames() -> tuple[str, ...]:
    return tuple(load("names.yaml")["compound"])
