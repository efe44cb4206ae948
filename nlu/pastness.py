"""Whether a clause speaks of what was, or says that it is over."""

import re

from nlu.evidence import Past
from nlu.reply_words import held, reply_words
from nlu.topic import Topic

AFTERWARDS = re.compile(r"[^，,]{1,4}了(?:以后|之后|过后)")
NO_LONGER = re.compile(r"不[^不没]{1,4}[了啦喽咯嘞]$|没再|不再")
PAST_ASPECT = re.compile(r"有过|[^通经难不超路好错]过(?![来去年节得不敏程分])")
# 又走哒, 回城了, 返厂了, 回广东打工去咯: whoever came back has left.
_CAME = re.compile("回来|回家|返|外地")
_LEFT = re.compile(
    "(?<![没未不冇])(?:走|蹽|蹿|颠|撤|溜|克)(?:掉|罢|咖|咗|起)*(?:了|咯|哒|喽|啦|嘞|咧|的|$)"
    "|[回返](?:了|转)?[\u4e00-\u9fff]{0,4}(?:去|上班|上学|读书|打工|做工)(?:了|咯|哒|喽|啦|嘞|咧)|[回返](?:城|厂|校|工地|单位|部队)"
)


def is_over(clause: str, topic: Topic | None) -> bool:
    """Whether the clause says that what was asked about is no longer so."""
    if NO_LONGER.search(clause):
        return True
    if topic is not None and _CAME.search(topic.asked) and _LEFT.search(clause):
        return True
    plain = AFTERWARDS.sub("", clause)
    words = [word for word in reply_words()["over"] if word in plain]
    return any(topic is None or not any(verb in word for verb in topic.verbs) for word in words)


def past_of(clause: str) -> Past:
    """How far back the clause speaks of."""
    if held(clause, reply_words()["long_ago"]):
        return "long"
    if PAST_ASPECT.search(clause):
        return "aspect"
    return "recent" if held(clause, reply_words()["past"]) else ""
