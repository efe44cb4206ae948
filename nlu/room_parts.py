"""Building, unit, floor and room in a text: by their words, by dashes (3-2-501), by their place (五零二，五栋)."""

import re

from nlu.found import restarts
from nlu.room_numbers import NUMBER, house_number

# The parts by name, and where they stand.
Found = tuple[dict[str, str], list[tuple[int, int]]]

LETTER = r"[A-Za-z甲乙丙丁戊己]"
GAP = r"[\s,，、的那个嗯呃啊哦噢…]*"
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
        rf"(?:单元号?(?:就?是|为|[:：])|(?<![0-9零一二三四五六七八九十幺两A-Za-z东西中南北])单元号?)\s*(?P<number>{NUMBER}|{LETTER})"
    ),
    "floor": re.compile(rf"楼层(?:就?是|为|[:：])?\s*(?P<number>{NUMBER})"),
    "room": re.compile(rf"(?:房号|门牌号?|室号|房间号?)(?:就?是|为|[:：])?\s*(?P<number>{LETTER}?{NUMBER})"),
}
DOOR = re.compile(r"[东西中南北]户|[东西南北]边|[左右]手(?:边)?|[左右]边|[东西]头|靠[东西南北左右]|中间(?:那?户)?")
TAIL = re.compile(
    rf"^{GAP}[-—]?(?:顶楼|顶层|底楼|底层)?(?:就是|是|住)?{GAP}(?P<number>{LETTER}?{NUMBER}{LETTER}?)(?:号|室|房)?(?![0-9栋幢座楼层单])"
)
AHEAD = re.compile(rf"(?<![0-9栋幢])(?P<number>{LETTER}?{NUMBER})(?:号|室|房)?{GAP}(?:在|是)?$")
SHORTEST_ROOM = 3  # digits of a number that is a room's without any word
JOIN = r"\s*(?:[-—–_/#~‐之\\]|杠|横|的|减){1,2}\s*"
DASHES = re.compile(
    rf"(?<![0-9])(?P<one>{NUMBER}|{LETTER}[0-9]?){JOIN}(?P<two>{NUMBER}|{LETTER})(?:{JOIN}(?P<three>{NUMBER}))?(?:{JOIN}(?P<four>{NUMBER}))?(?![0-9])"
)
ALONE = re.compile(
    rf"^{GAP}(?:我?家?住?在?的?是?|就?是?|门牌号?是?|房号是?){GAP}(?P<letter>{LETTER})?(?P<number>{NUMBER})(?:号|室|房)?{GAP}[吧呀啊呢哈的。.]*$"
)
STREET_NUMBER = re.compile(r"[路街道巷]\s*[0-9零一二三四五六七八九十百]+(?:-[0-9]+)?号(?!楼|栋|院)")
NO_SUCH_PART = re.compile(r"(?:没有?|没得|冇得?|不分|无)(?:单元|楼层|门洞)的?")
# 7#1-302: unit and room behind the building.
UNIT_DASHED = re.compile(rf"{GAP}[-—]?(?P<unit>{NUMBER}|{LETTER}){JOIN}(?P<room>{NUMBER})(?![0-9])")
# The lanes of Shanghai: the number of the house stands behind that of the lane.
LANE = re.compile(rf"(?P<lane>{NUMBER}弄)[\s,，的]*(?P<number>{NUMBER})(?:号楼?|支弄)?")
PHONE = re.compile(r"(?<![0-9])1[0-9]{10}(?![0-9])")


def blanked(text: str) -> str:
    """The text without numbers that are no parts of an address, position for position: telephones, street numbers."""
    for pattern, kept in ((PHONE, 0), (NO_SUCH_PART, 0), (STREET_NUMBER, 1)):
        text = pattern.sub(lambda each, kept=kept: each[0][:kept] + " " * (len(each[0]) - kept), text)  # type: ignore[misc]
    return text


def find_room_parts(text: str) -> Found | None:
    """The parts told in a normalised, `blanked` text; what is said after a correction is put in its place."""
    starts = sorted(restarts(text))
    parts: dict[str, str] = {}
    spans: list[tuple[int, int]] = []
    for start, end in zip(starts, [*starts[1:], len(text)], strict=True):
        told, places = _told(" " * start + text[start:end]) or ({}, [])
        parts |= told
        spans += places
    return (parts, spans) if parts else None


def _told(text: str) -> Found | None:
    return _labelled(text) or _spelled_out(text) or _dashed(text) or _alone(text)


def _labelled(text: str) -> Found | None:
    """楼栋是九，单元是二，房号六零一: two labels and more with the number after each."""
    matches = {part: pattern.search(text) for part, pattern in LABELLED.items()}
    named = {part: (match, _room(match.group("number"))) for part, match in matches.items() if match is not None}
    parts = {part: number for part, (_, number) in named.items() if number is not None}
    if len(parts) < 2:
        return None
    spans = [named[part][0].span() for part in parts]
    spelled, places = _spelled_out(text[: min(start for start, _ in spans)]) or ({}, [])
    return {**spelled, **parts}, [*spans, *places]


def _spelled_out(text: str) -> Found | None:
    """Numbers with their words, in the order building, unit, floor, room; a bare number after them is the room."""
    parts: dict[str, str] = {}
    spans: list[tuple[int, int]] = []
    position = 0
    for part, pattern in (("building", BUILDING), ("unit", UNIT), ("floor", FLOOR), ("room", ROOM)):
        match = LANE.search(text) if part == "building" else None
        match = match or pattern.search(text, position)
        if match is None and part == "building":
            match = COMPASS_BUILDING.search(text)
        if match is None and parts:
            match = LABELLED[part].search(text, position)  # 六栋，二单元，房间号三零四
        if match is None:
            continue
        number = _name_of(match)
        if number is not None:
            parts[part] = number
            spans.append(match.span())
            position = match.end()
        if part == "building" and number is not None and (dashed := UNIT_DASHED.match(text, position)):
            parts |= {each: name for each in ("unit", "room") if (name := _room(dashed[each]))}
            return parts, [match.span(), dashed.span()]
    if parts and "unit" not in parts and (unit := UNIT.search(text[: spans[0][0]])) and (name := _name_of(unit)):
        parts["unit"] = name  # 五单元六零一，七号楼的
        spans.append(unit.span())
    if parts and "room" not in parts and (room := _behind(text, position, parts) or _ahead(text, spans)):
        parts["room"] = room[0]
        spans.append(room[1])
    return (parts, spans) if parts else None


def _behind(text: str, position: int, parts: dict[str, str]) -> tuple[str, tuple[int, int]] | None:
    """The room behind the other parts: a bare number, or a door told by its place, 左手边, without one."""
    door = DOOR.search(text, position)
    for start in (position, door.end()) if door is not None else (position,):
        tail = TAIL.match(text[start:])
        number = _room(tail.group("number")) if tail is not None else None
        if tail is not None and number and (len(number) >= SHORTEST_ROOM or {"unit", "floor"} & parts.keys()):
            return number, (start + tail.start("number"), start + tail.end())
    return (door.group(), door.span()) if door is not None else None


def _ahead(text: str, spans: list[tuple[int, int]]) -> tuple[str, tuple[int, int]] | None:
    """The room before some other part: 五零二，五栋二单元的."""
    for first, _ in sorted(spans):
        ahead = AHEAD.search(text[:first])
        number = _room(ahead.group("number")) if ahead is not None else None
        if ahead is not None and number is not None and len(number) >= SHORTEST_ROOM:
            return number, ahead.span("number")
    return None


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
    if match is None or number is None or not SHORTEST_ROOM <= len(number) <= 4:
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
