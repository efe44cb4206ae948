"""When a telephone may ring."""

from datetime import datetime, time, timedelta, timezone
from typing import Annotated

import msgspec

from campaigns.errors import PolicyInvalid

BEIJING = timezone(timedelta(hours=8), "Asia/Shanghai")
"""China keeps one time all year since 1991, so a fixed offset needs no time zone database."""

_DAY = timedelta(days=1)


class CallingWindow(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The hours of each day, Beijing time, in which a call may ring: from `opens`, until just before `closes`.

    The default is what China's rules against nuisance calls allow.
    """

    opens: time = time(8, 0)
    closes: time = time(21, 0)
    weekdays: Annotated[tuple[int, ...], msgspec.Meta(min_length=1, max_length=7)] = (1, 2, 3, 4, 5, 6, 7)  # 1: Monday

    def __post_init__(self) -> None:
        if self.opens >= self.closes:
            raise PolicyInvalid(
                f"拨打时段的开始（{self.opens:%H:%M}）必须早于结束（{self.closes:%H:%M}），请改正后再保存。"
            )
        if not set(self.weekdays) <= set(range(1, 8)):
            raise PolicyInvalid("拨打日期只能是周一到周日（1 到 7），请改正后再保存。")

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

    def within(self, preference: "CallingWindow | None") -> "CallingWindow | None":
        """The hours that both allow, or None when they share none: then this person is visited, not called."""
        if preference is None:
            return self
        opens, closes = max(self.opens, preference.opens), min(self.closes, preference.closes)
        weekdays = tuple(day for day in self.weekdays if day in preference.weekdays)
        if opens >= closes or not weekdays:
            return None
        return CallingWindow(opens=opens, closes=closes, weekdays=weekdays)
