"""One call to one contact: planned, made, ended."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from campaigns.disposition import Disposition

AttemptStatus = Literal["due", "dialling", "answered", "ended", "interrupted", "cancelled"]

LABELS: dict[AttemptStatus, str] = {
    "due": "等待拨打",
    "dialling": "正在拨打",
    "answered": "正在通话",
    "ended": "已结束",
    "interrupted": "系统中断",
    "cancelled": "已取消",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """A call that is due (`disposition` None) or over."""

    number: int  # 1 for the first call to this contact
    due_at: datetime  # UTC; it rings then or later
    disposition: Disposition | None = None
    ended_at: datetime | None = None
