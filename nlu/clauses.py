"""The clauses of an utterance, and what a clause says without the particles around it."""

import re
from collections.abc import Iterator
from functools import cache

from nlu.lexicon import load

CLAUSE_END = re.compile(r"[，,。.！!？?；;、…~—\s]+")


def clauses(text: str) -> Iterator[tuple[int, int]]:
    """The half-open ranges between punctuation; a point between two digits is no punctuation."""
    start = 0
    for mark in CLAUSE_END.finditer(text):
        inside_number = mark.group() == "." and text[: mark.start()][-1:].isdigit() and text[mark.end() :][:1].isdigit()
        if inside_number:
            continue
        if mark.start() > start:
            yield start, mark.start()
        start = mark.end()
    if start < len(text):
        yield start, len(text)


def bare(text: str, start: int, end: int) -> tuple[int, int]:
    """The range without the particles around it: 哦中嘞 is 中."""
    particles = _particles()
    first, last = start, end
    while last - first > 1 and text[last - 1] in particles["after"]:
        last -= 1
    while last - first > 1 and text[first] in particles["before"]:
        first += 1
    return first, last


def said_once(text: str) -> str:
    """中中中 is 中: a word said over and over is said once."""
    return re.sub(r"^(.{1,3}?)\1+$", r"\1", text)


@cache
def _particles() -> dict[str, frozenset[str]]:
    return {side: frozenset(characters) for side, characters in load("particles.yaml").items()}


def blanked(text: str, start: int, end: int) -> str:
    """The text with `text[start:end]` taken out, in as many characters, so that what is read keeps its place."""
    return text[:start] + "，" * (end - start) + text[end:]
