"""Follow-up series on the screen: what each asks when, and where its people stand."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select

from bot.auth.scope import Scope
from bot.web.reads.campaigns import in_scope
from bot.web.reads.places import addresses
from campaigns.series import State
from integrations.campaigns.following import counts
from integrations.storage.models import CampaignRow, EnrolmentRow, QuestionnaireRow, ResidentRow, SeriesRow
from integrations.storage.store import StoreSession

PEOPLE_SHOWN = 300  # a discharge list of a hospital; more than one screen reads is exported


@dataclass(frozen=True, kw_only=True)
class Series:
    """One series in the list."""

    id: str
    key: str
    title: str
    status: str
    questionnaire: str
    days: Sequence[str]  # 当天, 第 3 天, 提前 1 天
    people: Mapping[State, int]
    next_on: date | None  # when somebody is due next


@dataclass(frozen=True, kw_only=True)
class Person:
    """One person in a series."""

    id: str  # of the enrolment
    name: str
    household_id: str
    address: str
    event_on: date
    due_on: date | None
    due_day: str  # which day of the series that is; "" once it is over
    state: str
    misses: int
    called: bool  # today's call is under way
    contact_id: str | None


def listed(session: StoreSession, series_id: str | None = None) -> list[Series]:
    """All series, the newest first, or the one of this id."""
    rows = session.execute(
        select(SeriesRow, QuestionnaireRow.title)
        .join(QuestionnaireRow, QuestionnaireRow.hash == SeriesRow.questionnaire)
        .where(SeriesRow.id == series_id if series_id else SeriesRow.id.is_not(None))
        .order_by(SeriesRow.created_at.desc(), SeriesRow.id.desc())
    ).all()
    return [
        Series(
            id=row.id,
            key=row.key,
            title=row.title,
            status=row.status,
            questionnaire=title,
            days=[day_name(each) for each in row.days],
            people=counts(session, row.id),
            next_on=session.scalar(
                select(EnrolmentRow.due_on)
                .where(EnrolmentRow.series_id == row.id, EnrolmentRow.state == "active")
                .order_by(EnrolmentRow.due_on)
                .limit(1)
            ),
        )
        for row, title in rows
    ]


def people(session: StoreSession, scope: Scope, series_id: str) -> list[Person]:
    """Who is in it, those who are due first."""
    days = session.get_one(SeriesRow, series_id).days
    rows = session.execute(
        select(EnrolmentRow, ResidentRow.name)
        .join(ResidentRow, ResidentRow.id == EnrolmentRow.resident_id)
        .where(EnrolmentRow.series_id == series_id, *in_scope(scope, EnrolmentRow.household_id))
        .order_by(EnrolmentRow.due_on.is_(None), EnrolmentRow.due_on, EnrolmentRow.id)
        .limit(PEOPLE_SHOWN)
    ).all()
    where = addresses(session, {row.household_id for row, _ in rows})
    return [
        Person(
            id=row.id,
            name=name,
            household_id=row.household_id,
            address=where.get(row.household_id, ""),
            event_on=row.event_on,
            due_on=row.due_on,
            due_day=day_name(days[row.step]) if row.due_on is not None and row.step < len(days) else "",
            state=row.state,
            misses=row.misses,
            called=row.contact_id is not None,
            contact_id=row.contact_id,
        )
        for row, name in rows
    ]


def rounds(session: StoreSession, series_id: str) -> Sequence[CampaignRow]:
    """The campaigns that its days made, the newest first."""
    return session.scalars(
        select(CampaignRow).where(CampaignRow.series_id == series_id).order_by(CampaignRow.created_at.desc()).limit(20)
    ).all()


def day_name(day: int) -> str:
    """How staff call a day of a series."""
    if day == 0:
        return "当天"
    return f"第 {day} 天" if day > 0 else f"提前 {-day} 天"
