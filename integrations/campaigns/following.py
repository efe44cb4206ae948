"""Follow-up series: who is in them, and the campaign that each day makes of those who are due."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

import msgspec
from sqlalchemy import func, select

from campaigns.audience import AudienceQuery
from campaigns.errors import NotPermitted, PolicyInvalid, WrongStatus
from campaigns.lifecycle import ROLES, Role
from campaigns.outcome import ContactOutcome
from campaigns.policy import Policy
from campaigns.series import Progress, State, after, enrolled
from dialogs.call_hours import BEIJING
from dialogs.dictionary import Dictionary
from integrations.campaigns import book
from integrations.campaigns.closing import NOT_CALLED
from integrations.campaigns.ending import cancel_due
from integrations.campaigns.errors import QuestionnaireUnknown, SeriesNotFound
from integrations.campaigns.launch import launch
from integrations.storage import audit
from integrations.storage.models import (
    CampaignRow,
    ContactRow,
    EnrolmentRow,
    QuestionnaireRow,
    ResidentRow,
    SeriesRow,
)
from integrations.storage.store import StoreSession

APPROVES: frozenset[Role] = frozenset({"admin", "reviewer", "grid_lead"})  # as with a campaign


@dataclass(frozen=True, slots=True, kw_only=True)
class Followed:
    """What one look at the series did."""

    campaigns: tuple[str, ...]  # ids of those that were launched
    called: int  # people who are due in them
    ended: int  # people whose series is over


def create(
    session: StoreSession, *, title: str, questionnaire: str, days: Sequence[int], policy: Policy, at: datetime
) -> SeriesRow:
    """A new series, still a draft. `days` count from the event: 1, 3, 7 after it, -1 the day before it.

    Raises QuestionnaireUnknown, campaigns.errors.PolicyInvalid.
    """
    if session.get(QuestionnaireRow, questionnaire) is None:
        raise QuestionnaireUnknown("问卷还没有入库，请先添加问卷，再新建随访。")
    if not days or list(days) != sorted(set(days)):
        raise PolicyInvalid("随访的天数要从小到大、不重复，比如 1、3、7。")
    count = session.scalar(select(func.count()).select_from(SeriesRow)) or 0
    row = SeriesRow(
        id=session.new_id(at=at),
        key=f"S-{count + 1:04}",
        title=title,
        questionnaire=questionnaire,
        days=list(days),
        policy=msgspec.to_builtins(policy),
        status="draft",
        created_at=at,
    )
    session.add(row)
    session.flush()
    return row


def find(session: StoreSession, series: str) -> SeriesRow:
    """The series of this id or short name. Raises SeriesNotFound."""
    row = session.get(SeriesRow, series) or session.scalar(select(SeriesRow).where(SeriesRow.key == series))
    if row is None:
        raise SeriesNotFound(f"没有编号为 {series} 的随访，请核对编号。")
    return row


def approve(session: StoreSession, series: str, *, role: Role, user_id: str | None, at: datetime) -> SeriesRow:
    """From now on its days call by themselves. Audited. Raises SeriesNotFound, NotPermitted, WrongStatus."""
    row = find(session, series)
    if role not in APPROVES:
        allowed = "、".join(label for key, label in ROLES.items() if key in APPROVES)
        raise NotPermitted(f"{ROLES[role]}不能批准随访，请联系{allowed}。")
    if row.status != "draft":
        raise WrongStatus("只有草稿才要批准，请刷新页面后再操作。")
    row.status, row.approved_by = "running", user_id
    audit.record(session, user_id=user_id, action="series.approved", object_kind="series", object_id=row.id, at=at)
    return row


def end(session: StoreSession, series: str, *, user_id: str | None, at: datetime) -> SeriesRow:
    """No further day calls; calls that are under way end by themselves. Audited. Raises SeriesNotFound."""
    row = find(session, series)
    row.status = "ended"
    audit.record(session, user_id=user_id, action="series.ended", object_kind="series", object_id=row.id, at=at)
    return row


def enrol(session: StoreSession, series: str, residents: Sequence[str], *, event_on: date, at: datetime) -> int:
    """Puts residents into a series, each once for an event; how many are new. Raises SeriesNotFound."""
    row = find(session, series)
    there = set(
        session.scalars(
            select(EnrolmentRow.resident_id).where(EnrolmentRow.series_id == row.id, EnrolmentRow.event_on == event_on)
        )
    )
    new = [each for each in dict.fromkeys(residents) if each not in there]
    progress = enrolled(row.days, event_on=event_on, on=_today(at))
    for resident in new:
        session.add(
            EnrolmentRow(
                id=session.new_id(at=at),
                series_id=row.id,
                resident_id=resident,
                household_id=session.get_one(ResidentRow, resident).household_id,
                event_on=event_on,
                step=progress.step,
                due_on=progress.due_on,
                state=progress.state,
                misses=0,
            )
        )
    session.flush()
    return len(new)


def withdraw(session: StoreSession, enrolment_id: str, *, user_id: str | None, at: datetime) -> None:
    """Somebody leaves a series: nothing rings any more, a call that is up ends by itself. Audited."""
    row = session.get_one(EnrolmentRow, enrolment_id)
    row.state, row.due_on = "withdrawn", None
    if row.contact_id is not None:
        cancel_due(session, [row.contact_id], at=at)
        contact = session.get_one(ContactRow, row.contact_id)
        if contact.status == "open":
            contact.status, contact.outcome, contact.closed_at = "done", ContactOutcome.NOT_REACHED, at
            contact.disposition = contact.disposition or NOT_CALLED
    audit.record(session, user_id=user_id, action="series.withdrawn", object_kind="enrolment", object_id=row.id, at=at)


def follow(session: StoreSession, dictionary: Dictionary, *, at: datetime) -> Followed:
    """Takes in what the calls came to, and launches a campaign for those who are due today.

    Any number of processes may look: the series are held until the transaction ends.
    """
    held = session.scalars(
        select(SeriesRow).where(SeriesRow.status != "draft").order_by(SeriesRow.id).with_for_update()
    ).all()
    if not held:
        return Followed(campaigns=(), called=0, ended=0)
    ended = _take_in(session, at=at)
    launched: list[str] = []
    called = 0
    for series in held:
        if series.status != "running":
            continue
        due = session.scalars(
            select(EnrolmentRow).where(
                EnrolmentRow.series_id == series.id,
                EnrolmentRow.state == "active",
                EnrolmentRow.contact_id.is_(None),
                EnrolmentRow.due_on <= _today(at),
            )
        ).all()
        if due:
            campaign, reached = _launch(session, series, due, dictionary, at=at)
            launched.append(campaign)
            called += reached
    return Followed(campaigns=tuple(launched), called=called, ended=ended)


def _take_in(session: StoreSession, *, at: datetime) -> int:
    rows = session.execute(
        select(EnrolmentRow, ContactRow.outcome, ContactRow.closed_at, SeriesRow.days)
        .join(ContactRow, ContactRow.id == EnrolmentRow.contact_id)
        .join(SeriesRow, SeriesRow.id == EnrolmentRow.series_id)
        .where(ContactRow.status == "done")
    ).all()
    over = 0
    for row, outcome, closed_at, days in rows:
        row.contact_id = None
        if row.state != "active":
            continue
        before = Progress(step=row.step, due_on=row.due_on, misses=row.misses)
        how = ContactOutcome.NOT_REACHED if outcome is None else ContactOutcome(outcome)
        now = after(days, before, how, event_on=row.event_on, on=_today(closed_at or at))
        row.step, row.due_on, row.state, row.misses = now.step, now.due_on, now.state, now.misses
        over += now.state != "active"
    session.flush()
    return over


def _launch(
    session: StoreSession, series: SeriesRow, due: Sequence[EnrolmentRow], dictionary: Dictionary, *, at: datetime
) -> tuple[str, int]:
    """The campaign of this day, and how many people are in it. Two of one household have a campaign each."""
    of_household: dict[str, EnrolmentRow] = {}
    for row in due:
        of_household.setdefault(row.household_id, row)
    campaign = book.create(
        session,
        title=f"{series.title}（{_today(at):%m-%d}）",
        questionnaire=series.questionnaire,
        audience=AudienceQuery(residents=tuple(row.resident_id for row in of_household.values())),
        policy=msgspec.convert(series.policy, Policy),
        at=at,
        series_id=series.id,
    )
    session.get_one(CampaignRow, campaign.id).status = "approved"  # with the series, by a person
    session.flush()
    launch(session, campaign.id, role="staff", dictionary=dictionary, at=at)
    contacts = session.execute(
        select(ContactRow.resident_id, ContactRow.id).where(ContactRow.campaign_id == campaign.id)
    )
    contact_of = {row[0]: row[1] for row in contacts}
    for row in of_household.values():
        row.contact_id = contact_of[row.resident_id]
    session.flush()
    return campaign.id, len(of_household)


def counts(session: StoreSession, series_id: str) -> dict[State, int]:
    """How many people stand where."""
    rows = session.execute(
        select(EnrolmentRow.state, func.count()).where(EnrolmentRow.series_id == series_id).group_by(EnrolmentRow.state)
    )
    return {msgspec.convert(row[0], State): row[1] for row in rows}


def _today(at: datetime) -> date:
    return at.astimezone(BEIJING).date()
