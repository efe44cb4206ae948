"""Which campaigns the registry would have: fields that questionnaires ask and that are missing or stale for many."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import msgspec
from sqlalchemy import select

from dialogs.dictionary import Dictionary
from dialogs.questionnaire import Questionnaire
from integrations.campaigns.audience import fresh_fields
from integrations.storage.models import QuestionnaireRow, ResidentRow
from integrations.storage.store import StoreSession

_WORTH_IT = 0.2  # of households: for fewer, a visit is less trouble than a campaign
_decode = msgspec.json.Decoder(Questionnaire).decode


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """A campaign that would bring what is not known."""

    questionnaire: str  # content hash
    title: str
    fields: tuple[str, ...]  # of the dictionary, those that stay fresh; for `AudienceQuery.missing`
    households: int  # in which somebody lacks at least one of them
    share: float  # of all households with residents


def proposals(session: StoreSession, dictionary: Dictionary, *, at: datetime) -> list[Proposal]:
    """The campaigns worth making, the one that brings most first."""
    people = session.execute(
        select(ResidentRow.household_id, ResidentRow.id).order_by(
            ResidentRow.household_id, ResidentRow.is_head.desc(), ResidentRow.id
        )
    ).all()
    heads: dict[str, str] = {}
    for household, resident in people:
        heads.setdefault(household, resident)
    found = [
        proposal
        for questionnaire in _newest(session)
        if (proposal := _proposal(session, questionnaire, heads, dictionary, at=at)) is not None
    ]
    return sorted(found, key=lambda each: (-each.households, -len(each.fields), each.title))


def _proposal(
    session: StoreSession, row: QuestionnaireRow, heads: dict[str, str], dictionary: Dictionary, *, at: datetime
) -> Proposal | None:
    asked = [each.field for each in _decode(row.body).questions if each.field in dictionary.by_key]
    lasting = tuple(dict.fromkeys(field for field in asked if dictionary.by_key[field].fresh_days > 0))
    if not lasting or not heads:
        return None
    fresh = fresh_fields(session, lasting, dictionary, at=at)
    missing = sum(not set(lasting) <= fresh.known(resident, household) for household, resident in heads.items())
    if missing < _WORTH_IT * len(heads):
        return None
    return Proposal(
        questionnaire=row.hash, title=row.title, fields=lasting, households=missing, share=missing / len(heads)
    )


def _newest(session: StoreSession) -> Sequence[QuestionnaireRow]:
    newest: dict[str, QuestionnaireRow] = {}
    for row in session.scalars(select(QuestionnaireRow).order_by(QuestionnaireRow.version, QuestionnaireRow.added_at)):
        newest[row.key] = row
    return list(newest.values())
