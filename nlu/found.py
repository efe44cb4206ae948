"""A value found in a normalised text, and which of several statements counts when a speaker corrects themselves."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from nlu.normalise import Normalised
from nlu.reading import Reading

# What such readings measured on the open answer cases, see docs/answers.md.
CERTAIN = 0.95
LIKELY = 0.8
# One of two or more readings that are about as good; below 0.5 so that it is read back.
APPROXIMATE = 0.45

_CORRECTION = re.compile(
    r"不是[^，,。；;？?]{1,14}[，,。]?(?:而)?是(?!不)"
    r"|(?<=[，,。…])(?:不|不是|错)(?=[，,。…])|不对不对|不对|(?:我|又|给)?(?:说|记|搞|弄|报|讲|念|看|写)(?:错|倒|反|岔|颠倒|串)(?:了|哒|咯|咧)?|错了|[哦噢喔啊呃额]不是|[哦噢喔啊呃额]不"
    r"|(?<![是对])不是(?=[，,。…\s、])|不不不?|应该是|更正|改成|纠正|重新说|重说|(?:我)?再说一遍"
)


@dataclass(frozen=True, slots=True)
class Found:
    """A value at `text[start:end]` of a normalised text."""

    value: Any
    start: int
    end: int
    confidence: float = CERTAIN

    def reading(self, plain: Normalised, heard: str | None = None) -> Reading:
        """The same with its span in the text as it was given; less sure where `heard` had to be put right."""
        confidence = self.confidence if heard in (None, plain.text) else min(self.confidence, LIKELY)
        return Reading(value=self.value, span=plain.span(self.start, self.end), confidence=confidence)


def restarts(text: str) -> Iterator[int]:
    """Where the speaker starts again after a correction, the latest first, and 0 at the end."""
    for marker in reversed(list(_CORRECTION.finditer(text))):
        yield marker.end()
    yield 0


_ESTIMATE = re.compile(
    r"(?:不到|快|将近|差不多|接近|有小|大概|约莫|原先|原来|以前|从前|去年)[^，,。；;]*[，,。；;]|[^，,。；;]{1,8}(?:不到|左右|上下)[，,。；;]"
)
_FIGURE = re.compile("[0-9零一二两三四五六七八九十百千万半]")
# 一百一十来斤，三里多，三个多小时，大半个月: rough, with what is counted, said again exactly behind a pause.
_ROUGH = re.compile(
    rf"[^，,。；;]{{0,5}}?(?:{_FIGURE.pattern}+个?[多来]个?(?P<counted>(?!了)[\u4e00-\u9fff])"
    rf"|{_FIGURE.pattern}+个?(?P<counted_before>[\u4e00-\u9fff]){{1,2}}多|大半|小半|{_FIGURE.pattern}+多了?(?=[，,]))[^，,。；;]{{0,3}}[，,。；;]"
)
# Behind 八十多了 the exact figure stands alone: a single digit would count something else.
_ALONE = re.compile(rf"(?:嗯|哦|具体|准确|应该|今年|就|是|[，,\s])*{_FIGURE.pattern}{{2,}}")


def after_an_estimate(text: str) -> int:
    """Where the exact figure begins that follows an estimate or a former one: 快九十了，今年八十九. 0 if none does."""
    rough = _ROUGH.match(text)
    if rough is not None:
        counted = rough["counted"] or rough["counted_before"] or ""
        exact_figure = re.compile(f"{_FIGURE.pattern}[^，,。；;]{{0,3}}{counted}")
        again = exact_figure.search(text, rough.end()) if counted else _ALONE.match(text, rough.end())
        return rough.end() if again else 0
    estimate = _ESTIMATE.match(text)
    exact = estimate is not None and _FIGURE.search(estimate[0]) and _FIGURE.search(text, estimate.end())
    return estimate.end() if estimate is not None and exact else 0


def latest(text: str, find: Callable[[str], Found | None]) -> Found | None:
    """What `find` finds after the latest correction that is followed by a value: "三号，不对，四号" is 四号."""
    for start in dict.fromkeys((*list(restarts(text))[:-1], after_an_estimate(text), 0)):
        found = find(text[start:])
        if found is not None:
            return replace(found, start=found.start + start, end=found.end + start)
    return None
