"""An option told by its place or its key: 第一个, 最后那个, 按二."""

import re
from collections.abc import Iterator, Sequence

from nlu.options.mention import PLACED, Mention, choice_words
from nlu.reading import Choice

NUMERAL = "0123456789零一二三四五六七八九十百初廿"
_DIGITS = {word: str(value) for value, word in enumerate("零一二三四五六七八九")} | {"幺": "1", "两": "2"}


def placed(text: str, choices: Sequence[Choice]) -> Iterator[Mention]:
    """第一个, 最后那个, 中间的."""
    words = choice_words()
    places = {form: place for place, forms in words["positions"].items() for form in forms}
    if len(choices) % 2:
        places |= dict.fromkeys(words["middle"], len(choices) // 2)
    taken: list[tuple[int, int]] = []
    for form in sorted(places, key=len, reverse=True):
        at, place = text.find(form), places[form]
        if at > 0 and text[at - 1] in NUMERAL:  # 十二号
            continue
        if at < 0 or any(start < at + len(form) and at < end for start, end in taken):
            continue
        if -len(choices) <= place < len(choices):
            taken.append((at, at + len(form)))
            yield Mention(key=choices[place].key, start=at, end=at + len(form), confidence=PLACED)


def keyed(text: str, choices: Sequence[Choice]) -> Iterator[Mention]:
    """A reply that is only the key of an option: 1, 一, 按幺."""
    key = re.fullmatch(r"\s*(?:我?[按选]|就)?\s*([0-9*#]|[零一二两三四五六七八九幺])(?:号|键|吧|了|啊)*[\s。.]*", text)
    if key is None:
        return
    digit = _DIGITS.get(key.group(1), key.group(1))
    for choice in choices:
        if choice.digit and choice.digit == digit:
            yield Mention(key=choice.key, start=key.start(1), end=key.end(1), confidence=PLACED)
