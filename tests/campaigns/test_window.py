"""The calling window."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaigns.errors import PolicyInvalid
from campaigns.window import CallingWindow
from dialogs.call_hours import BEIJING

moments = st.integers(0, 2 * 366 * 24 * 3600).map(
    lambda each: datetime(2026, 1, 1, tzinfo=UTC) + timedelta(seconds=each)
)
hours = st.integers(0, 23)
days = st.sets(st.integers(1, 7), min_size=1).map(lambda each: tuple(sorted(each)))
windows = st.builds(
    lambda a, b, weekdays: CallingWindow(opens=time(min(a, b)), closes=time(max(a, b), 59), weekdays=weekdays),
    hours,
    hours,
    days,
)


@given(windows, moments)
def test_the_next_opening_is_allowed_and_nothing_before_it_is(window: CallingWindow, at: datetime) -> None:
    opening = window.next_open(at=at)
    assert opening >= at
    assert window.allows(at=opening)
    if opening > at:
        for share in (0.0, 0.25, 0.5, 0.75):
            assert not window.allows(at=at + (opening - at) * share)
        assert not window.allows(at=opening - timedelta(microseconds=1))


@given(windows, windows, moments)
def test_hours_in_common_are_allowed_by_both(window: CallingWindow, preference: CallingWindow, at: datetime) -> None:
    common = window.within(preference)
    both = window.allows(at=at) and preference.allows(at=at)
    assert both == (common is not None and common.allows(at=at))


def test_the_default_window_is_eight_to_nine_beijing_time() -> None:
    window = CallingWindow()
    day = date(2026, 11, 21)
    assert window.allows(at=datetime.combine(day, time(8, 0), BEIJING))
    assert window.allows(at=datetime.combine(day, time(20, 59, 59), BEIJING))
    assert not window.allows(at=datetime.combine(day, time(7, 59, 59), BEIJING))
    assert not window.allows(at=datetime.combine(day, time(21, 0), BEIJING))
    assert not window.allows(at=datetime(2026, 11, 21, 13, 0, tzinfo=UTC))  # 21:00 in Beijing


def test_a_window_that_never_opens_is_refused_in_chinese() -> None:
    with pytest.raises(PolicyInvalid, match="必须早于"):
        CallingWindow(opens=time(21), closes=time(8))
    with pytest.raises(PolicyInvalid, match="周一到周日"):
        CallingWindow(weekdays=(0, 8))
