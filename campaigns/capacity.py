"""How much of what a campaign brings the people of its grids can see to."""

from collections.abc import Mapping
from typing import Annotated

import msgspec


class Capacity(msgspec.Struct, frozen=True, kw_only=True):
    """What one worker can do beside the usual work."""

    # A visit takes some forty minutes with the way and the note, a telephone call ten: half a working day of both.
    tickets_a_day: Annotated[int, msgspec.Meta(ge=1)] = 8
    urgent_a_day: Annotated[int, msgspec.Meta(ge=1)] = 4  # each is looked after the same half day


def overloaded(
    tickets: Mapping[str, float], urgent: Mapping[str, float], capacity: Capacity, *, days: float
) -> dict[str, float]:
    """The workers who get more than they can do in `days`, and how many times as much as they can; none above 1."""
    load = {
        worker: max(number / (capacity.tickets_a_day * days), urgent.get(worker, 0.0) / (capacity.urgent_a_day * days))
        for worker, number in tickets.items()
    }
    return {worker: times for worker, times in load.items() if times > 1.0}
