"""常态 and 应急: for a while other hours, caps, deadlines and approval hold; then the usual ones again."""

from datetime import datetime, timedelta

import msgspec
from sqlalchemy import update

from campaigns.errors import NotPermitted, PolicyInvalid, WrongStatus
from campaigns.lifecycle import DECLARES_URGENT, LABELS, ROLES, Role
from campaigns.policy import Mode
from integrations.campaigns.book import Campaign, campaign_of, locked
from integrations.storage import audit
from integrations.storage.models import AttemptRow, CampaignRow
from integrations.storage.store import StoreSession
from integrations.storage.waking import wake_diallers

LONGEST = timedelta(days=3)  # what lasts longer is declared anew, by somebody who looked at it again
_OVER = ("finished", "stopped")


def declare_urgent(
    session: StoreSession, campaign_id: str, mode: Mode, *, role: Role, user_id: str | None, at: datetime
) -> Campaign:
    """The campaign with these rules until `mode.until`; nobody has to end them. Audited.

    Contacts that were never rung and wait for the usual hours may ring at once. Raises CampaignNotFound,
    campaigns.errors.NotPermitted, WrongStatus, PolicyInvalid.
    """
    row = _open(session, campaign_id, role)
    if not at < mode.until <= at + LONGEST:
        raise PolicyInvalid(f"应急最长 {LONGEST.days} 天，结束时间要在现在以后；到时间还需要，请重新宣布。")
    if not mode.why.strip():
        raise PolicyInvalid("请写一句为什么应急，再宣布。")
    policy = msgspec.structs.replace(campaign_of(row).policy, urgent=mode)
    row.policy = msgspec.to_builtins(policy)
    session.flush()
    opens = mode.window.next_open(at=at)
    session.execute(
        update(AttemptRow)
        .where(
            AttemptRow.campaign_id == row.id,
            AttemptRow.status == "due",
            AttemptRow.number == 1,
            AttemptRow.due_at > opens,
        )
        .values(due_at=opens)
        .execution_options(synchronize_session=False)
    )
    detail: audit.Detail = {"until": mode.until.isoformat(), "cap": mode.cap}
    _written_down(session, "campaign.urgent", row, detail, user_id=user_id, at=at)
    wake_diallers(session)
    return campaign_of(row)


def end_urgent(session: StoreSession, campaign_id: str, *, role: Role, user_id: str | None, at: datetime) -> Campaign:
    """Ends an urgent mode before its time; harmless when none holds. Audited.

    Raises CampaignNotFound, campaigns.errors.NotPermitted, WrongStatus.
    """
    row = _open(session, campaign_id, role)
    policy = campaign_of(row).policy
    if policy.urgent_at(at) is not None:
        row.policy = msgspec.to_builtins(msgspec.structs.replace(policy, urgent=None))
        session.flush()
        _written_down(session, "campaign.urgent_ended", row, {}, user_id=user_id, at=at)
    return campaign_of(row)


def _open(session: StoreSession, campaign_id: str, role: Role) -> CampaignRow:
    if role not in DECLARES_URGENT:
        allowed = "、".join(label for key, label in ROLES.items() if key in DECLARES_URGENT)
        raise NotPermitted(f"{ROLES[role]}不能宣布应急，请联系{allowed}。")
    row = locked(session, campaign_id)
    if row.status in _OVER:
        raise WrongStatus(f"任务{LABELS[campaign_of(row).status]}，不用再改应急。")
    return row


def _written_down(
    session: StoreSession,
    action: str,
    row: CampaignRow,
    detail: audit.Detail,
    *,
    user_id: str | None,
    at: datetime,
) -> None:
    audit.record(
        session,
        user_id=user_id,
        action=action,
        object_kind="campaign",
        object_id=row.id,
        detail=detail,
        at=at,
    )
