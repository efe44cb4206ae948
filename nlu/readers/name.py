"""A person's name, with the characters that were spelled out: 我叫李秀英，木子李，优秀的秀."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from nlu.lexicon import load
from nlu.pinyin import syllables
from nlu.readers.yes_no import read_yes_no
from nlu.reading import Expectation, NotRead, Reading
from nlu.rewriting import Rewritten, as_given

TOLD = 0.95  # after 我叫, or spelled out
BARE = 0.8  # a reply that is only a name
CLAUSE = re.compile(r"[^\s,，。.;；:：!！?？、…·~—()（）\-]+")
HAN = r"[\u4e00-\u9fff]"
SPACED = re.compile(rf"\s*{HAN}(?:\s+{HAN}){{1,3}}\s*")  # 王 小 明
SPELLING = re.compile(
    rf"(?P<word>{HAN}{{2,5}})(?:的|那个|里的|里面的|里头的)(?:那个)?(?P<character>{HAN})(?:字|嘛|啊|呀|吧)?$"
)
TRAILER = re.compile(
    r"(?:(?<=.{2})(?:啊|呀|呢|吧|嘛|哈|哦|的|了|咯|喽|噻|就是我|是我|本人|就行了?|就好了?|就可以了?|就中))+$"
)
PARTICLES = frozenset("的了吗呢吧啊呀哦哈嘛么着过没不是在我你他她这那什谁哪怎就也都很太还再又")
OWNED = re.compile(r"的(?:父|母|儿|女|孙|爸|妈|爱人|老|邻|朋|妻|丈|家|哥|弟|姐|妹|亲|妹|媳|婿|外|侄|同)")
ASKS_SURNAME = re.compile("贵姓|姓什么|姓啥|姓么|怎么称呼|咋称呼|如何称呼")
CORRECTED = re.compile(r"不对|不是|错了|说错|更正|应该是|是叫")
# 姓高，单名军; 单名一个磊，姓张: surname and given name told apart.
SURNAME_TOLD = re.compile(rf"姓(?P<surname>{HAN}{{2}}|{HAN})(?={HAN}?(?:$|[，,。；的]))")
GIVEN_TOLD = re.compile(rf"(?:单名|名叫|名|叫)(?:是|叫|个|一个)*(?P<given>{HAN}{{1,2}}?)字?(?=$|[，,。；])")
# Said after a name: 彭大勇先生, 梁建民同志.
POLITE = re.compile("(?<=.{2})(?:先生|女士|同志|小姐|师傅|老师)$")
# 我就是刘春生他爹, 我不是王明: names of others.
NOT_THE_SPEAKER = re.compile(
    r"(?:他|她|的)?(?:爹|爸|妈|娘|爷|奶|姥|哥|姐|弟|妹|嫂|媳妇|老婆|老公|老伴|爱人|家属|儿子|女儿|闺女|孙)"
)
DENIED = re.compile(r"不(?:是|叫|姓)(?:叫|姓)?$")
LIVES_AT = re.compile(
    r"^(?:社区|居委会|街道|物业|村委会)的|^[0-9一二三四五六七八九十]+(?:号楼|栋|单元|幢|组|队)的"
)  # 我是3号楼的马春花
# 买买提·艾力: the names of peoples who write both parts with a dot.
DOTTED = re.compile("[\u4e00-\u9fff]{2,8}[·•・][\u4e00-\u9fff]{1,8}")
BIGGEST_NAME = 4  # a compound surname and two characters


@dataclass(frozen=True, slots=True)
class _Found:
    name: str
    start: int
    end: int
    told: bool


def read_name(text: str, *, expectation: Expectation, at: datetime) -> Reading | NotRead:
    """The full name; a surname alone is incomplete, unless the question asks for no more."""
    heard = as_given(text)
    if SPACED.fullmatch(heard.text):
        heard = heard.replaced((each.start(), each.end(), "") for each in re.finditer(r"(?<=.)\s+(?=.)", heard.text))
    written = DOTTED.search(heard.text)
    if written is not None:
        start = written.start() + len(lead.group()) if (lead := _leads().match(written.group())) else written.start()
        name = re.sub("[•・]", "·", heard.text[start : written.end()])
        return Reading(value=name, span=heard.span(start, written.end()), confidence=TOLD)
    apart = _told_apart(heard.text)
    found = [apart] if apart else [*_names(heard.text), *_peoples_names(heard.text)]
    full = [each for each in found if len(each.name) > len(_surname(each.name) or "")]
    if not full:
        if found and ASKS_SURNAME.search(expectation.asked):
            return _surname_read(found[0], heard)
        if found:
            return NotRead(reason="incomplete", span=heard.span(found[0].start, found[0].end))
        said = read_yes_no(text, expectation=expectation, at=at)
        return said if isinstance(said, NotRead) else NotRead(reason="not_an_answer")
    own = [
        each
        for each in full
        if not NOT_THE_SPEAKER.match(heard.text, each.end) and not DENIED.search(heard.text[: each.start])
    ]
    full = own or full
    chosen = next((each for each in full[1:] if CORRECTED.search(heard.text[full[0].end : each.start])), full[0])
    spelled = dict(_spellings(heard.text))
    name = "".join(spelled.get(position, character) for position, character in _matched(chosen.name, spelled))
    confidence = TOLD if chosen.told or spelled else BARE
    return Reading(value=name, span=heard.span(chosen.start, chosen.end), confidence=confidence)


def _told_apart(text: str) -> _Found | None:
    surname, given = SURNAME_TOLD.search(text), GIVEN_TOLD.search(text)
    family = _surname(surname["surname"]) if surname is not None else None
    if surname is None or given is None or family is None or set(given["given"]) & PARTICLES:
        return None
    if _surname(given["given"]) and len(given["given"]) > 1:
        return None  # 姓王，叫王红 tells the whole name
    start, end = min(surname.start(1), given.start(1)), max(surname.end(1), given.end(1))
    return _Found(family + given["given"], start, end, told=True)


def _surname_read(found: _Found, heard: Rewritten) -> Reading:
    """免贵姓王 where the surname was asked for, 立早章 taken in."""
    spelled = dict(_spellings(heard.text))
    name = "".join(spelled.get(position, character) for position, character in _matched(found.name, spelled))
    return Reading(value=name, span=heard.span(found.start, found.end), confidence=TOLD)


def _matched(name: str, spelled: dict[int, str]) -> Iterator[tuple[int, str]]:
    """The characters of a name, each with the key of the spelling that sounds like it, or -1."""
    used: set[int] = set()
    for character in name:
        sound = syllables(character)
        key = next((key for key, each in spelled.items() if key not in used and syllables(each) == sound), -1)
        used.add(key)
        yield key, character


def _spellings(text: str) -> Iterator[tuple[int, str]]:
    """Characters told by their parts or by a word that holds them, keyed by where: 木子李, 优秀的秀."""
    parts = _words()["spelled"]
    for clause in CLAUSE.finditer(text):
        if clause.group().startswith("不是") and "是" not in clause.group()[2:]:
            continue
        words = re.sub(r"^(?:是|就是|那个|一个|我是|姓|不是.{1,4}是)+(?=.{2})", "", clause.group())
        by_word = SPELLING.search(words)
        if by_word is not None and by_word.group("character") in by_word.group("word"):
            yield clause.start(), by_word.group("character")
            continue
        by_parts = re.search(rf"(?P<parts>{_either(parts)})的?(?P<character>{HAN})(?:字)?$", words)
        if by_parts is not None and syllables(parts[by_parts.group("parts")]) == syllables(by_parts.group("character")):
            yield clause.start(), parts[by_parts.group("parts")]


def _spelled_by_parts(words: str) -> bool:
    """Whether a clause only spells a character: 弓长张, 是文刀刘."""
    parts = _words()["spelled"]
    whole = re.fullmatch(rf"(?:是|就是|姓)?(?P<parts>{_either(parts)})的?(?P<character>{HAN})(?:字|啊|呀|嘛)?", words)
    return whole is not None and syllables(parts[whole.group("parts")]) == syllables(whole.group("character"))


def _names(text: str) -> Iterator[_Found]:
    """Names after 我叫 and the like, then clauses that are a name."""
    for clause in CLAUSE.finditer(text):
        words, start = clause.group(), clause.start()
        spelling = SPELLING.search(words)
        if spelling is not None and spelling.group("character") in spelling.group("word"):
            continue
        if _spelled_by_parts(words):
            continue
        lead = re.search(rf"(?:{_either(_words()['lead_ins'])})", words)
        offsets = [0] if lead is None else [lead.end(), 0]
        for offset in offsets:
            candidate = TRAILER.sub(
                "", re.sub(r"^(?:那个|这个|呃|嗯|就|的|个|哦|啊|对|喂)+(?=.{2})", "", words[offset:])
            )
            candidate = POLITE.sub("", LIVES_AT.sub("", candidate))
            at = words.find(candidate, offset)
            candidate = re.sub(r"^(.{2,4})\1+$", r"\1", candidate)
            called = lead is not None and offset > 0 and lead.group()[-1] in "叫名字"
            name = _name_at_start(candidate, whole=offset == 0, called=called)
            if name is not None and OWNED.match(candidate[len(name) :]):
                name = None
            if name is not None:
                yield _Found(name, start + at, start + at + len(name), told=offset > 0)
                break


def _peoples_names(text: str) -> Iterator[_Found]:
    """Tibetan and Mongolian names, which have no surname: 扎西次仁, 乌云其木格."""
    part = _either(_words()["name_parts"])
    name = re.compile(f"(?:{part})(?:{part}|花|娜){{1,3}}")
    for clause in CLAUSE.finditer(text):
        match = name.search(clause.group())
        lead = _leads().match(clause.group())
        if match is not None and match.start() == (lead.end() if lead else 0):
            start = clause.start() + match.start()
            yield _Found(match.group(), start, start + len(match.group()), told=lead is not None)


def _name_at_start(words: str, *, whole: bool, called: bool) -> str | None:
    """The name with which the words begin; with `whole` the words are nothing else, with `called` 叫 goes before."""
    surname = _surname(words)
    if surname is None or (not called and any(words.startswith(each) for each in _words()["not_names"])):
        return None
    given = words[len(surname) :]
    if any(given.startswith(title) for title in _words()["titles"]):
        return None if whole else surname
    given = (
        re.split(rf"[^\u4e00-\u9fff]|{'|'.join(('的', '了', '啊', '呀', '今年', '住', '家', '是'))}", given)[0]
        if not whole
        else given
    )
    if whole and not re.fullmatch(rf"{HAN}{{1,3}}", given):
        return None
    if not given:
        return surname
    if len(surname) + len(given) > (BIGGEST_NAME if len(surname) == 2 else 3):
        if whole:
            return None
        given = given[:2]
    return None if set(given) & PARTICLES else surname + given


def _surname(words: str) -> str | None:
    compound = next((each for each in _words()["compound"] if words.startswith(each)), None)
    return compound or (words[0] if words and words[0] in _words()["surnames"] else None)


def _either(words: Any) -> str:
    return "|".join(sorted(words, key=len, reverse=True))


@cache
def _leads() -> re.Pattern[str]:
    return re.compile(f"(?:{_either(_words()['lead_ins'])})")


@cache
def _words() -> Any:
    return load("names.yaml")
