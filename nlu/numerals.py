"""Numerals as people say and write them: 三百五, 两千零三十, 3万4000, 一七二零, 廿二, 一百零一点五, 三四十."""

import re
from dataclasses import dataclass
from functools import lru_cache

from nlu import lexicon

DIGIT_VALUES = {
    **{str(digit): digit for digit in range(10)},
    **{character: digit for digit, character in enumerate("零一二三四五六七八九")},
    **{"〇": 0, "幺": 1, "两": 2, "俩": 2, "仨": 3, "参": 3},
    **{character: digit for digit, character in enumerate("壹贰叁肆伍陆柒捌玖", start=1)},
}
UNIT_VALUES = {"十": 10, "百": 100, "千": 1000, "万": 10**4, "亿": 10**8, "兆": 10**12, "拾": 10, "佰": 100, "仟": 1000}
TENS = {"廿": 2, "卅": 3, "卌": 4}
# Two digits before a unit that mean about so many.
IDIOMS = {"三五": (3.0, 5.0), "三两": (2.0, 3.0)}
# Surnames and words of their own unless more of a number stands beside them.
NEVER_ALONE = frozenset("壹贰叁参肆伍陆柒捌玖拾佰仟百千万亿兆")
DIGIT_CLASS = "".join(DIGIT_VALUES)
UNIT_CLASS = "".join((*UNIT_VALUES, *TENS))
NUMERAL_CLASS = DIGIT_CLASS + UNIT_CLASS
# A number does not end where one of these follows: 一百二八十 is 一百二 and 八十.
UNITS_NEVER_FIRST = frozenset("十百千拾佰仟")
# Longer runs are noise; the bound keeps the search for the longest numeral short.
LONGEST_NUMERAL = 40
LONGEST_UNIT = 3  # characters after a number that tell what it counts: 个星期

_RUN = re.compile(
    rf"[0-9]{{1,3}}(?:,[0-9]{{3}})+(?![0-9])(?:\.[0-9]+)?[百千万亿]*"
    rf"|(?<![0-9] )[0-9]{{1,3}}(?: [0-9]{{3}}){{2,}}(?![0-9]| [0-9])"
    rf"|[{NUMERAL_CLASS}]+(?:[点.][{NUMERAL_CLASS}]+)?"
)
# 二两 is a weight, 两 its unit; only 一两 is "one or two".
_LIANG_AFTER_A_DIGIT = re.compile(r"[0-9零〇二三四五六七八九两俩仨]两(?![百千万亿])")
# 三百一个月, 两千四一年: so much for one of them; nobody says 三百一 for 310 before these.
_ONE_OF_A_TIME = re.compile(
    r"(?<=[百千万亿])[二两三四五六七八九]?一(?=个?(?:月|星期|礼拜|小时|钟头|季度)|[年天晚季周趟])"
)
# 八十有三: the old way to tell an age; 十有八九 is a share.
_AND = re.compile(r"(?<=十)[有又](?=[一二三四五六七八九](?![一二三四五六七八九]|分之))")
# 12千米 is twelve kilometres, not twelve thousand metres.
_THOUSAND_IN_A_UNIT = re.compile(r"千(?=[米克瓦卡伏帕])")


@dataclass(frozen=True, slots=True)
class Numeral:
    """A number found at `text[start:end]`.

    `digits` are its digits when it was said or written digit by digit, "" otherwise. `upto` is the upper end of an
    approximate number: 三四十 is 30 up to 40.
    """

    value: float
    start: int
    end: int
    digits: str = ""
    upto: float | None = None


def find_numerals(text: str) -> list[Numeral]:
    """Every numeral of a normalised text, longest first at each place, words such as 一定 and 万一 left out."""
    masked = _AND.sub("零", _not_numbers().sub(lambda word: "\0" * len(word[0]), text))
    found: list[Numeral] = []
    for run in _RUN.finditer(masked):
        found.extend(_numerals_of_run(masked, run.start(), run.end()))
    return found


def read_numeral(words: str) -> Numeral | None:
    """The number that all of `words` are, or None."""
    if len(words) > LONGEST_NUMERAL or words in NEVER_ALONE or not _RUN.fullmatch(words):
        return None
    if _LIANG_AFTER_A_DIGIT.search(words):
        return None
    plain = words.replace(",", "").replace(" ", "")
    tokens = _tokens(plain)
    value = _value(tokens) if tokens else None
    if value is None:
        return None
    digits = "".join(str(DIGIT_VALUES[each]) for each in plain) if all(each in DIGIT_VALUES for each in plain) else ""
    low, high = value
    return Numeral(low, 0, len(words), digits, high)


def read_count(words: str) -> Numeral | None:
    """As `read_numeral`, for words before a unit: 三四 in 三四天 is 3 up to 4, never 34."""
    if words in IDIOMS:
        return Numeral(IDIOMS[words][0], 0, len(words), "", IDIOMS[words][1])
    if _is_approximate(words):
        return Numeral(_arabic(words[0]), 0, len(words), "", _arabic(words[1]))
    return read_numeral(words)


def as_digits(words: str) -> str:
    """Chinese and Arabic digits as Arabic ones, other characters left out."""
    return "".join(str(DIGIT_VALUES[each]) for each in words if each in DIGIT_VALUES)


