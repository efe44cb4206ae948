"""Lengths of time in words: 两天半, 大半个月, 三年零两个月, 一个半小时, 三天三夜."""

import re
from dataclasses import dataclass
from functools import lru_cache

from nlu import lexicon
from nlu.found import APPROXIMATE, CERTAIN, LIKELY, Found
from nlu.numerals import DIGIT_CLASS, NUMERAL_CLASS, read_count, read_numeral

DAY_SECONDS = 86400
# A part of a month is told in days, and a month in questions about health is taken as thirty.
DAYS_IN_A_MONTH = 30

_BETWEEN = re.compile(r"[\s,，]*(?:零|又|加|外加|和|带|多|整)?[\s,，]*")
_ROUGH = re.compile("[多来]|大半|小半")
_PAUSE = re.compile("[，,、]")
_HEDGE = re.compile(r"左右|差不多|大概|大约|好像|可能|上下|快|将近|不到")
_YEAR_BEFORE = re.compile(r"[生的出属那冬春夏秋底初]|[0-9一二三四五六七八九十]+月")  # what follows the name of a year
_YEAR_NAME = re.compile(rf"(?:[12][0-9]{{3}}|[{DIGIT_CLASS}]{{4}}|[一二三四五六七八九零〇]{{2}})$")


@dataclass(frozen=True, slots=True)
class Unit:
    """How long one of a unit is, and what it must stand beside to be one."""

    months: float
    seconds: float
    after_ge: bool
    never_decimal: bool
    never_before: re.Pattern[str] | None

    @property
    def length(self) -> float:
        return self.months * DAYS_IN_A_MONTH * DAY_SECONDS + self.seconds

    def times(self, count: float) -> tuple[float, float]:
        """Months and seconds of so many of it: 1.5 months are one month and fifteen days."""
        whole = float(int(self.months * count + 1e-6))
        days = round((self.months * count - whole) * DAYS_IN_A_MONTH, 2)
        return whole, self.seconds * count + days * DAY_SECONDS


@dataclass(frozen=True, slots=True)
class Words:
    """The lexicon of durations, ready to match."""

    units: dict[str, Unit]
    parts: dict[str, float]
    nights: frozenset[str]
    days: frozenset[str]
    piece: re.Pattern[str]
    vague: re.Pattern[str]


@dataclass(frozen=True, slots=True)
class _Piece:
    months: float
    seconds: float
    count: float
    unit: str
    start: int
    end: int
    sure: bool


def find_duration(text: str) -> Found | None:
    """The first length of time in a normalised text, or None."""
    durations = find_durations(text)
    return durations[0] if durations else None


def find_durations(text: str) -> list[Found]:
    """Every length of time, its parts added up; 十天半个月 and 十天八天 are estimates, their end counts."""
    groups: list[list[_Piece]] = []
    for piece in _pieces(text):
        if (
            groups
            and _ROUGH.search(text, groups[-1][-1].start, groups[-1][-1].end)
            and _PAUSE.match(text, groups[-1][-1].end)
        ):
            groups[-1] = [piece]  # 一个多月，四十天: said again exactly
        elif groups and _BETWEEN.fullmatch(text, groups[-1][-1].end, piece.start):
            groups[-1].append(piece)
        else:
            groups.append([piece])
    return [_summed(group, text) for group in groups]


def _summed(group: list[_Piece], text: str) -> Found:
    rising = len(group) > 1 and _length_of(group[0].unit) <= _length_of(group[1].unit)
    if rising:
        counted = [max(group, key=_total)]
    else:
        counted = [each for i, each in enumerate(group) if not (i and _nights(group[i - 1], each))]
    value = {"months": sum(each.months for each in counted), "seconds": round(sum(each.seconds for each in counted), 3)}
    sure = not rising and all(each.sure for each in group)
    confidence = APPROXIMATE if not sure else LIKELY if _HEDGE.search(text) else CERTAIN
    return Found(value, group[0].start, group[-1].end, confidence)


def length_of(found: Found) -> float:
    """The seconds of a length that was found, a month taken as thirty days."""
    return float(found.value["months"] * DAYS_IN_A_MONTH * DAY_SECONDS + found.value["seconds"])


def tells_a_length(text: str) -> bool:
    """Whether a normalised text tells a length without a figure: 好几天, 一直."""
    return _words().vague.search(text) is not None


def _pieces(text: str) -> list[_Piece]:
    return [piece for match in _words().piece.finditer(text) if (piece := _piece(match)) is not None]


