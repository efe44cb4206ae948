"""Finds many fixed phrases in a text at once, also where a recogniser wrote homophones or lost a character."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from nlu.sounds import folded_syllable, syllable

BREAKS = frozenset("，。！？；：、,!?;:\n")
LIGHT = frozenset("的得地了着过都就也还是个一我他她有在上下里出起到把被让给快很好太真啊")
"""Characters that any phrase can lose and still mean the same."""
HEAVY = frozenset("不没无冇别未错多完断光空漏0123456789")
"""A phrase with one of these may say its opposite with any word missing: it loses LIGHT characters only."""

_LOSABLE_FROM = 4  # shorter phrases with a character missing turn up in innocent talk


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
    misheard: tuple[int, ...]  # the characters of what was heard that only sound like those of the phrase
    lost: int  # characters missing
    alike: bool  # the wrong ones are homophones, tones ignored; not merely near

    @property
    def wrong(self) -> int:
        return len(self.misheard)

    @property
    def errors(self) -> int:
        return self.wrong + self.lost


@dataclass(frozen=True, slots=True)
class _Form:
    """One way in which a phrase is heard: whole, or with one character lost."""

    phrase: int
    characters: tuple[str, ...]
    sounds: tuple[str, ...]
    lost: int


class PhraseIndex:
    """Forms of phrases by their first two syllables: the cost of finding hardly grows with their number."""

    def __init__(self, phrases: Iterable[str], *, innocent: Iterable[str] = ()) -> None:
        """`innocent` are everyday words that a phrase must not shrink to when it loses a character, nor be heard in."""
        everyday = self._everyday = {tuple(word) for word in innocent}
        self.phrases = tuple(dict.fromkeys(phrases))
        self.numbers = {phrase: number for number, phrase in enumerate(self.phrases)}
        self._forms: dict[tuple[str, ...], list[_Form]] = defaultdict(list)
        for number, phrase in enumerate(self.phrases):
            for characters, lost in _heard_as(Heard.of(phrase).characters):
                if lost and characters in everyday:
                    continue
                sounds = tuple(map(folded_syllable, characters))
                self._forms[sounds[:2]].append(_Form(number, characters, sounds, lost))

    def find(self, heard: Heard) -> list[Hit]:
        """Every phrase within one part of what was heard, with how well it fits."""
        sounds = tuple(map(folded_syllable, heard.characters))
        hits: list[Hit] = []
        for start in range(len(sounds)):
            for first in {sounds[start : start + 1], sounds[start : start + 2]}:
                for form in self._forms.get(first, ()):
                    end = start + len(form.sounds)
                    said = heard.characters[start:end]
                    if said != form.characters and said in self._everyday:
                        continue
                    if sounds[start:end] == form.sounds and heard.parts[start] == heard.parts[end - 1]:
                        hits.append(_hit(form, said, start))
        return hits


def _hit(form: _Form, found: tuple[str, ...], start: int) -> Hit:
    pairs = enumerate(zip(form.characters, found, strict=True), start=start)
    wrong = {place: (meant, got) for place, (meant, got) in pairs if meant != got}
    alike = all(syllable(meant) == syllable(got) for meant, got in wrong.values())
    return Hit(form.phrase, start, start + len(found), tuple(wrong), form.lost, alike)


def _heard_as(characters: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], int]]:
    """The characters of a phrase, whole and with each one missing that may go missing; with how many are missing."""
    yield characters, 0
    if len(characters) < _LOSABLE_FROM:
        return
    opposite = not HEAVY.isdisjoint(characters)
    for place, character in enumerate(characters):
        if character in LIGHT:
            losable = place > 0 or not opposite
        else:
            losable = not opposite and (place > 0 or len(characters) > _LOSABLE_FROM)
        if losable:
            yield characters[:place] + characters[place + 1 :], 1
