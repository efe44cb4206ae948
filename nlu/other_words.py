"""What answers a question in words that it does not hold: 办了一半 to 办好了没有, 我儿子送我 to 要不要人接您."""

import re
from functools import cache

from nlu.denial import affirmed
from nlu.durations import find_duration, length_of
from nlu.evidence import Found
from nlu.relations import kin_words
from nlu.reply_words import cores, word_sets
from nlu.topic import Topic

_ASKS_WHETHER_MENDED = re.compile("[办修弄处搞]好|解决|处理")
_NOT_DONE_YET = re.compile(
    "[了成]一半|(?:正在|还在|还得|正)(?!家)[^，。]{0,2}[办修弄搞等催看]|快(?:要)?[修办弄搞]?[好完](?:了|哒|咯|$)"
    "|又(?:坏|漏|堵|停|断|黑|响|不(?!是|错))|(?:没|不)[\u4e00-\u9fff]{0,2}[完全透](?:了|$|呢)"
)
_ASKS_WHETHER_TO_FETCH = re.compile("[接陪送]")
_BY_ONESELF = re.compile(
    "(?:坐(?:个|公交|地铁|小|出租|三轮)?(?:公交|地铁|车)|打车|打的|骑[^，。不]{0,3}车|走(?:着|路))(?:过?去|来)?(?:就|也|就是)?(?:行|可以|中|成|要得|了|的)*$"
)
_ABOUT_SO_LONG = re.compile("(?:大概|大约|差不多|也就|就|最多|顶多|可能|估计|再|还|有|个)*")
_OR_SO = re.compile("(?:左右|的样子|样子|的|吧|呢|嘛|啊|咯|多)*")
_ASKS_FOR_MACHINES = re.compile("离不开电|插电|制氧")
_MACHINES = re.compile("[吸输]氧|氧气|呼吸机|吸痰|透析|雾化|鼻饲|监护仪")
_DID = "(?:弄|办|搞|做|整|刷)"
_DONE = re.compile(f"{_DID}(?:过|好|完|了)|{_DID}的$")


def in_other_words(clause: str, topic: Topic | None) -> Found | None:
    """The side of a clause that answers without a word of the question."""
    if topic is None:
        return None
    ways = (_mended, _fetched, _machine, _done, _lasts, _needs_nothing)
    return next((found for way in ways if (found := way(clause, topic)) is not None), None)


def asks_whether_mended(topic: Topic | None) -> bool:
    """办好了没有, 漏水解决了吗."""
    return topic is not None and topic.done and _ASKS_WHETHER_MENDED.search(topic.asked) is not None


def _mended(clause: str, topic: Topic) -> Found | None:
    """办了一半, 正在修, 好了又坏了: not yet, or no longer."""
    if not asks_whether_mended(topic):
        return None
    return Found("echo", False, not_yet[0]) if (not_yet := _NOT_DONE_YET.search(clause)) else None


def _fetched(clause: str, topic: Topic) -> Found | None:
    """女儿陪我去, 我坐公交去: nobody else need come."""
    if not topic.offer or _ASKS_WHETHER_TO_FETCH.search(topic.asked) is None:
        return None
    way = _by_kin().search(clause) or _BY_ONESELF.search(clause)
    return Found("echo", False, way[0]) if way else None


def _machine(clause: str, topic: Topic) -> Found | None:
    """我老伴吸氧 to 有没有离不开电的."""
    named = _MACHINES.search(clause) if _ASKS_FOR_MACHINES.search(topic.asked) else None
    return Found("echo", affirmed(clause, *named.span()), named[0]) if named else None


def _done(clause: str, topic: Topic) -> Found | None:
    """儿子帮我弄过了 to 认证过没有, which names no deed of one word; what was done last year is not done."""
    if not topic.done or topic.verbs or "年" in clause or re.search("[没不未]", clause):
        return None
    return Found("echo", True, did[0], strong=False) if (did := _DONE.search(clause)) else None


def _lasts(clause: str, topic: Topic) -> Found | None:
    """十来天吧 to 够吃一个星期吗."""
    asked, told = find_duration(topic.asked), find_duration(clause)
    if "够" not in topic.verbs or asked is None or told is None:
        return None
    if not (_ABOUT_SO_LONG.fullmatch(clause[: told.start]) and _OR_SO.fullmatch(clause[told.end :])):
        return None
    return Found("echo", length_of(told) >= length_of(asked), clause)


def _needs_nothing(clause: str, topic: Topic) -> Found | None:
    """没事 to 药够吃吗: it is well."""
    if "够" not in topic.verbs:
        return None
    well = next((core for core in cores(clause) if core in word_sets()["agreeing_denials"]), None)
    return Found("plain", True, well) if well is not None else None


@cache
def _by_kin() -> re.Pattern[str]:
    said_of_them = "他|她|们|也|都|会|来|可以|能|说|开车|骑车|到时候?|那天"
    return re.compile(f"(?:{kin_words()})(?:{said_of_them})*[陪送接带领][我俺]?")