def _piece(match: re.Match[str]) -> _Piece | None:
    """One counted unit, or None where the words only look like one: 二零一九年, 三点一刻, 第三天."""
    unit = _words().units[match["unit"]]
    before = match.string[max(0, match.start() - 1) : match.start()]
    if before and not match["lone"] and (before in "第点上下这那每" or (before == "月" and match["unit"] == "日")):
        return None
    if unit.never_decimal and "点" in (match["count"] or ""):
        return None
    if unit.never_before and unit.never_before.match(match.string, match.end("unit")):
        return None
    if match["count"] is None and match["part"] == "半" and match["unit"] in _words().nights:
        return None  # 半夜 is a part of the night
    counted = match["ge"] or match["part"] or match["lone"] or match["below"] or match["count"] in ("俩", "仨")
    if unit.after_ge and not counted:
        return None
    count = _count(match)
    if count is None or _is_year_name(match):
        return None
    amount, sure = count
    months, seconds = unit.times(amount)
    return _Piece(months, seconds, amount, match["unit"], match.start(), match.end(), sure)


def _is_year_name(match: re.Match[str]) -> bool:
    """Whether it is the year that is called so, 一九年; 七八年 are seven or eight, but 七八年生 is a year."""
    count = match["count"] or ""
    if match["unit"] != "年" or match["ge"] or not _YEAR_NAME.search(count):
        return False
    estimate = read_count(count)
    return estimate is None or estimate.upto is None or _YEAR_BEFORE.match(match.string, match.end("unit")) is not None


def _count(match: re.Match[str]) -> tuple[float, bool] | None:
    """How many, and whether exactly."""
    if match["below"]:
        below, above = read_numeral(match["below"]), read_numeral(match["above"])
        return (above.value / below.value, True) if below and above and 0 < above.value < below.value else None
    if match["elided"] is not None:
        return (1.5, True) if match["after"] else (1.0, False)
    if match["lone"]:
        return (1.5, True) if match["lone"] == "个半" else (1.0, False)
    parts = _words().parts
    if match["count"] is None:
        return (parts[match["part"]], match["part"] in ("半", "整", "一整")) if match["part"] else None
    numeral = read_count(match["count"])
    if numeral is None:
        return None
    value = numeral.value if numeral.upto is None else numeral.upto
    halves = (match["part"] == "半") + (match["after"] == "半")
    return value + 0.5 * halves, numeral.upto is None


def _nights(day: _Piece, night: _Piece) -> bool:
    """Whether the nights are those between the days: 三天三夜, 三天两夜."""
    words = _words()
    return night.unit in words.nights and day.unit in words.days and day.count >= night.count


def _total(piece: _Piece) -> float:
    return piece.months * DAYS_IN_A_MONTH * DAY_SECONDS + piece.seconds


def _length_of(unit: str) -> float:
    return _words().units[unit].length


@lru_cache(maxsize=1)
def _words() -> Words:
    data = lexicon.load("durations.yaml")
    units = {
        form: Unit(
            float(each.get("months", 0)),
            float(each.get("seconds", 0)),
            bool(each.get("after_ge")),
            bool(each.get("never_decimal")),
            re.compile(each["never_before"]) if "never_before" in each else None,
        )
        for each in data["units"]
        for form in each["forms"]
    }
    names = "|".join(sorted(map(re.escape, units), key=len, reverse=True))
    parts = "|".join(sorted(data["parts"], key=len, reverse=True))
    piece = re.compile(
        rf"(?:(?P<below>[{NUMERAL_CLASS}]+)分之(?P<above>[{NUMERAL_CLASS}]+)个?|(?P<lone>个半|个把|把)|(?P<elided>(?<![{NUMERAL_CLASS}今去前明后每当整半个多来几]))(?=[年天](?:半(?![天夜年个])|把))|(?:零(?=[{NUMERAL_CLASS}]))?(?P<count>[{NUMERAL_CLASS}]+(?:[点.][{DIGIT_CLASS}]+)?)?\s*(?:[多来余]\s*)?"
        rf"(?:(?P<ge>个)\s*[多来]?)?(?P<part>{parts})?(?P<ge2>个[多来]?)?)\s*(?P<unit>{names})(?P<after>半(?![个年月天]))?(?:钟|整|[多来]|把(?![^\s,，。了时]))?"
    )
    return Words(
        units,
        data["parts"],
        frozenset(data["nights"]),
        frozenset(data["days"]),
        piece,
        re.compile("|".join(data["vague"])),
    )
