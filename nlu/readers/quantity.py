"""So much of something: an age, money, a weight, people; 三斤半, 五十元六角三分, 一米七二."""

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache

from nlu import lexicon
from nlu.found import APPROXIMATE, CERTAIN, LIKELY, Found, latest
from nlu.heard import heard_numbers
from nlu.no_value import why_not
from nlu.normalise import normalise
from nlu.numerals import DIGIT_CLASS, NUMERAL_CLASS, as_digits
from nlu.readers.number import find_numbers
from nlu.reading import Expectation, NotRead, Reading

# Parts of one amount stand next to each other: 三斤二两, 十块零五毛.
_BETWEEN = re.compile(r"\s*零?\s*")
_RANGE = re.compile(r"\s*(?:到|至|[-~—–]+)\s*")
_HALF = re.compile(r"半(?![天夜年月路个])")
_MORE = re.compile(r"\s*[多来几]?\s*")
_TENTHS = re.compile(rf"([0-9零一二三四五六七八九]{{1,2}})(?![{NUMERAL_CLASS}点.年月日号个岁天次毛角分两钱])")
_BORN = re.compile(rf"([{DIGIT_CLASS}]{{4}}|[{DIGIT_CLASS}]{{2}})年(?:[^，。]{{0,6}})?(?:生|出生|的(?!时))")
# 一个月三千二, 一年两万: the first figure counts the time.
_COUNTS_TIME = re.compile(r"\s*(?:[年天月日号点周次回季]|个月|星期|礼拜)")
# 五零后 is a generation, no age.
_GENERATION = re.compile(r"[0-9一二三四五六七八九][0零]后")
# From here on a bare weight is told in 斤 and a bare height in centimetres.
_BARE = {"kg": (90.0, "斤"), "m": (3.0, "厘米")}
_VAGUE = re.compile(r"零后|0后|几|好些|好多|不少|很多|许多|一些|没多少|够花|够用|一大把|老了")


@dataclass(frozen=True, slots=True)
class Unit:
    """One way of saying a unit: the unit that it is kept in, and how much of that it is."""

    kept: str
    factor: float
    never_before: re.Pattern[str] | None


@dataclass(frozen=True, slots=True)
class Words:
    """The lexicon of units, ready to match."""

    units: dict[str, Unit]
    unit: re.Pattern[str]
    named: re.Pattern[str]  # 多少斤, 几里, in a question
    before: dict[str, str]
    mark: re.Pattern[str]
    elided: re.Pattern[str]
    asked: tuple[tuple[re.Pattern[str], str], ...]
    tenths: frozenset[str]


@dataclass(frozen=True, slots=True)
class _Amount:
    number: float
    form: str  # the unit as it was said, "" for a bare number
    kept: str
    factor: float
    start: int
    end: int
    confidence: float


def read_quantity(text: str, *, expectation: Expectation, at: datetime) -> Reading | NotRead:
    """The amount as `{"amount": 7.75, "unit": "kg", "said": {"amount": 15.5, "unit": "斤"}}`.

    `unit` is the kept unit of nlu/lexicon/units.yaml; a bare number takes the unit of the question, else None.
    """
    plain = normalise(text)
    words = heard_numbers(plain.text)
    wanted = next((kept for pattern, kept in _words().asked if pattern.search(expectation.asked)), None)
    found = latest(words, lambda part: find_quantity(part, wanted=wanted, at=at, asked=expectation.asked))
    if found is not None:
        return found.reading(plain, words)
    return why_not(plain, otherwise="vague" if _VAGUE.search(plain.text) else "not_an_answer")


def find_quantity(text: str, *, wanted: str | None, at: datetime, asked: str = "") -> Found | None:
    """The first amount of a normalised text in the unit wanted, else with any unit, else the first bare number."""
    amounts = [] if _GENERATION.search(text) else [_in_unit_asked(each, wanted, asked) for each in _amounts(text)]
    if wanted == "year" and not any(each.kept == wanted for each in amounts) and (born := _born(text, at)):
        return born
    wanted_ones = [
        index for index, each in enumerate(amounts) if each.kept == wanted or each.kept in _PARTS.get(wanted, ())
    ]
    bare = [index for index, each in enumerate(amounts) if not each.form and not _COUNTS_TIME.match(text, each.end)]
    with_a_unit = [index for index, each in enumerate(amounts) if each.form]
    chosen = (wanted_ones or (bare if wanted else with_a_unit) or with_a_unit or bare)[:1]
    return _found(amounts, chosen[0], text, wanted) if chosen else None


def _in_unit_asked(amount: _Amount, wanted: str | None, asked: str) -> _Amount:
    """A bare number in the unit that the question names, 多少斤, or in the only one that it can be: 一百二 is in 斤."""
    if amount.form or wanted is None:
        return amount
    named = _words().named.search(asked)
    from_on, other = _BARE.get(wanted, (math.inf, ""))
    form = named["unit"] if named else other if amount.number >= from_on else ""
    unit = _words().units.get(form)
    if unit is None or unit.kept != wanted:
        return amount
    confidence = min(amount.confidence, LIKELY if named else APPROXIMATE)
    return replace(amount, form=form, kept=wanted, factor=unit.factor, confidence=confidence)


