"""The rules of one campaign, as they are stored with it."""

from datetime import datetime, timedelta
from typing import Annotated, Literal

import msgspec

from campaigns.caps import CHINA_CAPS, REMEMBERED, FrequencyCap
from campaigns.errors import PolicyInvalid
from campaigns.pacing import Pacing
from campaigns.retry import RetryPolicy
from campaigns.window import CallingWindow

Channel = Literal["voice", "family", "sms", "visit"]
CHANNELS: dict[Channel, str] = {"voice": "电话", "family": "家属电话", "sms": "短信", "visit": "上门"}


class Mode(msgspec.Struct, frozen=True, kw_only=True):
    """应急: until `until` these rules replace the usual ones; then the usual ones hold again by themselves."""

    until: datetime  # UTC
    window: CallingWindow
    cap: Annotated[int, msgspec.Meta(ge=1, le=10)]
    why: str
    visit_within: timedelta = timedelta(hours=4)  # how soon a household that was not reached is visited
    caps: tuple[FrequencyCap, ...] = CHINA_CAPS


class Policy(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """When, how often, how fast and through which channels the contacts of one campaign are sought."""

    window: CallingWindow = CallingWindow()
    retry: RetryPolicy = RetryPolicy()
    caps: tuple[FrequencyCap, ...] = CHINA_CAPS
    pacing: Pacing = Pacing()
    ladder: Annotated[tuple[Channel, ...], msgspec.Meta(min_length=2)] = ("voice", "visit")
    answered_elsewhere_days: Annotated[int, msgspec.Meta(ge=0)] = 1  # an answer given on any channel since then counts
    visit_within: timedelta = timedelta(days=3)  # how soon a household that was not reached is visited
    family_calls: Annotated[int, msgspec.Meta(ge=1, le=3)] = 2  # to the number of the family, after our own cap
    family_after: timedelta = timedelta(hours=2)  # the family is rung no sooner after the last call to the resident
    message_waits: timedelta = timedelta(hours=24)  # how long a short message is waited for before somebody goes there
    sms_link: bool = False  # the short message carries a link, good for once, to the same questions
    urgent: Mode | None = None

    def __post_init__(self) -> None:
        if any(each.within > REMEMBERED for each in (*self.caps, *(self.urgent.caps if self.urgent else ()))):
            raise PolicyInvalid("号码频次限制最长只能看 24 小时，请把时间改短后再保存。")
        if self.ladder[0] != "voice" or self.ladder[-1] != "visit" or len(set(self.ladder)) < len(self.ladder):
            raise PolicyInvalid("联系方式必须从电话开始、以上门结束，每种方式只能出现一次，请改正后再保存。")

    def on(self, channel: Channel) -> "Policy":
        """The rules for calls through this channel: the family has a cap of its own."""
        if channel != "family":
            return self
        urgent = None if self.urgent is None else msgspec.structs.replace(self.urgent, cap=self.family_calls)
        retry = msgspec.structs.replace(self.retry, cap=self.family_calls)
        return msgspec.structs.replace(self, retry=retry, urgent=urgent)

    def window_at(self, at: datetime) -> CallingWindow:
        """The calling window that holds at this moment."""
        urgent = self.urgent_at(at)
        return self.window if urgent is None else urgent.window

    def urgent_at(self, at: datetime) -> Mode | None:
        """The urgent mode that holds at this moment; None in ordinary times."""
        return self.urgent if self.urgent is not None and at < self.urgent.until else None

    def visit_within_at(self, at: datetime) -> timedelta:
        """How soon a household that was not reached is visited, from this moment."""
        urgent = self.urgent_at(at)
        return self.visit_within if urgent is None else urgent.visit_within

    def caps_at(self, at: datetime) -> tuple[FrequencyCap, ...]:
        """How often one number may ring, as it holds at this moment."""
        urgent = self.urgent_at(at)
        return self.caps if urgent is None else urgent.caps

    def retry_at(self, at: datetime) -> RetryPolicy:
        """The retry rules that hold at this moment."""
        urgent = self.urgent_at(at)
        return self.retry if urgent is None else msgspec.structs.replace(self.retry, cap=urgent.cap)
