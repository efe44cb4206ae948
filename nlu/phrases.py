"""Finds many fixed phrases in a text at once, also where a recogniser wrote a homophone, lost or doubled a character."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from nlu.sounds import folded_syllable, syllable

BREAKS = frozenset("，。！？；：、,!?;:\n")
LIGHT = frozenset("的得地了着过都就也还是个一我他她有在上下里出起到把被让给快很好太真啊")
"""Characters that a phrase can lose and still mean the same."""
HEAVY = frozenset("不没无冇别未错多完断光空漏0123456789")
"""A phrase with one of these says its opposite, or nothing, without its other words."""

_LOSABLE_FROM = 4  # shorter phrases with a character missing turn up in innocent talk
_ANY_LOSABLE_FROM = 5  # from here on a phrase may lose a character that is not light
_DIAGONALS = 1 << 10  # more than any phrase is long; positions are shifted by it to stay positive


@dataclass(frozen=True, slots=True)
class Heard:
    """A text as it sounds: its characters without punctuation, none twice in a row, and where each stood."""

    characters: tuple[str, ...]
    positions: tuple[int, ...]
    parts: tuple[int, ...]  # how many breaks precede each character

    @classmethod
    def of(cls, text: str) -> "Heard":
        """What is heard of a text that nlu.normalise has written plainly."""
        characters: list[str] = []
        positions: list[int] = []
        parts: list[int] = []
        part = 0
        for position, character in enumerate(text):
            if character in BREAKS:
                part += 1
            elif character.isalnum() and (character.isascii() or characters[-1:] != [character]):
                characters.append(character)
                positions.append(position)
                parts.append(part)
        return cls(tuple(characters), tuple(positions), tuple(parts))


@dataclass(frozen=True, slots=True)
class Hit:
    """A phrase that was found, from character `start` to before `end` of what was heard."""

    phrase: int
    start: int
    end: int
    wrong: int  # characters heard as something that sounds alike
    lost: int  # characters missing
    alike: bool  # the wrong ones are homophones, tones ignored; not merely near

    @property
    def errors(self) -> int:
        return self.wrong + self.lost


class PhraseIndex:
    """An inverted index over syllables: finding costs by what is common, not by how many phrases there are."""

    def __init__(self, phrases: Iterable[str]) -> None:
        self.phrases = tuple(dict.fromkeys(phrases))
        self.numbers = {phrase: number for number, phrase in enumerate(self.phrases)}
        self._heard = [Heard.of(phrase).characters for phrase in self.phrases]
        self._posted: dict[str, list[int]] = defaultdict(list)
        for number, characters in enumerate(self._heard):
            for place, character in enumerate(characters):
                self._posted[folded_syllable(character)].append(number * 2 * _DIAGONALS + _DIAGONALS - place)

    def find(self, heard: Heard) -> list[Hit]:
        """Every phrase in what was heard, with how well it fits: at most half of its characters heard wrongly."""
        counts: dict[int, int] = defaultdict(int)
        for at, character in enumerate(heard.characters):
            for posted in self._posted.get(folded_syllable(character), ()):
                counts[posted + at] += 1
        hits = []
        for key, count in list(counts.items()):
            number, diagonal = divmod(key, 2 * _DIAGONALS)
            length = len(self._heard[number])
            if count == length:
                hit = self._whole(number, diagonal - _DIAGONALS, heard)
            elif length >= _LOSABLE_FROM and count + counts.get(key - 1, 0) >= length - 1:
                hit = self._with_one_lost(number, diagonal - _DIAGONALS, heard)
            else:
                continue
            if hit is not None:
                hits.append(hit)
        return hits

    def _whole(self, number: int, start: int, heard: Heard) -> Hit | None:
        said = self._heard[number]
        return _compared(number, said, heard, start, lost=0)

    def _with_one_lost(self, number: int, start: int, heard: Heard) -> Hit | None:
        said = self._heard[number]
        opposite = not HEAVY.isdisjoint(said)
        any_losable = len(said) >= _ANY_LOSABLE_FROM and not opposite
        for place, character in enumerate(said):
            if (character not in LIGHT and not any_losable) or (opposite and place == 0):
                continue
            # Losing the first character shifts where the rest begins.
            begin = start + 1 if place == 0 and _sounds_at(said[1:], heard, start + 1) else start
            hit = _compared(number, said[:place] + said[place + 1 :], heard, begin, lost=1)
            if hit is not None:
                return hit
        return None


def _sounds_at(said: Sequence[str], heard: Heard, start: int) -> bool:
    return _compared(0, said, heard, start, lost=1) is not None


def _compared(number: int, said: Sequence[str], heard: Heard, start: int, *, lost: int) -> Hit | None:
    end = start + len(said)
    if start < 0 or end > len(heard.characters) or heard.parts[start] != heard.parts[end - 1]:
        return None
    wrong = 0
    alike = True
    for meant, found in zip(said, heard.characters[start:end], strict=True):
        if meant == found:
            continue
        if folded_syllable(meant) != folded_syllable(found):
            return None
        wrong += 1
        alike = alike and syllable(meant) == syllable(found)
    return Hit(number, start, end, wrong, lost, alike)
