"""A questionnaire put again on set days after an event, or before it: when the next one is due, and when it is over."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Literal

from campaigns.outcome import ContactOutcome

State = Literal["active", "finished", "lost", "uncooperative", "withdrawn"]
LABELS: dict[State, str] = {
    "active": "随访中",
    "finished": "已完成",
    "lost": "失访",
    "uncooperative": "不配合",
    "withdrawn": "已退出",
}
LOST_AFTER = 2  # days of the series in a row on which nobody was reached, all calls of each day counted

_NOBODY_REACHED = frozenset({ContactOutcome.NOT_REACHED, ContactOutcome.WRONG_PERSON, ContactOutcome.INELIGIBLE})


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """Where one person stands in a series."""

    step: int  # index of the next day in the series' days
    due_on: date | None  # Beijing's calendar; None once it is over
    state: State = "active"
    misses: int = 0  # days in a row on which nobody was reached


def enrolled(days: Sequence[int], *, event_on: date, on: date) -> Progress:
    """The beginning: the first day that has not passed; over at once when all have. `days` ascend."""
    return _next(days, Progress(step=-1, due_on=None), event_on=event_on, on=on)


def after(days: Sequence[int], progress: Progress, outcome: ContactOutcome, *, event_on: date, on: date) -> Progress:
    """The next day, after the contact of this one was closed with this outcome on the day `on`.

    Who refuses is not asked again: 不配合. Who is not reached on `LOST_AFTER` days in a row is lost: 失访.
    """
    if outcome is ContactOutcome.REFUSAL:
        return replace(progress, state="uncooperative", due_on=None)
    misses = progress.misses + 1 if outcome in _NOBODY_REACHED else 0
    if misses >= LOST_AFTER:
        return replace(progress, state="lost", due_on=None, misses=misses)
    return _next(days, replace(progress, misses=misses), event_on=event_on, on=on + timedelta(days=1))


def _next(days: Sequence[int], progress: Progress, *, event_on: date, on: date) -> Progress:
    for step in range(progress.step + 1, len(days)):
        due = event_on + timedelta(days=days[step])
        if due >= on:
            return replace(progress, step=step, due_on=due)
    return replace(progress, step=len(days), due_on=None, state="finished")
