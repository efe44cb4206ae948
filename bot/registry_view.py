"""What the dialogue may know about a resident before it speaks."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import msgspec

from dialogs.dictionary import Dictionary
from dialogs.questionnaire import Questionnaire
from integrations.registry.records import known_and_fresh
from integrations.storage.models import QuestionnaireRow, ResidentRow
from integrations.storage.store import StoreSession

ELDER_FROM = 65  # years; below it the usual pace and wording
_decode = msgspec.json.Decoder(Questionnaire).decode


@dataclass(frozen=True, slots=True, kw_only=True)
class CallerFacts:
    """How to talk to somebody, and what need not be asked."""

    elder: bool
    known: dict[str, Any]  # Question.key → value


def caller_facts(
    session: StoreSession, resident_id: str, questionnaire: str, dictionary: Dictionary, *, at: datetime
) -> CallerFacts:
    """The facts about one resident for one questionnaire (by content hash). An unknown age counts as old."""
    resident = session.get_one(ResidentRow, resident_id)
    asked = _decode(session.get_one(QuestionnaireRow, questionnaire).body)
    fields = {question.field: question.key for question in asked.questions}
    fresh = known_and_fresh(session, resident, [dictionary.by_key[field] for field in fields], at=at)
    elder = resident.birth_year is None or at.year - resident.birth_year >= ELDER_FROM
    return CallerFacts(elder=elder, known={fields[field]: row.value for field, row in fresh.items()})
