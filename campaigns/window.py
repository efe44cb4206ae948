"""When a telephone may ring."""

from campaigns.errors import PolicyInvalid
from dialogs.call_hours import EVERY_DAY, CallHours


class CallingWindow(CallHours, frozen=True, kw_only=True, omit_defaults=True):
    """The hours that a campaign or a resident set."""

    def __post_init__(self) -> None:
        if self.opens >= self.closes:
            raise PolicyInvalid(
                f"拨打时段的开始（{self.opens:%H:%M}）必须早于结束（{self.closes:%H:%M}），请改正后再保存。"
            )
        if not set(self.weekdays) <= set(EVERY_DAY):
            raise PolicyInvalid("拨打日期只能是周一到周日（1 到 7），请改正后再保存。")

    def within(self, preference: "CallingWindow | None") -> "CallingWindow | None":
        """The hours that both allow, or None when they share none: then this person is visited, not called."""
        if preference is None:
            return self
        opens, closes = max(self.opens, preference.opens), min(self.closes, preference.closes)
        weekdays = tuple(day for day in self.weekdays if day in preference.weekdays)
        if opens >= closes or not weekdays:
            return None
        return CallingWindow(opens=opens, closes=closes, weekdays=weekdays)
