"""The words of replies: what a clause holds, and what is left of it when openers and particles are taken off."""

import re
from collections.abc import Sequence
from functools import cache
from typing import Any

from nlu.denial import either, masked
from nlu.lexicon import load
from nlu.topic import verb_traps

KNOWING = frozenset({"知道", "晓得", "记得", "清楚", "认识", "听说"})
# Verbs that say too little to be an echo: 有 in 有鼻塞 does not answer 有没有发烧.
WEAK_VERBS = frozenset("有是在要能会想上下出到给说点走开通转")
LEANS_NO = re.compile(r"没|不|无|未|否|别|冇|拒绝|反对")
QUOTES = " \"'“”‘’()（）:："


def held(text: str, words: Sequence[str]) -> str | None:
    """The first of the words that the text holds."""
    return next((word for word in words if word in text), None)


def starts_with(text: str, words: Sequence[str]) -> str:
    """The first of the words with which the text starts, "" if none."""
    return next((word for word in words if text.startswith(word)), "")


def first_word(clause: str, words: Sequence[str]) -> tuple[int, int] | None:
    """Where the first of the words stands, the longest at a place, outside of words that mean another thing."""

    def blanked(trap: re.Match[str]) -> str:
        return trap.group() if trap.group() in words else "〇" * len(trap.group())

    hidden = verb_traps().sub(blanked, masked(clause))
    places = [(hidden.find(word), -len(word)) for word in words if word in hidden]
    if not places:
        return None
    start, length = min(places)
    return start, start - length


def cores(clause: str) -> list[str]:
    """The clause, and what is left of it as openers and particles are taken off, whole first."""
    core = clause.strip(QUOTES).lower()
    cores = [core, _said_once(core)]
    core = cores[-1]
    for _ in range(6):
        shorter = _openers().sub("", _closers().sub("", core))
        if shorter == core:
            break
        core = shorter
        cores += [core, _said_once(core)]
    return [each for each in cores if each] or [clause]


def _said_once(text: str) -> str:
    return re.sub(r"^(.{1,4}?)\1+$", r"\1", text)


@cache
def reply_words() -> Any:
    """The content of lexicon/yes_no.yaml."""
    return load("yes_no.yaml")


@cache
def word_sets() -> dict[str, frozenset[str]]:
    """The lists of lexicon/yes_no.yaml as sets, those in groups as `group.name`."""
    sets: dict[str, frozenset[str]] = {"always_plain": frozenset({"没有", "没", "不是", "是", "对", "有", "不对"})}
    for name, content in reply_words().items():
        if isinstance(content, dict):
            sets.update({f"{name}.{part}": frozenset(words) for part, words in content.items()})
        else:
            sets[name] = frozenset(content)
    return sets


@cache
def _openers() -> re.Pattern[str]:
    return re.compile(rf"^(?:{either(reply_words()['openers'])})(?=.)")


@cache
def _closers() -> re.Pattern[str]:
    return re.compile(rf"(?<=.)(?:{either(reply_words()['closers'])})$")
