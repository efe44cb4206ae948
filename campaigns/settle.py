"""What happens to a contact after an attempt has ended: again, another channel, or closed."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from campaigns.attempt import Attempt
from campaigns.disposition import Disposition
from campaigns.outcome import ContactOutcome, contact_outcome
from campaigns.permission import HoldReason
from campaigns.policy import Channel, Policy
from campaigns.retry import next_attempt
from campaigns.window import CallingWindow
from dialogs.events import Outcome

Followed = Literal[
    "nothing",  # done
    "person",  # a ticket was raised in the conversation, its owner goes on
    "visit",  # somebody goes there: nobody was reached by telephone
    "check_number",  # somebody finds the right number: this one is wrong or dead
]

_SPOKEN_TO_THE_END: frozenset[Outcome] = frozenset({"complete", "refused", "never_again"})
_WRONG_NUMBER = frozenset({ContactOutcome.WRONG_PERSON, ContactOutcome.INELIGIBLE})
_HELD_BACK: dict[HoldReason, ContactOutcome] = {
    "no_number": ContactOutcome.INELIGIBLE,
    "no_consent": ContactOutcome.REFUSAL,
    "do_not_call": ContactOutcome.REFUSAL,
    "refused": ContactOutcome.REFUSAL,
    "answered_elsewhere": ContactOutcome.COMPLETE,
}


@dataclass(frozen=True, slots=True)
class Again:
    """The same contact is called again."""

    attempt: Attempt


@dataclass(frozen=True, slots=True, kw_only=True)
class NextChannel:
    """Calling is over, the next rung of the ladder is tried."""

    channel: Channel
    outcome: ContactOutcome  # if nothing more is reached


@dataclass(frozen=True, slots=True, kw_only=True)
class Closed:
    """Nothing more is tried; what is left to do is for the household's grid worker."""

    outcome: ContactOutcome
    followed: Followed


Settlement = Again | NextChannel | Closed


def settle(
    history: Sequence[Attempt],
    disposition: Disposition,
    outcome: Outcome | None,
    policy: Policy,
    *,
    at: datetime,
    available: Collection[Channel] = (),
    preference: CallingWindow | None = None,
    callback_at: datetime | None = None,
) -> Settlement:
    """The contact's next step. `history` ends with the attempt that has just ended.

    `available` are the channels between the telephone and the visit that exist for this contact; a visit always does. A
    refusal is never followed by another channel or a visit: who said no has been reached.
    """
    result = contact_outcome(disposition, outcome)
    if outcome in _SPOKEN_TO_THE_END:
        return Closed(outcome=result, followed="nothing")
    if outcome in ("to_person", "red_flag"):
        return Closed(outcome=result, followed="person")
    window = policy.window_at(at).within(preference)
    if window is not None:
        again = next_attempt(
            history, disposition, policy.retry_at(at), window, at=at, outcome=outcome, callback_at=callback_at
        )
        if again is not None:
            return Again(again)
    return _beyond_the_telephone(result, policy, available)


def settle_held(reason: HoldReason, policy: Policy, *, available: Collection[Channel] = ()) -> Closed | NextChannel:
    """The contact's next step when `may_dial` says that its attempt never rings."""
    result = _HELD_BACK.get(reason, ContactOutcome.NOT_REACHED)
    if result is ContactOutcome.REFUSAL or reason in ("answered_elsewhere", "contact_closed", "not_running"):
        return Closed(outcome=result, followed="nothing")
    return _beyond_the_telephone(result, policy, available)


def settle_unanswered(outcome: Outcome | None = None) -> Closed:
    """The contact's end when a short message was waited for long enough.

    `outcome` is of the talk that its link led to, where it was opened: who refused there is not visited either.
    """
    if outcome is None or outcome in ("break_off", "callback", "not_at_home", "wrong_person"):
        return Closed(outcome=ContactOutcome.NOT_REACHED, followed="visit")
    result = contact_outcome(Disposition.ANSWERED, outcome)
    return Closed(outcome=result, followed="person" if outcome in ("to_person", "red_flag") else "nothing")


def _beyond_the_telephone(
    result: ContactOutcome, policy: Policy, available: Collection[Channel]
) -> Closed | NextChannel:
    if result is ContactOutcome.PARTIAL:
        return Closed(outcome=result, followed="nothing")
    for channel in policy.ladder[1:]:
        if channel == "sms" and result in _WRONG_NUMBER:  # whoever reads it is not the one who is meant
            continue
        if channel in available and channel != "visit":
            return NextChannel(channel=channel, outcome=result)
    return Closed(outcome=result, followed="check_number" if result in _WRONG_NUMBER else "visit")
