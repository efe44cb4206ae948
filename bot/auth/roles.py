"""Who may do what. One table; the grid a person may see is decided in `scope`."""

from enum import StrEnum
from typing import Literal, get_args

Role = Literal["admin", "staff", "grid_lead", "grid_worker", "reviewer"]
ROLES: tuple[Role, ...] = get_args(Role)


class Permission(StrEnum):
    """One thing that a role may do."""

    SEE_PEOPLE = "see_people"  # names, answers and own words of the households in one's scope
    SEE_PHONE = "see_phone"  # a whole phone number, shown on request and audited
    SEE_CAMPAIGNS = "see_campaigns"  # progress and figures
    RUN_CAMPAIGNS = "run_campaigns"  # bring the household book, build, launch, pause, stop
    WORK_TICKETS = "work_tickets"  # accept, write the result
    EXPORT = "export"  # download workbooks with personal data
    SEE_AUDIT = "see_audit"
    ERASE_PEOPLE = "erase_people"  # delete all that is kept about a resident who asked for it, without seeing it
    MANAGE_USERS = "manage_users"


_EVERY_CALL = {Permission.SEE_CAMPAIGNS, Permission.SEE_PEOPLE, Permission.SEE_PHONE, Permission.WORK_TICKETS}

MAY: dict[Role, frozenset[Permission]] = {
    "admin": frozenset(Permission),
    "staff": frozenset(_EVERY_CALL | {Permission.RUN_CAMPAIGNS, Permission.EXPORT}),
    "grid_lead": frozenset(_EVERY_CALL),
    "grid_worker": frozenset(_EVERY_CALL),
    # The privacy reviewer sees what was done with personal data, not the data.
    "reviewer": frozenset({Permission.SEE_CAMPAIGNS, Permission.SEE_AUDIT, Permission.ERASE_PEOPLE}),
}

SEES_EVERY_GRID: frozenset[Role] = frozenset({"admin", "staff", "reviewer"})
# Who is not in the registry belongs to no grid: the community desk sees to them, and whoever leads a grid.
SEES_STRANGERS: frozenset[Role] = SEES_EVERY_GRID | {"grid_lead"}


def may(role: Role, permission: Permission) -> bool:
    """Whether the role includes the permission."""
    return permission in MAY[role]
