"""A bare number: how many, how much, without a unit that matters."""

import math
import re
from dataclasses import replace
from datetime import datetime
from itertools import pairwise

from nlu.digits import find_runs
from nlu.found import APPROXIMATE, CERTAIN, LIKELY, Found, latest
from nlu.heard import heard_numbers
from nlu.no_value import says_unknown, why_not
from nlu.normalise import normalise
from nlu.numerals import DIGIT_VALUES, NUMERAL_CLASS, Numeral, find_numerals, read_count, read_numeral
from nlu.reading import Expectation, NotRead, Reading

# Said alone they are figures; 参 and 两 are too often something else.
FIGURES = {figure: float(value) for value, figure in enumerate("壹贰叁肆伍陆柒捌玖拾", start=1)}
_SILENT = re.compile(r"^[\s，,]+|[\s，,。.！!？?]+$")
# 洞 and 拐 are said for digits among digits only.
_RADIO = re.compile("(?=.*[洞拐])[零一二两三四五六七八九幺洞拐勾]{2,}")
_N = f"[{NUMERAL_CLASS}][{NUMERAL_CLASS}点.]*"
_MINUS = re.compile(rf"(?:负的?|零下|(?<![0-9{NUMERAL_CLASS}号楼室])(?<![0-9{NUMERAL_CLASS}]\s)[-−])\s*$")
_MIXED = re.compile(rf"(?:({_N})又)?({_N}|[百千万])分之({_N})")
_SHARES = {"百": 100.0, "千": 1000.0, "万": 10000.0}
_SLASH = re.compile(r"(?:([0-9]+)\s+)?(?<![0-9/])([0-9]{1,4})/([0-9]{1,4})(?![0-9/])")
_POWER = re.compile(r"(?<![0-9.A-Za-z])([0-9]+(?:\.[0-9]+)?)\s?(\^|[eE])\s?([+-]?[0-9]{1,2})(?![0-9A-Za-z])")
# Powers and magnitudes beyond these nobody says.
LARGEST_EXPONENT = 15
_MAGNITUDES = {"k": 1e3, "K": 1e3, "w": 1e4, "W": 1e4, "M": 1e6, "G": 1e9, "B": 1e9, "T": 1e12}
_MAGNITUDE = re.compile(r"\s?([kKwWMGBT])(?![A-Za-z0-9])")
_PERCENT = re.compile(r"\s*[%％]")
_TENTHS = re.compile(rf"({_N})成(半|[{NUMERAL_CLASS}])?(?![{NUMERAL_CLASS}年员功都了就])")
# 一双 is two, 一打 is twelve.
_SETS = {"双": 2, "对": 2, "打": 12}
_SET = re.compile(r"([双对打])(半)?(?![电开扫不方的])")
_HALF_MORE = re.compile(
    r"(?:[个岁斤块碗顿杯口筐桶包件间亩片粒瓶年月天里米亩趟袋盒度包两元]|公斤|小时)?半(?![天夜年月路个块])"
)
_SCALES = {"百": 100, "千": 1000, "万": 10**4, "亿": 10**8}
_RANGE = re.compile(r"\s*[个岁天]?\s*(?:到|至|[-~—–]+|或者?是?)\s*")
# 十几, 几十, 好几百, 数千: of the right kind, but no value.
_SOME_MORE = re.compile(r"好?几")
_SOME = re.compile(r"[几数]$")
_HALF = re.compile(r"半百|一半|^半$|半(?=[个斤碗片粒瓶盒袋颗包吨岁升米亩里两块克]|公斤)")
_POINT = re.compile(r"(?<![^\s,，])点$")  # 点五: the nought unsaid
_CHILDREN = re.compile(r"([一二两三四五])儿([一二两三四五])女")
_TOTAL = re.compile(r"一家(?=[^，,]{1,2}口)|[一总]共|合计|加起来|拢共|统共|全部是|加一起")
# 十来万, 三千多万: about so many of the larger unit.
_SCALED = re.compile(r"(?:[来多余]|(?<=[0-9]) )([百千]?[万亿])")
# 千把块: about a thousand.
_ABOUT = re.compile(r"(?<![0-9零一二三四五六七八九十几两])([百千万])把(?=[个块元斤人户里亩次家])")
_COUNTED = re.compile(r"[个口位人岁斤块元片粒瓶盒次回趟天年家户条只头亩里盏台间套辆张份顿]")
_MORE = re.compile(r"[多来几余]|左右|上下|开外|出头|以上|以下")
_NONE = re.compile(
    r"^[没冇无][有得]?[人个的了啊呀呢哦，。]*$|(?:一个|半个)[人]?[都也]?(?:没|冇|不)"
    r"|一[个位口条只头顿次回片粒瓶盒件间辆台张份滴点][^，。]{0,3}?[都也]?(?:没|冇)"
)
# 一条大的两条小的: the kinds of what was counted.
_KINDS = re.compile(r"\s*[个只条头口位辆间亩瓶盒件张][大小公母男女老新旧黑白红]的?[，、,和跟加\s]*")
_VAGUE = re.compile(r"几|上[百千万]|成[百千]|好些|好多|不少|很多|许多|若干|一些|没多少|没几")


