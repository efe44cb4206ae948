"""Who came home and leaves again: 他们过两天就走了, 今早赶车走咯. The day of leaving is no day of coming home."""

import re

from nlu.clauses import blanked, clauses

_ASKS_ARRIVAL = re.compile("回来|到家|返")
_LEFT = re.compile("[走去克蹽](?:罢|嘞)?[了咯哒喽啦]|[回返][了咗]?去|(?:又|才|就|刚|车|要|再)走(?!到)")
_ARRIVED = re.compile("回来|到家|到[的了]|拢屋|进门")


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
