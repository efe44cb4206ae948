"""The hours in which a telephone may ring: nobody is promised a call outside them."""

from collections.abc import Sequence
from datetime import datetime, time, timedelta, timezone
from typing import Annotated

import msgspec

from nlu.spoken import spoken_time

BEIJING = timezone(timedelta(hours=8), "Asia/Shanghai")
"""China keeps one time all year since 1991, so a fixed offset needs no time zone database."""

_DAY = timedelta(days=1)
_WEEKDAYS = "一二三四五六日"
EVERY_DAY = (1, 2, 3, 4, 5, 6, 7)  # 1: Monday


class CallHours(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The hours of each day, Beijing time, in which a call may ring: from `opens`, until just before `closes`.

    The default is what China's rules against nuisance calls allow.
    """

    opens: time = time(8, 0)
    closes: time = time(21, 0)
    weekdays: Annotated[tuple[int, ...], msgspec.Meta(min_length=1, max_length=7)] = EVERY_DAY

    def allows(self, *, at: datetime) -> bool:
        """Whether a telephone may ring at this moment."""
        local = at.astimezone(BEIJING)
        return local.isoweekday() in self.weekdays and self.opens <= local.time() < self.closes

    def next_open(self, *, at: datetime) -> datetime:
        """The first moment from `at` on, itself included, at which a telephone may ring; in the zone of `at`."""
        if self.allows(at=at):
            return at
        local = at.astimezone(BEIJING)
        opening = datetime.combine(local.date(), self.opens, BEIJING)
        if opening <= local:
            opening += _DAY
        while opening.isoweekday() not in self.weekdays:
            opening += _DAY
        return opening.astimezone(at.tzinfo)

    def spoken(self) -> str:
        """早上八点到晚上九点; before it the days, where it is not every day: 周一到周五，…."""
        return f"{_spoken_days(self.weekdays)}{spoken_time(self.opens)}到{spoken_time(self.closes)}"


def _spoken_days(weekdays: Sequence[int]) -> str:
    days = sorted(weekdays)
    if len(days) == len(_WEEKDAYS):
        return ""
    names = [f"周{_WEEKDAYS[day - 1]}" for day in days]
    in_a_row = len(days) > 2 and days[-1] - days[0] == len(days) - 1
    return (f"{names[0]}到{names[-1]}" if in_a_row else "、".join(names)) + "，"
