"""Whoever goes on about what was told before, instead of answering: 是噻，就这一颗，吃了就没得了 to 您咳嗽吗."""

import re

from nlu.agreeing import only_agrees
from nlu.clauses import clauses
from nlu.medicine_left import tells_of_stock, there_after_all
from nlu.reading import Expectation
from nlu.subject import SAME, relation, subject_of

BARE_NO = re.compile("(?:没|没有|没得|冇|冇得|不|无)[啊呀的嘛哦]*(?:[，,。！]|$)")
# 俺孩说给捎，捎没捎俺也不知道: who fetches it, and what it comes in.
_SUPPLY = re.compile(
    "[捎送寄拿取买配]|开(?:药|方|单|着|得|点|几|一|两)|带(?:来|回|过|给|点|药)|跑腿|药[店房铺]|卫生[院所室]|医院|诊所|[盒瓶罐板]|[一半这那末][片颗粒针支丸包]|断[了顿]|见底|没[吃打用][上成着]|没得[吃打用]|[撑顶挨熬接]不[到住上过]|抓瞎|[吃打用]不[上成]"
)
# 可不还没有嘛, 嗯还是冇有
_STILL_NONE = re.compile(
    "^(?:可不|嗯|是|唉|哎|就|啊|对|[，。]|[啊呀嘛哦的]|现在|这阵|到如今|真的?|确实)*(?:还|仍|照样|依旧|真)(?:是|就)?(?:没|冇|莫|唔|空|断|差|缺)"
)
# 嗯，夜里厉害: tells of what was asked.
_MEASURES = re.compile("有|一点|些|偶尔|老|天天|早晚|夜里|厉害|不|没|冇|几|[一两三四五六七八九十]")


def goes_on(text: str, pending: Expectation) -> bool:
    """Whether the words are about the medicine that was spoken of, and not about what is being asked.

    Where we just said that somebody will see to it, they may also only say yes to that: 好，那我等着.
    """
    if pending.key.startswith("_") or "药" in pending.asked:
        return False
    if relation(subject_of(pending.asked), text) == SAME or BARE_NO.match(text):
        return False
    if tells_of_stock(text) or there_after_all(text):
        return True
    if not pending.behind_promise:
        return False
    return bool(_SUPPLY.search(text) or _STILL_NONE.search(text)) or _agrees_and_goes_on(text)


def _agrees_and_goes_on(text: str) -> bool:
    """Whether a yes is followed by more than a yes: 是啊，急死我了; 有 and 一点 tell of what was asked."""
    parts = [text[start:end] for start, end in clauses(text)]
    if not parts:
        return False
    return only_agrees(parts[0]) and any(not only_agrees(each) and not _MEASURES.search(each) for each in parts[1:])
