"""Who came home and leaves again: 他们过两天就走了, 今早赶车走咯. The day of leaving is no day of coming home."""

import re

from nlu.clauses import blanked, clauses

_ASKS_ARRIVAL = re.compile("回来|到家|返")
_LEFT = re.compile("[走去克蹽](?:罢|嘞)?[了咯哒喽啦]|[回返][了咗]?去|(?:又|才|就|刚|车|要|再)走(?!到)")
_ARRIVED = re.compile("回来|到家|到[的了]|拢屋|进门")


# 从烟台过来，住了一宿，昨儿早起就开车回了: 回 alone is coming home, behind a stay it is leaving.
_WENT_BACK = re.compile(
    "(?:住|待|呆|耍|玩|坐|歇|蹲|搁)(?:了|罢|咗|哒|咖)[^，。回]{1,6}[，,][^。！？回]{0,14}回(?:[他她][^，。来]{0,3}家|婆家|娘家|[^，。来家屋到]{0,3})[了咯哒喽啦](?=$|[，。])"
)


def went_back_after_a_stay(text: str) -> re.Match[str] | None:
    """The words that tell how long somebody stayed and that they went back."""
    return _WENT_BACK.search(text)


def asks_arrival(asked: str) -> bool:
    """Whether a question asks about coming home."""
    return _ASKS_ARRIVAL.search(asked) is not None


def tells_of_leaving(asked: str, said: str) -> bool:
    """Whether the words tell that somebody left, where it was asked when they came home."""
    return asks_arrival(asked) and _LEFT.search(said) is not None


def without_leaving(text: str, asked: str) -> str:
    """The text without the clauses that only tell of leaving, in as many characters."""
    for start, end in clauses(text):
        if tells_of_leaving(asked, text[start:end]) and not _ARRIVED.search(text[start:end]):
            text = blanked(text, start, end)
    return text
