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
from nlu.rewriting import Rewritten, as_given
from nlu.room_numbers import NUMBER, house_number

PARTS = ("community", "building", "unit", "floor", "room")
SPELLED_OUT = 0.95  # two parts and more, each with its word
DASHED = 0.9
BARE = 0.75  # a number alone, or one part
COMMUNITY_WITHIN = 0.2  # per syllable, for the names that the question gives
LETTER = r"[A-Za-z甲乙丙丁戊己]"
GAP = r"[\s,，、的那个嗯呃啊…]*"
UNIT_WORD = r"(?:个?单元|门洞|门栋|号门(?!诊|面|口)|梯|门(?!牌|口|诊|面|市|卫|窗|外|前|栋))"
BUILDING = re.compile(
    rf"(?P<compass>[东西南北中])?第?(?P<number>{NUMBER}|{LETTER}[0-9]?)(?P<letter>[A-Za-z])?\s*"
    rf"(?:号楼|号栋|号幢|栋楼?|幢楼?|座楼?|#楼?|斋|号院?(?={GAP}第?(?:{NUMBER}|{LETTER})\s*{UNIT_WORD})|楼(?={GAP}第?(?:{NUMBER}|{LETTER})\s*{UNIT_WORD}))"
)
UNIT = re.compile(rf"第?(?P<number>{NUMBER}|{LETTER}|[东西中南北](?=单元))\s*{UNIT_WORD}")
FLOOR = re.compile(rf"第?(?P<number>{NUMBER})\s*(?:楼(?!栋|盘|下|上)|层|[Ff](?![A-Za-z]))")
ROOM = re.compile(rf"(?P<number>{LETTER}?{NUMBER}{LETTER}?)\s*(?:号?室|号?房(?!子|东)|号户|户(?=$|[\s,，。]))")
COMPASS_BUILDING = re.compile(
    rf"(?P<number>[东西南北中前后])(?:楼|栋)(?={GAP}第?(?:{NUMBER}|{LETTER})\s*(?:{UNIT_WORD}|楼|层))"
)
LABELLED = {
    "building": re.compile(rf"(?:楼栋号?|楼号|栋号|座号)(?:就?是|为|[:：])?\s*(?P<number>{NUMBER}|{LETTER})"),
    "unit": re.compile(
        rf"(?:单元号?(?:就?是|为|[:：])|(?<![0-9零一二三四五六七八九十幺两A-Za-z东西中南北])单元)\s*(?P<number>{NUMBER}|{LETTER})"
    ),
    "floor": re.compile(rf"楼层(?:就?是|为|[:：])?\s*(?P<number>{NUMBER})"),
    "room": re.compile(rf"(?:房号|门牌号?|室号|房间号?)(?:就?是|为|[:：])?\s*(?P<number>{LETTER}?{NUMBER})"),
}
DOOR = re.compile(r"[东西中南北]户|[东西南北]边|[左右]手(?:边)?|[左右]边|[东西]头|靠[东西南北左右]|中间(?:那?户)?")
TAIL = re.compile(
    rf"^{GAP}[-—]?(?:顶楼|顶层|底楼|底层)?(?:就是|是|住)?{GAP}(?P<number>{LETTER}?{NUMBER}{LETTER}?)(?:号|室|房)?(?![0-9栋幢座楼层单])"
)
JOIN = r"\s*(?:[-—–_/#~‐之\\]|杠|横|的|减){1,2}\s*"
DASHES = re.compile(
    rf"(?<![0-9])(?P<one>{NUMBER}|{LETTER}[0-9]?){JOIN}(?P<two>{NUMBER}|{LETTER})(?:{JOIN}(?P<three>{NUMBER}))?(?:{JOIN}(?P<four>{NUMBER}))?(?![0-9])"
)
ALONE = re.compile(
    rf"^{GAP}(?:我?家?住?在?的?是?|就?是?|门牌号?是?|房号是?){GAP}(?P<letter>{LETTER})?(?P<number>{NUMBER})(?:号|室|房)?{GAP}[吧呀啊呢哈的。.]*$"
)
STREET_NUMBER = re.compile(r"[路街道巷]\s*[0-9零一二三四五六七八九十百]+(?:-[0-9]+)?号(?!楼|栋|院)")
# What a recogniser writes for 楼, 栋 and 单元 between two numbers of an address.
MISHEARD = (
    (re.compile(rf"(?<=号)([喽漏娄搂])(?={GAP}第?{NUMBER}\s*{UNIT_WORD})"), "楼"),
    (
        re.compile(rf"(?<=[0-9零一二三四五六七八九十])([洞冻动懂董])(?={GAP}第?[0-9一二三四五六七八九]\s*{UNIT_WORD})"),
        "栋",
    ),
    (re.compile(r"(?<=[0-9一二三四五六七八九])(丹元|单圆|单员|弹元|担元)"), "单元"),
)
# The lanes of Shanghai: the number of the house stands behind that of the lane.
LANE = re.compile(rf"(?P<lane>{NUMBER}弄)[\s,，的]*(?P<number>{NUMBER})(?:号楼?|支弄)?")
PHONE = re.compile(r"(?<![0-9])1[0-9]{10}(?![0-9])")