def read_number(text: str, *, expectation: Expectation, at: datetime) -> Reading | NotRead:
    """The number that was said, as a float; of a range or an approximation the upper end."""
    del expectation, at
    plain = normalise(text)
    words = heard_numbers(plain.text)
    if children := _CHILDREN.fullmatch(_SILENT.sub("", plain.text)):
        total = sum(DIGIT_VALUES[each] for each in children.groups())
        return Reading(value=float(total), span=plain.span(0, len(plain.text)), confidence=LIKELY)
    if _NONE.search(plain.text):
        return Reading(value=0.0, span=plain.span(0, len(plain.text)), confidence=LIKELY)
    found = _single_figure(words) or latest(words, find_number)
    if found is not None and not says_unknown(words):
        return found.reading(plain, words)
    return why_not(plain, otherwise="vague" if _VAGUE.search(plain.text) else "not_an_answer")


def _single_figure(text: str) -> Found | None:
    """A reply of one character that is a surname or a word elsewhere (伍, 拾), or of spoken digits only: 幺洞洞."""
    words = _SILENT.sub("", text)
    start = text.find(words)
    if words in FIGURES:
        return Found(FIGURES[words], start, start + len(words), LIKELY)
    runs = find_runs(words) if _RADIO.fullmatch(words) else []
    if len(runs) == 1 and runs[0][0].start == 0 and runs[0][-1].end == len(words):
        return Found(float("".join(group.digits for group in runs[0])), start, start + len(words), LIKELY)
    return None


def find_number(text: str) -> Found | None:
    """The first number of a normalised text, or that after 一共; of a range such as 三到五 its upper end."""
    numbers = find_numbers(text)
    total = _TOTAL.search(text)
    if total:
        numbers = [each for each in numbers if each.start >= total.end()] or numbers
    if len(numbers) > 1:
        first, second = numbers[:2]
        if _RANGE.fullmatch(text, first.end, second.start) and first.value < second.value:
            return Found(second.value, first.start, second.end, APPROXIMATE)
    if len(numbers) > 1 and all(_KINDS.match(text, each.end) for each in numbers):
        joined = all(_KINDS.fullmatch(text, one.end, other.start) for one, other in pairwise(numbers))
        if joined:
            together = sum(float(each.value) for each in numbers)
            return Found(together, numbers[0].start, numbers[-1].end, LIKELY)
    return numbers[0] if numbers else None


