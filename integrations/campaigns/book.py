"""The book of campaigns: make one, read its rules, take it one step through its life."""

from dataclasses import dataclass
from datetime import datetime

import msgspec
from sqlalchemy import func, select

from campaigns.audience import AudienceQuery
from campaigns.lifecycle import Role, Status, Step, advance
from campaigns.policy import Policy
from integrations.campaigns.errors import CampaignNotFound, KeyTaken, QuestionnaireUnknown, RehearsalOutdated
from integrations.storage.models import CampaignRow, QuestionnaireRow
from integrations.storage.store import StoreSession
from integrations.storage.waking import wake_diallers


@dataclass(frozen=True, slots=True, kw_only=True)
class Campaign:
    """A campaign as it stands."""

    id: str
    key: str  # short, for people to say: C-0003
    title: str
    questionnaire: str  # content hash
    audience: AudienceQuery
    policy: Policy
    status: Status
    created_at: datetime
    launched_at: datetime | None
    ended_at: datetime | None
    announced_at: datetime | None  # when the notice hung or was sent round; None: calls do not speak of one
    priority: int  # a higher one gets free lines first


def create(
    session: StoreSession,
    *,
    title: str,
    questionnaire: str,
    audience: AudienceQuery,
    policy: Policy,
    at: datetime,
    key: str | None = None,
    priority: int = 0,
    series_id: str | None = None,
) -> Campaign:
    """A new draft. `questionnaire` is the content hash of one in the store; without `key` it is numbered C-0001 …

    Raises QuestionnaireUnknown, KeyTaken.
    """
    _refuse_unknown(session, questionnaire)
    key = key or f"C-{(session.scalar(select(func.count()).select_from(CampaignRow)) or 0) + 1:04}"
    if session.scalar(select(CampaignRow.id).where(CampaignRow.key == key)) is not None:
        raise KeyTaken(f"任务编号 {key} 已经用过，请换一个编号。")
    row = CampaignRow(
        id=session.new_id(at=at),
        key=key,
        title=title,
        questionnaire=questionnaire,
        audience=msgspec.to_builtins(audience),
        policy=msgspec.to_builtins(policy),
        status="draft",
        created_at=at,
        priority=priority,
        series_id=series_id,
    )
    session.add(row)
    session.flush()
    return campaign_of(row)


def revise(
    session: StoreSession,
    campaign_id: str,
    *,
    role: Role,
    title: str | None = None,
    questionnaire: str | None = None,
    audience: AudienceQuery | None = None,
    policy: Policy | None = None,
    priority: int | None = None,
) -> Campaign:
    """Other rules for a campaign that was not launched; it is a draft again. A notice about other questions is none.

    Raises CampaignNotFound, QuestionnaireUnknown, campaigns.errors.NotPermitted, WrongStatus.
    """
    row = locked(session, campaign_id)
    row.status = advance(campaign_of(row).status, "revise", role=role)
    if title is not None:
        row.title = title
    if questionnaire is not None:
        _refuse_unknown(session, questionnaire)
        if questionnaire != row.questionnaire:
            row.announced_at = None
        row.questionnaire = questionnaire
    if audience is not None:
        row.audience = msgspec.to_builtins(audience)
    if policy is not None:
        row.policy = msgspec.to_builtins(policy)
    if priority is not None:
        row.priority = priority
    session.flush()
    return campaign_of(row)


def step(
    session: StoreSession,
    campaign_id: str,
    what: Step,
    *,
    role: Role,
    user_id: str | None = None,
    at: datetime | None = None,
) -> Campaign:
    """The campaign after approve, pause or resume. The other steps do more: rehearsals.py, launch.py, course.py.

    With `at`, an urgent mode that holds then is looked at: it may be approved without a rehearsal.
    Raises CampaignNotFound, RehearsalOutdated, campaigns.errors.NotPermitted, WrongStatus.
    """
    if what == "rehearse":
        raise RehearsalOutdated("任务要真的演练过一遍，才算已演练：请点“演练”，或运行 ./linyin rehearse。")
    row = locked(session, campaign_id)
    campaign = campaign_of(row)
    urgent = at is not None and campaign.policy.urgent_at(at) is not None
    row.status = advance(campaign.status, what, role=role, urgent=urgent)
    if what == "approve":
        row.approved_by = user_id
    session.flush()
    wake_diallers(session)  # there is something to do when it goes on
    return campaign_of(row)


def read(session: StoreSession, campaign_id: str) -> Campaign:
    """The campaign of this id or short name. Raises CampaignNotFound."""
    row = session.get(CampaignRow, campaign_id) or session.scalar(
        select(CampaignRow).where(CampaignRow.key == campaign_id)
    )
    if row is None:
        raise CampaignNotFound(f"没有编号为 {campaign_id} 的任务，请在任务列表里核对编号。")
    return campaign_of(row)


def locked(session: StoreSession, campaign_id: str) -> CampaignRow:
    """The row, held until the transaction ends: of two operators who press at once, the second sees the first's step.

    Raises CampaignNotFound.
    """
    row = session.scalar(
        select(CampaignRow)
        .where(CampaignRow.id == campaign_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if row is None:
        raise CampaignNotFound(f"没有编号为 {campaign_id} 的任务，请在任务列表里核对编号。")
    return row


def campaign_of(row: CampaignRow) -> Campaign:
    """The campaign in a row."""
    return Campaign(
        id=row.id,
        key=row.key,
        title=row.title,
        questionnaire=row.questionnaire,
        audience=msgspec.convert(row.audience, AudienceQuery),
        policy=msgspec.convert(row.policy, Policy),
        status=msgspec.convert(row.status, Status),
        created_at=row.created_at,
        launched_at=row.launched_at,
        ended_at=row.ended_at,
        announced_at=row.announced_at,
        priority=row.priority,
    )


def _refuse_unknown(session: StoreSession, questionnaire: str) -> None:
    if session.get(QuestionnaireRow, questionnaire) is None:
        raise QuestionnaireUnknown("问卷还没有入库，请先添加问卷，再新建任务。")
