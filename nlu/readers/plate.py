"""A number plate of the mainland (GA 36): 京A12345, 鄂D·F2233, 粤BD12345, 粤Z1234港, told digit by digit or written."""

import re
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from nlu import lexicon
from nlu.digits import find_runs
from nlu.found import CERTAIN, LIKELY, Found, latest, restarts
from nlu.no_value import why_not
from nlu.normalise import normalise
from nlu.numerals import DIGIT_CLASS
from nlu.reading import Expectation, NotRead, Reading

# Five characters follow the letter, six on new energy plates; the last may be one of the endings.
USUAL, NEW_ENERGY = 5, 6

_GAP = r"[\s·.,，、\-—•的]*"
# 鄂D后头是五个九, 豫A开头，88K32
_LEAD_ON = "牌照?|后[头面边]|字母|开头|打头|再|接着|然后|跟着|就?是|那个|[嗯呃哦]"
_LEADS_ON = rf"(?:(?:{_LEAD_ON}){_GAP})*"
_DIGIT = f"[{DIGIT_CLASS}幺腰洞拐勾]"


@dataclass(frozen=True, slots=True)
class Words:
    """The lexicon of plates, ready to match."""

    provinces: dict[str, str]  # the name that people say → the character on the plate
    letters: dict[str, str]  # what a recogniser writes → the letter
    plate: re.Pattern[str]
    piece: re.Pattern[str]
    begun: re.Pattern[str]
    behind: re.Pattern[str]  # five or six characters after a correction
    tail: re.Pattern[str]  # 尾号是六: the last ones alone
    sounds: dict[str, str]  # another character of the same sound and tone as a province's → the province's


def read_plate(text: str, *, expectation: Expectation, at: datetime) -> Reading | NotRead:
    """The plate in its written form without a dot, "鄂DF2233"; one with too few characters is incomplete."""
    del expectation, at
    plain = normalise(text)
    found = _put_right(plain.text) or latest(plain.text, find_plate)
    if found is not None:
        return found.reading(plain)
    begun = _words().begun.search(plain.text)
    if begun:
        return NotRead(reason="incomplete", span=plain.span(begun.start(), begun.end()))
    return why_not(plain)


def _put_right(text: str) -> Found | None:
    """A plate of which only the characters behind the letter were said again: 京A八八零零一，不对，八八零零二."""
    *corrections, _ = restarts(text)
    for start in corrections:
        before = find_plate(text[:start])
        tail = _words().tail.match(text, start)
        if before is not None and tail is not None:
            last = "".join(_character(piece) for piece in _words().piece.findall(tail["rest"]))
            return Found(before.value[: -len(last)] + last, before.start, tail.end(), LIKELY)
        again = _words().behind.match(text, start)
        if before is not None and again is not None and find_plate(text[start:]) is None:
            found = find_plate(f"{before.value[:2]}{again['rest']}{again['ending'] or ''}")
            if found is not None:
                return Found(found.value, before.start, again.end(), LIKELY)
    return None


def find_plate(text: str) -> Found | None:
    """The first number plate of a normalised text."""
    words = _words()
    for match in words.plate.finditer(text):
        pieces = words.piece.findall(re.sub(_LEAD_ON, "", match["rest"]))
        ending = match["ending"] or ""
        rest = "".join(_character(piece) for piece in pieces)
        rest += ending if len(rest) == USUAL - 1 else ""  # 鄂D88668挂靠公司的
        if len(rest) not in (USUAL, NEW_ENERGY):
            continue
        named, letter = words.sounds.get(match["province"], match["province"]), match["letter"]
        province = next((each for each in words.provinces if named.startswith(each)), named)
        heard = named != match["province"] or any(each in words.letters for each in (letter, *pieces))
        plate = words.provinces.get(province, province) + _character(letter) + rest
        return Found(plate, match.start(), match.end(), LIKELY if heard else CERTAIN)
    return None


def _character(piece: str) -> str:
    """The letter or the digits that a piece of speech stands for."""
    if piece.isascii():
        return piece.upper()
    letter = _words().letters.get(piece)
    return letter if letter else find_runs(piece)[0][0].digits


@lru_cache(maxsize=1)
def _words() -> Words:
    data = lexicon.load("plates.yaml")
    provinces = {name: short for short, name in data["provinces"].items()}
    letters = {word: letter for letter, words in data["letters"].items() for word in words}
    letter = "[A-Za-z]|" + "|".join(sorted(letters, key=len, reverse=True))
    piece = rf"[两二三俩仨四五]个{_DIGIT}|{_DIGIT}|{letter}"
    shorts = "|".join(data["provinces"])
    sounds = {character: short for short, characters in data["misheard"].items() for character in characters}
    characters = (
        rf"(?P<rest>(?:(?:{piece}){_GAP}{_LEADS_ON}){{1,6}})(?P<ending>[{data['endings']}])?(?!{_DIGIT}|[A-Za-z])"
    )
    unsaid = (
        rf"(?<![\u4e00-\u9fff])[{''.join(sounds)}](?=[A-Za-z]{_GAP}(?:(?:{_DIGIT}|[A-Za-z]){_GAP}){{5,6}}(?:$|[^\w]))"
    )
    plate = re.compile(
        rf"(?P<province>{shorts}|{unsaid}|(?:{'|'.join(provinces)})省?的?(?:[\u4e00-\u9fff]{{2}}市?的?(?=[A-Za-z]))?){_GAP}(?P<letter>{letter}){_GAP}{_LEADS_ON}"
        rf"{characters}"
    )
    begun = re.compile(rf"(?:{shorts}){_GAP}[A-Za-z]{_GAP}(?:{_DIGIT}|[A-Za-z])")
    behind = re.compile(rf"[\s,，是、]*{characters}")
    tail = re.compile(
        rf"[\s,，是、]*(?:尾号?|最后|末尾|后)(?:[一两二三四]位|一个)?(?:就?是)?(?P<rest>(?:(?:{piece}){_GAP}){{1,4}})"
    )
    return Words(provinces, letters, plate, re.compile(piece), begun, behind, tail, sounds)
