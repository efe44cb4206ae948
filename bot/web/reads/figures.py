"""The numbers behind the charts of one campaign."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import ColumnElement, SQLColumnExpression, String, cast, func, select
from sqlalchemy.orm import Session

from bot.auth.scope import Scope
from bot.clock import BEIJING
from bot.web.labels import Labels, named
from bot.web.reads.campaigns import Campaign, in_scope
from bot.web.reads.questions import Names
from dialogs.questionnaire import plain_key
from integrations.storage.models import AttemptRow, ContactRow, RecordRow, SessionRow

PACE_SHOWN = timedelta(hours=3)  # minute by minute, more would be a carpet


@dataclass(frozen=True, kw_only=True)
class Bar:
    """One bar: what it is called and how much."""

    name: str
    count: int


@dataclass(frozen=True, kw_only=True)
class Figures:
    """Everything that is drawn."""

    funnel: Sequence[Bar]
    dispositions: Sequence[Bar]
    outcomes: Sequence[Bar]
    pace: Sequence[Bar]  # Beijing minute → calls that ended in it


def figures(session: Session, scope: Scope, campaign: Campaign, labels: Labels, names: Names) -> Figures:
    """The figures of a campaign, counted now."""
    mine = [ContactRow.campaign_id == campaign.id, *in_scope(scope, ContactRow.household_id)]
    return Figures(
        funnel=_funnel(session, mine, campaign, names),
        dispositions=_by(session, mine, ContactRow.disposition, labels, "disposition"),
        outcomes=_by(session, mine, ContactRow.outcome, labels, "contact_outcome"),
        pace=_pace(session, mine),
    )


def counted(
    session: Session, mine: Sequence[ColumnElement[bool]], column: SQLColumnExpression[str | None]
) -> dict[str, int]:
    """Value of a column of ContactRow → how many contacts have it; the most frequent first, no value left out."""
    rows = session.execute(
        select(column, func.count()).where(column.is_not(None), *mine).group_by(column).order_by(func.count().desc())
    )
    return {value: count for value, count in rows if value is not None}


def _by(
    session: Session,
    mine: Sequence[ColumnElement[bool]],
    column: SQLColumnExpression[str | None],
    labels: Labels,
    kind: str,
) -> list[Bar]:
    return [Bar(name=named(labels, kind, code), count=n) for code, n in counted(session, mine, column).items()]


def _funnel(session: Session, mine: Sequence[ColumnElement[bool]], campaign: Campaign, names: Names) -> list[Bar]:
    dialled = _people(session, mine, AttemptRow.dialled_at.is_not(None))
    reached = _people(session, mine, AttemptRow.answered_at.is_not(None))
    asked_and_told = (
        select(RecordRow.question, ContactRow.id)
        .join(SessionRow, SessionRow.id == RecordRow.source_id)
        .join(ContactRow, ContactRow.id == SessionRow.contact_id)
        .where(RecordRow.superseded_at.is_(None), *mine)
        .distinct()
    )
    told = {(plain_key(question), contact) for question, contact in session.execute(asked_and_told) if question}
    answered = Counter(question for question, _ in told)
    steps = [("名单", campaign.total), ("已拨打", dialled), ("已接通", reached)]
    steps += [(name, answered[key]) for key, name in names.questions.items()]
    steps.append(("全部完成", campaign.complete))
    return [Bar(name=name, count=count) for name, count in steps]


def _people(session: Session, mine: Sequence[ColumnElement[bool]], happened: ColumnElement[bool]) -> int:
    return (
        session.scalar(
            select(func.count(AttemptRow.contact_id.distinct()))
            .join(ContactRow, ContactRow.id == AttemptRow.contact_id)
            .where(happened, *mine)
        )
        or 0
    )


def _pace(session: Session, mine: Sequence[ColumnElement[bool]]) -> list[Bar]:
    ended = select(AttemptRow).join(ContactRow, ContactRow.id == AttemptRow.contact_id).where(*mine)
    last = session.scalar(ended.with_only_columns(func.max(AttemptRow.ended_at)))
    if last is None:
        return []
    minute = _minute(session, AttemptRow.ended_at)
    rows = session.execute(
        ended.with_only_columns(minute, func.count())
        .where(AttemptRow.ended_at > last - PACE_SHOWN)
        .group_by(minute)
        .order_by(minute)
    )
    counts = {datetime.strptime(text, "%Y-%m-%d %H:%M").replace(tzinfo=UTC): count for text, count in rows}
    first = min(counts)
    length = (max(counts) - first) // timedelta(minutes=1)
    minutes = (first + timedelta(minutes=step) for step in range(length + 1))
    return [Bar(name=each.astimezone(BEIJING).strftime("%H:%M"), count=counts.get(each, 0)) for each in minutes]


def _minute(session: Session, column: SQLColumnExpression[datetime | None]) -> ColumnElement[str]:
    """The moment as text, cut to the UTC minute. The two databases cut differently."""
    if session.get_bind().dialect.name == "sqlite":
        return func.substr(cast(column, String), 1, 16)
    return func.to_char(func.timezone("UTC", column), "YYYY-MM-DD HH24:MI")
