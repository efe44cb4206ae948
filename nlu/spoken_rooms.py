"""Addresses as people say them aloud: 育林小区三栋二单元五零一."""

from collections.abc import Mapping

from nlu.spoken import spoken_digits, spoken_number

WORDS = {"building": "栋", "unit": "单元", "floor": "楼", "room": ""}


def spoken_room(parts: Mapping[str, str | None]) -> str:
    """The parts of a room reading in words, from the compound down to the room; rooms are told digit by digit."""
    said = [parts.get("community") or ""]
    for part, word in WORDS.items():
        number = parts.get(part)
        if number:
            said.append(_name(number, one_by_one=part == "room") + word)
    return "".join(said)


def _name(number: str, *, one_by_one: bool) -> str:
    if not number.isdecimal():
        return number
    return spoken_digits(number) if one_by_one else spoken_number(int(number))
