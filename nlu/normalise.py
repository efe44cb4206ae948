"""One way of writing a text: simplified characters, half width, no invisible characters, with the way back."""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import opencc

# An ellipsis is a pause; as "..." it would look like decimal points.
KEPT_AS_WRITTEN = frozenset("…⋯")
INVISIBLE_CATEGORIES = frozenset({"Cc", "Cf", "Mn", "Cs", "Co", "Cn"})
# A turn asks some twenty readers about at most a handful of hypotheses.
REMEMBERED_TEXTS = 512

_to_simplified = opencc.OpenCC("t2s")


@dataclass(frozen=True, slots=True)
class Normalised:
    """A text in one way of writing; `starts[i]` and `ends[i]` are where its character i stood in the text as given."""

    text: str
    starts: Sequence[int]
    ends: Sequence[int]

    def span(self, start: int, end: int) -> tuple[int, int]:
        """The characters of the text as given that became `text[start:end]`, as a half-open range."""
        if start >= end:
            at = self.starts[start] if start < len(self.starts) else (self.ends[-1] if self.ends else 0)
            return at, at
        return self.starts[start], self.ends[end - 1]


@lru_cache(maxsize=REMEMBERED_TEXTS)
def normalise(text: str) -> Normalised:
    """The text in simplified characters and half width, white space as plain blanks, invisible characters left out."""
    if text.isascii() and text.isprintable():
        return Normalised(text, range(len(text)), range(1, len(text) + 1))
    pieces: list[str] = []
    starts: list[int] = []
    for position, character in enumerate(text):
        plain = _plain(character)
        pieces.append(plain)
        starts.extend([position] * len(plain))
    return Normalised(_simplified("".join(pieces)), tuple(starts), tuple(start + 1 for start in starts))


@lru_cache(maxsize=8192)
def _plain(character: str) -> str:
    if character in KEPT_AS_WRITTEN:
        return character
    if character.isspace():
        return " "
    if unicodedata.category(character) in INVISIBLE_CATEGORIES:
        return ""
    return unicodedata.normalize("NFKC", character).replace("⁄", "/")


def _simplified(text: str) -> str:
    """Simplified characters, one for one: what would change the length is converted character by character."""
    converted: str = _to_simplified.convert(text)
    if len(converted) == len(text):
        return converted
    return "".join(_simplified_character(character) for character in text)


@lru_cache(maxsize=8192)
def _simplified_character(character: str) -> str:
    converted: str = _to_simplified.convert(character)
    return converted if len(converted) == 1 else character
