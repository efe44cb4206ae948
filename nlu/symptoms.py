"""Symptoms named in a text, each said to be there or not."""

import re
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any

from nlu.denial import REMEMBERED_CLAUSES, affirmed
from nlu.lexicon import load

# 咳了两天, 不咳, 咳得厉害: one character is a symptom only in such a frame.
SINGLE_FRAME = (
    r"(?:^|[不没也就老还又总直在有点是光我他她都很太好常着了])"
    r"(?P<word>{word})(?=$|[了得过着个两三几一的啊呢吧些是都不退]|[,，。])"
)
SINGLE_AFTER = r"(?P<word>{word})(?=得|了[一二两三四五六七八九十几半好]|个不|不停|了$|着呢|着了)"
# Words in which the character is something else.
NOT_SYMPTOMS = {
    "烧": re.compile(r"烧(?:饭|菜|水|火|香|纸|烤|饼|的稀饭|稀饭|肉|鱼|汤|粥|酒|炉|煤|开)|红烧|燃烧|煮|刚烧的"),
    "拉": re.compile(r"拉(?!了|得|稀|肚|个|好)|[上下关着一起手]拉"),
    "吐": re.compile(r"吐(?:字|露|鲁|司)"),
    "麻": re.compile(r"麻(?:烦|将|辣|花|油|药|木|酱|城|醉|子)|芝麻|大麻"),
    "喘": re.compile(r"$^"),
    "闷": re.compile(r"闷(?:热|头|在|声|骚)"),
    "晕": re.compile(r"晕(?:车|船)"),
    "肿": re.compile(r"肿(?:瘤|么)"),
    "摔": re.compile(r"摔(?:碎|坏|打|东西|门)"),
    "痒": re.compile(r"$^"),
    "咳": re.compile(r"咳(?:嗨|呀)|^咳[,，]"),
}
WELL = re.compile(
    r"(?:啥|什么)毛病(?:都|也)?没|(?:哪|啥|什么|样样|全身|浑身|身体|一切|都)(?:儿|里|处|方面)?(?:都|也|还)?(?:好|正常|没事|不疼|没毛病|没问题)|挺好|蛮好|好着|很好|没病没灾|硬朗|健康|没啥|没什么毛病"
)


@dataclass(frozen=True, slots=True)
class SymptomMention:
    """A symptom by its canonical name, where it stands, and whether it is said to be there."""

    symptom: str
    start: int
    end: int
    present: bool


@lru_cache(maxsize=REMEMBERED_CLAUSES)
def find_symptoms(text: str, start: int, end: int) -> tuple[SymptomMention, ...]:
    """The symptoms that the clause `text[start:end]` names, left to right."""
    clause = text[start:end]
    places = [(name, a, b) for name, a, b in symptom_mentions(clause) if not _part_of_other(clause, a, b)]
    for name, word in _singles():
        for a in _single_places(clause, word):
            if not any(first <= a < last for _, first, last in places):
                places.append((name, a, a + 1))
    generic = [each for each in places if each[0] == "不舒服"]
    if len({each[0] for each in places}) > 1:
        places = [each for each in places if each not in generic]
    listed = _denied_list(clause, sorted(places, key=lambda each: each[1]))
    return tuple(
        SymptomMention(name, start + a, start + b, affirmed(clause, a, b) and not denied)
        for (name, a, b), denied in listed
    )


def symptom_mentions(text: str) -> tuple[tuple[str, int, int], ...]:
    """Canonical symptoms in a simplified text with where they stand, left to right, longest words first at a place."""
    found: list[tuple[str, int, int]] = []
    position = 0
    by_first = _symptom_words()
    composed = {match.start(): (name, match) for name, pattern in _composed() for match in pattern.finditer(text)}
    while position < len(text):
        for word, symptom in by_first.get(text[position], ()):
            # 晕倒是不晕 says that one is not dizzy, not that one fainted.
            if text.startswith(word, position) and not (
                word[-1] == "倒" and text.startswith("是", position + len(word))
            ):
                found.append((symptom, position, position + len(word)))
                position += len(word)
                break
        else:
            if position in composed:
                name, match = composed[position]
                found.append((name, match.start("feels"), match.end()))
                position = match.end()
            else:
                position += 1
    return tuple(found)


