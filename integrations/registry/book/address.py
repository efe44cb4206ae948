"""The address of a household in one canonical form, however the book writes it."""

import re
from dataclasses import dataclass
from functools import lru_cache

from nlu.numerals import read_numeral

_ONES = "零一二三四五六七八九"
_REMEMBERED = 4096  # the same building, unit and room numbers come again in every compound
_BUILDING_ENDS = re.compile(r"(号楼|#楼|栋楼|幢楼|栋|幢|座|#|楼|号)$")
_UNIT_ENDS = re.compile(r"(单元|门洞|门|#)$")
_ROOM_ENDS = re.compile(r"(号房|房间|室|号|房)$")
_BEGINS = re.compile(r"^第")
_NUMERAL = re.compile(r"[零〇一二两三四五六七八九十百]+")
_ASCII = re.compile(r"[0-9A-Z]+(-[0-9A-Z]+)*")
_DASHED = re.compile(r"(?:(?P<building>[0-9A-Za-z]+)-)(?:(?P<unit>[0-9A-Za-z]+)-)?(?P<room>[0-9A-Za-z]+)(?:室|号)?")
_WORDED = re.compile(
    r"(?P<compound>[^0-9]*?)(?:第?(?P<building>[0-9A-Za-z]+|[一二三四五六七八九十]+)(?:号楼|#楼|栋|幢|座|#))"
    r"(?:第?(?P<unit>[0-9A-Za-z]+|[甲乙丙丁一二三四五六七八九十]+)单元)?[-—]?(?P<room>[0-9A-Za-z]+)(?:室|号|房)?"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """One door. Parts that do not exist are ""."""

    community: str
    compound: str
    building: str
    unit: str
    room: str

    @property
    def shown(self) -> str:
        """As people write it: 阳光花园3栋2单元301."""
        return f"{self.compound}{self.building}{self.unit}{self.room}"

    @property
    def key(self) -> str:
        """What is the same whenever the door is the same."""
        return "\x1f".join((self.community, self.compound, self.building, self.unit, self.room))


def make_address(*, community: str, compound: str, building: str, unit: str, room: str, door: str) -> Address | None:
    """The canonical address of the parts that a row gives; None when they name no door."""
    if not room and door:
        parts = _door_parts(door, compound)
        compound = compound or parts.get("compound", "")
        building, unit, room = building or parts.get("building", ""), unit or parts.get("unit", ""), parts["room"]
    elif not building and (dashed := _DASHED.fullmatch(room)):
        building, unit, room = dashed["building"], dashed["unit"] or unit, dashed["room"]
    if not room or not (compound or community):
        return None
    return Address(
        community=_tight(community),
        compound=_tight(compound),
        building=_numbered(building, _BUILDING_ENDS, "栋"),
        unit=_numbered(unit, _UNIT_ENDS, "单元"),
        room=_room(room),
    )


def grid_name(text: str) -> str:
    """第三网格 for 3, anything else as it is written."""
    plain = _tight(text)
    return f"第{_chinese(int(plain))}网格" if plain.isdigit() and int(plain) < len(_ONES) ** 2 else plain


def _chinese(number: int) -> str:
    tens, ones = divmod(number, 10)
    if tens == 0:
        return _ONES[ones]
    return ("" if tens == 1 else _ONES[tens]) + "十" + (_ONES[ones] if ones else "")


def _door_parts(door: str, compound: str) -> dict[str, str]:
    rest = _tight(door).removeprefix(_tight(compound))
    match = _DASHED.fullmatch(rest) or _WORDED.fullmatch(rest)
    if match is None:
        return {"room": rest}
    return {name: part for name, part in match.groupdict().items() if part}


def _numbered(text: str, ends: re.Pattern[str], unit: str) -> str:
    """3号楼, 三栋, 03 → 3栋; what is not a number stays as it is written."""
    plain = _canonical(text, ends)
    if not plain:
        return ""
    return plain + unit if _ASCII.fullmatch(plain) or len(plain) == 1 else _tight(text)


def _room(text: str) -> str:
    plain = _canonical(text, _ROOM_ENDS)
    return plain if _ASCII.fullmatch(plain) else _tight(text)


@lru_cache(maxsize=_REMEMBERED)
def _canonical(text: str, ends: re.Pattern[str]) -> str:
    plain = _BEGINS.sub("", ends.sub("", _tight(text).upper()))
    if _NUMERAL.fullmatch(plain) and (numeral := read_numeral(plain)) is not None:
        return numeral.digits or str(int(numeral.value))
    return plain.lstrip("0") or plain


def _tight(text: str) -> str:
    return "".join(text.split())
