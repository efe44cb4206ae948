"""Values told beside the answer: an earlier one put right, and when to call again."""

import re
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from nlu.clauses import blanked
from nlu.durations import find_durations
from nlu.found import LIKELY
from nlu.normalise import normalise
from nlu.own_questions import MAY_ASK
from nlu.readers import READERS
from nlu.reading import Expectation, Reading
from nlu.told_in_parts import read_pending
from nlu.understood import Found, found_in

EARLIER = "(?:前[头面边]|[先头]头|头[先里前]|先[前会]|刚[才刚将]|方才|适才|将[才将]|才[刚将]|起先|起头|啱啱)"
SAID = "[说讲报记搞弄念写看填答想背]"
WRONG = "(?:错|不对|不准|岔|[拧劈混串偏瓢左冒茬]|秃噜|走嘴|颠倒|糊涂|[差反拐倒](?=了|哒|咯|咧|啦|嘞))"
CORRECTS_TOO = re.compile(
    f"{EARLIER}[^，。！？]{{0,7}}(?:错|不对|岔|迷糊|糊涂|昏了?头|[差反拐](?:了|哒|咯|咧|啦)|{SAID}(?:得|的|是|都)?{WRONG})"
    f"|{EARLIER}[我俺额咱]?{SAID}[^，。！？]{{0,6}}{WRONG}(?=了|哒|咯|咧|啦|嘞|脱|[，。])"
    f"|{EARLIER}[我俺额咱]?(?:说|讲|报|告诉)[^。！？]{{1,12}}[，,](?:哎)?(?:不对|不是(?=[，,])|错)"
    f"|{EARLIER}[那这]个?(?:号码?|电话|手机号?)[^。！？]{{0,14}}(?:错|不对|反[了哒咯])"
    f"|[那这]个?(?:日子|天|日|日期|号码?|电话|手机号?|时间|体温|度数|人数|地方|车次?|数)(?:[我俺额咱]|也|就|是|都|给|又)*(?:{SAID}(?:得|的)?)?{WRONG}"
)
# 不是十号，是初十: a day that is set against another puts an answer right by itself.
A_DAY = (
    "[^，。！？]{0,5}(?:[0-9零一二三四五六七八九十]+[号日]|初[一二三四五六七八九十]|"
    "礼拜|星期|周[一二三四五六日天]|[昨前]天|昨儿|前儿)[^，。！？]{0,5}"
)
ANOTHER_DAY = re.compile(
    f"不是(?:{A_DAY}|[0-9零一二三四五六七八九十]+)[，,](?:而|应该|该|得|要|才|就)?(?:是|系){A_DAY}"
)
CALL_AGAIN = re.compile(
    "[^，。！？,!?]+(?:再|重新)(?:给[我俺额])?(?:打|来电|拨|联系|倾)(?!扰)|(?:点钟?|[点时]半|一刻)(?:的时候|左右)?[^，。！？,!?没不]{0,3}(?:打|拨|来电)(?:吧|嘛|噻|来|过来|电话|给我)+(?=$|[，。！])|[你您恁](?:过|等|隔)[^，。！？,!?]{1,8}(?:来)?(?:打|来电)(?!扰|针|牌|麻|工|完)"
)

# 你刚才问的那个，有是有一个: what was asked before is answered once more.
GOES_BACK = re.compile(
    "(?:[你您恁]|哎|欸)?(?:刚才|刚刚|将才|才将|才刚|先头|先前|头先|方才|前[头面])(?:[你您恁])?(?:问|说|讲)?(?:的|[我俺]的)?"
    "[那这]个?(?:事儿?|问题|话|啥|什么)?(?:[啊呀嘛呢哈])?[，,—…]+"
    "|(?:[哎欸哦噢]|对了|不对)[，,]+(?=有倒?是有|有倒|倒是有|是有[个过一])"
)

# 够，哦不是，不够: the pending answer is taken back as it is given, and given anew.
AT_ONCE = re.compile(
    "(?:[哎唉哦啊呃]|等[下等]，|我)*(?:[说讲记搞弄想][错岔反][了哒]|[哦啊呃]不是|不对不对|[^，。]{0,2}听岔了)[，。！…\\s]*"
)

# Kinds whose values cannot be taken for another kind: 前头那个也不对，说的是初二.
SAYS_ITS_KIND = frozenset({"date", "phone", "temperature", "id_number", "plate"})


def behind_what_was_taken_back(text: str) -> int:
    """Where the words begin that hold, in 不够，哎我说错了，尽够了; 0 where only an earlier answer was taken back."""
    earlier = CORRECTS_TOO.search(text)
    own = text[: earlier.start()] if earlier else text
    return max((each.end() for each in AT_ONCE.finditer(own) if each.start()), default=0)


def corrects_too(text: str) -> bool:
    """Whether an earlier answer is put right beside the answer to what was asked: 五个。前头也讲错了，不是坐汽车."""
    return puts_an_earlier_answer_right(text) is not None or ANOTHER_DAY.search(text) is not None


