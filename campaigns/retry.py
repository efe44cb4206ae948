"""Whether and when a contact is called again."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Annotated

import msgspec

from campaigns.attempt import Attempt
from campaigns.disposition import Disposition
from campaigns.outcome import REFUSED
from campaigns.window import CallingWindow
from dialogs.events import Outcome


class RetryRule(msgspec.Struct, frozen=True, kw_only=True):
    """After this end of a call: ring again no sooner than `gap` later, after at most `times` such ends."""

    gap: timedelta
    times: Annotated[int, msgspec.Meta(ge=1)]


def _rule(times: int, *, hours: float) -> RetryRule:
    return RetryRule(gap=timedelta(hours=hours), times=times)


# A disposition that is missing here is final. Gaps follow what residents do: a busy line is free soon, an empty flat
# fills at another time of day, a telephone that is off is charged overnight at the latest.
DEFAULT_RULES: dict[Disposition, RetryRule] = {
    Disposition.BUSY: _rule(3, hours=0.25),
    Disposition.NO_ANSWER: _rule(3, hours=3),
    Disposition.DECLINED: _rule(1, hours=24),
    Disposition.POWER_OFF: _rule(3, hours=4),
    Disposition.UNREACHABLE: _rule(3, hours=2),
    Disposition.VOICEMAIL: _rule(2, hours=3),
    Disposition.SILENT: _rule(2, hours=2),
    Disposition.ABANDONED: _rule(2, hours=1),
    Disposition.FAILED: _rule(3, hours=0.1),
    Disposition.INTERRUPTED: _rule(3, hours=0.1),
}
# A person spoke with us and the conversation did not come to its end.
DEFAULT_OUTCOME_RULES: dict[Outcome, RetryRule] = {
    "break_off": _rule(2, hours=0.5),
    "partial": _rule(1, hours=24),
    "not_at_home": _rule(2, hours=4),
    "callback": _rule(2, hours=2),  # the time that was asked for comes first; the gap is for 晚点再打
}


class RetryPolicy(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One cap for all attempts of a contact, and a rule for each way in which an attempt can end."""

    cap: Annotated[int, msgspec.Meta(ge=1, le=10)] = 3  # beyond three calls hardly anybody new is reached
    rules: dict[Disposition, RetryRule] = msgspec.field(default_factory=lambda: dict(DEFAULT_RULES))
    outcomes: dict[Outcome, RetryRule] = msgspec.field(default_factory=lambda: dict(DEFAULT_OUTCOME_RULES))

    def rule(self, disposition: Disposition, outcome: Outcome | None) -> RetryRule | None:
        """The rule after such an end, or None when it is final."""
        if outcome is not None:
            return self.outcomes.get(outcome)
        return self.rules.get(disposition)


def next_attempt(
    history: Sequence[Attempt],
    disposition: Disposition,
    policy: RetryPolicy,
    window: CallingWindow,
    *,
    at: datetime,
    outcome: Outcome | None = None,
    callback_at: datetime | None = None,
) -> Attempt | None:
    """The next call to the same contact, or None when there is none.

    `history` holds the contact's attempts so far in order, the one that has just ended last. `callback_at` is the time
    for which the resident asked; it replaces the gap, never the window and never the cap.
    """
    rule = policy.rule(disposition, outcome)
    if rule is None or outcome in REFUSED or len(history) >= policy.cap:
        return None
    if sum(each.disposition == disposition for each in history) > rule.times:
        return None
    earliest = at + rule.gap if callback_at is None else max(at, callback_at)
    return Attempt(number=history[-1].number + 1, due_at=window.next_open(at=earliest))
