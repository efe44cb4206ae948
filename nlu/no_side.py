"""Clauses that take no side, though they hold a yes or a no: 知道了, 我不会弄手机, 你们说话不算话."""

import re

from nlu.topic import Topic

# 好的知道了 to 摔倒过没有: was heard, and not answered.
_TAKEN_IN = re.compile(
    "(?:好的?|嗯|行|哦|噢|喔|是|对|啊|我|都|也)*(?:知道|晓得|明白|清楚|了解|听到|听见|记住|记到|懂)(?:了|哒|咯|啦|嘞)"
)
_ASKS_WHETHER_TAKEN_IN = re.compile("知道|晓得|记得|记住|清楚|认识|听说|明白|懂|了解")
_CANNOT_DO = re.compile("不(?:会|敢|爱|喜欢)(?P<deed>[\u4e00-\u9fff]{2,})$")
_ABOUT_US = re.compile("[你您恁]们?(?![看说问讲])")


def only_takes_in(clause: str, topic: Topic | None) -> bool:
    """Whether a clause only says that it was heard, where neither that nor agreement was asked for."""
    if topic is None or topic.consent or topic.confirming or _ASKS_WHETHER_TAKEN_IN.search(topic.asked):
        return False
    return _TAKEN_IN.fullmatch(clause) is not None


def cannot_do_another_thing(core: str, topic: Topic | None) -> bool:
    """我不会弄手机 to 您领不领养老金 says nothing of the pension."""
    deed = _CANNOT_DO.match(core)
    if deed is None or topic is None or topic.consent or topic.ability:
        return False
    return not set(deed["deed"]) & set(topic.asked)


def is_about_us(core: str) -> bool:
    """你们说话不算话 is about us."""
    return _ABOUT_US.match(core) is not None
