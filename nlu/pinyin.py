"""How alike two phrases sound when tones are lost: what a recogniser heard against what may have been said."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from nlu.sounds import fold, syllable

# Cost of one syllable taken for another, of 0..1: zhang for zan is a slip of accent, li for ni likewise;
# the same final or the same initial alone is half a likeness.
ACCENT = 0.2
SAME_FINAL = 0.6
SAME_INITIAL = 0.75
OFF_GLIDES = {"iu": "ou", "ui": "ei", "un": "en", "in": "en", "vn": "en"}  # as they are spelt, and as they sound
INITIALS = ("zh", "ch", "sh", *"bpmfdtnlgkhjqxrzcsyw")


@dataclass(frozen=True, slots=True, kw_only=True)
class SoundsLike:
    """The phrase that sounds most like a text, with the distance per syllable, 0 (the same) .. 1."""

    phrase: str
    distance: float


@lru_cache(maxsize=4096)
def syllables(text: str) -> tuple[str, ...]:
    """The toneless syllables of a text, one for each character; blanks and punctuation are left out."""
    return tuple(syllable(character) for character in text if character.isalnum())


@lru_cache(maxsize=16384)
def syllable_distance(one: str, other: str) -> float:
    """How unlike two toneless syllables sound, 0..1."""
    if one == other:
        return 0.0
    if fold(one) == fold(other):
        return ACCENT
    one_initial, one_final = _parts(one)
    other_initial, other_final = _parts(other)
    if one_final and one_final == other_final:
        return SAME_FINAL
    if one_initial and one_initial == other_initial:
        return SAME_INITIAL
    return 1.0


def rhyme(toneless: str) -> str:
    """What a toneless syllable rhymes with: jiao and shao are ao, shi and zi are a sound of their own."""
    initial, final = _parts(fold(toneless))
    if final == "i" and initial in ("z", "c", "s"):
        return ""
    return OFF_GLIDES.get(final, final[1:] if final[:1] in "iuv" and final[1:2] in tuple("aoe") else final)


def distance(one: str, other: str) -> float:
    """The edit distance of two phrases in sounds, per syllable of the longer one, 0..1; 0 when they sound the same."""
    return _distance(syllables(one), syllables(other))


def nearest(text: str, phrases: Iterable[str], *, within: float) -> SoundsLike | None:
    """The phrase that sounds most like the whole text, the first of equals, None if none is so near."""
    heard = syllables(text)
    best: SoundsLike | None = None
    for phrase in phrases:
        apart = _distance(heard, syllables(phrase))
        if apart <= within and (best is None or apart < best.distance):
            best = SoundsLike(phrase=phrase, distance=apart)
    return best


def find(phrase: str, text: str, *, within: float) -> tuple[int, int] | None:
    """Where in the text something sounds like the phrase, character for character; the likest place, or None."""
    wanted = syllables(phrase)
    length = len(wanted)
    heard = [syllable(character) for character in text]
    best: tuple[float, int] | None = None
    for start in range(len(heard) - length + 1):
        apart = sum(syllable_distance(a, b) for a, b in zip(heard[start:], wanted, strict=False)) / max(length, 1)
        if apart <= within and (best is None or apart < best[0]):
            best = (apart, start)
    return (best[1], best[1] + length) if best is not None and length else None


@lru_cache(maxsize=16384)
def _distance(one: tuple[str, ...], other: tuple[str, ...]) -> float:
    longest = max(len(one), len(other))
    if longest == 0:
        return 0.0
    row = [float(column) for column in range(len(other) + 1)]
    for count, ours in enumerate(one, start=1):
        above, row = row, [float(count)]
        for column, theirs in enumerate(other, start=1):
            swap = above[column - 1] + syllable_distance(ours, theirs)
            row.append(min(swap, above[column] + 1, row[column - 1] + 1))
    return row[-1] / longest


@lru_cache(maxsize=2048)
def _parts(toneless: str) -> tuple[str, str]:
    initial = next((each for each in INITIALS if toneless.startswith(each)), "")
    return initial, toneless[len(initial) :]
