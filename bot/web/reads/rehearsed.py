"""What a rehearsal came to, as a person reads it."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.web.reads.places import NOBODY, worker_names
from bot.web.reads.questions import Names, questionnaire_of
from dialogs.dictionary import Dictionary
from integrations.campaigns.book import Campaign
from integrations.campaigns.rehearsal.cast import Persona, load_cast
from integrations.campaigns.rehearsals import latest
from integrations.storage.models import CampaignRow, RehearsalCallRow, RehearsalRow
from integrations.storage.store import StoreSession

HEARD_FIRST = ("elder", "dialect", "hostile")  # who shows most of how a questionnaire fares
WORKERS_SHOWN = 30  # the most burdened; a chart of more cannot be read


@dataclass(frozen=True, kw_only=True)
class RehearsedCall:
    """One call to a simulated resident."""

    number: int  # of the rehearsal, from 0
    persona: str  # its name on screen
    disposition: str
    outcome: str | None
    seconds: float
    lines: Sequence[Mapping[str, str]]  # who: assistant|resident|fact, text


@dataclass(frozen=True, kw_only=True)
class Burden:
    """The tickets that one worker is likely to get."""

    name: str
    grid: str
    tickets: float
    urgent: float


@dataclass(frozen=True, kw_only=True)
class Rehearsed:
    """The newest rehearsal of a campaign."""

    id: str
    at: datetime
    holds: bool
    predicted: Mapping[str, Any]
    first: Sequence[RehearsedCall]  # to be heard first
    others: Sequence[RehearsedCall]
    burdens: Sequence[Burden]


def rehearsed(session: StoreSession, campaign: Campaign, names: Mapping[str, str]) -> Rehearsed | None:
    """The newest rehearsal of a campaign, None before the first. `names` are those of the questions, by key."""
    found = latest(session, campaign)
    if found is None:
        return None
    cast = load_cast()
    labels = {each.key: each.label for each in cast.personas}
    calls = [
        RehearsedCall(
            number=number,
            persona=labels.get(each.persona, each.persona),
            disposition=each.disposition,
            outcome=each.outcome,
            seconds=each.seconds,
            lines=in_words(each.lines, names),
        )
        for number, each in enumerate(found.calls)
    ]
    keys = [each.persona for each in found.calls]
    heard_first = [keys.index(key) for key in HEARD_FIRST if key in keys]
    burdens = found.predicted.get("tickets_by_worker", [])[:WORKERS_SHOWN]
    who = worker_names(session, [each["worker"] for each in burdens])
    return Rehearsed(
        id=found.id,
        at=found.at,
        holds=found.holds,
        predicted=found.predicted,
        first=[calls[number] for number in heard_first],
        others=[call for call in calls if call.number not in heard_first],
        burdens=[
            Burden(
                name=who.get(each["worker"], NOBODY), grid=each["grid"], tickets=each["tickets"], urgent=each["urgent"]
            )
            for each in burdens
        ],
    )


def rehearsed_call(session: Session, rehearsal_id: str, number: int, dictionary: Dictionary) -> RehearsedCall | None:
    """One call of a rehearsal."""
    row = session.scalar(
        select(RehearsalCallRow).where(
            RehearsalCallRow.rehearsal_id == rehearsal_id, RehearsalCallRow.ordinal == number
        )
    )
    if row is None:
        return None
    persona = persona_of(row.persona)
    campaign = session.get_one(CampaignRow, session.get_one(RehearsalRow, rehearsal_id).campaign_id)
    names = Names.of(dictionary, questionnaire_of(session, campaign.questionnaire)).questions
    return RehearsedCall(
        number=number,
        persona=persona.label if persona else row.persona,
        disposition=row.disposition,
        outcome=row.outcome,
        seconds=row.seconds,
        lines=in_words(row.lines, names),
    )


def in_words(lines: Sequence[Mapping[str, str]], names: Mapping[str, str]) -> list[Mapping[str, str]]:
    """The lines with the questions' names instead of their keys in what was noted: 记下：是否发烧＝否."""
    return [line if line["who"] != "fact" else {**line, "text": _named(line["text"], names)} for line in lines]


def _named(text: str, names: Mapping[str, str]) -> str:
    what, _, rest = text.partition("：")
    key = re.match(r"[a-z][a-z0-9_-]*", rest)
    return text if key is None else f"{what}：{names.get(key[0], key[0])}{rest[key.end() :]}"


def sound_of(session: Session, rehearsal_id: str, number: int, line: int) -> tuple[str, str, bool] | None:
    """The text of one line, whose voice says it ("" for the assistant's), and whether it is said to an elder."""
    row = session.scalar(
        select(RehearsalCallRow).where(
            RehearsalCallRow.rehearsal_id == rehearsal_id, RehearsalCallRow.ordinal == number
        )
    )
    if row is None or not 0 <= line < len(row.lines):
        return None
    said, persona = row.lines[line], persona_of(row.persona)
    resident = row.persona if said["who"] == "resident" else ""
    return said["text"], resident, bool(persona and persona.elder)


def persona_of(key: str) -> Persona | None:
    """The simulated resident of this key, None when a newer version of the program has dropped it."""
    return next((each for each in load_cast().personas if each.key == key), None)
