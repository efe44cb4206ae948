"""What people say to 现在方便吗 that is neither a yes nor a no: who is wanted, how long, that somebody has died."""

import re

from dialogs import events as e
from dialogs import loop
from dialogs.acts import Act, asides, endings, speakers
from dialogs.script import Script

# These may be heard for any of the words below; whoever is in danger, or wants a person, has said so.
OTHERWISE = frozenset(
    {
        *("answer", "no_match", "policy_question", "not_at_home", "busy_later", "wrong_number", "smalltalk"),
        *("out_of_scope", "ask_back", "complaint", "refuse_question", "speaker_is_other"),
    }
)
_THEM = "(?:他|她|人|本人|老人家?|我(?:爸|妈|爹|娘|父亲|母亲|爷爷|奶奶|公公|婆婆|岳父|岳母|丈母娘))(?:他|她|人)?"
_LATELY = "(?:已经|都|早就?|刚|前[几两]天|上个?(?:月|星期|礼拜)|去年|前年|今年)*"
DIED = re.compile(f"(?:^|[，。])(?:喂|哎|唉)?{_THEM}{_LATELY}(?:去世|过世|病故|不在人世|没了(?!电|信))")
IN_HOSPITAL = re.compile(f"(?:^|[，。])(?:喂|哎|唉)?{_THEM}{_LATELY}(?:住院|进医院|在医院|送医院|瘫痪?|糊涂|痴呆)")
MOVED = re.compile(
    f"(?:^|[，。])(?:喂|哎)?(?:{_THEM}|我们|俺们|他们|全家|一家)?{_LATELY}搬(?:走|家|出去)(?!过?来)"
    "|我是(?:个)?(?:租|房客)|我是?(?:新|刚)搬来|房子(?:早就?)?卖了"
)
ASK_ME = re.compile("[跟和问找]我(?:说|讲|就|也)?|我(?:来|帮|替|可以)")
DECLINES = re.compile(
    "^(?:哎|嗯|那)?[，]?(?:我)?(?:不需要|不用了?|不必了?|没必要|用不着)(?:打了?|问了?|登记|了)?[，。]?(?:谢谢.{0,2})?[。]?$"
)
HARASSED = re.compile(
    "烦不烦|烦死|烦人|(?:老是?|天天|整天|又)打(?:来|电话|过来|我)|打(?:过|了)(?:好)?[几多两三]+(?:次|遍|回)|没完没了"
)
WANTS_WHOM = re.compile("找(?:谁|哪个|哪位|啥人|什么人)")
HOW_LONG = re.compile("(?:多长|多少|多久的?|好长|几)(?:时间|分钟)|要多久|得多久|耽误.{0,3}(?:多久|时间)|时间长不长")
COSTS = re.compile("^(?:这个?|你们?)?(?:电话)?(?:要不要|要|收不收|收)(?:钱|费)(?:吗|不|么|啵)?[？?。]?$")
ABSENT = re.compile(
    "^(?:喂|哎)?[，]?(?![^，。]{0,3}[我俺咱你您])[\u4e00-\u9fff]{2,4}(?:现在|这会儿?|人)?(?:不在|没在)(?:家|屋里?|这[里儿]?)?[啊哦呢呀啦]?[。]?$"
)
LETS_US_SPEAK = re.compile(
    "有(?:话|事|啥|什么事?)(?:就|你就)?(?:快|直|赶紧)?说|(?:快|直|赶紧)说|刚(?:刚|才)?(?:吃|忙|做|弄|洗|睡)[完过好醒]"
)


def suited(script: Script) -> Act | None:
    """The act for such words; None for any others, and once the questions have begun."""
    phase = script.state.phase
    if phase not in ("opening", "party") or script.understood.act not in OTHERWISE:
        return None
    acts = _OF_THEM if phase == "party" else _OF_THEM + _OF_THE_CALL
    return next((act for told, act in acts if told.search(script.said)), None)


def _died(script: Script) -> None:
    script.note(e.WrongPartyReached(at=script.at, kind="wrong_number", heard=script.heard))
    _tell_the_worker(script)
    loop.close(script, "wrong_person")
    script.say("condolences")


def _in_hospital(script: Script) -> None:
    if ASK_ME.search(script.said):
        speakers.speaker_is_other(script)
        return
    _tell_the_worker(script)
    loop.close(script, "to_person")
    script.say("worker_calls_family")


def _moved(script: Script) -> None:
    _tell_the_worker(script)
    endings.wrong_number(script)


def _tell_the_worker(script: Script) -> None:
    loop.escalate(script, "note", "normal", key="note:absent")


def _how_long(script: Script) -> None:
    script.say("soon_done")
    loop.ask_pending(script)


def _costs(script: Script) -> None:
    script.say("costs_nothing")
    loop.ask_pending(script)


_OF_THEM: tuple[tuple[re.Pattern[str], Act], ...] = (
    (DIED, _died),
    (IN_HOSPITAL, _in_hospital),
    (MOVED, _moved),
    (HARASSED, endings.refuse_call),
)
_OF_THE_CALL: tuple[tuple[re.Pattern[str], Act], ...] = (
    (DECLINES, endings.refuse_call),
    (WANTS_WHOM, asides.who_is_this),
    (HOW_LONG, _how_long),
    (COSTS, _costs),
    (ABSENT, endings.not_at_home),
    (LETS_US_SPEAK, loop.go_on),
)
