"""Whether a clause speaks of what was, or says that it is over."""

import re

from nlu.evidence import Past
from nlu.reply_words import held, reply_words
from nlu.topic import Topic

# 高架上堵死了, 累死我了: very much so, and not over.
INTENSE = re.compile("[累堵热冷烦笑饿困渴气急吓痛疼忙挤闷晒香咸甜苦辣乐高想吵烫冻]死(?:了|人|我|俺|个)+")
# 你问我好了, 打这个电话好了: what is proposed is not over.
PROPOSED = re.compile("(?:[你您恁侬]|[问找跟对同和给等让叫][我俺额咱]|打[^，,]{0,5})[^，,]{0,6}好了$")
AFTERWARDS = re.compile(r"[^，,]{1,4}了(?:以后|之后|过后)")
NO_LONGER = re.compile(r"不[^不没]{1,4}[了啦喽咯嘞]$|没再|不再")
PAST_ASPECT = re.compile(r"有过|[^通经难不超路好错]过(?![来去年节得不敏程分])")
# 又走哒, 回城了, 返厂了, 回广东打工去咯: whoever came back has left.
_CAME = re.compile("回来|回家|返|外地")
_GOES = "走|蹽|蹿|颠|撤|溜|克|动身|起身|上路|开路|开拔|开溜|溜号|离开|返程"
_RUNS = "跑|飞|闪|拔腿|拍屁股走人|走人"  # of who came home, behind 就, 又 or 都 only: 昨天就跑了
_DONE = "(?:了|咯|哒|喽|啦|嘞|咧|的|$)"
_LEFT = re.compile(
    f"(?<![没未不冇])(?:{_GOES})(?:掉|罢|咖|咗|起)*{_DONE}|(?:就|又|都|早|已经)(?:{_RUNS})(?:掉|罢|咖|咗|脱)*{_DONE}$"
    "|[回返](?:了|转)?[\u4e00-\u9fff]{0,4}(?:去|上班|上学|读书|打工|做工)(?:了|咯|哒|喽|啦|嘞|咧)|[回返](?:城|厂|校|工地|单位|部队)"
    "|送(?:[他她]|[去到上]|回)*(?:车站|火车|高铁|飞机|机场|走|车)(?:上|去)*(?:了|咯|哒|的|咧)|(?:人|现在|早|已经)都?[到在回][^，。家屋]{1,6}(?:了|咯|哒)$"
)

# 他们说过年才回, 明年才领: what is still to come is not so yet.
_LATER = "过年|过完?年|年底|年后|月底|明[天儿早年]|后[天儿年]|下(?:个)?(?:星期|礼拜|月|周)|放假|放寒假"
_STILL_TO_COME = re.compile(
    f"(?:{_LATER}|(?:要|得)(?:等|到))[^，,]{{0,6}}(?:回来|回|来|到)(?![来过了的住待呆耍玩歇看蹲坐吃隔])"
)
_LAST_YEAR = re.compile("[去前]年")
_NOT_BEFORE = re.compile(
    f"(?:{_LATER}|[过还][^，,]{{1,3}}年|到时候)[^，,]{{0,4}}才(?:能|可以|开始)?(?P<deed>[^，,了过])"
)


def still_to_come(clause: str, topic: Topic | None) -> re.Match[str] | None:
    """The words that put what was asked about into another time: 明年才领, 去年认证的 to 今年认证过没有."""
    if topic is None:
        return None
    if "今年" in topic.asked and (before := _LAST_YEAR.search(clause)) is not None and "今年" not in clause:
        return before
    later = _NOT_BEFORE.search(clause)
    if later is not None and later["deed"] in topic.asked:
        return later
    return _STILL_TO_COME.search(clause) if topic.travel else None


def is_over(clause: str, topic: Topic | None) -> bool:
    """Whether the clause says that what was asked about is no longer so."""
    if NO_LONGER.search(clause):
        return True
    if topic is not None and _CAME.search(topic.asked) and _LEFT.search(clause):
        return True
    plain = PROPOSED.sub("", INTENSE.sub("", AFTERWARDS.sub("", clause)))
    of_people = topic is None or not topic.symptoms
    known = reply_words()["over"] + (reply_words()["went_away"] if of_people else [])
    words = [word for word in known if word in plain]
    return any(topic is None or not any(verb in word for verb in topic.verbs) for word in words)


def past_of(clause: str) -> Past:
    """How far back the clause speaks of."""
    if held(clause, reply_words()["long_ago"]):
        return "long"
    if PAST_ASPECT.search(clause):
        return "aspect"
    return "recent" if held(clause, reply_words()["past"]) else ""
