"""An option that is a number of something: 两餐, and 早上不吃，中午晚上吃 for 两顿."""

import re
from collections.abc import Iterator, Sequence

from nlu.options.mention import IN_PART, Mention, choice_words
from nlu.reading import Choice

_COUNTS = {word: value for value, words in enumerate(("", "1一", "2两二俩", "3三仨", "4四")) for word in words}
_COUNT_LABEL = re.compile(r"([1-4一二两三四])[顿餐次回]")
_COUNT_SAID = re.compile(r"([1-4一二两三四])[顿餐次回](?!不|也)|([俩仨])(?![口人])")
_ONE_OF_SEVERAL = re.compile("(?:第|每|少|多|并成|哪)$")
_NOT_EATEN = re.compile("不(?:吃|过|怎么吃)|没吃|省了|不饿")


def counted(text: str, choices: Sequence[Choice]) -> Iterator[Mention]:
    """How many, where the options are numbers of one thing: 两餐 and 早上不吃，中午晚上吃 for 两顿."""
    labels = [(label, each.key) for each in choices if (label := _COUNT_LABEL.fullmatch(each.label))]
    counts = {_COUNTS[label[1]]: key for label, key in labels}
    if len(counts) < len(choices):
        return
    told = [each for each in _COUNT_SAID.finditer(text) if not _ONE_OF_SEVERAL.search(text[: each.start()])]
    said = _COUNTS[told[0][1] or told[0][2]] if len(told) == 1 else 0
    meals = len(_meals(text))
    count = said if said > 1 or meals < 2 else meals
    if count in counts:
        start, end = told[0].span() if count == said else (0, len(text))
        yield Mention(key=counts[count], start=start, end=end, confidence=IN_PART)


def _meals(text: str) -> set[str]:
    """The meals that somebody eats, of those that are named."""
    eaten: set[str] = set()
    for clause in re.split("[，,。；;]", text):
        named = {meal for meal, words in choice_words()["meals"].items() if any(word in clause for word in words)}
        eaten = eaten - named if _NOT_EATEN.search(clause) else eaten | named
    return eaten
