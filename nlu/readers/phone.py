"""Telephone numbers: written, or told digit by digit with pauses, repeats and corrections half-way."""

import re
from datetime import datetime
from itertools import pairwise

from nlu.digits import Group, find_runs
from nlu.found import CERTAIN, LIKELY, Found, restarts
from nlu.no_value import why_not
from nlu.normalise import normalise
from nlu.reading import Expectation, NotRead, Reading

# Numbers of the mainland: the national numbering plan (工信部《电信网编号计划》2017).
_MOBILE = re.compile(r"1[3-9]\d{9}")
_AREA = re.compile(r"0(?:10|2\d|[3-9]\d{2})[2-9]\d{6,7}")
_SERVICE = re.compile(r"(?:400|800)\d{7}|95\d{3}|100\d{2}|12[0-9]{3}|96\d{3,4}")
_SHORT = re.compile(r"11[0-9]|12[0-2]")
_LOCAL = re.compile(r"[2-8]\d{6,7}")
_ABROAD = re.compile(r"\+(?!86)\d{8,15}|00(?!86)[1-9]\d{7,14}")
_CHINA = re.compile(r"^(?:\+86|0086|86)(?=1[3-9]\d{9}$|0?\d{9,11}$)")
# Best first: what a run of groups may be cut into.
_KINDS = (_MOBILE, _AREA, _ABROAD)
# Short enough to be a part of something else: numbers only where they stand alone.
_SHORT_KINDS = (_SERVICE, _LOCAL, _SHORT)
# A repaired number keeps its length: at most this many last digits are said again.
LONGEST_REPAIR = 8
FULL_LENGTH = 11
# Fewer digits than these are not the beginning of a telephone number.
SHORTEST_BEGINNING = 3
# 后四个对，当间错了，是六零八三: what a mobile number has between its first three digits and its last four.
_IN_THE_MIDDLE = re.compile(r"中间|当间|当中|中段|中头")
_MIDDLE = (3, 7)
_AREA_BEHIND = re.compile(r"[，,、\s]*(?:前面)?(?:加)?区号(?:是)?")
# 十三九零七…: the first two digits told as a number.
_TEN = re.compile(r"(?<![0-9零一二三四五六七八九])十(?=[三四五六七八九][0-9零一二三四五六七八九幺，,\s]{9,})")
# 就是你打的这个, 你不是有我号码吗, 跟这个一样; 不是这个 is another.
_LINE = "(?:[你您恁我俺]们?(?:现在|刚才|今天)?(?:[打拨]来?的?)?)?(?:这|那)(?:个|一个)?(?:手机|电话|座机)?(?:号码?)?"
_THIS_LINE = re.compile(
    f"(?<!不)(?:就|还|也|都)是[^，。]{{0,4}}{_LINE}|^(?:就|用|记|写|填|留|打)?[^，。]{{0,3}}{_LINE}(?:就[行是中好成]|吧|呗|嘛)|^[我俺]?就?[打用]?{_LINE}$"
    f"|(?:[跟和同与])[^，。]{{0,3}}{_LINE}(?:是)?(?:一样|同一个|一个样)|[你您恁]们?(?:那[里儿边]?)?(?:不是|都|早就)?有[我俺](?:的|家)?(?:手机|电话|号码?)"
    "|(?:登记|以前|原来|上次)[^，。]{0,4}(?:那个|号码?)(?:就[行是]|没[换变改])?$"
)
_HAS_NONE = re.compile("(?:没有?|冇得?|没得|不用|不使)(?:用|装|办|买)?(?:手机|电话|座机)(?:号码?)?(?:$|[，。的啊呀])")
_AT_THE_FRONT = re.compile(r"开头|前面|头三|前三")


def read_phone(text: str, *, expectation: Expectation, at: datetime) -> Reading | NotRead:
    """Every number as a list of digit strings, area codes with their 0, 86 left out; corrected ones once, corrected."""
    del expectation, at
    plain = normalise(text)
    found = _area_behind(plain.text) or find_phones(_TEN.sub("一", plain.text))
    if found is not None:
        return found.reading(plain)
    groups = [group for run in find_runs(plain.text) for group in run]
    count = sum(len(group.digits) for group in groups)
    if count >= SHORTEST_BEGINNING:
        span = plain.span(groups[0].start, groups[-1].end)
        return NotRead(reason="incomplete" if count < FULL_LENGTH else "invalid", span=span)
    if none := _HAS_NONE.search(plain.text):
        return NotRead(reason="unknown", span=plain.span(*none.span()))
    this_line = _THIS_LINE.search(plain.text)
    return NotRead(reason="this_line", span=plain.span(*this_line.span())) if this_line else why_not(plain)


def _area_behind(text: str) -> Found | None:
    """八二一二三四五，区号零七一六: the area code told after the number."""
    area = _AREA_BEHIND.search(text)
    before = find_runs(text[: area.start()]) if area else []
    after = find_runs(text[area.end() :]) if area else []
    if area is None or not before or not after:
        return None
    local, code = ("".join(group.digits for group in run) for run in (before[-1], after[0]))
    if not _LOCAL.fullmatch(local) or not _AREA.fullmatch(code + local):
        return None
    return Found([code + local], before[-1][0].start, area.end() + after[0][-1].end)


