"""Who somebody is to the resident: 屋里伢, 闺女, 那口子 under one name each."""

import re
from functools import cache
from itertools import pairwise

from nlu.lexicon import load

# One-character words count only when owned or when they are all that is said: 我妈, 妈.
LONE = re.compile(r"[\u4e00-\u9fff]")
NO_KIN = frozenset({"本人", "保姆", "邻居", "朋友", "同事", "同学", "房东", "租客", "社区工作人员"})


def relation_mentions(text: str) -> list[tuple[str, int, int]]:
    """Canonical relations in a simplified text with where they stand, left to right, the longest at each place."""
    found: list[tuple[str, int, int]] = []
    position = 0
    while position < len(text):
        for word, relation in _by_first().get(text[position], ()):
            if text.startswith(word, position) and _counts(text, position, word):
                found.append((relation, position, position + len(word)))
                position += len(word)
                break
        else:
            position += 1
    # 她女儿的同学 is a 同学.
    owners = [each for each, after in pairwise(found) if text[each[2] : after[1]] == "的"]
    return [each for each in found if each not in owners]


@cache
def kin_words() -> str:
    """An alternation for patterns: every word for a relative, the longest first."""
    words = {word for relation, listed in load("relations.yaml").items() if relation not in NO_KIN for word in listed}
    return "|".join(sorted(words, key=lambda word: (-len(word), word)))


def others_mentioned(text: str) -> list[tuple[str, int, int]]:
    """The mentions of people other than the speaker."""
    return [each for each in relation_mentions(text) if each[0] != "本人"]


def is_pointed_at(text: str, start: int) -> bool:
    """Whether the mention that begins there is of somebody near by: 这孩子乱接电话 is about the telephone."""
    return text.endswith(("这", "那"), 0, start)


def _counts(text: str, position: int, word: str) -> bool:
    if len(word) > 1:
        return True
    before, after = text[:position], text[position + 1 :]
    owned = re.search(r"(?:我|俺|咱|他|她|我家|我们家|和|跟|是|加)$", before) is not None
    ends = re.match(r"$|[\s,，。、.!！?？的呢啊吧呀和跟来在说不没走住去回也都]|们", after) is not None
    return (owned or not before) and ends


@cache
def _by_first() -> dict[str, tuple[tuple[str, str], ...]]:
    by_first: dict[str, list[tuple[str, str]]] = {}
    for relation, words in load("relations.yaml").items():
        for word in words:
            by_first.setdefault(word[0], []).append((word, relation))
    return {first: tuple(sorted(words, key=lambda each: -len(each[0]))) for first, words in by_first.items()}
