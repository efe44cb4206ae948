"""How the end of a call is classified."""

import pytest

from campaigns.disposition import LABELS, Disposition, classify
from campaigns.outcome import ContactOutcome, contact_outcome, rates


@pytest.mark.parametrize(
    ("sip_code", "q850_cause", "early_media", "expected"),
    [
        (486, None, "", Disposition.BUSY),
        (603, None, "", Disposition.DECLINED),
        (404, None, "power_off", Disposition.POWER_OFF),  # the carrier's words outweigh its code
        (404, 1, "", Disposition.EMPTY_NUMBER),
        (480, 19, "", Disposition.NO_ANSWER),
        (480, 20, "", Disposition.POWER_OFF),
        (487, None, "ringback", Disposition.NO_ANSWER),
        (403, None, "", Disposition.BLOCKED),
        (503, 34, "", Disposition.FAILED),
        (0, None, "", Disposition.FAILED),
        (480, None, "suspended", Disposition.SUSPENDED),
    ],
)
def test_a_call_that_was_not_answered_has_one_disposition(
    sip_code: int, q850_cause: int | None, early_media: str, expected: Disposition
) -> None:
    assert classify(sip_code=sip_code, q850_cause=q850_cause, early_media=early_media) is expected


def test_every_disposition_has_a_chinese_name_of_its_own() -> None:
    assert set(LABELS) == set(Disposition)
    assert len(set(LABELS.values())) == len(LABELS)


def test_a_dead_number_is_ineligible_and_a_silent_house_is_not() -> None:
    assert contact_outcome(Disposition.EMPTY_NUMBER, None) is ContactOutcome.INELIGIBLE
    assert contact_outcome(Disposition.NO_ANSWER, None) is ContactOutcome.NOT_REACHED
    assert contact_outcome(Disposition.SILENT, None) is ContactOutcome.NOT_REACHED


def test_rates_follow_the_definitions_of_aapor() -> None:
    counts = {
        ContactOutcome.COMPLETE: 50,
        ContactOutcome.PARTIAL: 10,
        ContactOutcome.REFUSAL: 15,
        ContactOutcome.BREAK_OFF: 5,
        ContactOutcome.NOT_REACHED: 18,
        ContactOutcome.OTHER: 2,
        ContactOutcome.WRONG_PERSON: 7,
        ContactOutcome.INELIGIBLE: 13,
    }
    found = rates(counts)
    assert found.response == pytest.approx(50 / 100)
    assert found.response_with_partial == pytest.approx(60 / 100)
    assert found.cooperation == pytest.approx(50 / 82)
    assert found.refusal == pytest.approx(20 / 100)
    assert found.contact == pytest.approx(82 / 100)


def test_rates_of_nobody_are_zero() -> None:
    assert rates({}).response == 0.0
