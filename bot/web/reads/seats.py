"""Who has which place of a questionnaire whose choices run out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.auth.scope import Scope
from bot.web.reads.campaigns import in_scope
from bot.web.reads.places import addresses
from dialogs.questionnaire import Questionnaire
from integrations.storage.models import BookingRow, ResidentRow

UNREGISTERED = "没有登记的人"


@dataclass(frozen=True, kw_only=True)
class Booked:
    """Somebody who has a place."""

    name: str
    household_id: str | None  # None: the registry does not know them
    address: str


@dataclass(frozen=True, kw_only=True)
class Places:
    """One choice: how many places it has, and who has one, in the order in which they took it."""

    label: str
    of: int
    taken: int
    people: Sequence[Booked]  # those whom the visitor may see


def places_taken(session: Session, scope: Scope, questionnaire: Questionnaire) -> Sequence[Places]:
    """Every choice with places that run out; nothing where none has any."""
    limited = [
        (question.key, option) for question in questionnaire.questions for option in question.choices if option.places
    ]
    if not limited:
        return ()
    rows = session.scalars(
        select(BookingRow).where(BookingRow.questionnaire == questionnaire.key).order_by(BookingRow.at, BookingRow.id)
    ).all()
    people = _people(session, scope, rows)
    found = []
    for question, option in limited:
        here = [row for row in rows if (row.question, row.choice) == (question, option.key)]
        seen = tuple(people[row.id] for row in here if row.id in people)
        found.append(Places(label=option.label, of=option.places, taken=len(here), people=seen))
    return found


def _people(session: Session, scope: Scope, rows: Sequence[BookingRow]) -> Mapping[str, Booked]:
    wanted = {row.resident_id for row in rows if row.resident_id}
    visible = select(ResidentRow).where(ResidentRow.id.in_(wanted), *in_scope(scope, ResidentRow.household_id))
    residents = {row.id: row for row in session.scalars(visible)}
    where = addresses(session, {each.household_id for each in residents.values()})
    found = {}
    for row in rows:
        if row.resident_id is None and scope.strangers:
            found[row.id] = Booked(name=UNREGISTERED, household_id=None, address="")
        elif row.resident_id in residents:
            who = residents[row.resident_id]
            found[row.id] = Booked(name=who.name, household_id=who.household_id, address=where[who.household_id])
    return found
