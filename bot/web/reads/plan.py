"""What a campaign will be before it is launched: the choices on the form, and what they come to."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import msgspec
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from bot.web.reads.places import place_names
from campaigns.audience import EXCLUSIONS, AudienceQuery
from campaigns.policy import Policy
from dialogs.dictionary import Dictionary
from dialogs.jobs import TALKS
from dialogs.questionnaire import Questionnaire
from integrations.campaigns.audience import count
from integrations.storage.models import HouseholdRow, PlaceRow, QuestionnaireRow
from integrations.storage.store import StoreSession

# A first estimate, until a campaign has run here: a question and its answer take about this long on the telephone …
SECONDS_PER_QUESTION = 16
SECONDS_AROUND = 35  # … beside ringing, greeting and good-bye …
ATTEMPTS_PER_CONTACT = 1.6  # … and four in ten people are only reached at the second call or later.
CHOSEN_BY = ("grid", "compound", "building")  # kinds of places that staff think in


@dataclass(frozen=True, kw_only=True)
class Choice:
    """A questionnaire to choose."""

    hash: str
    body: Questionnaire


@dataclass(frozen=True, kw_only=True)
class PlaceChoice:
    """A place to choose, with its households."""

    id: str
    name: str
    kind: str
    households: int


@dataclass(frozen=True, kw_only=True)
class Forecast:
    """What would happen if the campaign were launched now."""

    households: int
    to_call: int
    to_visit: Sequence[tuple[str, int]]  # why not by telephone, how many households
    calling_time: timedelta  # with all lines busy, inside the calling window only


def questionnaires(session: Session) -> list[Choice]:
    """The newest version of each questionnaire, by title."""
    newest: dict[str, QuestionnaireRow] = {}
    for row in session.scalars(select(QuestionnaireRow).order_by(QuestionnaireRow.version, QuestionnaireRow.added_at)):
        if row.key not in TALKS:
            newest[row.key] = row
    found = (Choice(hash=row.hash, body=msgspec.json.decode(row.body, type=Questionnaire)) for row in newest.values())
    return sorted(found, key=lambda choice: choice.body.title)


def places(session: Session) -> list[PlaceChoice]:
    """Grids and compounds by name, each with the number of households in it."""
    rows = session.scalars(
        select(PlaceRow).where(PlaceRow.kind.in_(CHOSEN_BY)).order_by(PlaceRow.kind, PlaceRow.sort, PlaceRow.name)
    ).all()
    counts = _households_below(session)
    whole = place_names(session, [row.id for row in rows if row.kind == "building"])
    return [
        PlaceChoice(id=row.id, name=whole.get(row.id) or row.name, kind=row.kind, households=counts.get(row.id, 0))
        for row in sorted(rows, key=lambda row: CHOSEN_BY.index(row.kind))
    ]


def forecast(
    session: StoreSession,
    query: AudienceQuery,
    policy: Policy,
    questionnaire: Questionnaire,
    dictionary: Dictionary,
    *,
    at: datetime,
) -> Forecast:
    """The audience as it is now, and how long its calls would take. Raises FieldUnknown."""
    found = count(session, query, policy.window_at(at), dictionary, at=at)
    seconds = SECONDS_AROUND + SECONDS_PER_QUESTION * len(questionnaire.questions)
    calls = found.to_call * ATTEMPTS_PER_CONTACT
    talking, ringing = calls * seconds / policy.pacing.lines, calls / policy.pacing.setups_per_second
    return Forecast(
        households=found.households,
        to_call=found.to_call,
        to_visit=[(EXCLUSIONS[reason], number) for reason, number in found.to_visit.items()],
        calling_time=timedelta(seconds=max(talking, ringing)),
    )


def audience_in_words(session: Session, query: AudienceQuery, dictionary: Dictionary) -> str:
    """Whom a query means."""
    parts = []
    if query.places:
        whole = place_names(session, query.places)
        rows = session.execute(select(PlaceRow.id, PlaceRow.name).where(PlaceRow.id.in_(query.places)))
        parts.append("、".join(sorted(whole[place] or name for place, name in rows)))
    if query.age_from is not None and query.age_to is not None:
        parts.append(f"家里有 {query.age_from} 到 {query.age_to} 岁的人")
    elif query.age_from is not None:
        parts.append(f"家里有 {query.age_from} 岁以上的人")
    elif query.age_to is not None:
        parts.append(f"家里有 {query.age_to} 岁以下的人")
    if query.missing:
        names = {field.key: field.label for field in dictionary.fields}
        parts.append("登记册里缺少或过期：" + "、".join(names.get(each, each) for each in query.missing))
    if query.households:
        parts.append(f"只在选好的名单上（{len(query.households)} 户）")
    if query.without:
        parts.append(f"不要另一份名单上的（{len(query.without)} 户）")
    if query.limit is not None:
        parts.append(f"只取前 {query.limit} 户")
    return "，".join(parts) or "全部住户"


def _households_below(session: Session) -> Mapping[str, int]:
    parents = dict(session.execute(select(PlaceRow.id, PlaceRow.parent_id)).all())
    found: dict[str, int] = {}
    rows = session.execute(
        select(HouseholdRow.place_id, HouseholdRow.grid_id, func.count()).group_by(
            HouseholdRow.place_id, HouseholdRow.grid_id
        )
    )
    for place_id, grid_id, number in rows:
        line = {grid_id} if grid_id else set()
        here: str | None = place_id
        while here is not None:
            line.add(here)
            here = parents.get(here)
        for each in line:
            found[each] = found.get(each, 0) + number
    return found
