"""A notice in passages short enough to be read out."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

LONGEST = 160  # characters: about forty seconds when read aloud

_COUNTED = r"#+\s*|[一二三四五六七八九十]+[、.．]|[（(][一二三四五六七八九十0-9]+[)）]"
_HEADING = re.compile(rf"^(?:{_COUNTED}|第[一二三四五六七八九十百0-9]+[章节条])")
_NUMBERING = re.compile(rf"^(?:{_COUNTED}|[-*]\s+|\d+[.、．)]\s*)")
_ENDS = "。！？；;!?"
_LONGEST_HEADING = 24


@dataclass(frozen=True, slots=True, kw_only=True)
class Passage:
    """A few sentences of a notice, with where they come from."""

    text: str
    source: str  # the notice's title, as residents know it
    published: date | None = None
    heading: str = ""  # the heading under which the passage stands, if any


def passages_of(text: str, *, source: str, published: date | None = None) -> tuple[Passage, ...]:
    """The notice cut at headings and paragraphs, in passages of at most LONGEST characters, or one sentence."""
    passages: list[Passage] = []
    heading = ""
    for line in (each.strip() for each in text.splitlines()):
        if not line:
            continue
        if _is_heading(line):
            heading = _NUMBERING.sub("", line).strip()
            continue
        body = _NUMBERING.sub("", line)
        for piece in _pieces(body):
            passages.append(Passage(text=piece, source=source, published=published, heading=heading))
    return tuple(passages)


def _is_heading(line: str) -> bool:
    short = len(line) <= _LONGEST_HEADING and not line.endswith(tuple(_ENDS + "：:，,"))
    return short and (_HEADING.match(line) is not None or not any(mark in line for mark in "，。；：:0123456789"))


def _pieces(paragraph: str) -> Iterator[str]:
    piece = ""
    for sentence in re.findall(f"[^{_ENDS}]+[{_ENDS}]?", paragraph):
        if piece and len(piece) + len(sentence) > LONGEST:
            yield piece.strip()
            piece = ""
        piece += sentence
    if piece.strip():
        yield piece.strip()
