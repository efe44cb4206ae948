"""How fast calls are set up: by lines, by set-ups a second, and by what the parts behind can take."""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

import msgspec


class Pacing(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Limits of one campaign on its trunk."""

    lines: Annotated[int, msgspec.Meta(ge=1)] = 30  # one E1 has 30 channels
    setups_per_second: Annotated[float, msgspec.Meta(gt=0)] = 2.0  # what carriers grant a small trunk
    burst_seconds: Annotated[float, msgspec.Meta(gt=0)] = 1.0  # unused set-ups are kept this long, no longer
    # Where a person is promised in the call: at most so many at once for each person who is free. None: not promised.
    calls_a_person: Annotated[float, msgspec.Meta(gt=0)] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """What is left of the set-ups at a moment."""

    setups: float
    at: datetime


def start(pacing: Pacing, *, at: datetime) -> Pace:
    """A pace that has not been used yet."""
    return Pace(setups=_most(pacing), at=at)


def grant(
    pacing: Pacing,
    pace: Pace,
    *,
    wanted: int,
    under_way: int,
    at: datetime,
    pressure: float = 0.0,
    persons_free: int | None = None,
) -> tuple[int, Pace]:
    """How many calls may be set up now, and the pace afterwards.

    `under_way` counts calls that hold a line. `pressure`, 0..1, is how loaded the parts behind the line are (dialogue
    workers, recogniser, a trunk that answers 503): at 1 nothing new starts. `persons_free` are the persons who could
    take a call now; None where nobody counts them. A clock that jumps back grants nothing extra.
    """
    elapsed_seconds = max(0.0, (at - pace.at).total_seconds())
    calm = 1.0 - min(1.0, max(0.0, pressure))
    setups = min(_most(pacing), pace.setups + elapsed_seconds * pacing.setups_per_second * calm)
    lines = pacing.lines
    if pacing.calls_a_person is not None and persons_free is not None:
        lines = min(lines, int(persons_free * pacing.calls_a_person))
    free_lines = int(lines * calm) - under_way
    granted = max(0, min(wanted, free_lines, int(setups)))
    return granted, Pace(setups=setups - granted, at=max(at, pace.at))


def _most(pacing: Pacing) -> float:
    return max(1.0, pacing.setups_per_second * pacing.burst_seconds)
