"""What a campaign that was just rehearsed will come to, over the households that it will really call."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from typing import Any

from sqlalchemy import select

from campaigns.capacity import Capacity, overloaded
from campaigns.forecast import CallModel, Prediction, Prices, TalkSample, play, predict
from dialogs.dictionary import Dictionary
from dialogs.questionnaire import Questionnaire
from integrations.campaigns.audience import audience, fresh_fields
from integrations.campaigns.book import Campaign
from integrations.campaigns.experience import Experience, call_model, experience
from integrations.campaigns.rehearsal.cast import Cast
from integrations.storage.models import PlaceRow, WorkerRow
from integrations.storage.store import StoreSession
from integrations.tickets.owners import owners_of

_CONTACTS_PLAYED = 30_000  # over all courses: a few seconds of one core
_MOST_COURSES = 15
NOBODY = ""  # owner of households that the registry gives to nobody


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """The households of a campaign as they stand before its launch."""

    owners: Sequence[str]  # of each household that is called; NOBODY where there is none
    visits: Counter[str]  # households that are gone to straight away, by owner
    asked: int  # questions that all calls would ask of people about whom nothing is known
    spared: int  # of these, the ones whose answers are known and fresh
    questionnaire: Questionnaire
    seen: Experience
    grids: Mapping[str, str]  # owner → name of the grid


def field(
    session: StoreSession, campaign: Campaign, questionnaire: Questionnaire, dictionary: Dictionary, *, at: datetime
) -> Field:
    """Reads it. Raises FieldUnknown."""
    chosen = list(audience(session, campaign.audience, campaign.policy.window_at(at), dictionary, at=at))
    owners = owners_of(session, [each.household for each in chosen])
    fields = [question.field for question in questionnaire.questions]
    fresh = fresh_fields(session, fields, dictionary, at=at)
    called = [each for each in chosen if each.exclusion is None and each.resident is not None]

    def owner(household: str) -> str:
        whose = owners.get(household)
        return NOBODY if whose is None or whose.owner is None else whose.owner

    return Field(
        owners=[owner(each.household) for each in called],
        visits=Counter(owner(each.household) for each in chosen if each.exclusion is not None),
        asked=len(called) * len(fields),
        spared=sum(len(fresh.known(each.resident or "", each.household) & set(fields)) for each in called),
        questionnaire=questionnaire,
        seen=experience(session, campaign.questionnaire, at=at),
        grids=_grids(session),
    )


def foretell(
    ground: Field,
    campaign: Campaign,
    cast: Cast,
    talks: Sequence[tuple[TalkSample, float]],
    *,
    silent: float,
    prices: Prices,
    seed: str,
    at: datetime,
) -> Prediction:
    """The prediction for a launch at `at`, visits included. The same seed gives the same prediction."""
    model: CallModel = call_model(cast, ground.questionnaire, talks, silent, ground.seen)
    courses = max(1, min(_MOST_COURSES, _CONTACTS_PLAYED // max(1, len(ground.owners))))
    return predict(
        [
            play(ground.owners, model, campaign.policy, at=at, rng=Random(f"{seed}:{number}"))  # noqa: S311
            for number in range(courses)
        ],
        prices,
        at=at,
    )


def as_told(ground: Field, campaign: Campaign, found: Prediction, capacity: Capacity = Capacity()) -> dict[str, Any]:
    """The prediction by the keys of `./linyin rehearse --json`, with the warnings that follow from it."""
    tickets = Counter(found.tickets)
    for owner, number in ground.visits.items():
        tickets[owner] += number
    workers = {owner: tickets[owner] for owner in {*ground.owners, *ground.visits} if owner != NOBODY}
    days = found.hours / 24 + campaign.policy.visit_within / timedelta(days=1)
    return {
        "contacts": len(ground.owners),
        "visits": sum(ground.visits.values()),
        "predicted_hours": round(found.hours, 1),
        "predicted_hours_between": [round(each, 1) for each in found.hours_between],
        "predicted_calls": found.calls,
        "predicted_line_hours": round(found.line_hours, 1),
        "predicted_completed": found.completed,
        "predicted_outcomes": {str(outcome): number for outcome, number in found.outcomes.items()},
        "predicted_cost_yuan": round(found.cost_yuan, 2),
        "predicted_messages": found.messages,
        "predicted_tickets": round(sum(tickets.values())),
        "predicted_tickets_per_worker": round(sum(workers.values()) / len(workers), 1) if workers else 0.0,
        "tickets_by_worker": [
            {
                "worker": owner,
                "grid": ground.grids.get(owner, ""),
                "tickets": round(number, 1),
                "urgent": round(found.urgent.get(owner, 0.0), 1),
            }
            for owner, number in sorted(workers.items(), key=lambda item: -item[1])
        ],
        "questions_spared": ground.spared,
        "questions_asked": ground.asked - ground.spared,
        "experience_calls": ground.seen.calls,
        "warnings": _warnings(ground, workers, found, unowned=tickets[NOBODY], capacity=capacity, days=days),
    }


def _warnings(
    ground: Field,
    workers: Mapping[str, float],
    found: Prediction,
    *,
    unowned: float,
    capacity: Capacity,
    days: float,
) -> list[str]:
    warnings = []
    too_much = overloaded(workers, found.urgent, capacity, days=days)
    if too_much:
        names = sorted({ground.grids.get(owner) or "没有网格的" for owner in too_much})
        most = max(too_much, key=lambda owner: too_much[owner])
        warnings.append(
            f"工单太多，{len(too_much)} 位网格员办不过来（{'、'.join(names)}）：最多的一位预计 {workers[most]:.0f} 张，"
            f"按每人每天 {capacity.tickets_a_day} 张，是办得完的 {too_much[most]:.1f} 倍。请分几批打，或者多安排人手。"
        )
    if unowned >= 1:
        warnings.append(f"预计有 {unowned:.0f} 张工单没有人负责：这些户在名册里没有网格员，请先补上。")
    if not ground.owners:
        warnings.append("没有一户能打电话，全部要上门：请核对受众条件、电话和同意情况。")
    if not ground.seen.calls:
        warnings.append("还没有在这里打过电话，接通多少是按一般情况估的；打过一次以后会更准。")
    return warnings


def _grids(session: StoreSession) -> dict[str, str]:
    rows = session.execute(select(WorkerRow.id, PlaceRow.name).join(PlaceRow, PlaceRow.id == WorkerRow.grid_id))
    return {row.id: row.name for row in rows}
