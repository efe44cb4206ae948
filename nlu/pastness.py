"""Whether a clause speaks of what was, or says that it is over."""

import re

from nlu.evidence import Past
from nlu.reply_words import held, reply_words
from nlu.topic import Topic

AFTERWARDS = re.compile(r"[^，,]{1,4}了(?:以后|之后|过后)")
NO_LONGER = re.compile(r"不[^不没]{1,4}[了啦喽咯嘞]$|没再|不再")
PAST_ASPECT = re.compile(r"有过|[^通经难不超路好错]过(?![来去年节得不敏程分])")


def is_over(clause: str, topic: Topic | None) -> bool:
    """Whether the clause says that what was asked about is no longer so."""
    if NO_LONGER.search(clause):
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
