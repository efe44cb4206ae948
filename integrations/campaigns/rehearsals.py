"""Rehearsals as they are kept: what was played through, what it foretells, and for which rules it holds."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import select

from campaigns.lifecycle import Role, advance
from integrations.campaigns.book import Campaign, campaign_of, locked
from integrations.campaigns.errors import RehearsalOutdated
from integrations.storage.models import RehearsalCallRow, RehearsalRow
from integrations.storage.store import StoreSession


@dataclass(frozen=True, slots=True, kw_only=True)
class PlayedCall:
    """One call to a simulated resident, as it is kept and shown."""

    persona: str  # key in cast.yaml
    disposition: str
    outcome: str | None  # of the conversation; None where nobody spoke
    seconds: float  # as it would last on the telephone
    lines: Sequence[Mapping[str, str]]  # who: assistant|resident|fact, text


@dataclass(frozen=True, slots=True, kw_only=True)
class Rehearsal:
    """A rehearsal that was kept."""

    id: str
    at: datetime
    holds: bool  # False once questionnaire, audience or policy were changed
    predicted: Mapping[str, Any]  # the keys of `./linyin rehearse --json`
    calls: Sequence[PlayedCall]


def rules_of(campaign: Campaign) -> str:
    """A hash of what is rehearsed: another questionnaire, audience or policy has another one."""
    rules = [campaign.questionnaire, msgspec.to_builtins(campaign.audience), msgspec.to_builtins(campaign.policy)]
    return hashlib.sha256(msgspec.json.encode(rules, order="sorted")).hexdigest()


def keep(
    session: StoreSession,
    campaign_id: str,
    calls: Sequence[PlayedCall],
    predicted: Mapping[str, Any],
    *,
    rules: str,
    role: Role,
    at: datetime,
) -> str:
    """Keeps a rehearsal and takes the campaign to `rehearsed`: the only way there. Returns the rehearsal's id.

    `rules` is `rules_of` the campaign that was played through. Raises CampaignNotFound, RehearsalOutdated when it was
    changed meanwhile, campaigns.errors.NotPermitted, WrongStatus.
    """
    row = locked(session, campaign_id)
    campaign = campaign_of(row)
    row.status = advance(campaign.status, "rehearse", role=role)
    if rules_of(campaign) != rules:
        raise RehearsalOutdated("演练的时候任务改过了，请按新的设置再演练一次。")
    rehearsal = session.new_id(at=at)
    session.add(RehearsalRow(id=rehearsal, campaign_id=row.id, at=at, rules=rules, predicted=dict(predicted)))
    session.add_all(
        RehearsalCallRow(
            id=session.new_id(at=at),
            rehearsal_id=rehearsal,
            ordinal=ordinal,
            persona=each.persona,
            disposition=each.disposition,
            outcome=each.outcome,
            seconds=each.seconds,
            lines=[dict(line) for line in each.lines],
        )
        for ordinal, each in enumerate(calls)
    )
    session.flush()
    return rehearsal


def latest(session: StoreSession, campaign: Campaign) -> Rehearsal | None:
    """The newest rehearsal of a campaign with its calls in their order; None when there was none."""
    row = session.scalar(
        select(RehearsalRow)
        .where(RehearsalRow.campaign_id == campaign.id)
        .order_by(RehearsalRow.at.desc(), RehearsalRow.id.desc())
        .limit(1)
    )
    if row is None:
        return None
    calls = session.scalars(
        select(RehearsalCallRow).where(RehearsalCallRow.rehearsal_id == row.id).order_by(RehearsalCallRow.ordinal)
    )
    return Rehearsal(
        id=row.id,
        at=row.at,
        holds=row.rules == rules_of(campaign),
        predicted=row.predicted,
        calls=[
            PlayedCall(
                persona=each.persona,
                disposition=each.disposition,
                outcome=each.outcome,
                seconds=each.seconds,
                lines=each.lines,
            )
            for each in calls
        ],
    )
