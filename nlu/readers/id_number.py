"""Identity numbers of the mainland: 18 digits (GB 11643-1999), 15 digits (before 2000), residence permits 81, 82, 83.

Policy: the province, the date of birth and the check character must be right; the county may be any, for counties are
renamed and dissolved while people keep their numbers. A number that breaks a rule is returned with `valid` false, so
that it can be read back; one with too few characters is incomplete.
"""

import re
from datetime import date, datetime

from nlu.digits import Group, find_runs
from nlu.found import APPROXIMATE, CERTAIN, LIKELY, Found, restarts
from nlu.no_value import why_not
from nlu.normalise import normalise
from nlu.reading import Expectation, NotRead, Reading

# GB/T 2260: 11 Beijing to 65 Xinjiang; 71 Taiwan; 81 Hong Kong, 82 Macau; 83 residence permits for Taiwan;
# 91 to 96 stand for the foreigner's permanent residence card of 2023, which begins with 9.
PROVINCES = frozenset(
    str(code)
    for first, last in ((11, 15), (21, 23), (31, 37), (41, 46), (50, 54), (61, 65), (71, 71), (81, 83))
    for code in range(first, last + 1)
)
PERMITS = frozenset({"81", "82", "83"})
FOREIGNER = "9"
# ISO 7064 MOD 11-2, as GB 11643 applies it.
WEIGHTS = tuple((2 ** (17 - place)) % 11 for place in range(17))
CHECK_CHARACTERS = "10X98765432"
FULL, OLD = 18, 15
# Fewer digits than these are a year or a room, not the beginning of an identity number.
SHORTEST_BEGINNING = 6
_OLDEST_YEAR = 1880

_X = re.compile(
    r"\s*[,，、…⋯.。]*(?:最后)?(?:一[位个])?(?:是)?(?:个)?(?:大写的?|小写的?|字母)?(?:[xX×]|叉|差(?!不)|插|艾克斯|爱克斯|埃克斯|诶克斯)"
)


# The characters, where they start and end, how many were taken for misheard.
Candidate = tuple[str, int, int, int]


def read_id_number(text: str, *, expectation: Expectation, at: datetime) -> Reading | NotRead:
    """The number as `{"id", "valid", "birth", "form"}`; `birth` is None where the number holds no possible date."""
    del expectation
    plain = normalise(text)
    found = find_id_number(plain.text, at=at)
    if found is not None:
        return found.reading(plain)
    longest = max(_candidates(plain.text), key=lambda each: len(each[0]), default=("", 0, 0, 0))
    digits, start, end, _ = longest
    if len(digits) >= SHORTEST_BEGINNING:
        return NotRead(reason="incomplete" if len(digits) < FULL else "invalid", span=plain.span(start, end))
    return why_not(plain)


def find_id_number(text: str, *, at: datetime) -> Found | None:
    """The identity number in a normalised text; of several the last valid, else the last of the right length."""
    candidates = [each for each in _candidates(text) if len(each[0]) in (FULL, OLD)]
    for wanted in (True, False):
        for digits, start, end, misheard in reversed(candidates):
            value = describe(digits, at=at)
            if value["valid"] is wanted:
                # Three digits lost on the line make an old number of a new one: it is read back.
                sure = APPROXIMATE if len(digits) == OLD else CERTAIN if wanted and not misheard else LIKELY
                return Found(value, start, end, sure)
    return None


def describe(number: str, *, at: datetime) -> dict[str, str | bool | None]:
    """What an identity number of 15 or 18 characters says: whether it is valid, the birth, which document it is of."""
    province = number[:2]
    birth = _birth(number[6:14] if len(number) == FULL else "19" + number[6:12], at)
    known = province in PROVINCES or (len(number) == FULL and number[0] == FOREIGNER)
    checked = len(number) == OLD or check_character(number[:17]) == number[17]
    permit = province in PERMITS or (len(number) == FULL and number[0] == FOREIGNER)
    form = "residence-permit" if permit else "resident-15" if len(number) == OLD else "resident-18"
    return {"id": number, "valid": bool(known and birth and checked), "birth": birth, "form": form}


def check_character(digits: str) -> str:
    """The check character of the first 17 digits (ISO 7064 MOD 11-2)."""
    return CHECK_CHARACTERS[sum(int(digit) * weight for digit, weight in zip(digits, WEIGHTS, strict=True)) % 11]


def _birth(digits: str, at: datetime) -> str | None:
    try:
        birth = date(int(digits[:4]), int(digits[4:6]), int(digits[6:8]))
    except ValueError:
        return None
    return birth.isoformat() if birth.year >= _OLDEST_YEAR and birth <= at.date() else None


def _candidates(text: str) -> list[Candidate]:
    """Digit runs with their check character X, corrections applied: digits, start, end, how many were misheard."""
    starts = list(restarts(text))
    segments = list(zip(starts, [len(text), *starts], strict=False))
    found: list[Candidate] = []
    for start, end in reversed(segments):
        runs = find_runs(text[start:end])
        found.extend(_joined(run, text, start) for run in runs)
        check = _X.search(text, start, end)
        if not runs and check and found:
            digits, begin, _, misheard = found[-1]
            found.append((digits[:-1] + "X", begin, check.end(), misheard))
    for earlier, later in zip(list(found), found[1:], strict=False):
        repaired = _repaired(earlier, later)
        if repaired:
            found.append(repaired)
    return found


def _joined(run: list[Group], text: str, shift: int) -> Candidate:
    digits, start, end = "".join(group.digits for group in run).lstrip("+"), run[0].start + shift, run[-1].end + shift
    check = _X.match(text, end)
    if check and len(digits) == FULL - 1:
        digits, end = digits + "X", check.end()
    return digits, start, end, sum(group.misheard for group in run)


def _repaired(earlier: Candidate, later: Candidate) -> Candidate | None:
    """A whole number whose last characters were said again."""
    old, new = earlier[0], later[0]
    if not old[: FULL - 1].isdigit() or not 0 < len(new) < FULL - SHORTEST_BEGINNING or len(old) < FULL - len(new):
        return None
    whole = old[: FULL - len(new)] + new
    if len(old) != FULL and check_character(whole[: FULL - 1]) != whole[-1]:
        return None  # what came before the correction was neither whole nor its beginning
    return whole, earlier[1], later[2], earlier[3] + later[3]
