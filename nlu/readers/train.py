"""A train or a flight by its number: G123, 高铁一二三次, 快一零二三, 南航三幺零二."""

import re
from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache

from nlu import lexicon
from nlu.digits import find_runs
from nlu.found import APPROXIMATE, CERTAIN, LIKELY, Found, latest
from nlu.no_value import why_not
from nlu.normalise import normalise
from nlu.numerals import NUMERAL_CLASS, find_numerals
from nlu.reading import Expectation, NotRead, Reading

# China Railway numbers trains with one to four digits; airlines flights with three or four.
MOST_DIGITS = 4
ASKS_TRAIN = re.compile("车次|哪趟|哪一趟|哪班|哪次|航班|几次|什么车|坐的什么|哪个车")
ALONE = re.compile("(?:[我的是坐了乘那趟个就呃嗯，, ])*")  # what may stand before a letter that was heard as a word
_AFTER = re.compile(r"\s*(?P<said>次|号车|列车|航班)?")
# 快三天了 and 高一点 are no trains.
_COUNTED = re.compile(r"[个天点月年周岁度米公分块元斤里级倍两些下班]")
_CARRIAGE = re.compile(r"\s*(?:号?车厢?|排|座)(?!次)")  # G507/3车12F
_GAP = r"[\s\-—–,，·]*(?:那个|就是|嗯|呃|的|是|列车|动车|车次|航班|字头的?|打头的?)?[\s\-—–,，]*"
CHANGED = re.compile("改签[到成]?了?|[改换]成了?|改[坐乘]了?|[改换]到了?|换[坐乘]了?")
_MODE = re.compile(r"大巴|客车|汽车|自驾|开车|私家车|坐车|包车|火车|高铁|动车|飞机|轮船")


@dataclass(frozen=True, slots=True)
class Words:
    """What stands before the figures, ready to match, and the code that it means."""

    codes: dict[str, str]
    before: re.Pattern[str]
    weak: frozenset[str]  # words a recogniser writes for a letter


def read_train(text: str, *, expectation: Expectation, at: datetime) -> Reading | NotRead:
    """The number in its written form, "G123" or "CZ3102"; a way of travelling without a number is vague."""
    del at
    plain = normalise(text)
    asked = ASKS_TRAIN.search(expectation.asked) is not None
    changed = [each.end() for each in CHANGED.finditer(plain.text)]
    found = next((found for start in reversed(changed) if (found := _from(plain.text, start, asked=asked))), None)
    found = found or latest(plain.text, lambda part: find_train(part, asked=asked))
    if found is not None:
        return found.reading(plain)
    return why_not(plain, otherwise="vague" if _MODE.search(plain.text) else "not_an_answer")


def _from(text: str, start: int, *, asked: bool) -> Found | None:
    found = find_train(text[start:], asked=asked)
    return replace(found, start=found.start + start, end=found.end + start) if found else None


def find_train(text: str, *, asked: bool = False) -> Found | None:
    """The first train or flight number of a normalised text; `asked` when it was the question."""
    words = _words()
    for match in words.before.finditer(text):
        figures = _figures(text, match.end())
        if figures is None:
            continue
        digits, end, sure = figures
        code = words.codes[match["word"].upper() if match["word"].isascii() else match["word"]]
        weak = match["word"] in words.weak
        if not match["word"].isascii() and not _after(text, end)["said"]:
            alone = asked and ALONE.fullmatch(text[: match.start()]) is not None and len(digits) > 1
            if (weak and not alone) or _is_counting(text, digits, end):
                continue
        confidence = APPROXIMATE if weak else CERTAIN if sure else LIKELY
        return Found(code + digits, match.start(), _after(text, end).end(), confidence)
    bare = re.search(rf"(?<![{NUMERAL_CLASS}])([{NUMERAL_CLASS}幺洞拐]{{4}})次(?!数)", text)
    number = _digits(bare[1]) if bare else None
    return Found(number, bare.start(), bare.end(), LIKELY) if bare and number else None


def _figures(text: str, start: int) -> tuple[str, int, bool] | None:
    """The figures at a place: their digits, where they end, and whether they were told digit by digit."""
    runs = find_runs(text[start:])
    if runs and runs[0][0].start == 0:
        digits, end = "", start
        for group in runs[0]:
            if digits and _CARRIAGE.match(text, start + group.end):
                break
            if len(digits + group.digits) <= MOST_DIGITS:
                digits, end = digits + group.digits, start + group.end
        whole = text[end : end + 1] not in tuple("十百千")
        if digits and whole:
            return digits, end, True
    numerals = find_numerals(text[start:])
    if numerals and numerals[0].start == 0 and numerals[0].value == int(numerals[0].value) < 10**MOST_DIGITS:
        return str(int(numerals[0].value)), start + numerals[0].end, False
    return None


def _after(text: str, end: int) -> re.Match[str]:
    match = _AFTER.match(text, end)
    assert match is not None  # every part of the pattern is optional
    return match


def _is_counting(text: str, digits: str, end: int) -> bool:
    return len(digits) == 1 or _COUNTED.match(text, end) is not None


def _digits(words: str) -> str | None:
    runs = find_runs(words)
    return runs[0][0].digits if runs and len(runs[0]) == 1 and len(runs[0][0].digits) == len(words) else None


@lru_cache(maxsize=1)
def _words() -> Words:
    data = lexicon.load("trains.yaml")
    codes = {
        word: code
        for part in ("trains", "airlines")
        for code, names in data[part].items()
        for word in (code, *names)
        if word
    }
    weak = {word: letter for letter, sounds in data["letters"].items() for word in sounds}
    # A name may be followed by the code itself: 高铁G123, 国航CA1234; then the code decides.
    ascii_codes = "|".join(sorted((re.escape(code) for code in codes if code.isascii()), key=len, reverse=True))
    names = "|".join(sorted((re.escape(word) for word in (*codes, *weak) if not word.isascii()), key=len, reverse=True))
    before = re.compile(rf"(?:(?<![A-Za-z0-9])(?P<word>(?i:{ascii_codes})|{names})){_GAP}(?=[{NUMERAL_CLASS}幺洞拐勾])")
    return Words({**weak, **codes}, before, frozenset(weak))