def find_numbers(text: str, *, measured: bool = True) -> list[Found]:
    """Every number of a normalised text in order: fractions, shares, signs and halves taken in.

    With `measured` a number reaches over its measure word: 八岁半 is 8.5, 一双 is 2.
    """
    about = [Found(float(_SCALES[each[1]]), each.start(), each.end(), APPROXIMATE) for each in _ABOUT.finditer(text)]
    found = [*_fractions(text), *_halves(text), *about]
    for numeral in find_numerals(text):
        taken = any(each.start < numeral.end and numeral.start < each.end for each in found)
        some = _SOME.search(text[: numeral.start]) or _SOME_MORE.match(text, numeral.end)
        if not taken and not some:
            found.append(_extended(text, numeral, measured=measured))
    return sorted(found, key=lambda each: each.start)


def _extended(text: str, numeral: Numeral, *, measured: bool) -> Found:
    """A numeral with its sign, its half and its set: 负三, 八岁半, 一双, 5%."""
    if _COUNTED.match(text, numeral.end):
        numeral = replace(
            read_count(text[numeral.start : numeral.end]) or numeral, start=numeral.start, end=numeral.end
        )
    if numeral.digits and _POINT.search(text[: numeral.start]):
        return Found(float(f"0.{numeral.digits}"), numeral.start - 1, numeral.end, LIKELY)
    value, start, end = numeral.value if numeral.upto is None else numeral.upto, numeral.start, numeral.end
    confidence = CERTAIN if numeral.upto is None else APPROXIMATE
    if scaled := _SCALED.match(text, end):
        exact = text[end] == " "
        value, end = value * math.prod(_SCALES[unit] for unit in scaled[1]), scaled.end()
        confidence = confidence if exact else min(confidence, LIKELY)
    if percent := _PERCENT.match(text, end):
        value, end = value / 100, percent.end()
    elif measured and text[end - 1].isascii() and (large := _MAGNITUDE.match(text, end)):
        value, end = value * _MAGNITUDES[large[1]], large.end()
    elif measured and (several := _SET.match(text, end)):
        value, end = (value + 0.5 * bool(several[2])) * _SETS[several[1]], several.end()
    elif (half := _HALF_MORE.match(text, end)) and (measured or half[0] == "半"):
        value, end = value + 0.5 * _SCALES.get(text[end - 1] if half[0] == "半" else "", 1), half.end()
    elif _MORE.match(text, end):
        confidence = min(confidence, LIKELY)
    if minus := _MINUS.search(text[:start]):
        value, start = -value, minus.start()
    return Found(round(value, 9), start, end, confidence)


def _fractions(text: str) -> list[Found]:
    found = []
    for match in _MIXED.finditer(text):
        whole, above = read_numeral(match[1] or "零"), read_numeral("一百" if match[3] == "百" else match[3])
        below = _SHARES.get(match[2]) or getattr(read_numeral(match[2]), "value", 0.0)
        if whole and above and below:
            found.append(_share(match, whole.value + above.value / below))
    for match in _POWER.finditer(text):
        if abs(int(match[3])) <= LARGEST_EXPONENT:
            base, exponent = float(match[1]), int(match[3])
            found.append(_share(match, base**exponent if match[2] == "^" else base * 10.0**exponent))
    for match in _SLASH.finditer(text):
        if int(match[3]):
            found.append(_share(match, int(match[1] or 0) + int(match[2]) / int(match[3])))
    for match in _TENTHS.finditer(text):
        tenths = read_numeral(match[1])
        if tenths and tenths.value <= 10:
            more = 0.5 if match[2] == "半" else (read_numeral(match[2]) or tenths).value if match[2] else 0.0
            found.append(_share(match, tenths.value / 10 + more / (10 if match[2] == "半" else 100)))
    return found


def _share(match: re.Match[str], value: float) -> Found:
    minus = _MINUS.search(match.string[: match.start()])
    return Found(round(-value if minus else value, 9), minus.start() if minus else match.start(), match.end())


def _halves(text: str) -> list[Found]:
    return [
        Found(50.0 if half[0] == "半百" else 0.5, half.start(), half.end())
        for half in _HALF.finditer(text)
        if not re.search(rf"[{NUMERAL_CLASS}个]$", text[: half.start()])
    ]
