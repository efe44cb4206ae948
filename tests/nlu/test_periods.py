"""Weeks, months, quarters and years: told by their first day where no more was asked, vague where a day was."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlu.dates.periods import find_period
from nlu.readers import READERS
from nlu.reading import Expectation, NotRead, Reading

AT = datetime(2026, 11, 21, 10, 30, tzinfo=ZoneInfo("Asia/Shanghai"))
FIGURES = "零一二三四五六七八九"


@pytest.mark.parametrize(
    ("said", "day", "grain"),
    [
        ("下个月", "2026-12-01", "month"),
        ("去年三月份", "2025-03-01", "month"),
        ("这个月中旬", "2026-11-11", "ten_days"),
        ("明年二月下旬", "2027-02-21", "ten_days"),
        ("二零二五年第二季度", "2025-04-01", "quarter"),
        ("上个季度", "2026-07-01", "quarter"),
        ("2024年上半年", "2024-01-01", "half_year"),
        ("后年", "2028-01-01", "year"),
        ("上周", "2026-11-09", "week"),
        ("下下个礼拜", "2026-11-30", "week"),
    ],
)
def test_a_period_is_told_by_its_first_day_where_no_more_was_asked(said: str, day: str, grain: str) -> None:
    asked = Expectation(key="q", kind="date", periods=True)
    answer = READERS["date"](said, expectation=asked, at=AT)
    assert isinstance(answer, Reading), answer
    assert (answer.value["candidates"][0], answer.value["grain"]) == (day, grain)
    assert READERS["date"](said, expectation=Expectation(key="q", kind="date"), at=AT) == NotRead(reason="vague")


@pytest.mark.parametrize("said", ["去年冬天", "年底", "十三月", "一年四季", "好几年"])
def test_what_has_no_first_day_is_no_period(said: str) -> None:
    assert find_period(said, today=AT.date(), prefer="past") is None


@given(day=st.dates(date(2000, 1, 1), date(2099, 12, 31)), ten_days=st.sampled_from(["", "上旬", "中旬", "下旬"]))
def test_every_month_and_ten_days_of_a_year_said_aloud_begin_on_their_day(day: date, ten_days: str) -> None:
    year = "".join(FIGURES[int(digit)] for digit in str(day.year))
    month = ["一", "二", "三", "四", "五", "六", "七", "八", "九", "十", "十一", "十二"][day.month - 1]
    found = find_period(f"{year}年{month}月{ten_days}", today=AT.date(), prefer="past")
    assert found is not None
    first = {"": 1, "上旬": 1, "中旬": 11, "下旬": 21}[ten_days]
    assert found.value["candidates"] == [date(day.year, day.month, first).isoformat()]
