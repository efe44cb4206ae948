"""What earlier campaigns here teach about the next one: how lines end, how conversations end, how many were alike."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeVar

import msgspec
from sqlalchemy import func, select

from campaigns.disposition import Disposition
from campaigns.forecast import CallModel, TalkSample, Trouble
from dialogs.events import Outcome, Severity
from dialogs.questionnaire import Questionnaire
from integrations.campaigns.rehearsal.cast import UNASKED, Cast
from integrations.storage.models import AttemptRow, CampaignRow, QuestionnaireRow, SessionRow, TicketRow
from integrations.storage.store import StoreSession

K = TypeVar("K")

_REMEMBERED = timedelta(days=180)  # half a year: numbers and habits change
_ASSUMED_CALLS = 60  # how many calls made here weigh as much as what is assumed
_DEAD = (Disposition.EMPTY_NUMBER, Disposition.SUSPENDED)
URGENT = frozenset({"emergency", "urgent"})
_NOT_THE_FAR_END = (Disposition.FAILED, Disposition.INTERRUPTED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Experience:
    """Counts of calls that were made here."""

    line: Mapping[Disposition, int]  # by how they ended
    troubles: Mapping[str, int]  # tickets by kind, of the conversations below that went to their end
    outcomes: Mapping[Outcome, int]  # of conversations about the same questionnaire, in any version

    @property
    def calls(self) -> int:
        """How many calls it rests on."""
        return sum(self.line.values())


def experience(session: StoreSession, questionnaire: str, *, at: datetime) -> Experience:
    """What was seen in campaigns of the last half year; `questionnaire` is a content hash."""
    since = at - _REMEMBERED
    line = session.execute(
        select(AttemptRow.disposition, func.count())
        .join(CampaignRow, CampaignRow.id == AttemptRow.campaign_id)
        .where(CampaignRow.launched_at > since, AttemptRow.disposition.is_not(None), AttemptRow.channel == "voice")
        .group_by(AttemptRow.disposition)
    )
    key = select(QuestionnaireRow.key).where(QuestionnaireRow.hash == questionnaire).scalar_subquery()
    alike = select(QuestionnaireRow.hash).where(QuestionnaireRow.key == key)
    outcomes = session.execute(
        select(SessionRow.outcome, func.count())
        .where(
            SessionRow.questionnaire.in_(alike),
            SessionRow.attempt_id.is_not(None),
            SessionRow.opened_at > since,
            SessionRow.outcome.is_not(None),
        )
        .group_by(SessionRow.outcome)
    )
    kinds = session.execute(
        select(TicketRow.kind, func.count(TicketRow.session_id.distinct()))
        .join(SessionRow, SessionRow.id == TicketRow.session_id)
        .where(
            SessionRow.questionnaire.in_(alike),
            SessionRow.attempt_id.is_not(None),
            SessionRow.opened_at > since,
            SessionRow.outcome == "complete",
        )
        .group_by(TicketRow.kind)
    )
    return Experience(
        troubles={str(kind): number for kind, number in kinds},
        line={Disposition(how): number for how, number in line if how and how not in _NOT_THE_FAR_END},
        outcomes={msgspec.convert(how, Outcome): number for how, number in outcomes},
    )


def call_model(
    cast: Cast,
    questionnaire: Questionnaire,
    talks: Sequence[tuple[TalkSample, float]],
    silent: float,
    seen: Experience,
) -> CallModel:
    """How calls will go: what is assumed, weighed against what was seen.

    `talks` are rehearsed conversations with their shares of answered calls, `silent` the share in which nobody speaks.
    """
    looked_for = {rule.kind: rule.severity for question in questionnaire.questions for rule in question.escalate}
    alarms = sum(cast.trouble(kind).alarms for kind in looked_for)
    return CallModel(
        line=_line(cast, silent, seen),
        dead=_dead(cast, seen),
        talks=_talks(_alarmed(talks, alarms), seen),
        troubles=_troubles(cast, looked_for, seen),
        wishes=cast.wishes,
    )


def _alarmed(talks: Sequence[tuple[TalkSample, float]], share: float) -> list[tuple[TalkSample, float]]:
    """With this share moved from whole conversations to those in which an answer is told as a danger."""
    whole = sum(weight for talk, weight in talks if talk.outcome == "complete")
    urgent = sum(weight for talk, weight in talks if talk.outcome == "red_flag")
    if not whole or not urgent:
        return list(talks)
    moved = min(share, whole)
    times = {"complete": (whole - moved) / whole, "red_flag": (urgent + moved) / urgent}
    return [(talk, weight * times.get(talk.outcome, 1.0)) for talk, weight in talks]


def _troubles(cast: Cast, looked_for: Mapping[str, Severity], seen: Experience) -> list[Trouble]:
    """What tickets are raised for in conversations that go to their end: what is asked about, and what was seen."""
    whole = seen.outcomes.get("complete", 0)
    return [
        Trouble(
            share=(_assumed_share(cast, looked_for, kind) * _ASSUMED_CALLS + seen.troubles.get(kind, 0))
            / (_ASSUMED_CALLS + whole),
            urgent=looked_for.get(kind, "urgent") in URGENT,
        )
        for kind in sorted({*looked_for, *seen.troubles, UNASKED})
    ]


def _assumed_share(cast: Cast, looked_for: Mapping[str, Severity], kind: str) -> float:
    return cast.trouble(kind).share if kind in looked_for or kind == UNASKED else 0.0


def _line(cast: Cast, silent: float, seen: Experience) -> dict[Disposition, float]:
    """Of calls to live numbers."""
    assumed = dict(cast.line)
    answered = assumed[Disposition.ANSWERED]
    assumed |= {Disposition.ANSWERED: answered * (1 - silent), Disposition.SILENT: answered * silent}
    alive = {how: number for how, number in seen.line.items() if how not in _DEAD}
    return _mixed(assumed, alive)


def _dead(cast: Cast, seen: Experience) -> dict[Disposition, float]:
    """Of numbers. A dead number is rung once, so that its calls count numbers; live ones are rung more often."""
    if not seen.calls:
        return dict(cast.dead)
    weight = seen.calls / (seen.calls + _ASSUMED_CALLS)
    return {
        how: assumed * (1 - weight) + weight * seen.line.get(how, 0) * _calls_a_number(seen) / seen.calls
        for how, assumed in cast.dead.items()
    }


def _calls_a_number(seen: Experience) -> float:
    """How many calls one number got on average, from how often a call has to be made again."""
    again = sum(seen.line.get(how, 0) for how in (Disposition.BUSY, Disposition.NO_ANSWER, Disposition.POWER_OFF))
    return 1 / max(0.25, 1 - again / seen.calls)


def _talks(talks: Sequence[tuple[TalkSample, float]], seen: Experience) -> list[tuple[TalkSample, float]]:
    """The rehearsed conversations, with the weight of each outcome moved towards what was seen."""
    assumed: dict[Outcome, float] = {}
    for talk, share in talks:
        assumed[talk.outcome] = assumed.get(talk.outcome, 0.0) + share
    mixed = _mixed(assumed, {how: number for how, number in seen.outcomes.items() if how in assumed})
    return [(talk, share * mixed[talk.outcome] / assumed[talk.outcome]) for talk, share in talks if share > 0]


def _mixed(assumed: Mapping[K, float], seen: Mapping[K, int]) -> dict[K, float]:
    total, calls = sum(assumed.values()), sum(seen.values())
    return {
        key: (assumed.get(key, 0.0) / total * _ASSUMED_CALLS + seen.get(key, 0)) / (_ASSUMED_CALLS + calls)
        for key in {**assumed, **seen}
    }
