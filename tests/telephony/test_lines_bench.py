"""The bench of the lines in small: that it measures, and what must hold on any machine."""

import shutil

import pytest

from tests.bench.lines import Effort, measure


def test_the_bench_measures_and_a_barge_in_is_silent_within_200_ms() -> None:
    if shutil.which("sipp") is None:
        pytest.skip("sipp is not installed: apt-get install sip-tester")
    small = Effort(steps=(5,), hold_seconds=1.0, barge_ins=20, timed_setups=100, total_calls=100, with_peer=False)
    figures = measure(small)
    assert figures["lost_packets"] == 0
    assert figures["barge_in_p95_ms"] <= 200
    assert figures["setups_per_second"] > 0
    assert figures.keys() >= {"calls_clean_per_core", "late_packets", "rss_growth_mb"}