def _numerals_of_run(text: str, start: int, end: int) -> list[Numeral]:
    found: list[Numeral] = []
    price = _ONE_OF_A_TIME.search(text, start, end + LONGEST_UNIT)
    if price and start < price.end() - 1 and price.end() <= end:
        one = price.end() - 1
        return [*_numerals_of_run(text, start, one), *_numerals_of_run(text, one, end)]
    while start < end:
        for stop in range(min(end, start + LONGEST_NUMERAL), start, -1):
            if _cut_badly(text, stop):
                continue
            numeral = read_numeral(text[start:stop])
            if numeral:
                found.append(Numeral(numeral.value, start, stop, numeral.digits, numeral.upto))
                start = stop + bool(_LIANG_AFTER_A_DIGIT.match(text, stop - 1))
                break
        else:
            start += 1
    return found


def _cut_badly(text: str, stop: int) -> bool:
    """Whether no number can end before `stop`: a unit would follow, or the unit before belongs to 千米."""
    if _THOUSAND_IN_A_UNIT.match(text, stop - 1):
        return True
    return text[stop : stop + 1] in UNITS_NEVER_FIRST and not _THOUSAND_IN_A_UNIT.match(text, stop)


def _tokens(words: str) -> list[int | str]:
    """Units as integers, digit runs as they stand, with "." for the point; empty where it is no numeral."""
    tokens: list[int | str] = []
    for character in words:
        if character in UNIT_VALUES:
            tokens.append(UNIT_VALUES[character])
        elif character in TENS:
            tokens.extend(("零一二三四"[TENS[character]], 10))
        elif tokens and isinstance(tokens[-1], str):
            tokens[-1] += "." if character == "点" else character
        elif character in ".点":
            if not tokens:
                return []
            tokens.append("零.")
        else:
            tokens.append(character)
    if any(isinstance(token, str) and (token.endswith(".") or token.count(".") > 1) for token in tokens):
        return []
    return [] if tokens[0] in (10**4, 10**8, 10**12) else tokens


Range = tuple[float, float | None]


def _value(tokens: list[int | str]) -> Range | None:
    """The value of a token list and the upper end if approximate; None where it is no well-formed number."""
    units = [token for token in tokens if isinstance(token, int)]
    if not units:
        return (_arabic(str(tokens[0])), None) if len(tokens) == 1 else None
    unit = max(units)
    place = max(index for index, token in enumerate(tokens) if token == unit)
    left = _before(tokens[:place], unit)
    right = _after(tokens[place + 1 :], unit)
    if left is None or right is None:
        return None
    if left[1] is not None:
        return (left[0] * unit, left[1] * unit) if right == (0.0, None) else None
    low = left[0] * unit + right[0]
    return _exact(low), None if right[1] is None else _exact(left[0] * unit + right[1])


def _before(tokens: list[int | str], unit: int) -> Range | None:
    """How many of a unit: 三 before 十, 三四 before 万; 十, 百, 千 take one spoken digit or Arabic digits below 100."""
    if not tokens:
        return 1.0, None
    first = tokens[0]
    if len(tokens) == 1 and isinstance(first, str):
        if _is_approximate(first):
            return _arabic(first[0]), _arabic(first[1])
        if unit < 10**4 and ((_is_spoken(first) and len(first) > 1 and "." not in first) or _arabic(first) >= 100):
            return None
    elif unit < 10**4:
        return None
    return _value(tokens)


def _after(tokens: list[int | str], unit: int) -> Range | None:
    """What follows the largest unit: 一万三 → 3000, 一万零三 → 3, 四百五六 → 50 up to 60; None if not well formed."""
    if not tokens:
        return 0.0, None
    first = tokens[0]
    if isinstance(first, str):
        skipped = DIGIT_VALUES[first[0]] == 0
        if len(tokens) == 1 and not skipped:
            whole, _, decimals = first.partition(".")
            step = unit // 10
            if len(whole) == 1:
                return _arabic(whole) * step + (_arabic("0." + decimals) if decimals else 0.0), None
            if _is_approximate(first):
                return _arabic(whole[0]) * step, _arabic(whole[1]) * step
        if skipped and len(tokens) > 1:
            tokens = [first[1:], *tokens[1:]] if len(first) > 1 else tokens[1:]
    rest = _value(tokens)
    return rest if rest is not None and (rest[1] or rest[0]) < unit else None


def _arabic(digits: str) -> float:
    return float("".join("." if each == "." else str(DIGIT_VALUES[each]) for each in digits))


def _is_spoken(digits: str) -> bool:
    return not any(each.isascii() and each.isdigit() for each in digits)


def _is_approximate(digits: str) -> bool:
    """Whether two digits in a row mean "one or the other": 三四, 七八."""
    if len(digits) != 2 or not _is_spoken(digits) or not all(each in DIGIT_VALUES for each in digits):
        return False
    return DIGIT_VALUES[digits[0]] > 0 and DIGIT_VALUES[digits[1]] - DIGIT_VALUES[digits[0]] == 1


def _exact(value: float) -> float:
    """Without the dust of binary fractions: 2300.1, not 2300.1000000000004."""
    return round(value, 9)


@lru_cache(maxsize=1)
def _not_numbers() -> re.Pattern[str]:
    words = lexicon.load("not_numbers.yaml")
    anywhere = "|".join(sorted(map(re.escape, words["anywhere"]), key=len, reverse=True))
    alone = "|".join(sorted(map(re.escape, words["alone"]), key=len, reverse=True))
    not_after, not_before = rf"(?<![{NUMERAL_CLASS}点.])", rf"(?![{NUMERAL_CLASS}钟之半])"
    return re.compile(rf"(?<![{NUMERAL_CLASS}])(?:{anywhere})|{not_after}(?:{alone}){not_before}")
