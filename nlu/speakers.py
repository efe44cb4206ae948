"""Who is on the line, by their own words: the person, somebody who answers for them, a child; and whether they weep."""

import re
from functools import cache
from typing import Literal

from nlu.lexicon import load

Speaker = Literal["self", "relative", "other"]

# What a child says first, before it speaks of the elder: 喂，我奶奶….
_PET_NAME = r"(?:(?P<pet_name>\w)(?P=pet_name)|小\w{1,2})"
_RUN_UP = rf"^(?:喂|哎|嗯|啊|哦|噢|阿姨|叔叔|姐姐|你好|您好|那个|我是{_PET_NAME}(?=[，。,.])|[，。,.！!？?\s])*"
# 奶奶 counts only as the first word, followed by what she does.
_TOLD_OF = (
    "(?:她|他|佢|在|不|没|冇|还|今天|今儿|今朝|今早|昨天|昨儿|琴日|寻日|早上|晚上|夜里|出去|去|上|睡|买|说|让|刚|也|又|一直|老是|都"
    "|病|摔|咳|疼|把|药|饭|哭|躺|坐|从|的[^，。]{0,4}[药针])"
)
_ONLY_TEARS = re.compile(r"^[(（【\[]?(?:[呜嗚唔]|哭|泣|抽|哽咽|着|声|[，。…,.!！~—\s])+[)）】\]]?$")
_WEEPS = re.compile(r"[(（【\[](?:还|又)?(?:在)?(?:哭|抽泣|哽咽)[^)）】\]]*[)）】\]]")


def speaks_as_child(text: str) -> bool:
    """Whether a child is speaking: it calls the person asked for its grandmother, or says that no adult is there."""
    words = _words()
    if any(each in text for each in words["childlike"]):
        return True
    if any(each in text for each in words["stories"]):
        return False
    return _of_an_elder().search(text) is not None


def worth_a_note(text: str) -> bool:
    """Whether what a child tells is something that somebody should look into."""
    return any(each in text for each in _words()["matters"])


def speaker_named(text: str) -> Speaker | None:
    """Who the speaker says they are to the person asked for, or None."""
    for speaker, words in _speakers().items():
        if any(each in text for each in words):
            return speaker
    return None


def weeps(text: str) -> bool:
    """Whether there are only tears in the words, or tears are written beside them."""
    if _WEEPS.search(text):
        return True
    return _ONLY_TEARS.match(text) is not None and any(each in text for each in _words()["tears"])


@cache
def _of_an_elder() -> re.Pattern[str]:
    elders = "|".join(_words()["elders"])
    return re.compile(rf"{_RUN_UP}(?:(?:我|俺)(?:家)?)?(?:{elders})(?={_TOLD_OF})")


@cache
def _speakers() -> dict[Speaker, list[str]]:
    speakers: dict[Speaker, list[str]] = load("speakers.yaml")["speakers"]
    return speakers


@cache
def _words() -> dict[str, list[str]]:
    words: dict[str, list[str]] = load("speakers.yaml")
    return words