def single_words(symptoms: frozenset[str]) -> tuple[str, ...]:
    """The one-character words that stand for the symptoms in an answer: 烧 for 发烧."""
    table = _symptoms()
    singles = tuple(table[name]["single"] for name in sorted(symptoms) if "single" in table[name])
    echoes = tuple(word for name in sorted(symptoms) for word in table[name].get("echoes", ()))
    return singles + echoes + tuple(word for name in sorted(symptoms) for word in table[name].get("feels", ()))


def contrary_words(symptoms: frozenset[str]) -> tuple[str, ...]:
    """What says that a symptom is not there without naming it: 舒服 for 不舒服."""
    table = _symptoms()
    return tuple(word for name in sorted(symptoms) for word in table[name].get("contrary", ()))


def well(text: str) -> bool:
    """Whether the text says that nothing is wrong: 哪都好."""
    return WELL.search(text) is not None


Place = tuple[str, int, int]


def _denied_list(clause: str, places: list[Place]) -> list[tuple[Place, bool]]:
    """没有发烧咳嗽: what is denied before a run of symptoms is denied for each of them."""
    denied = False
    result: list[tuple[Place, bool]] = []
    for index, place in enumerate(places):
        between = clause[places[index - 1][2] : place[1]] if index else ""
        joined = index > 0 and re.fullmatch(r"(?:[和跟或、,，及与]|或者|以及|也|这些)?", between) is not None
        denied = (denied and joined) or not affirmed(clause, place[1], place[2])
        result.append((place, denied))
    return result


def _single_places(clause: str, word: str) -> list[int]:
    trap = NOT_SYMPTOMS.get(word)
    places = {
        match.start("word")
        for frame in (SINGLE_FRAME, SINGLE_AFTER)
        for match in re.finditer(frame.format(word=word), clause)
    }
    if trap is not None:
        covered = [range(match.start(), match.end()) for match in trap.finditer(clause)]
        places = {place for place in places if not any(place in each for each in covered)}
    return sorted(places)


def _part_of_other(clause: str, start: int, end: int) -> bool:
    """痰 in 没痰 counts, 过敏 in a medicine's name does not."""
    return clause[end : end + 1] == "药" or clause[end : end + 2] == "门诊" or clause[start - 1 : start + 1] == "抗过"


@cache
def _singles() -> tuple[tuple[str, str], ...]:
    return tuple((name, entry["single"]) for name, entry in _symptoms().items() if "single" in entry)


@cache
def _symptoms() -> Any:
    return load("symptoms.yaml")


@cache
def _composed() -> tuple[tuple[str, re.Pattern[str]], ...]:
    """嗓子有点疼: a part of the body and what it feels like, little between them."""
    between = (
        r"(?:[里头]?(?:哪儿|哪里|哪|一阵一阵地?|一阵阵地?|阵阵|一抽一抽地?|时不时地?|现在|今天|昨天|这两天|最近"
        r"|里头|里|一直|老是|经常|总是|还是|也|都|就|又|还|老|总|倒|是|有点儿?|有些|稍微|隐隐|一点|不|没|没有|怎么|太|是很|很"
        r"|好|特别|非常|觉得|感觉|发|那个|啊|儿|有|会|偶尔|有时候?|得|真))"
    )
    return tuple(
        (name, re.compile(rf"(?:{'|'.join(entry['parts'])}){between}{{0,4}}(?P<feels>{'|'.join(entry['feels'])})"))
        for name, entry in _symptoms().items()
        if "parts" in entry
    )


@cache
def _symptom_words() -> dict[str, tuple[tuple[str, str], ...]]:
    by_first: dict[str, list[tuple[str, str]]] = {}
    for symptom, entry in _symptoms().items():
        for word in entry["words"]:
            by_first.setdefault(word[0], []).append((word, symptom))
    return {first: tuple(sorted(words, key=lambda each: -len(each[0]))) for first, words in by_first.items()}
