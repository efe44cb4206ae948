"""How often one telephone number may ring, whatever campaign the calls belong to."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Annotated

import msgspec


class FrequencyCap(msgspec.Struct, frozen=True, kw_only=True):
    """At most `calls` to one number in any stretch of `within`."""

    calls: Annotated[int, msgspec.Meta(ge=1)]
    within: timedelta

    def allowed_from(self, dials: Sequence[datetime], *, at: datetime) -> datetime:
        """The first moment from `at` on at which one more call keeps the cap; `dials`: earlier calls, oldest first."""
        if len(dials) < self.calls:
            return at
        return max(at, dials[-self.calls] + self.within)


CHINA_CAPS = (
    FrequencyCap(calls=3, within=timedelta(minutes=5)),
    FrequencyCap(calls=5, within=timedelta(hours=24)),
)
"""What carriers in China tolerate before a number is marked as harassing."""

REMEMBERED = timedelta(hours=24)
"""How far back dials must be known; no cap may look further."""


def allowed_from(caps: Sequence[FrequencyCap], dials: Sequence[datetime], *, at: datetime) -> datetime:
    """The first moment from `at` on at which one more call keeps every cap."""
    return max([each.allowed_from(dials, at=at) for each in caps], default=at)
