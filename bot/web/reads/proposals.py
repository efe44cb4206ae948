"""Campaigns that the registry itself proposes: questionnaires whose answers are missing or stale in many households."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import Session

from bot.web.reads.plan import questionnaires
from dialogs.dictionary import Dictionary, Field
from integrations.storage.models import HouseholdRow, RecordRow

WORTH_A_ROUND = 0.1  # of households; below that a grid worker asks at the next visit
SHOWN = 4


@dataclass(frozen=True, kw_only=True)
class Proposal:
    """A questionnaire worth asking."""

    questionnaire: str  # content hash
    title: str
    households: int  # about so many lack an answer, or have a stale one
    fields: Sequence[Field]  # what they lack


def proposals(session: Session, dictionary: Dictionary, *, at: datetime) -> list[Proposal]:
    """The most needed first. Fields that are asked anew every time are nobody's lack."""
    households = session.scalar(select(func.count()).select_from(HouseholdRow)) or 0
    if not households:
        return []
    lasting = {field.key: field for field in dictionary.fields if field.fresh_days > 0}
    fresh = _fresh(session, lasting, at=at)
    found = []
    for choice in questionnaires(session):
        asked = dict.fromkeys(each.field for each in choice.body.questions if each.field in lasting)
        lacking = {key: households - fresh.get(key, 0) for key in asked}
        wanted = [lasting[key] for key, number in lacking.items() if number >= WORTH_A_ROUND * households]
        if wanted:
            found.append(
                Proposal(
                    questionnaire=choice.hash,
                    title=choice.body.title,
                    households=max(lacking[field.key] for field in wanted),
                    fields=wanted,
                )
            )
    return sorted(found, key=lambda each: (-len(each.fields), -each.households))[:SHOWN]


def _fresh(session: Session, fields: Mapping[str, Field], *, at: datetime) -> dict[str, int]:
    """Field → households in which it is known and not stale."""
    holds = [
        and_(RecordRow.field == key, RecordRow.at > at - timedelta(days=field.fresh_days))
        for key, field in fields.items()
    ]
    rows = session.execute(
        select(RecordRow.field, func.count(RecordRow.household_id.distinct()))
        .where(RecordRow.superseded_at.is_(None), or_(*holds))
        .group_by(RecordRow.field)
    )
    return dict(rows.all())
