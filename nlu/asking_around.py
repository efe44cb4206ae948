"""Whoever asks somebody in the room before they answer: 社区的，问打没打针……没打吧？——打啦！——哦打了."""

import re

VOICE = "——"  # as it is written down when another voice in the room is heard
SENTENCE = re.compile("[^。！？!?…]+[。！？!?…]*")
# How the question to the room begins: 老头子！, 你等哈, 社区的问你, 没烧吧？
TO_THE_ROOM = re.compile(
    "^[^，。！？!?]{1,7}[！!]|等[下哈会一]|[我俺额]问(?:问|一?[下哈声])|(?:社区|人家|他们|电话里|干部|同志|街道|卫生院|医院|这边)(?:的|打来|来电话|[^，。！？]{0,4}问)|问(?:你|咱|我|俺|额|恁)|[吧没冇不呗啵啦嘛么][？?]"
)


def has_the_last_word(text: str) -> str | None:
    """What is said behind the last voice in the room, in as many characters; None where nobody was asked."""
    voices = _voices(text)
    return _without(text, 0, voices[-1] + len(VOICE)) if voices else None


def without_the_room(text: str) -> str:
    """The text without what was said to the room and in it, in as many characters."""
    voices = _voices(text)
    if not voices:
        return text
    asks = (each.start() for each in SENTENCE.finditer(text, 0, voices[0]) if TO_THE_ROOM.search(each[0]))
    return _without(text, next(asks, voices[0]), voices[-1] + len(VOICE))


def _voices(text: str) -> list[int]:
    """Where the voices change: from the question to the answer, and back to the telephone."""
    voices = [each.start() for each in re.finditer(VOICE, text)]
    return voices if len(voices) > 1 else []


def _without(text: str, start: int, end: int) -> str:
    return text[:start] + "，" * (end - start) + text[end:].replace(VOICE, "，，")
