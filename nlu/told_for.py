"""What somebody says who answers for an old person: 妈不发烧, 我爷爷睡得好 speak of the one who is asked."""

import re
from functools import cache

from nlu.lexicon import load

# Relations by which those who answer call an old person.
THEIRS = (
    "老伴",
    "父亲",
    "母亲",
    "公公",
    "婆婆",
    "岳父",
    "岳母",
    "爷爷",
    "奶奶",
    "外公",
    "外婆",
    "伯父",
    "叔叔",
    "姑姑",
    "舅舅",
    "姨",
    "父母",
)
OLD_ONES = (
    "老人家",
    "老人",
    "老太太",
    "老爷子",
    "老婆婆",
    "老两口",
    "老太婆",
    "老汉",
    "老妈",
    "老爸",
    "家婆",
    "家公",
    "家家",
    "嗲嗲",
    "娭毑",
)
# 妈不发烧; not 妈妈那边.
BEHIND = (
    "(?=[没不冇未有无唔也都就还倒今昨这一老常天总睡吃喝咳烧发量打头胸血体精胃心身夜晚早中下刚才能会在说讲挺很蛮好是平])"
)


def of_the_person_asked(text: str) -> str:
    """The text with the person who is asked about as 他, in as many characters; as it is where two are spoken of."""
    if len({each[1] for each in _named("").finditer(text)}) != 1:
        return text
    return _named(BEHIND).sub(lambda name: "，" * (len(name[0]) - 1) + "他", text)


@cache
def _named(behind: str) -> re.Pattern[str]:
    words = {word for relation in THEIRS for word in load("relations.yaml").get(relation, ())} | set(OLD_ONES)
    kin = "|".join(sorted(words, key=lambda word: (-len(word), word)))
    return re.compile(rf"(?:(?<=[，。！？,.!?…\s])|^)(?:[我俺额咱阮]们?家?)?({kin}){behind}")
