"""Whether a telephone may ring now: asked again at the moment of dialling, whatever was true when it was planned."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from campaigns.caps import allowed_from
from campaigns.lifecycle import Status
from campaigns.policy import Policy
from campaigns.window import CallingWindow

HoldReason = Literal[
    "not_running",
    "contact_closed",
    "no_number",
    "no_consent",
    "do_not_call",
    "refused",
    "answered_elsewhere",
    "cap",
    "no_common_hour",
    "outside_window",
    "before_gap",
    "frequency",
]

REASONS: dict[HoldReason, str] = {
    "not_running": "任务未在进行",
    "contact_closed": "该户已结束",
    "no_number": "没有可拨的电话",
    "no_consent": "不同意电话联系",
    "do_not_call": "在免打扰名单里",
    "refused": "已拒绝本次任务",
    "answered_elsewhere": "已在其他渠道答复",
    "cap": "已到拨打次数上限",
    "no_common_hour": "本人方便的时间不在拨打时段内",
    "outside_window": "不在拨打时段",
    "before_gap": "还没到约定的时间",
    "frequency": "该号码近期拨打过多",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """All that is known about an attempt and its contact at the moment of dialling."""

    status: Status  # of the campaign
    due_at: datetime
    attempts_made: int  # to this contact, without this one
    contact_open: bool = True
    number_known: bool = True
    consent_refused: bool = False
    do_not_call: bool = False
    refused: bool = False
    answered_elsewhere: bool = False
    preference: CallingWindow | None = None
    dials: Sequence[datetime] = ()  # to this number in the last 24 hours, any campaign, oldest first


@dataclass(frozen=True, slots=True, kw_only=True)
class Hold:
    """Why it does not ring now. `until` is when to ask again; None: this attempt never rings."""

    reason: HoldReason
    until: datetime | None


def may_dial(standing: Standing, policy: Policy, *, at: datetime) -> Hold | None:
    """None when the telephone may ring now, else why not. What is final comes first."""
    final = _never(standing, policy, at=at)
    return Hold(reason=final, until=None) if final is not None else _not_yet(standing, policy, at=at)


def _never(standing: Standing, policy: Policy, *, at: datetime) -> HoldReason | None:
    reasons: tuple[tuple[HoldReason, bool], ...] = (
        ("not_running", standing.status in ("finished", "stopped")),
        ("contact_closed", not standing.contact_open),
        ("no_number", not standing.number_known),
        ("do_not_call", standing.do_not_call),
        ("no_consent", standing.consent_refused),
        ("refused", standing.refused),
        ("answered_elsewhere", standing.answered_elsewhere),
        ("cap", standing.attempts_made >= policy.retry_at(at).cap),
        ("no_common_hour", policy.window.within(standing.preference) is None),
    )
    return next((reason for reason, holds in reasons if holds), None)


def _not_yet(standing: Standing, policy: Policy, *, at: datetime) -> Hold | None:
    if standing.status != "running":
        return Hold(reason="not_running", until=standing.due_at)
    window = policy.window_at(at).within(standing.preference)
    if window is None:  # only while the urgent hours hold: the usual ones were looked at above
        window = policy.window.within(standing.preference) or policy.window
    free_at = allowed_from(policy.caps_at(at), standing.dials, at=at)
    if at < standing.due_at:
        return Hold(reason="before_gap", until=window.next_open(at=max(standing.due_at, free_at)))
    if free_at > at:
        return Hold(reason="frequency", until=window.next_open(at=free_at))
    if not window.allows(at=at):
        return Hold(reason="outside_window", until=window.next_open(at=at))
    return None
