"""What the assistant says aloud it also understands: values go into words and come back."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlu.readers import READERS
from nlu.reading import Expectation, Reading
from nlu.spoken import (
    spoken_day,
    spoken_digits,
    spoken_duration,
    spoken_lunar_day,
    spoken_moment,
    spoken_number,
    spoken_phone,
    spoken_temperature,
)

AT = datetime(2026, 11, 21, 10, 30, tzinfo=ZoneInfo("Asia/Shanghai"))


def read(kind: str, text: str, **more: str) -> Reading:
    reading = READERS[kind](text, expectation=Expectation(key="q", kind=kind, **more), at=AT)
    assert isinstance(reading, Reading), f"{text}: {reading}"
    return reading


@given(st.integers(min_value=-(10**12), max_value=10**12))
def test_every_whole_number_comes_back(number: int) -> None:
    assert read("number", spoken_number(number)).value == number


@given(st.integers(min_value=-999_999, max_value=999_999), st.integers(min_value=1, max_value=999))
def test_every_decimal_comes_back(whole: int, thousandths: int) -> None:
    number = round(whole + thousandths / 1000, 3)
    assert read("number", spoken_number(number)).value == pytest.approx(number)


def test_a_number_too_large_to_say_is_refused() -> None:
    with pytest.raises(ValueError, match="too large"):
        spoken_number(10**16)


@given(st.integers(min_value=300, max_value=450))
def test_every_body_temperature_comes_back(tenths: int) -> None:
    said = spoken_temperature(tenths / 10)
    assert read("temperature", said, asked="您今天体温多少").value == {"value": tenths / 10, "unit": "C"}


@given(st.integers(min_value=-400, max_value=-1))
def test_frost_comes_back(tenths: int) -> None:
    assert read("temperature", spoken_temperature(tenths / 10)).value["value"] == tenths / 10


@given(st.dates(min_value=date(1930, 1, 1), max_value=date(2035, 12, 31)))
def test_every_day_with_its_year_comes_back(day: date) -> None:
    assert read("date", spoken_day(day, year=True)).value["candidates"] == [day.isoformat()]


@given(st.integers(min_value=0, max_value=364))
def test_every_day_of_the_past_year_comes_back_without_its_year(back: int) -> None:
    day = AT.date() - timedelta(days=back)
    assert read("date", spoken_day(day), prefer="past").value["candidates"][0] == day.isoformat()


@given(st.integers(min_value=0, max_value=364))
def test_every_day_of_the_coming_year_comes_back_without_its_year(ahead: int) -> None:
    day = AT.date() + timedelta(days=ahead)
    assert read("date", spoken_day(day), prefer="future").value["candidates"][0] == day.isoformat()


@given(st.integers(min_value=0, max_value=340))
def test_every_lunar_day_of_the_past_year_comes_back(back: int) -> None:
    day = AT.date() - timedelta(days=back)
    said = spoken_lunar_day(day)
    assert said is not None
    assert day.isoformat() in read("date", "农历" + said, prefer="past").value["candidates"]


@given(st.datetimes(min_value=datetime(2025, 11, 22), max_value=datetime(2026, 11, 20)))  # noqa: DTZ001
def test_every_minute_comes_back(moment: datetime) -> None:
    moment = moment.replace(second=0, microsecond=0)
    assert moment.isoformat() in read("date", spoken_moment(moment)).value["candidates"]


@given(st.integers(min_value=0, max_value=600), st.integers(min_value=0, max_value=59 * 24 * 60))
def test_every_length_of_time_comes_back(months: int, minutes: int) -> None:
    if months or minutes:
        said = spoken_duration(months, minutes * 60)
        assert read("duration", said).value == {"months": months, "seconds": minutes * 60}, said


@given(st.from_regex(r"1[3-9][0-9]{9}", fullmatch=True))
def test_every_mobile_number_comes_back(number: str) -> None:
    assert read("phone", spoken_phone(number)).value == [number]


@given(st.from_regex(r"0(10|2[0-9])[2-8][0-9]{7}|0[3-9][0-9]{2}[2-8][0-9]{6}", fullmatch=True))
def test_every_landline_comes_back(number: str) -> None:
    assert read("phone", spoken_phone(number)).value == [number]


@given(
    st.from_regex(r"[1-6][1-5][0-9]{4}19[0-9]{2}(0[1-9]|1[0-2])(0[1-9]|1[0-9]|2[0-8])[0-9]{3}[0-9X]", fullmatch=True)
)
def test_every_identity_number_comes_back(number: str) -> None:
    assert read("id_number", spoken_digits(number)).value["id"] == number


def test_times_are_told_as_people_tell_them() -> None:
    day = date(2026, 11, 21)
    assert spoken_moment(datetime.combine(day, time(15, 30))) == "十一月二十一号下午三点半"
    assert spoken_moment(datetime.combine(day, time(8, 5))) == "十一月二十一号早上八点零五分"
