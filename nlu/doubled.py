"""A character that was heard twice: 十十一月 is 十一月, 幺三八，二二九七八 is short of nothing but a stammer."""

import re
from collections.abc import Callable

from nlu.reading import NotRead, Reading
from nlu.rewriting import Rewritten

Read = Callable[[str], Reading | NotRead]

# A word that is no value of its own is not looked through for stammers.
AS_SAID = frozenset({"text", "name"})
_DOUBLED = re.compile(r"([\u4e00-\u9fff0-9])(?=\1)")
MOST = 4  # doubled characters: more are a way of speaking, 慢慢的, 天天都好好的


def read_without_doubling(text: str, read: Read) -> Reading | NotRead:
    """What the words hold with one doubled character said once, where that is one value; its span is in `text`.

    For words that hold nothing as they are. Which one of several was doubled is not guessed.
    """
    whole = Rewritten(text, range(len(text)), range(1, len(text) + 1))
    places = [each.start() for each in _DOUBLED.finditer(text)]
    found: list[Reading] = []
    for place in places if len(places) <= MOST else ():
        once = whole.replaced([(place, place + 2, text[place])])
        reading = read(once.text)
        if isinstance(reading, Reading):
            found.append(Reading(value=reading.value, span=once.span(*reading.span), confidence=reading.confidence))
    if not found or any(each.value != found[0].value for each in found):
        return NotRead(reason="not_an_answer")
    return found[0]
