"""What was said, without what people say around it: 呃, 我跟你讲啊, 晓得吧, and what somebody wrote down beside it."""

import re
from collections.abc import Iterator
from functools import cache, lru_cache

from nlu.lexicon import load
from nlu.rewriting import Rewritten

REMEMBERED_TEXTS = 512
# （停三秒）, （电视声）: how it was said, as a transcript notes it; tears are heard.
NOTED = re.compile(r"[(（【\[][^)）】\]]{1,20}[)）】\]]")
TEARS = re.compile("哭|泣|哽咽")
ROOM = "——"  # 没打吧？（屋里）打啦！: another voice in the room, as nlu.readers.yes_no knows it
ANOTHER_VOICE = re.compile("屋里|屋头|[对冲向朝](?:屋|旁|里|着?电话|话筒|着?听筒)|旁边|旁人|[转扭]头")
# 幺、幺二三四, 我、我是豆豆: the voice starts once more.
STAMMER = re.compile(r"([\u4e00-\u9fff])(?:、\1)+")
DOUBLED = re.compile("([我俺他她那这])\\1+")
UH = re.compile("呃+(?![，,。…])")
CLAUSE = re.compile(r"[^，,。！？!?；;…~—]+")
PAUSES = re.compile(r"[，,、\s]*")
END = re.compile(r"[，,、。！!？?.\s]*")
WORD = re.compile(r"\w")


@lru_cache(maxsize=REMEMBERED_TEXTS)
def without_fillers(text: str) -> Rewritten:
    """The text without fillers, with the way back to the text as given; all of it where nothing else was said."""
    given = Rewritten(text, range(len(text)), range(1, len(text) + 1))
    noted = given.replaced(_noted(text))
    plain = noted if WORD.search(noted.text) else given
    plain = plain.replaced(_stammered(plain.text))
    shorter = plain.replaced(_spoken_around(plain.text))
    return shorter if WORD.search(shorter.text) else plain


def _noted(text: str) -> Iterator[tuple[int, int, str]]:
    for note in NOTED.finditer(text):
        if not TEARS.search(note[0]):
            yield *note.span(), ROOM if note.start() and ANOTHER_VOICE.search(note[0]) else ""


def _stammered(text: str) -> list[tuple[int, int, str]]:
    found = [(each.start(), each.end(), each[1]) for pattern in (STAMMER, DOUBLED) for each in pattern.finditer(text)]
    found += [(*each.span(), "") for each in UH.finditer(text)]
    return _apart(found)


def _spoken_around(text: str) -> list[tuple[int, int, str]]:
    """The clauses that say nothing, each with the comma that parts it from the others."""
    clauses = [each.span() for each in CLAUSE.finditer(text) if WORD.search(each[0])]
    fillers = [_is_filler(text[start:end].strip(), number, len(clauses)) for number, (start, end) in enumerate(clauses)]
    edits: list[tuple[int, int, str]] = []
    told = False
    for (start, end), filler in zip(clauses, fillers, strict=True):
        if not filler:
            told = True
        elif told and END.fullmatch(text[end:]):
            edits.append((_behind(text, start), end, ""))
        else:
            pause = PAUSES.match(text, end)
            edits.append((start, pause.end() if pause else end, ""))
    return _apart(edits)


def _behind(text: str, start: int) -> int:
    """Where the commas before a last clause begin."""
    while start and text[start - 1] in "，,、 ":
        start -= 1
    return start


def _is_filler(clause: str, number: int, count: int) -> bool:
    patterns = _patterns()
    if patterns["anywhere"].fullmatch(clause):
        return True
    if number + 1 < count and patterns["before"].fullmatch(clause):
        return True
    return number > 0 and patterns["behind"].fullmatch(clause) is not None


def _apart(edits: list[tuple[int, int, str]]) -> list[tuple[int, int, str]]:
    """The edits in order, without those that touch one before."""
    kept: list[tuple[int, int, str]] = []
    for edit in sorted(edits):
        if not kept or edit[0] >= kept[-1][1]:
            kept.append(edit)
    return kept


@cache
def _patterns() -> dict[str, re.Pattern[str]]:
    return {place: re.compile("|".join(words)) for place, words in load("fillers.yaml").items()}
