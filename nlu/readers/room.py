"""Compound, building, unit, floor and room of an address: 三号楼二单元五零一, 3-2-501, 五栋乙单元三楼."""

import re
from collections.abc import Sequence
from datetime import datetime
from functools import cache
from typing import Any

from nlu.lexicon import load
from nlu.normalise import normalise
from nlu.pinyin import nearest
from nlu.readers.region import find_region
from nlu.readers.yes_no import read_yes_no
from nlu.reading import Expectation, NotRead, Reading
from nlu.rewriting import as_given
from nlu.room_heard import room_heard
from nlu.room_parts import blanked, find_room_parts

PARTS = ("community", "building", "unit", "floor", "room")
SPELLED_OUT = 0.95  # two parts and more, each with its word
DASHED = 0.9
BARE = 0.75  # a number alone, or one part
COMMUNITY_WITHIN = 0.2  # per syllable, for the names that the question gives
_STILL_THERE = re.compile("(?:还是|就是|就在|还在|没变|没搬)*(?:老地方|原来?(?:那里|那儿|的)?地方|那里|那儿|那地方)")


def read_room(text: str, *, expectation: Expectation, at: datetime) -> Reading | NotRead:
    """The parts of the address that were said, as strings, null where not said; community names may come as choices."""
    heard = room_heard(as_given(text))
    plain = blanked(heard.text)
    found = find_room_parts(plain)
    parts, spans = found if found is not None else ({}, [])
    community = _community(heard.text, plain, spans, expectation)
    if community is not None:
        parts["community"] = community[0]
        spans.append(community[1:])
    if not parts:
        said = read_yes_no(text, expectation=expectation, at=at)
        return said if isinstance(said, NotRead) else NotRead(reason="not_an_answer")
    value = {part: parts.get(part) for part in PARTS}
    span = heard.span(min(start for start, _ in spans), max(end for _, end in spans))
    return Reading(value=value, span=span, confidence=_confidence(parts))


def _community(
    text: str, plain: str, spans: Sequence[tuple[int, int]], expectation: Expectation
) -> tuple[str, int, int] | None:
    """The compound's name: one of the names that the question gives, or what stands before the building."""
    known = _known_community(text, expectation)
    if known is not None:
        return known
    end = min((start for start, _ in spans), default=len(plain))
    before = plain[:end].rstrip(" ,，、的")
    start = max((mark.end() for mark in re.finditer(r"[\s,，。.;；:：!！?？…]", before)), default=0)
    region = find_region(before[start:])
    if region is not None and region[3] >= BARE and start + region[2] < len(before):
        start += region[2]
    street = re.search(r"^.*(?:路|街道|大街|大道|镇|乡)(?=[^路街]{2,})", before[start:])
    start += street.end() if street else 0
    lead = _lead_ins().match(before[start:])
    start += lead.end() if lead else 0
    start = max((start, *(mark.end() for mark in _STILL_THERE.finditer(before))))
    name = before[start:].strip()
    start = text.find(name, start) if name else start
    if name.endswith(("路", "街", "大道", "镇", "乡", "号")):
        return None
    ending = _community_name().search(name)
    if ending is not None and spans:
        return name, start, start + len(name)
    if ending is not None:
        return ending.group(), start + ending.start(), start + ending.end()
    if (
        spans
        and re.fullmatch(r"[\u4e00-\u9fff]{2,8}[一二三四五六七八九十0-9]?[期区]?", name)
        and not re.search(r"[不没吗呢吧了]|什么|单元|[楼栋]$", name)
    ):
        return name, start, start + len(name)
    return None


def _known_community(text: str, expectation: Expectation) -> tuple[str, int, int] | None:
    for choice in expectation.choices:
        for form in (choice.label, *choice.synonyms):
            name = normalise(form).text
            if name and name in text:
                return choice.key, text.index(name), text.index(name) + len(name)
    names = {normalise(form).text: each.key for each in expectation.choices for form in (each.label, *each.synonyms)}
    head = re.match(r"[\u4e00-\u9fff]{3,10}", _lead_ins().sub("", text))
    for length in range(len(head.group()) if head else 0, 2, -1):
        words = head.group()[:length] if head else ""
        like = nearest(words, names, within=COMMUNITY_WITHIN)
        if like is not None:
            return names[like.phrase], text.index(words), text.index(words) + length
    return None


def _confidence(parts: dict[str, str]) -> float:
    if len(parts) == 1:
        return BARE
    return SPELLED_OUT if "room" in parts else DASHED


@cache
def _words() -> Any:
    return load("rooms.yaml")


@cache
def _lead_ins() -> re.Pattern[str]:
    words = sorted(_words()["lead_ins"], key=len, reverse=True)
    return re.compile(rf"^(?:{'|'.join(words)})+(?=.{{2}}|$)")


@cache
def _community_name() -> re.Pattern[str]:
    ends = sorted(_words()["community_ends"], key=len, reverse=True)
    return re.compile(
        rf"[\u4e00-\u9fffA-Za-z0-9]{{1,12}}(?:{'|'.join(ends)})(?:[一二三四五六七八九十0-9]期|[东西南北中]区|[A-Z一二三四五六七八九0-9]区)?$"
    )
