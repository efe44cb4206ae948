"""How fast calls are set up."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from campaigns.pacing import Pacing, grant, start

AT = datetime(2026, 11, 21, 1, 0, tzinfo=UTC)


@given(
    st.integers(1, 50),
    st.floats(0.1, 40),
    st.lists(st.tuples(st.integers(-200, 3000), st.integers(0, 60), st.floats(0, 1)), max_size=80),
)
def test_no_stretch_of_time_sees_more_set_ups_than_the_trunk_grants(
    lines: int, rate: float, steps: list[tuple[int, int, float]]
) -> None:
    pacing = Pacing(lines=lines, setups_per_second=rate)
    pace, at, made = start(pacing, at=AT), AT, 0
    first, last = AT, AT
    for milliseconds, under_way, pressure in steps:
        at += timedelta(milliseconds=milliseconds)
        granted, pace = grant(pacing, pace, wanted=100, under_way=under_way, at=at, pressure=pressure)
        assert 0 <= granted <= max(0, lines - under_way)
        made += granted
        last = max(last, at)
        assert made <= max(1.0, rate) + rate * (last - first).total_seconds() + 1e-6


def test_a_slow_trunk_still_sets_up_its_calls() -> None:
    pacing = Pacing(setups_per_second=0.2)
    pace, made = start(pacing, at=AT), 0
    for second in range(61):
        granted, pace = grant(pacing, pace, wanted=1, under_way=0, at=AT + timedelta(seconds=second))
        made += granted
    assert made == 13  # one at once, then one every five seconds


def test_nothing_starts_while_the_dialogue_cannot_follow() -> None:
    pacing = Pacing()
    granted, _ = grant(pacing, start(pacing, at=AT), wanted=5, under_way=0, at=AT, pressure=1.0)
    assert granted == 0