def read_room(text: str, *, expectation: Expectation, at: datetime) -> Reading | NotRead:
    """The parts of the address that were said, as strings, null where not said; community names may come as choices."""
    heard = _put_right(as_given(text))
    plain = PHONE.sub(lambda phone: " " * len(phone.group()), heard.text)
    plain = STREET_NUMBER.sub(lambda street: street.group()[0] + " " * (len(street.group()) - 1), plain)
    found = _labelled(plain) or _spelled_out(plain) or _dashed(plain) or _alone(plain)
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


def _put_right(heard: Rewritten) -> Rewritten:
    """三号喽二单元 and 八洞二单元 as they were said."""
    wrong = [
        (each.start(1), each.end(1), right) for pattern, right in MISHEARD for each in pattern.finditer(heard.text)
    ]
    return heard.replaced(sorted(wrong)) if wrong else heard


Found = tuple[dict[str, str], list[tuple[int, int]]]


def _labelled(text: str) -> Found | None:
    """楼栋是九，单元是二，房号六零一: two labels and more with the number after each."""
    matches = {part: pattern.search(text) for part, pattern in LABELLED.items()}
    named = {part: (match, _room(match.group("number"))) for part, match in matches.items() if match is not None}
    parts = {part: number for part, (_, number) in named.items() if number is not None}
    if len(parts) < 2:
        return None
    return parts, [named[part][0].span() for part in parts]


def _spelled_out(text: str) -> Found | None:
    """Numbers with their words, in the order building, unit, floor, room; a bare number after them is the room."""
    parts: dict[str, str] = {}
    spans: list[tuple[int, int]] = []
    position = 0
    for part, pattern in (("building", BUILDING), ("unit", UNIT), ("floor", FLOOR), ("room", ROOM)):
        match = LANE.search(text) if part == "building" else None
        match = match or _last_of_run(pattern, text, position)
        if match is None and part == "building":
            match = COMPASS_BUILDING.search(text)
        if match is None:
            continue
        number = _name_of(match)
        if number is not None:
            parts[part] = number
            spans.append(match.span())
            position = match.end()
    door = DOOR.search(text, position) if parts else None
    tail = TAIL.match(text[position:]) if parts and "room" not in parts else None
    if (
        tail is not None
        and (number := _room(tail.group("number")))
        and (len(number) >= 3 or {"unit", "floor"} & parts.keys())
    ):
        parts["room"] = number
        spans.append((position + tail.start("number"), position + tail.end()))
    elif door is not None and "room" not in parts:
        parts["room"] = door.group()
        spans.append(door.span())
    return (parts, spans) if parts else None


def _last_of_run(pattern: re.Pattern[str], text: str, position: int) -> re.Match[str] | None:
    """The first match, or a later one that corrects it: 三栋，不对，五栋."""
    matches = list(pattern.finditer(text, position))
    if not matches:
        return None
    chosen = matches[0]
    for each in matches[1:]:
        if re.search(r"不对|不是|错了|应该是|更正", text[chosen.end() : each.start()]):
            chosen = each
    return chosen


def _dashed(text: str) -> Found | None:
    """3-2-501, 三杠五零一: building, unit, room; building, room; building, unit, floor, room."""
    for match in DASHES.finditer(text):
        names = [_room(each) for each in match.groups() if each is not None]
        if None in names or len(str(names[-1])) < (1 if len(names) == 4 else 2):
            continue
        keys = {2: ("building", "room"), 3: ("building", "unit", "room"), 4: ("building", "unit", "floor", "room")}[
            len(names)
        ]
        return {key: str(name) for key, name in zip(keys, names, strict=True)}, [match.span()]
    return None


def _alone(text: str) -> Found | None:
    """A reply that is only a number, or a letter and a number: 五零一, A1203."""
    match = ALONE.match(text)
    number = _room(match.group("number")) if match is not None else None
    if match is None or number is None or not 3 <= len(number) <= 4:
        return None
    parts = {"room": number}
    if match.group("letter"):
        parts["building"] = match.group("letter").upper()
    return parts, [match.span("number") if not match.group("letter") else (match.start("letter"), match.end("number"))]


def _name_of(match: re.Match[str]) -> str | None:
    groups = match.groupdict()
    number = groups["number"] if match.re is COMPASS_BUILDING else _room(groups["number"])
    if number is None:
        return None
    return f"{groups.get('compass') or ''}{number}{(groups.get('letter') or '').upper()}"


def _room(words: str) -> str | None:
    """A letter and digits as one name: A1203, 501; None where the digits are none."""
    before = re.match(rf"{LETTER}|[东西中南北]", words)
    after = re.search(rf"{LETTER}$", words) if len(words) > 1 else None
    digits = words[before.end() if before else 0 : after.start() if after else len(words)]
    number = house_number(digits) if digits else ""
    if number is None:
        return None
    return f"{before.group().upper() if before else ''}{number}{after.group().upper() if after else ''}" or None


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
        and not re.search(r"[不没吗呢吧了]|什么", name)
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
