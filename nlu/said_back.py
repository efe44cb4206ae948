"""A yes or no that was said back, told once more or anew: 没有，对不对？ 没有。 or 哎慢点，有是有，又走了的."""

import re
from datetime import datetime

from nlu.agreeing import only_agrees
from nlu.readers.yes_no import read_yes_no
from nlu.reading import Expectation, NotRead, Reading

# Said of what was said back, and of nothing else.
_OF_WHAT_WAS_SAID = re.compile(
    "[哎哦噢喔啊]*(?:不对(?:不对)?|不是(?:的|这样)?|错了?|(?:说|讲|记|听|搞)[错岔拐](?:了|咯|哒)|没有?错|冇错|没毛病"
    "|就?是(?:这|那)(?:个|样|么回事)?数?的?)[啊呀哦嘛咯哒的哈]*"
)
# 不是，我说没有: says again what was said.
_I_SAID = re.compile("(?:我|俺|咱)(?:是|刚才|刚刚|明明|都)*(?:说|讲)(?:的是|的|是)?(?!过|了)(?=.)")
_WORD = re.compile(r"\w")
_CLAUSE_OR_MARKS = re.compile(r"[^，,。！!？?；;…\s]+|[，,。！!？?；;…\s]+")


def read_said_back(text: str, expectation: Expectation, *, at: datetime) -> Reading | NotRead:
    """The value that the words tell beside their agreement or denial; 对 and 不对 alone tell none."""
    told = "".join(_told(each[0]) for each in _CLAUSE_OR_MARKS.finditer(text))
    if not _WORD.search(told):
        return NotRead(reason="not_an_answer")
    return read_yes_no(told, expectation=expectation, at=at)


def _told(clause: str) -> str:
    """The clause as far as it tells the value, of the same length."""
    if not _WORD.search(clause):
        return clause
    if only_agrees(clause) or _OF_WHAT_WAS_SAID.fullmatch(clause):
        return "，" * len(clause)
    said = _I_SAID.match(clause)
    return "，" * said.end() + clause[said.end() :] if said else clause
