"""What became of one contact, in the terms of the American Association for Public Opinion Research.

Source: AAPOR, Standard Definitions: Final Dispositions of Case Codes and Outcome Rates for Surveys, 10th edition, 2023.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from campaigns.disposition import Disposition
from dialogs.events import Outcome


class ContactOutcome(StrEnum):
    """The final outcome of a contact. AAPOR's code is beside each."""

    COMPLETE = "complete"  # 1.1
    PARTIAL = "partial"  # 1.2
    BREAK_OFF = "break_off"  # 2.12
    REFUSAL = "refusal"  # 2.11
    NOT_REACHED = "not_reached"  # 2.2, non-contact: the number exists, nobody spoke with us
    OTHER = "other"  # 2.3, spoken to, no interview for another reason: a person was asked for, something urgent
    WRONG_PERSON = "wrong_person"  # 4.3: the number is not this household's
    INELIGIBLE = "ineligible"  # 4.x: no working number


LABELS: dict[ContactOutcome, str] = {
    ContactOutcome.COMPLETE: "全部完成",
    ContactOutcome.PARTIAL: "部分完成",
    ContactOutcome.BREAK_OFF: "中途挂断",
    ContactOutcome.REFUSAL: "拒绝",
    ContactOutcome.NOT_REACHED: "未联系上",
    ContactOutcome.OTHER: "已接通转人工",
    ContactOutcome.WRONG_PERSON: "号码不是本户",
    ContactOutcome.INELIGIBLE: "号码无效",
}

REFUSED: frozenset[Outcome] = frozenset({"refused", "never_again"})
"""Session outcomes after which this contact is never rung again."""

_OF_SESSION: dict[Outcome, ContactOutcome] = {
    "complete": ContactOutcome.COMPLETE,
    "partial": ContactOutcome.PARTIAL,
    "break_off": ContactOutcome.BREAK_OFF,
    "refused": ContactOutcome.REFUSAL,
    "never_again": ContactOutcome.REFUSAL,
    "callback": ContactOutcome.NOT_REACHED,
    "not_at_home": ContactOutcome.NOT_REACHED,
    "wrong_person": ContactOutcome.WRONG_PERSON,
    "to_person": ContactOutcome.OTHER,
    "red_flag": ContactOutcome.OTHER,
}
_DEAD_NUMBER = frozenset({Disposition.EMPTY_NUMBER, Disposition.SUSPENDED, Disposition.FAX})


def contact_outcome(disposition: Disposition, outcome: Outcome | None) -> ContactOutcome:
    """What a contact's outcome is if nothing more is done after this attempt."""
    if outcome is not None:
        return _OF_SESSION[outcome]
    return ContactOutcome.INELIGIBLE if disposition in _DEAD_NUMBER else ContactOutcome.NOT_REACHED


@dataclass(frozen=True, slots=True, kw_only=True)
class Rates:
    """AAPOR rates, each 0..1; 0 where nobody was eligible."""

    response: float  # RR1: complete / all eligible
    response_with_partial: float  # RR2
    cooperation: float  # COOP1: complete / everybody spoken with
    refusal: float  # REF1: refusals and break-offs / all eligible
    contact: float  # CON1: everybody spoken with / all eligible


def rates(counts: Mapping[ContactOutcome, int]) -> Rates:
    """The rates over final outcomes; contacts that are still open are left out by the caller."""

    def of(*outcomes: ContactOutcome) -> int:
        return sum(counts.get(each, 0) for each in outcomes)

    complete, partial = of(ContactOutcome.COMPLETE), of(ContactOutcome.PARTIAL)
    refused = of(ContactOutcome.REFUSAL, ContactOutcome.BREAK_OFF)
    spoken = complete + partial + refused + of(ContactOutcome.OTHER)
    eligible = spoken + of(ContactOutcome.NOT_REACHED)

    def share(part: int, whole: int) -> float:
        return part / whole if whole else 0.0

    return Rates(
        response=share(complete, eligible),
        response_with_partial=share(complete + partial, eligible),
        cooperation=share(complete, spoken),
        refusal=share(refused, eligible),
        contact=share(spoken, eligible),
    )
