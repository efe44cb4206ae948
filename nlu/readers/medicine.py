"""Which medicine somebody takes and how many days of it are left: 降压药还剩两天的, 硝苯……啥缓释的."""

import re
from datetime import datetime
from functools import cache

from nlu.dialect import standard
from nlu.lexicon import load
from nlu.medicine_left import days_left, some_left
from nlu.pinyin import find
from nlu.readers.yes_no import read_yes_no
from nlu.reading import Expectation, NotRead, Reading
from nlu.sounds import folded_syllable

NAMED = 0.95
LEFT_ONLY = 0.9
BEGUN = 0.8  # 硝苯……啥缓释的: the beginning of one name
SOUNDED = 0.7
SOUND_WITHIN = 0.13  # per syllable
SHORTEST_BRAND = 2  # 速尿 and 零号 are told by their full name
SHORTEST_SOUNDED = 3  # shorter names sound like too much else
GAP = re.compile(r"[\s…,，、.。啥什么那个叫]+")
SUFFIXED = re.compile(
    r"[\u4e00-\u9fff]{2,6}(?:地平|沙坦|普利|洛尔|他汀|双胍|列汀|列净|西林|霉素|沙星|拉唑|缓释片|控释片|肠溶片|胶囊|颗粒|滴丸|口服液|滴眼液|软膏)"
)
LEAD_IN = re.compile(r"^.*(?:叫做?|吃的是?|是|吃|用的?|名字是?|那个|这个|还有|打的?|服)(?=.{3})")


def read_medicine(text: str, *, expectation: Expectation, at: datetime) -> Reading | NotRead:
    """The medicine's name and the days it will last, each null where not said; 0 days when none is left."""
    heard = standard(text)
    named = _name(heard.text)
    left = days_left(heard.text, at=at)
    if named is None and left is None:
        plenty = some_left(heard.text)
        if plenty is not None:
            return NotRead(reason="vague", span=heard.span(*plenty.span()))
        said = read_yes_no(text, expectation=expectation, at=at)
        return said if isinstance(said, NotRead) else NotRead(reason="not_an_answer")
    spans = [each[1:3] for each in (named, left) if each is not None]
    value = {"name": named[0] if named else None, "left_days": left[0] if left else None}
    confidence = named[3] if named is not None else LEFT_ONLY
    span = heard.span(min(start for start, _ in spans), max(end for _, end in spans))
    return Reading(value=value, span=span, confidence=confidence)


def _name(text: str) -> tuple[str, int, int, float] | None:
    """The first medicine in the text: by name, by the beginning of one name, by its form, by its sound."""
    exact = [(text.index(word), -len(word), word) for word in _names() if word in text]
    classes = [each for each in exact if _names()[each[2]].endswith("药")]
    ranked = sorted(each for each in exact if each not in classes)
    begun = None if ranked else _begun(text)
    ranked = ranked or ([] if begun else sorted(classes))
    if ranked:
        start, length, word = ranked[0]
        return _shown(word), start, start - length, NAMED
    return begun or _suffixed(text) or _sounded(text)


def _shown(word: str) -> str:
    """The name as it was said, so that it can be read back; the whole name where only its beginning was said."""
    name = _names()[word]
    return name if name.startswith(word) or name.endswith("药") or len(word) <= SHORTEST_BRAND else word


def _begun(text: str) -> tuple[str, int, int, float] | None:
    """The beginning of a name before a pause or 什么, with whatever more of it was remembered."""
    for match in re.finditer(r"([\u4e00-\u9fff]{2,4})(?=…|啥|什么|那个|来着|片|的)", text):
        for length in range(len(match.group(1)), 1, -1):
            beginning = match.group(1)[-length:]
            fits = [name for name in _labels() if name.startswith(beginning)]
            rest = GAP.sub("", text[match.end() :])
            close = max((_shared(name[length:], rest) for name in fits), default=0)
            closer = [name for name in fits if _shared(name[length:], rest) == close]
            named = min(closer, key=len, default="")
            if named and all(name.startswith(named) for name in closer):
                return named, match.end() - length, match.end(), BEGUN
    return None


def _shared(remainder: str, rest: str) -> int:
    """How many pairs of characters of a name's remainder are in the rest of what was said."""
    return sum(remainder[at : at + 2] in rest for at in range(len(remainder) - 1))


def _suffixed(text: str) -> tuple[str, int, int, float] | None:
    found = SUFFIXED.search(text)
    if found is None:
        return None
    name = LEAD_IN.sub("", found.group())
    return name, found.end() - len(name), found.end(), BEGUN


def _sounded(text: str) -> tuple[str, int, int, float] | None:
    heard = {folded_syllable(character) for character in text}
    for word, sounds in _sounds().items():
        if len(sounds - heard) <= 1 and (place := find(word, text, within=SOUND_WITHIN)) is not None:
            return _shown(word), place[0], place[1], SOUNDED
    return None


@cache
def _sounds() -> dict[str, frozenset[str]]:
    """The folded syllables of every name that is long enough to be told by its sound."""
    return {
        word: frozenset(folded_syllable(character) for character in word)
        for word in _names()
        if len(word) >= SHORTEST_SOUNDED and word.isalpha() and not word.isascii()
    }


@cache
def _labels() -> tuple[str, ...]:
    return tuple(load("medicines.yaml"))


@cache
def _names() -> dict[str, str]:
    """Every way to say a medicine → its name, longest first."""
    names = {word: name for name, words in load("medicines.yaml").items() for word in (name, *words)}
    return dict(sorted(names.items(), key=lambda each: -len(each[0])))
