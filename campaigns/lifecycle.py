"""The life of a campaign: draft → rehearsed → approved → running ⇄ paused → finished | stopped."""

from dataclasses import dataclass
from typing import Literal

from campaigns.errors import NotPermitted, WrongStatus

Status = Literal["draft", "rehearsed", "approved", "running", "paused", "finished", "stopped"]
Step = Literal["rehearse", "approve", "launch", "pause", "resume", "finish", "stop", "revise"]
Role = Literal["admin", "staff", "grid_lead", "grid_worker", "reviewer", "system"]

LABELS: dict[Status, str] = {
    "draft": "草稿",
    "rehearsed": "已演练",
    "approved": "已批准",
    "running": "进行中",
    "paused": "已暂停",
    "finished": "已完成",
    "stopped": "已停止",
}
STEPS: dict[Step, str] = {
    "rehearse": "演练",
    "approve": "批准",
    "launch": "启动",
    "pause": "暂停",
    "resume": "继续",
    "finish": "完成",
    "stop": "停止",
    "revise": "修改",
}
ROLES: dict[Role, str] = {
    "admin": "管理员",
    "staff": "社区工作者",
    "grid_lead": "网格长",
    "grid_worker": "网格员",
    "reviewer": "隐私审查员",
    "system": "系统",
}


@dataclass(frozen=True, slots=True)
class _Rule:
    leads_from: tuple[Status, ...]
    leads_to: Status
    roles: frozenset[Role]


_CALLERS: frozenset[Role] = frozenset({"admin", "staff"})
_ANNOUNCERS: frozenset[Role] = _CALLERS | {"grid_lead", "grid_worker"}  # whoever goes round and puts the notice up
_RULES: dict[Step, _Rule] = {
    "rehearse": _Rule(("draft", "rehearsed"), "rehearsed", _CALLERS),
    # The reviewer answers for privacy, the grid lead for the people who take the tickets; staff do not approve alone.
    "approve": _Rule(("rehearsed",), "approved", frozenset({"admin", "reviewer", "grid_lead"})),
    "launch": _Rule(("approved",), "running", _CALLERS),
    # Whoever sees harm may halt the calls; going on is for those who answer for them.
    "pause": _Rule(("running",), "paused", _CALLERS | {"grid_lead", "reviewer"}),
    "resume": _Rule(("paused",), "running", _CALLERS),
    "finish": _Rule(("running",), "finished", frozenset({"system"})),
    "stop": _Rule(("approved", "running", "paused"), "stopped", _CALLERS),
    # Whatever was rehearsed and approved is no longer what would run.
    "revise": _Rule(("draft", "rehearsed", "approved"), "draft", _CALLERS),
}


# 应急: minutes count. Who answers for the calls approves them at once, without a rehearsal.
_URGENT_RULES: dict[Step, _Rule] = {
    "approve": _Rule(("draft", "rehearsed"), "approved", frozenset({"admin", "grid_lead"})),
}
DECLARES_URGENT: frozenset[Role] = frozenset({"admin", "grid_lead"})
"""Who may declare a campaign urgent, and end that again."""


def advance(status: Status, step: Step, *, role: Role, urgent: bool = False) -> Status:
    """The status after the step; `urgent` while the campaign's urgent mode holds.

    Raises NotPermitted or WrongStatus.
    """
    rule = (_RULES | _URGENT_RULES)[step] if urgent else _RULES[step]
    if role not in rule.roles:
        allowed = "、".join(label for key, label in ROLES.items() if key in rule.roles)
        raise NotPermitted(f"{ROLES[role]}不能{STEPS[step]}任务，请联系{allowed}。")
    if status not in rule.leads_from:
        needed = "、".join(LABELS[each] for each in rule.leads_from)
        raise WrongStatus(f"任务现在是“{LABELS[status]}”，只有“{needed}”的任务才能{STEPS[step]}。请刷新页面后再操作。")
    return rule.leads_to


_ENDED: frozenset[Status] = frozenset({"finished", "stopped"})


def may_announce(status: Status, *, role: Role) -> None:
    """Passes who may say whether the notice of a campaign hangs. Raises NotPermitted or WrongStatus."""
    if role not in _ANNOUNCERS:
        raise NotPermitted(f"{ROLES[role]}不能登记通知，请联系社区工作者或网格员。")
    if status in _ENDED:
        raise WrongStatus(f"任务{LABELS[status]}，不再打电话，通知不用登记了。")


def can_announce(status: Status, *, role: Role) -> bool:
    """Whether this role may say now whether the notice hangs."""
    try:
        may_announce(status, role=role)
    except (NotPermitted, WrongStatus):
        return False
    return True


def steps_open(status: Status, *, role: Role, urgent: bool = False) -> tuple[Step, ...]:
    """The steps that this role may take now, in the order of a campaign's life."""
    rules = _RULES | _URGENT_RULES if urgent else _RULES
    return tuple(step for step, rule in rules.items() if status in rule.leads_from and role in rule.roles)
