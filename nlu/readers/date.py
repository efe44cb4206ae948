"""A day or a time: 大后天下午三点, 上周五, 腊月二十八, 这个月十五号, 前天晚上, 半小时前."""

import re
from datetime import datetime

from nlu.dates.day import day_words
from nlu.dates.finding import find_date, local_time
from nlu.dates.month_day import find_impossible
from nlu.dates.periods import find_period
from nlu.heard import heard_numbers
from nlu.no_value import why_not
from nlu.normalise import normalise
from nlu.reading import Expectation, NotRead, Reading

_VAGUE = re.compile(
    r"几[天日号]|过段|过一?阵|过些|前一?阵|前段|前些|这段|这阵|最近|近来|早就|老早|很早|很久|好久|周末|[上下这本]个?(?:月|周|星期|礼拜|季度)"
    r"|(?:去|今|前|明|后)年(?![0-9零一二三四五六七八九十])|年[前后底初]|[春夏秋冬]天|开春|入[夏秋冬]|节[前后]|过年|过节"
    r"|[农阴]历|正月|冬月|腊月|[上中下]旬|[早中晚午]饭|以后|[以之]?内(?:$|[，。])|到时候|说不定|不一定|看情况|没定|[0-9一二三四五六七八九十]月|[0-9零一二三四五六七八九]年"
)


def _heard_days(text: str) -> str:
    """The text with 名天 for 明天 put right; of the same length."""
    for day, wrong in day_words()["misheard"].items():
        for each in wrong:
            text = text.replace(each, day)
    return text


def read_date(text: str, *, expectation: Expectation, at: datetime) -> Reading | NotRead:
    """The day or time as `{"candidates": ["2026-11-18"], "grain": "day"}` in local time, the best first.

    `grain` is day, hour (五点多), minute, or timeofday where only the clock was told. `calendar` is "lunar" where the
    lunar calendar was used, `part` the part of the day where it was named without an hour. Where the question asks for
    no more, the first day of a period is told, and `grain` is week, ten_days, month, quarter, half_year or year.
    """
    plain = normalise(text)
    words = heard_numbers(_heard_days(plain.text))
    found = find_date(words, at=at, prefer=expectation.prefer, asked=expectation.asked)
    if found is not None:
        return found.reading(plain, words)
    period = find_period(words, today=local_time(at).date(), prefer=expectation.prefer) if expectation.periods else None
    if period is not None:
        return period.reading(plain, words)
    impossible = find_impossible(words, today=local_time(at).date())
    if impossible:
        return NotRead(reason="invalid", span=plain.span(impossible.start(), impossible.end()))
    return why_not(plain, otherwise="vague" if _VAGUE.search(plain.text) else "not_an_answer")
