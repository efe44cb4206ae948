"""Province, city and district of what was said, what is implied filled in: 武汉 is 湖北省武汉市."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from nlu.divisions import (
    CITY,
    DISTRICT,
    MUNICIPALITIES,
    PROVINCE,
    Division,
    by_name,
    children,
    divisions,
    lengths_by_first,
    short_name,
)
from nlu.lexicon import load
from nlu.pinyin import syllables
from nlu.readers.yes_no import read_yes_no
from nlu.reading import Expectation, NotRead, Reading
from nlu.rewriting import as_given
from nlu.sounds import syllable

NAMED = 0.95
IN_PART = 0.85  # a short name that could be something else
# A full name says what it is and weighs more than a short one of the same length.
FULL_WEIGHT = 2.0
SHORT_WEIGHT = 1.0
# A named part of a place outweighs its being written further back.
LATER_COST = 0.01
LEFT_BEHIND = re.compile(r"(?:不在|没在|不是(?:在|去|从)?|离开了?|不去)$")  # 不在深圳了，换到东莞了
CUE_BEFORE = re.compile(r"(?:^|[\s,，。.、:：从在到去回来自住是由经过打赴往至飞省市州区县盟])$")
CUE_AFTER = re.compile(r"^(?:$|[\s,，。.、来回过的那老家乡下县市区城这去呢吧啊住待打])")
# 怔州 and 恬津 are no words: a city or a province that sounds exactly so is read back before it is kept.
SOUNDED = 0.45
SHORTEST_SOUNDED = 2  # syllables
ASKS_WHERE = re.compile("哪|地名|城市|回来的")
SOUND_AFTER = re.compile(r"^(?:$|[\s,，。.、来回过的那老家乡城这去呢吧啊呀嘛噻住待打念读上刚干])")
LARGEST_GAP = 3  # characters between the parts of one place: 湖北省 的 荆州
TOWNSHIP = re.compile(r"^\s*([\u4e00-\u9fff]{2,4}?(?:街道|镇|乡))(?:办事处)?")


@dataclass(frozen=True, slots=True)
class _Mention:
    start: int
    end: int
    division: Division
    full: bool


def read_region(text: str, *, expectation: Expectation, at: datetime) -> Reading | NotRead:
    """The province, city and district named, each in its official name, null where not said and not implied."""
    heard = as_given(text)
    found = find_region(heard.text) or (_by_sound(heard.text) if ASKS_WHERE.search(expectation.asked) else None)
    if found is None:
        said = read_yes_no(text, expectation=expectation, at=at)
        return said if isinstance(said, NotRead) else NotRead(reason="not_an_answer")
    value, start, end, confidence = found
    return Reading(value=value, span=heard.span(start, end), confidence=confidence)


def find_region(text: str) -> tuple[dict[str, str | None], int, int, float] | None:
    """The best supported place of a simplified text: its value, where it stands and the confidence."""
    mentions = list(_mentions(text))
    candidates = [each for each in mentions if _stands_alone(text, each, mentions)]
    if not candidates:
        return None
    candidates = [each for each in candidates if not LEFT_BEHIND.search(text[: each.start])] or candidates
    best = max(candidates, key=lambda each: (_support(each, mentions), -each.division.level, -each.start))
    chain = best.division.chain
    ours = [each for each in mentions if each.division.code in chain]
    start, end = _stretch(ours)
    deepest, end = _below(text, best.division, end)
    township = TOWNSHIP.match(text[end:]) if deepest.level == CITY and not _has_districts(deepest) else None
    value = _value(deepest)
    if township is not None:
        name = township.group(1)
        value["district"] = name + "办事处" if name.endswith("街道") else name
        end += township.end()
    sure = any(each.full for each in ours) or len(ours) > 1 or deepest.level < DISTRICT
    return value, start, end, NAMED if sure else IN_PART


def _by_sound(text: str) -> tuple[dict[str, str | None], int, int, float] | None:
    """The city, else the province, of which every syllable was heard where a place may stand, the longest first."""
    sounds = [syllable(character) for character in text]
    for length in sorted({len(sound) for sound in _sounding()}, reverse=True):
        for start in range(len(text) - length + 1):
            place = _sounding().get(tuple(sounds[start : start + length]))
            if place is None or not SOUND_AFTER.match(text[start + length :]):
                continue
            if start == 0 or CUE_BEFORE.search(text[:start]) or text[start : start + length] in by_name():
                return _value(place), start, start + length, SOUNDED
    return None


@cache
def _sounding() -> dict[tuple[str, ...], Division]:
    """Cities and provinces by the syllables of their short names; of two that sound alike the city that comes first."""
    found: dict[tuple[str, ...], Division] = {}
    for division in sorted(divisions().values(), key=lambda each: (-each.level, each.code)):
        name = short_name(division.name)
        if division.level < DISTRICT and not division.overseas and len(name) >= SHORTEST_SOUNDED:
            found.setdefault(syllables(name), division)
    return found


def _stretch(ours: list[_Mention]) -> tuple[int, int]:
    """The first run of names that belong together."""
    start, end = ours[0].start, ours[0].end
    for each in ours[1:]:
        if end <= each.start <= end + LARGEST_GAP:
            end = each.end
    return start, end


def _mentions(text: str) -> Iterator[_Mention]:
    """Every name in the text, the longest at each place, once for each division that bears it."""
    names, lengths = by_name(), lengths_by_first()
    position = 0
    while position < len(text):
        for length in lengths.get(text[position], ()):
            name = text[position : position + length]
            if len(name) == length and name in names and not _is_street(text, position + length, name):
                for named in names[name]:
                    yield _Mention(position, position + length, named.division, named.full)
                position += length
                break
        else:
            position += 1


def _is_street(text: str, end: int, name: str) -> bool:
    """Whether a short name is only part of a street's or a building's: 香港中路, 上海城."""
    if name[-1] in "省市区县州盟旗":
        return False
    return any(text.startswith(word, end) for word in _words()["street_after"])


def _stands_alone(text: str, mention: _Mention, mentions: list[_Mention]) -> bool:
    """Whether a name may be taken for the place without doubt, or something else said backs it."""
    division = mention.division
    backed = any(each.division.code in division.chain and each.division.code != division.code for each in mentions)
    if backed:
        return True
    if division.overseas and division.level != PROVINCE:
        return False
    name = text[mention.start : mention.end]
    if mention.full:
        return True
    if name in _words()["everyday"]:
        return False
    if division.level < DISTRICT:
        return True
    alone = bool(CUE_BEFORE.search(text[: mention.start]) and CUE_AFTER.match(text[mention.end :]))
    return alone and len({each.division.code for each in mentions if each.start == mention.start}) == 1


def _support(mention: _Mention, mentions: list[_Mention]) -> float:
    """How much of what was said fits the place and the places it lies in, each stretch of text counted once."""
    weights: dict[int, float] = {}
    for each in mentions:
        if each.division.code in mention.division.chain:
            weight = (each.end - each.start) * (FULL_WEIGHT if each.full else SHORT_WEIGHT)
            weights[each.start] = max(weights.get(each.start, 0.0), weight)
    return sum(weights.values()) - LATER_COST * mention.start


def _below(text: str, division: Division, end: int) -> tuple[Division, int]:
    """A district named only by the beginning of its name right after its city: 香港九龙 is 九龙城区."""
    if division.level == DISTRICT:
        return division, end
    blank = len(text[end:]) - len(text[end:].lstrip(" ,，"))
    rest = text[end + blank :]
    found = [
        each
        for each in children(division.code)
        if len(short_name(each.name)) > 2 and each.level == DISTRICT and rest.startswith(each.name[:2])
    ]
    if len(found) != 1 or _is_street(text, end + blank + 2, found[0].name[:2]):
        return division, end
    return found[0], end + blank + 2


def _has_districts(city: Division) -> bool:
    return any(each.level == DISTRICT for each in children(city.code))


def _value(division: Division) -> dict[str, str | None]:
    """The three names; a municipality is its own city, and so is a county that stands right below its province."""
    table = divisions()
    names: dict[int, str] = {table[code].level: table[code].name for code in division.chain}
    city = names.get(CITY)
    if city is None and division.code[:2] in MUNICIPALITIES:
        city = names[PROVINCE]
    if city is None and division.level == DISTRICT and not division.overseas:
        city = division.name
    return {"province": names.get(PROVINCE), "city": city, "district": names.get(DISTRICT)}


@cache
def _words() -> Any:
    words = load("regions.yaml")
    return {"everyday": frozenset(words["everyday"]), "street_after": tuple(words["street_after"])}