def puts_an_earlier_answer_right(text: str) -> re.Match[str] | None:
    """The words with which an earlier answer is taken up again, to put it right or to answer once more."""
    return CORRECTS_TOO.search(text) or GOES_BACK.search(text)


def corrected(
    text: str, act: str, found: Mapping[str, Found], others: Sequence[Expectation], *, at: datetime
) -> dict[str, Found]:
    """The values that a correction puts right, as the whole sentence tells them: 不是二号回的，是初二."""
    better: dict[str, Found] = {}
    puts_right = act == "correct_that" or (act in ("answer", "busy_later", "no_match") and corrects_too(text))
    if puts_right:
        better = _told_again(text, found.keys(), others, at=at)
    if puts_right and not {**found, **better}:
        said = text[text.rfind("是") + 1 :]  # 记的二号，俺说的是初二
        better = _told_again(said, {each.key for each in others if each.kind in SAYS_ITS_KIND}, others, at=at)
    mark = CORRECTS_TOO.search(text) or ANOTHER_DAY.search(text)
    if puts_right and mark is not None:  # whatever else was found: 是腊月十二。四点半要接我孙子
        own = {each.key for each in others if each.answered and each.kind in SAYS_ITS_KIND}
        said = CALL_AGAIN.split(text[mark.start() :])[0]  # 是阴历二十。后晌两点再打: the hour is of the call
        better = _told_again(said, own - better.keys(), others, at=at) | better
    return better | _gone_back_to(text, others, at=at)


def _gone_back_to(text: str, others: Sequence[Expectation], *, at: datetime) -> dict[str, Found]:
    """你将才说那个，有倒是有一个，前天走了的: the answer to the yes or no that was asked last, given anew."""
    back = GOES_BACK.search(text)
    asked = [each for each in others if each.answered and each.kind == "yes_no"]
    if back is None or not asked:
        return {}
    last = max(asked, key=lambda each: each.answered)
    start = back.end()
    reading = READERS["yes_no"](blanked(text, 0, start), expectation=last, at=at)
    return {last.key: found_in(reading)} if isinstance(reading, Reading) else {}


def _told_again(text: str, keys: Collection[str], others: Sequence[Expectation], *, at: datetime) -> dict[str, Found]:
    readings = {
        each.key: (read_pending if each.begun else READERS[each.kind])(text, expectation=each, at=at)
        for each in others
        if each.key in keys and each.kind not in ("yes_no", "choice")
    }
    return {key: found_in(each) for key, each in readings.items() if isinstance(each, Reading) and not _is_hour(each)}


def _is_hour(reading: Reading) -> bool:
    """Whether a date is only a time of day: 四点半接完娃娃 puts no day right."""
    return isinstance(reading.value, Mapping) and reading.value.get("grain") == "timeofday"


def call_again(text: str, act: str, found: Mapping[str, Found], *, at: datetime) -> dict[str, Found]:
    """When to call again, where somebody puts us off or asks for a call: 等会儿再打."""
    again = CALL_AGAIN.search(text) if act in ("answer", "correct_that", "busy_later") else None
    found_then = _when(again[0], at=at) if again else {}
    if again and not any(each.confidence >= LIKELY for each in found_then.values()):
        found_then = _when(_sentence_of(again), at=at) or found_then  # 喂完猪再打，十点半吧
    if found_then:
        return found_then  # 是年初三。等天气预报放完再打: another day in the words is not meant
    if act == "wait_please":
        return _when(text, at=at) if find_durations(normalise(text).text) else {}  # 等五分钟; 等一下 names no time
    if act in ("busy_later", "not_at_home") or (MAY_ASK in found and found[MAY_ASK].value == "no"):
        return _when(text, at=at)
    return {}


def _sentence_of(said: re.Match[str]) -> str:
    """我要去接孙儿放学，等我接到再打: what there is to wait for may stand beside it."""
    text, ends = said.string, "。！？!?"
    start = max(text.rfind(mark, 0, said.start()) + 1 for mark in ends)
    return text[start : min((place for mark in ends if (place := text.find(mark, said.end())) >= 0), default=len(text))]


def _when(text: str, *, at: datetime) -> dict[str, Found]:
    callback = Expectation(key="_callback", kind="callback", prefer="future")
    when = READERS["callback"](text, expectation=callback, at=at)
    return {callback.key: found_in(when)} if isinstance(when, Reading) else {}


def only_takes_back(found: Found | None, pending: Expectation, text: str) -> bool:
    """不对，我不咳嗽 to 药够吗: the first word takes back what was said of the cough, and answers nothing."""
    if found is None or pending.kind != "yes_no" or pending.key.startswith("_"):
        return False
    return text[slice(*found.span)].strip("，。！,! ") in ("不对", "错了", "说错了")
