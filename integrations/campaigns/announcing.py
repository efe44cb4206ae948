"""The announcements of a stored campaign, and whether residents have them."""

from datetime import datetime, timedelta

import msgspec

from campaigns.announcement import Announcement, Facts, announce
from campaigns.lifecycle import Role, may_announce
from dialogs.call_hours import BEIJING
from dialogs.questionnaire import Questionnaire
from integrations.campaigns.book import Campaign, campaign_of, locked
from integrations.campaigns.rehearsals import latest
from integrations.storage import audit
from integrations.storage.models import QuestionnaireRow
from integrations.storage.store import StoreSession

_decode = msgspec.json.Decoder(Questionnaire).decode
_UNREHEARSED = timedelta(days=3)  # how long most campaigns take, retries included


def announcement(
    session: StoreSession,
    campaign: Campaign,
    *,
    community: str,
    callback_number: str,
    caller_number: str = "",
    at: datetime,
) -> Announcement:
    """The notice, the group's text and the workers' script; the days are those that the rehearsal foretells."""
    starts = campaign.launched_at or campaign.policy.window_at(at).next_open(at=at)
    rehearsed = latest(session, campaign)
    lasts = timedelta(hours=rehearsed.predicted["predicted_hours"]) if rehearsed is not None else _UNREHEARSED
    body = session.get_one(QuestionnaireRow, campaign.questionnaire).body
    return announce(
        Facts(
            community=community,
            questionnaire=_decode(body),
            window=campaign.policy.window_at(at),
            first_day=starts.astimezone(BEIJING).date(),
            last_day=(starts + lasts).astimezone(BEIJING).date(),
            caller_number=caller_number,
            callback_number=callback_number,
        )
    )


def declare(
    session: StoreSession, campaign_id: str, *, hangs: bool, role: Role, user_id: str | None, at: datetime
) -> Campaign:
    """The campaign after staff said that its notice hangs or was sent round, or that it does not. Audited.

    Calls refer to the notice only while it hangs. Raises CampaignNotFound, campaigns.errors.NotPermitted, WrongStatus.
    """
    row = locked(session, campaign_id)
    may_announce(campaign_of(row).status, role=role)
    row.announced_at = (row.announced_at or at) if hangs else None
    action = "campaign.announced" if hangs else "campaign.announcement_taken_back"
    audit.record(session, user_id=user_id, action=action, object_kind="campaign", object_id=row.id, at=at)
    return campaign_of(row)
