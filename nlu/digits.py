"""Numbers told digit by digit: 幺三八，一二三四，三个八五; names, repeats, fillers, misheard digits."""

import re
from dataclasses import dataclass
from functools import lru_cache

from nlu import lexicon
from nlu.numerals import DIGIT_VALUES

# More misheard digits than this share of a run and it is a sentence, not a number.
MOST_MISHEARD = 0.34
# 零要二要要九: 幺 twice, as a recogniser writes it; between two digits it can be nothing else.
_SAID_TWICE = re.compile(rf"(?<=[{''.join(DIGIT_VALUES)}])要{{2,}}(?=[{''.join(DIGIT_VALUES)}])")
# Shorter runs are words more often than numbers: nothing in them is taken as misheard.
SHORTEST_WITH_MISHEARD = 5


@dataclass(frozen=True, slots=True)
class Group:
    """Digits told in one breath, at `text[start:end]` of a normalised text; how many were taken for misheard."""

    digits: str
    start: int
    end: int
    misheard: int = 0


@dataclass(frozen=True, slots=True)
class _Sounds:
    digit: dict[str, str]
    misheard: dict[str, str]
    token: re.Pattern[str]


def find_runs(text: str) -> list[list[Group]]:
    """Runs of digit groups: groups of one run have only pauses and fillers between them."""
    runs = []
    text = _SAID_TWICE.sub(lambda ones: "幺" * len(ones[0]), text)
    for run in _runs(text, 0, len(text), hearing=True):
        length, misheard = sum(len(group.digits) for group in run), sum(group.misheard for group in run)
        if misheard and (length < SHORTEST_WITH_MISHEARD or misheard > MOST_MISHEARD * length):
            runs.extend(_runs(text, run[0].start, run[-1].end, hearing=False))
        else:
            runs.append(run)
    return runs


def _runs(text: str, start: int, end: int, *, hearing: bool) -> list[list[Group]]:
    """As `find_runs` in a part of the text; without `hearing` a misheard digit ends a run."""
    runs: list[list[Group]] = []
    place, joined = -1, False
    for token in _sounds().token.finditer(text, start, end):
        if token["misheard"] and not hearing:
            continue
        if token.start() != place:
            runs, joined = [*runs, []], False
        place = token.end()
        gap = token["gap"] or token["place"]
        if not gap:
            group = _group(token)
            if joined:
                last = runs[-1].pop()
                group = Group(last.digits + group.digits, last.start, group.end, last.misheard + group.misheard)
            runs[-1].append(group)
        joined = not gap
    return [run for run in runs if run]


def _group(token: re.Match[str]) -> Group:
    sounds = _sounds()
    if token["again"]:
        times = 2 if token["double"] else DIGIT_VALUES[token["times"]]
        return Group(sounds.digit[token["again"]] * times, token.start(), token.end())
    if token["misheard"]:
        return Group(sounds.misheard[token["misheard"]], token.start(), token.end(), misheard=1)
    plus = "+" if token["plus"] else ""
    return Group(plus + sounds.digit[token["digit"]], token.start(), token.end())


@lru_cache(maxsize=1)
def _sounds() -> _Sounds:
    data = lexicon.load("spoken_digits.yaml")
    digit = {character: str(value) for character, value in DIGIT_VALUES.items()}
    digit |= {name: str(value) for name, value in data["names"].items()}
    misheard = {character: str(value) for value, characters in data["misheard"].items() for character in characters}
    one = "[" + "".join(digit) + "]"
    other = "[" + "".join(each for each in misheard if each not in digit) + "]"
    fillers = "|".join(sorted(map(re.escape, data["fillers"]), key=len, reverse=True))
    token = re.compile(
        rf"(?P<place>(?:最后|后面|前面|中间|[后前头尾末])的?[{one[1:-1]}]个?位?数?(?:字)?是?(?<=[位数字是])|[{one[1:-1]}]位数?字?是?)"
        rf"|(?P<plus>\+\s*)?(?:(?:(?P<times>[二两俩三仨四五六])个|(?P<double>双))(?P<again>{one})|(?P<digit>{one}))"
        rf"|(?P<misheard>(?:(?<={one})|(?<={one}[，,、 ])|(?<![\u4e00-\u9fff])(?=.{one}{{2}}))"
        rf"{other}(?={one}|[，,、 ]{one}|$))"
        rf"|(?P<gap>[\s,，、…⋯.。·()/—–-]+|{fillers})"
    )
    return _Sounds(digit, misheard, token)
