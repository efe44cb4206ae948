"""Blood pressure: 高压一百五低压九十, 150/90, 一百二八十, 上面一百三十五下面八十五."""

import re
from collections.abc import Iterator
from datetime import datetime
from itertools import pairwise

from nlu.found import CERTAIN, LIKELY, Found, latest
from nlu.heard import heard_numbers
from nlu.no_value import why_not
from nlu.normalise import normalise
from nlu.numerals import Numeral, find_numerals
from nlu.reading import Expectation, NotRead, Reading, Reason

# mmHg that a cuff can show on a living person.
SYSTOLIC = (60, 280)
DIASTOLIC = (30, 180)

_HIGH = re.compile(r"高压|收缩压|上压|上[面头边]的?|顶上的?|高的|高是")
_LOW = re.compile(r"低压|舒张压|下压|下[面头边]的?|底[下压]的?|底压|低的|低是")
_BETWEEN = re.compile(r"\s*(?:[/,，、;；。]|比|到|和|杠|跟|、|-|~|毫米汞柱|一个|是|压)*\s*")
# 一三五八五: both figures digit by digit, the lower one of two digits or three.
_RUN_TOGETHER = re.compile(r"[1-2][0-9]{2}(?=[0-9]{2,3}$)")
_RATE = re.compile("[多来几]?(?:岁|块|元|斤|天|号|个|次|下)")  # an age, a weight, a pulse
_WORDS_ONLY = re.compile(r"几|正常|偏高|偏低|有[一]?点儿?[高低]|不高|不低|还行|还可以|稳定|控制|挺好|蛮好|高血压")


def read_blood_pressure(text: str, *, expectation: Expectation, at: datetime) -> Reading | NotRead:
    """The pressure as `{"systolic": 150, "diastolic": 90}` in mmHg; what was not said is None."""
    del expectation, at
    plain = normalise(text)
    words = heard_numbers(plain.text)
    found = latest(words, find_blood_pressure)
    if found is None:
        return why_not(plain, otherwise=_without_a_pair(plain.text))
    high, low = found.value["systolic"], found.value["diastolic"]
    if not _possible(high, SYSTOLIC) or not _possible(low, DIASTOLIC) or (high and low and high <= low):
        return NotRead(reason="invalid", span=plain.span(found.start, found.end))
    return found.reading(plain, words)


def _without_a_pair(text: str) -> Reason:
    """有点高，一百七 is a beginning: which of the two figures it is was not said, and the other is missing."""
    figures = [each for each in find_numerals(text) if _plausible(each, True)]
    if len(figures) == 1 and not _RATE.match(text, figures[0].end):
        return "incomplete"
    return "vague" if _WORDS_ONLY.search(text) else "not_an_answer"


def find_blood_pressure(text: str) -> Found | None:
    """The pressure in a normalised text: by its words, else as two figures next to each other."""
    numerals = [each for each in find_numerals(text) if each.value == int(each.value)]
    figures = [figure for each in numerals for figure in _parted(each)]
    high, low = _named(text, figures, _HIGH), _named(text, figures, _LOW)
    if high is None and low is None:
        return _pair(text, figures)
    if high is None or low is None:
        named = high or low
        others = [each for each in figures if each is not named and _plausible(each, high is None)]
        high, low = (high or next(iter(others), None)), (low or next(iter(others), None))
    present = [each for each in (high, low) if each]
    start, end = min(each.start for each in present), max(each.end for each in present)
    value = {"systolic": int(high.value) if high else None, "diastolic": int(low.value) if low else None}
    return Found(value, start, end, CERTAIN if high and low else LIKELY)


def _parted(figure: Numeral) -> Iterator[Numeral]:
    """The two figures of one that was said digit by digit: 一三五八五 is 135 and 85."""
    upper = _RUN_TOGETHER.match(figure.digits)
    if upper is None or len(figure.digits) != figure.end - figure.start:
        yield figure
        return
    middle = figure.start + upper.end()
    yield Numeral(float(upper.group()), figure.start, middle)
    yield Numeral(float(figure.digits[upper.end() :]), middle, figure.end)


def _named(text: str, figures: list[Numeral], name: re.Pattern[str]) -> Numeral | None:
    """The first figure after the name, unless the other name stands between."""
    other = _LOW if name is _HIGH else _HIGH
    for match in name.finditer(text):
        before = next((each for each in figures if text[each.end : match.start()] in ("的", "是")), None)
        if before is not None:
            return before  # 一百六的高压
        for figure in figures:
            if figure.start >= match.end():
                if not other.search(text, match.end(), figure.start):
                    return figure
                break
    return None


def _pair(text: str, figures: list[Numeral]) -> Found | None:
    for first, second in pairwise(figures):
        if _BETWEEN.fullmatch(text, first.end, second.start) and _plausible(first, True) and _plausible(second, False):
            value = {"systolic": int(first.value), "diastolic": int(second.value)}
            return Found(value, first.start, second.end, CERTAIN)
    return None


def _plausible(figure: Numeral, systolic: bool) -> bool:
    low, high = SYSTOLIC if systolic else DIASTOLIC
    return low <= figure.value <= high


def _possible(value: int | None, bounds: tuple[int, int]) -> bool:
    return value is None or bounds[0] <= value <= bounds[1]