def find_phones(text: str) -> Found | None:
    """The numbers of a normalised text; after a correction those said last, or the earlier one repaired."""
    starts = list(restarts(text))
    for start, end in zip(starts, [len(text), *starts], strict=False):
        runs = find_runs(text[start:end])
        found = _numbers(_not_denied(runs, text[start:end]), start)
        if found is not None:
            return found
        earlier = find_runs(text[:start])
        for run in reversed(earlier) if start else ():
            if (repaired := _repaired(run, text, start, end)) is not None:
                return repaired
    return _begun_again(find_runs(text))


def _begun_again(runs: list[list[Group]]) -> Found | None:
    """一三七，五五……哪个？放门口。五五幺二，六六四零: what was said before somebody interrupted is said once more."""
    for first, second in pairwise(runs):
        told, more = ("".join(group.digits for group in run) for run in (first, second))
        again = len(told) + len(more) - FULL_LENGTH
        if again > 0 and told.endswith(more[:again]) and _MOBILE.fullmatch(told + more[again:]):
            return Found([told + more[again:]], first[0].start, second[-1].end, LIKELY)
    return None


def _not_denied(runs: list[list[Group]], text: str) -> list[list[Group]]:
    """Without the numbers that were only named to deny them: 是一三九…，不是一三八…."""
    kept = [run for run in runs if not text[: run[0].start].rstrip("，, ").endswith("不是")]
    return kept or runs


def _numbers(runs: list[list[Group]], shift: int) -> Found | None:
    numbers: list[str] = []
    groups: list[Group] = []
    for run in runs:
        for number, used in _cut(run):
            numbers.append(number)
            groups.extend(used)
    if not numbers:
        return None
    misheard = any(group.misheard for group in groups)
    whole = all(len(number) >= FULL_LENGTH - 1 for number in numbers)
    left = sum(len(group.digits) for run in runs for group in run if group not in groups)
    if not whole and left >= SHORTEST_BEGINNING:
        return None  # a part of a longer number that was broken on the line
    confidence = CERTAIN if whole and not misheard else LIKELY
    return Found(numbers, groups[0].start + shift, groups[-1].end + shift, confidence)


def _cut(run: list[Group]) -> list[tuple[str, list[Group]]]:
    """A run cut into numbers, the longest first at each group; groups that fit nowhere are passed over."""
    found = []
    first = 0
    while first < len(run):
        for last in range(len(run), first, -1):
            digits = _national("".join(group.digits for group in run[first:last]))
            alone = (first, last) == (0, len(run))
            if _is_number(digits, alone=alone):
                found.append((digits, run[first:last]))
                first = last
                break
        else:
            found.extend((number, [run[first]]) for number in _run_together(run[first].digits))
            first += 1
    return found


def _national(digits: str) -> str:
    """Without the country code of China; a landline keeps the 0 of its area code."""
    national = _CHINA.sub("", digits)
    if national != digits and not _MOBILE.fullmatch(national) and not national.startswith("0"):
        return "0" + national
    return national


def _is_number(digits: str, *, alone: bool) -> bool:
    kinds = (*_KINDS, *_SHORT_KINDS) if alone else _KINDS
    return any(kind.fullmatch(digits) for kind in kinds)


def _run_together(digits: str) -> list[str]:
    """Two mobile numbers written without a gap."""
    if len(digits) % FULL_LENGTH:
        return []
    numbers = [digits[place : place + FULL_LENGTH] for place in range(0, len(digits), FULL_LENGTH)]
    return numbers if all(_MOBILE.fullmatch(number) for number in numbers) else []


def _said_once(run: list[Group]) -> list[Group]:
    """六六〇四，六六〇四: the same group said over again is said once."""
    return [group for place, group in enumerate(run) if not place or group.digits != run[place - 1].digits]


def _repaired(earlier: list[Group], text: str, start: int, end: int) -> Found | None:
    """An earlier number with what was said again put in its place: at the front, at the end, or for its last group."""
    again = find_runs(text[start:end])
    if not again:
        return None
    new = "".join(group.digits for group in _said_once(again[0]))
    old = "".join(group.digits for group in earlier)
    if len(new) > LONGEST_REPAIR:
        return None
    without_last = "".join(group.digits for group in earlier[:-1])
    first, last = _MIDDLE
    middle = len(new) == last - first and _IN_THE_MIDDLE.search(text[earlier[-1].end : end]) is not None
    for repaired in (
        old[:first] + new + old[last:] if middle else "",
        new + old[len(new) :] if _AT_THE_FRONT.search(text[earlier[-1].end : end]) else "",
        without_last + new,
        old[: -len(new)] + new,
        old[: FULL_LENGTH - len(new)] + new,
    ):
        if _is_number(repaired, alone=False):
            return Found([repaired], earlier[0].start, again[0][-1].end + start, LIKELY)
    return None
