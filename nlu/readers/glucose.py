"""Blood glucose: 空腹七点八, 饭后两小时十一个, 6.1."""

import re
from datetime import datetime

from nlu.found import APPROXIMATE, LIKELY, Found, latest
from nlu.heard import heard_numbers
from nlu.no_value import why_not
from nlu.normalise import normalise
from nlu.numerals import DIGIT_VALUES, read_count
from nlu.readers.number import find_numbers
from nlu.reading import Expectation, NotRead, Reading

# mmol/L that a meter shows (0.6 to 33.3); 40 and more is told in mg/dL, up to 100 only where that is said: 九十五 alone
# may be a pressure.
POSSIBLE_MMOL_L = (0.6, 35.0)
LOWEST_MG_DL = 40.0
SURELY_MG_DL = 100.0
MG_DL_PER_MMOL_L = 18.0

_IN_MG_DL = re.compile("毫克|mg", re.IGNORECASE)
_FASTING = re.compile(r"空腹|空肚|饭前|餐前|没吃(?:饭|早饭|东西)|早上起来|早晨起来|清早|清早上")
_AFTER_MEAL = re.compile(r"(?:饭|餐|吃)[了过完]?(?:饭|东西)?(?:以|之)?后|吃[完过了]+(?:饭|东西)?")
_RANDOM = re.compile(r"随机|随便|平时|任意")
_WORDS_ONLY = re.compile(r"正常|偏高|偏低|几|不高|不低|还行|还可以|稳定|控制|挺好|蛮好|糖尿病|高")
# 七块八, 七个八: the tenths after a word that stands for the point.
_TENTHS = re.compile(r"[块个]([0-9一二三四五六七八九])(?![0-9一二三四五六七八九十点个])")
# 餐后两小时: when it was measured, not what.
_NOT_A_VALUE = re.compile(r"\s*(?:个)?(?:半)?(?:小时|钟头|点钟|点几|天|次|回|趟|顿|遍|片|月|号|分|年|岁|针|单位|甲)")


def read_glucose(text: str, *, expectation: Expectation, at: datetime) -> Reading | NotRead:
    """The value as `{"mmol_l": 7.8, "when": "fasting"|"after_meal"|"random"|None}`; mg/dL are turned into mmol/L."""
    del at
    plain = normalise(text)
    words = heard_numbers(plain.text)
    found = latest(words, lambda part: find_glucose(part, asked=expectation.asked))
    if found is None:
        return why_not(plain, otherwise="vague" if _WORDS_ONLY.search(plain.text) else "not_an_answer")
    low, high = POSSIBLE_MMOL_L
    if not low <= found.value["mmol_l"] <= high:
        return NotRead(reason="invalid", span=plain.span(found.start, found.end))
    return found.reading(plain, words)


def find_glucose(text: str, *, asked: str = "") -> Found | None:
    """The first figure of a normalised text that is not a time, with the meal it belongs to."""
    for number in find_numbers(text, measured=False):
        if _NOT_A_VALUE.match(text, number.end):
            continue
        value, confidence = float(number.value), number.confidence
        about = read_count(text[number.start : number.end])
        if about is not None and about.upto is not None:  # 六七点的样子
            value, confidence = about.upto, APPROXIMATE
        elif tenths := _TENTHS.match(text, number.end):
            value += DIGIT_VALUES[tenths[1]] / 10
        if value >= (LOWEST_MG_DL if _IN_MG_DL.search(text) else SURELY_MG_DL):
            value = round(value / MG_DL_PER_MMOL_L, 1)
        when = _when(text[: number.start]) or _when(text[number.end :]) or _when(asked)
        more = text[number.end : number.end + 2].strip("个").startswith("多")
        confidence = min(confidence, LIKELY) if more else confidence
        return Found({"mmol_l": value, "when": when}, number.start, number.end, confidence)
    return None


def _when(words: str) -> str | None:
    """The meal named last, for it is the nearest before a figure."""
    named = [
        (match.start(), when)
        for pattern, when in ((_FASTING, "fasting"), (_AFTER_MEAL, "after_meal"), (_RANDOM, "random"))
        for match in pattern.finditer(words)
    ]
    return max(named)[1] if named else None
