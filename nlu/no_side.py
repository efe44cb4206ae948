"""Clauses that take no side, though they hold a yes or a no: 知道了, 我不会弄手机, 你们说话不算话."""

import re

from nlu.topic import Topic

# 好的知道了 to 摔倒过没有: was heard, and not answered.
_TAKEN_IN = re.compile(
    "(?:好的?|嗯|行|哦|噢|喔|是|对|啊|我|都|也)*(?:知道|晓得|明白|清楚|了解|听到|听见|记住|记到|懂)(?:了|哒|咯|啦|嘞)"
)
_ASKS_WHETHER_TAKEN_IN = re.compile("知道|晓得|记得|记住|清楚|认识|听说|明白|懂|了解")
_CANNOT_DO = re.compile("不(?:会|敢|爱|喜欢)(?P<deed>[\u4e00-\u9fff]{2,})$")
_NOTHING_MORE = re.compile("(?:就|也|再|暂时|都)*没(?:有|得)?(?:啥|什么)?(?:别的|其[他它]|旁的)")
_TAKEN = re.compile("(?:吃|喝|服|用)过(?:饭|药)?(?:了|哒|咯|啦)?$|(?<![没不冇])[吃服]了药?(?:了|哒|咯|啦)?$")
_FIGURE = re.compile("[0-9零一二三四五六七八九十百千]+(?:岁|块|号|点)?")
_TAKES_NONE = re.compile(
    "(?:[我俺咱]|平时|平常|从来|现在|都|也|又|压根|根本|一直|啥|什么)*(?:(?:不|不用|没在?|没有|用不着)(?:怎么)?(?:吃|用|服)(?:任何|什么|啥)?药|没(?:有)?(?:什么|啥)药(?:要|可)?吃)的?[啊呀呢嘛]?"
)
_ANOTHER_DEED = re.compile("没(?:[倒摔跌烧咳喘闷晕痛疼睡哭])")
_BY_THE_WAY = re.compile("[哎诶欸哦噢啊唉]+对了")
_ABOUT_US = re.compile("[你您恁]们?(?![看说问讲])")
_WHICH_ONE = re.compile(
    r"(?:是|你|您|[说问讲]的?)*(?:哪|什么|啥)一?[件桩个回次]?(?:事儿?|东西)[啊呀呢嘛哦]?"
)  # 哪件事啊
_WHAT_IS = re.compile(r"(?:什么|啥|么子)(?:是|叫|时候)?[^都也不没事用大]{1,8}$")
# 麻烦别人干什么, 打那个搞么子: asks what it is for.
_WHAT_FOR = re.compile("(?:搞|做|干|弄)(?:什么|啥子?|嘛|么子|么事|么家|咩|乜)[嘛呢啊哦呀]?$")
_ASKED_BOTH_WAYS = re.compile(r"([\u4e00-\u9fff])[不没]\1")


def is_aside(clause: str, topic: Topic | None) -> bool:
    """Whether a clause takes no side, whatever words it holds."""
    return only_takes_in(clause, topic) or is_all_there_is(clause, topic) or tells_of_a_meal(clause, topic)


def only_takes_in(clause: str, topic: Topic | None) -> bool:
    """Whether a clause only says that it was heard, where neither that nor agreement was asked for."""
    if topic is None or topic.confirming:
        return False
    if _BY_THE_WAY.fullmatch(clause):
        return True
    if topic.consent or _ASKS_WHETHER_TAKEN_IN.search(topic.asked):
        return False
    return _TAKEN_IN.fullmatch(clause) is not None


def cannot_do_another_thing(core: str, topic: Topic | None) -> bool:
    """我不会弄手机 to 您领不领养老金 says nothing of the pension."""
    deed = _CANNOT_DO.match(core)
    if deed is None or topic is None or topic.consent or topic.ability:
        return False
    return not set(deed["deed"]) & set(topic.asked)


def is_all_there_is(clause: str, topic: Topic | None) -> bool:
    """没别的了 to 您咳嗽吗 only says that nothing more is to be told; to 有没有什么事 it denies."""
    if topic is None or topic.indefinite or topic.confirming or topic.consent:
        return False
    return _NOTHING_MORE.match(clause) is not None


def tells_of_a_meal(clause: str, topic: Topic | None) -> bool:
    """早上吃过了 to 药够吃一个星期吗 says nothing of what is left."""
    return asks_what_is_left(topic) and _TAKEN.search(clause) is not None and "够" not in clause


def needs_none(clause: str, topic: Topic | None) -> bool:
    """我不吃药 to 药够吃吗: nothing runs out."""
    return asks_what_is_left(topic) and _TAKES_NONE.fullmatch(clause) is not None


def denies_another_deed(core: str, topic: Topic | None) -> bool:
    """绊了一下，没倒 to 药够吃吗 says nothing of the medicine."""
    return topic is not None and "药" in topic.asked and _ANOTHER_DEED.match(core) is not None


def tells_something(core: str) -> bool:
    """Whether a clause is more than a figure, as 五十九 to 有没有什么事."""
    return _FIGURE.fullmatch(core) is None and len(core) > 1


def is_about_us(core: str) -> bool:
    """你们说话不算话 is about us."""
    return _ABOUT_US.match(core) is not None


def asks_which_one(text: str) -> bool:
    """哪件事啊: asks what we speak of, and nothing else."""
    return _WHICH_ONE.fullmatch(text.rstrip("？?。！!")) is not None


def asks_what(clause: str) -> bool:
    """什么咳嗽, 来人要不要钱, 打那个搞么子, 哪件事啊: the question's words in a question."""
    asks = _WHICH_ONE.fullmatch(clause) or _WHAT_IS.match(clause) or _WHAT_FOR.search(clause)
    return (asks or _ASKED_BOTH_WAYS.search(clause[:-1])) is not None


def asks_what_is_left(topic: Topic | None) -> bool:
    """够吃一个星期吗, 药还能吃七天吗."""
    return topic is not None and ("够" in topic.asked or ("药" in topic.asked and "还能" in topic.asked))
