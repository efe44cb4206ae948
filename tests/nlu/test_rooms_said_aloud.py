"""A home that is said aloud is understood as the same home."""

from datetime import datetime
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from nlu.readers.room import read_room
from nlu.reading import Expectation, Reading
from nlu.room_numbers import house_number
from nlu.spoken import spoken_number
from nlu.spoken_rooms import spoken_room

AT = datetime(2026, 11, 21, 10, 30, tzinfo=ZoneInfo("Asia/Shanghai"))
FLOORS = st.integers(1, 34)
DOORS = st.integers(1, 12)
COMMUNITIES = st.sampled_from([None, "育林小区", "阳光花园", "纺织厂家属院", "金色家园"])


def read(said: str) -> dict[str, str | None]:
    answer = read_room(said, expectation=Expectation(key="q", kind="room"), at=AT)
    assert isinstance(answer, Reading), said
    value: dict[str, str | None] = answer.value
    return value


@given(COMMUNITIES, st.integers(1, 199), st.integers(1, 12), FLOORS, DOORS, st.booleans())
def test_a_home_survives_being_spoken(
    community: str | None, building: int, unit: int, floor: int, door: int, floor_said: bool
) -> None:
    home = {
        "community": community,
        "building": str(building),
        "unit": str(unit),
        "floor": str(floor) if floor_said else None,
        "room": f"{floor}{door:02d}",
    }
    assert read(spoken_room(home)) == home


@given(st.integers(1, 99), st.integers(1, 9), FLOORS, DOORS)
def test_a_home_survives_being_written_with_dashes(building: int, unit: int, floor: int, door: int) -> None:
    room = f"{floor}{door:02d}"
    assert read(f"{building}-{unit}-{room}") == {
        "community": None,
        "building": str(building),
        "unit": str(unit),
        "floor": None,
        "room": room,
    }


@given(st.integers(1, 9999))
def test_a_number_is_the_same_spoken_as_a_number_or_digit_by_digit(number: int) -> None:
    assert house_number(spoken_number(number)) == str(number)
    assert house_number("".join("零一二三四五六七八九"[int(digit)] for digit in str(number))) == str(number)


@given(st.integers(10, 34), DOORS)
def test_floor_and_door_are_one_room(floor: int, door: int) -> None:
    words = spoken_number(floor) + ("零" if door < 10 else "") + (spoken_number(door) if door < 10 else str(door))
    assert house_number(words) == f"{floor}{door:02d}"
