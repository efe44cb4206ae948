"""The bench of whole conversations in small: that it measures, and what must hold on any machine."""

import pytest

from tests.bench.conversations import measure

pytestmark = [pytest.mark.rasa, pytest.mark.asyncio(loop_scope="session")]

RINGS_WITHIN_SECONDS = 10.0


async def test_the_bench_measures_and_no_call_goes_round_in_circles() -> None:
    figures = await measure(calls=1, handovers=3)
    assert figures["n"] == 30
    assert figures["stuck"] == 0
    assert figures["noise"]["stuck"] == 0
    assert figures["confirmed_by_acquiescence"] == 0
    assert figures["completed"] >= 0.8  # of thirty; the whole bench is held to 0.95 and 0.85
    assert figures["elder_completed"] >= 0.75
    assert figures["red_flag_recall"] >= 0.9
    assert figures["red_flag_false_alarms"] <= 0.05
    assert figures["handover_p95_s"] <= RINGS_WITHIN_SECONDS