def _amounts(text: str) -> list[_Amount]:
    words = _words()
    found = _elided(text)
    if found:
        return found
    for number in find_numbers(text, measured=False):
        if found and (number.start < found[-1].end or _is_a_price(found[-1], number, text)):
            continue
        value, end, form = float(number.value), number.end, ""
        unit_match = words.unit.match(text, _MORE.match(text, end).end())  # type: ignore[union-attr]
        mark = words.mark.search(text[: number.start])
        if unit_match and not _refused(unit_match):
            form, end = unit_match[0], unit_match.end()
            if half := _HALF.match(text, end):
                value, end = value + 0.5, half.end()
            elif form in words.tenths and (tenths := _TENTHS.match(text, end)):
                value, end = value + float("0." + as_digits(tenths[1])), tenths.end()
            kept, factor = words.units[form].kept, words.units[form].factor
        elif mark:
            form = mark[1]
            kept, factor = words.before[form], 1.0
        else:
            kept, factor = "", 1.0
        start = mark.start() if mark and form == mark[1] else number.start
        found.append(_Amount(value, form, kept, factor, start, end, number.confidence))
    return found


def _is_a_price(amount: _Amount, number: Found, text: str) -> bool:
    """Whether the number only says for what time the amount is: 两千四一个月."""
    return number.value == 1 and amount.end == number.start and _COUNTS_TIME.match(text, number.end) is not None


def _elided(text: str) -> list[_Amount]:
    """Amounts of one and a part, the one unsaid: 斤半, 块八, 里把路."""
    words = _words()
    found = []
    for match in words.elided.finditer(text):
        unit = words.units[match["unit"]]
        amount = {"半": 1.5, "把": 1.0}.get(match["part"]) or float("1." + as_digits(match["part"]))
        confidence = APPROXIMATE if match["part"] == "把" else CERTAIN
        found.append(_Amount(amount, match["unit"], unit.kept, unit.factor, match.start(), match.end(), confidence))
    return found


def _refused(match: re.Match[str]) -> bool:
    unit = _words().units[match[0]]
    return unit.never_before is not None and unit.never_before.match(match.string, match.end()) is not None


def _found(amounts: list[_Amount], index: int, text: str, wanted: str | None) -> Found:
    first = amounts[index]
    total, end, confidence = first.number * first.factor, first.end, first.confidence
    after = amounts[index + 1 :]
    if after and not first.form and after[0].form and _RANGE.fullmatch(text, first.end, after[0].start):
        first, after, confidence = after[0], after[1:], APPROXIMATE
        total, end = first.number * first.factor, first.end
    for part in after:
        smaller = part.form and _BETWEEN.fullmatch(text, end, part.start) and _smaller(part, first)
        if not smaller:
            break
        total, end = total + part.number * part.factor * _MONEY.get(part.kept, 1.0), part.end
    said = round(total / first.factor, 9)
    kept = "yuan" if first.kept in _MONEY else first.kept
    amount = round(total * _MONEY.get(first.kept, 1.0), 9)
    value = {"amount": amount, "unit": kept or wanted, "said": {"amount": said, "unit": first.form or None}}
    return Found(value, amounts[index].start, end, confidence if first.form else min(confidence, LIKELY))


# 角 and 分 are money only beside 元 or alone; each is kept as yuan.
_MONEY = {"jiao": 0.1, "fen": 0.01}
_PARTS: dict[str | None, tuple[str, ...]] = {"yuan": tuple(_MONEY)}


def _smaller(part: _Amount, whole: _Amount) -> bool:
    if part.kept in _MONEY:
        return whole.kept == "yuan" or (whole.kept == "jiao" and part.kept == "fen")
    return part.kept == whole.kept and part.factor < whole.factor


def _born(text: str, at: datetime) -> Found | None:
    """An age told as a year of birth, 四八年的; a year may be missing until the birthday."""
    match = _BORN.search(text)
    if match is None:
        return None
    digits = as_digits(match[1])
    year = int(digits) if len(digits) == 4 else 1900 + int(digits)
    age = at.year - year
    if not 0 <= age <= 120:
        return None
    value = {"amount": float(age), "unit": "year", "said": {"amount": float(year), "unit": "年"}}
    return Found(value, match.start(), match.end(), APPROXIMATE)


@lru_cache(maxsize=1)
def _words() -> Words:
    data = lexicon.load("units.yaml")
    units = {
        form: Unit(each["unit"], float(factor), re.compile(each["never_before"]) if "never_before" in each else None)
        for each in data["units"]
        for form, factor in each["forms"].items()
    }
    asked = tuple((re.compile(each["asked"]), str(each["unit"])) for each in data["units"] if "asked" in each)
    unit = "|".join(sorted(map(re.escape, units), key=len, reverse=True))
    return Words(
        units,
        re.compile(unit),
        re.compile(f"(?:多少|几)(?P<unit>{unit})"),
        data["before"],
        re.compile("(" + "|".join(sorted(map(re.escape, data["before"]), key=len, reverse=True)) + r")\s*$"),
        _elided_pattern(data["elided"]),
        asked,
        frozenset(data["tenths"]),
    )


def _elided_pattern(units: Sequence[str]) -> re.Pattern[str]:
    """A unit with nothing that counts it before it, and a half, a tenth or 把 after it; nothing counted after that."""
    names = "|".join(sorted(units, key=len, reverse=True))
    return re.compile(
        rf"(?:(?<=[是花要给买了付约就才卖价钱有重称剩差个多吃喝走交来收])|(?<![^\s,，。.、：:]))(?P<unit>{names})"
        rf"(?P<part>半|把|[{DIGIT_CLASS}]{{1,2}}(?=$|[\s,，。.！!钱吧呢的啊了高]))"
    )
