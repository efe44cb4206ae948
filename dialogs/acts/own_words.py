"""What residents tell of their matter in words that the questions have no place for: it goes along with the ticket."""

import re

import msgspec

from dialogs import events as e
from dialogs import jobs, loop, members, notices
from dialogs.phases import PLACE_OR_TIME
from dialogs.questionnaire import Question
from dialogs.script import Script
from nlu.clauses import clauses
from nlu.understood import Found

OTHER = "other"  # key of the choice that stands for everything else
# 我一直在家里, 九点以后
TELLS_WHEN = re.compile(
    "(?:[今明后每白整哪几]|[一二三四五六七八九十])天|(?:[0-9一二两三四五六七八九十]|[早晚])点|[早晚时]|午|周|星期|礼拜|[一二三四五六七八九十]号(?!楼)|现在|马上|尽?快|赶紧|随|[都一总][直是]?(?:在|有|行|可以|好|中|成|方便)"
)
# 三楼拐角, 我家, 大门口; 收钱不干活 names no place, nor does 两点以后我都在.
TELLS_WHERE = re.compile(
    "[0-9一二三四五六七八九十][楼栋层室单]|号[楼院门栋]|[楼门院家屋厅房厨厕卫阳墙角口边路街巷场井池桥站道梯栋库棚园坪底顶]|台(?!风)|[前后上下里外]面|(?:[里外前后上下]|那|这)头"
    "|中间|[那这][里儿块个边]|附近|隔壁|到处|都是|不知道|晓得"
)
TIME_OF_DAY = re.compile("[点早晚]|上午|中午|下午|[今明后]天|周|星期|礼拜")
# Of help: what is to be done or is broken, and not only that it is wanted.
WANTS = re.compile(
    "(?:[帮给替]我?|让|叫|派|请|喊)(?!什么|啥|么子|哪)[^，。！？忙]{2,}|[修换装搬通]|(?:买|拿|取|送|开)[点些个一两几]|陪[我她他]|说说?话|漏|坏[了掉]|堵|不[亮响热通]"
)
SHORTEST = 3  # characters that tell something
LEAST_TOLD = 4  # the same beside a question about something else
# Beside the question who they are: what is about that, and says nothing of the matter.
OF_THEMSELVES = re.compile(
    "登记|社区|你们|号码|电话|手机|名字?|姓|我叫|我是|身份|[说讲问干]|为什么|凭啥|知道|晓得|记得|不[想愿肯用]|等|[0-9零〇一二三四五六七八九幺]{5}"
)


def keep_before_begun(script: Script) -> bool:
    """三号楼的，黑得很, while it is asked who wants it: heard with the first words once that is settled; whether so."""
    told = [script.said[start:end] for start, end in clauses(script.said)]
    if not jobs.JOBS[script.state.job].questionnaire or not any(map(_tells_of_it, told)):
        return False
    keep(script, jobs.ticket_key(script))
    return True


def _tells_of_it(clause: str) -> bool:
    return len(clause) >= LEAST_TOLD and not OF_THEMSELVES.search(clause)


def told_elsewhere(script: Script) -> bool:
    """厨房那个, 没信号 to when somebody may come: kept with the ticket, and asked again; whether it was that."""
    if not script.state.job or script.state.pending not in PLACE_OR_TIME:
        return False
    if script.understood.asked and len(script.understood.asked) >= len(script.said.rstrip("。？?")):
        notices.pass_on(script, script.understood.asked)  # 什么时候能修好
        loop.ask_pending(script)
        return True
    if _tells_it(script):
        return False
    _keep_time_or_words(script)
    loop.ask(script, script.question(script.state.pending), wording=1)
    return True


def _keep_time_or_words(script: Script) -> None:
    """两点以后我都在, to where it is, answers when somebody may come; all else goes along with the ticket."""
    when = next((each for each in script.questionnaire.questions if each.key == "when"), None)
    if script.state.pending == "where" and when is not None and TIME_OF_DAY.search(script.said):
        script.understood = msgspec.structs.replace(script.understood, confidence=1.0)
        loop.capture(script, when, Found(value=script.heard, span=(0, len(script.heard)), confidence=1.0))
        script.say("kept_another")
    else:
        keep(script, jobs.ticket_key(script))


def _tells_it(script: Script) -> bool:
    """Whether the place or the time that is asked for was told; the second time any words are it, but a place."""
    if script.state.pending == "where":
        return script.state.wording > 0 or TELLS_WHERE.search(script.said) is not None
    again = script.state.wording > 0 and not jobs.WHERE.search(script.said)
    return again or TELLS_WHEN.search(script.said) is not None


def told_of_no_choice(script: Script, question: Question) -> bool:
    """Words that fit none of the choices are kept; the second time they are something else. Whether there is that."""
    if not script.state.job or OTHER not in (each.key for each in question.choices) or len(script.said) < SHORTEST:
        return False
    keep(script, jobs.ticket_key(script))
    if script.state.wording == 0 and script.understood.act != script.state.job:
        loop.ask(script, question, wording=1)
    else:
        script.understood = msgspec.structs.replace(script.understood, confidence=1.0)  # it is: none of the others
        loop.capture(script, question, Found(value=OTHER, span=(0, len(script.heard)), confidence=1.0))
        loop.go_on(script)
    return True


def capture(script: Script, question: Question, found: Found) -> bool:
    """As loop.capture; 帮我买点米吧, to whether help is wanted, tells what for as well, and is not asked again."""
    what_for = _what_for(script, question, found)
    if what_for is None:
        return loop.capture(script, question, found)
    sure = msgspec.structs.replace(found, confidence=1.0)
    told = Found(value=script.said, span=(0, len(script.heard)), confidence=1.0)
    return loop.capture(script, question, sure) and loop.capture(script, what_for, told)


def _what_for(script: Script, question: Question, found: Found) -> Question | None:
    """The question in own words that is put only after a yes to `question`, where that yes answers it."""
    if question.kind != "yes_no" or found.value != "yes" or WANTS.search(script.said) is None:
        return None
    asked = members.questions(script.questionnaire, script.state)
    after_a_yes = (each for each in asked if any(skip.question == question.key for skip in each.skip_when))
    return next((each for each in after_a_yes if each.kind == "text" and each.key not in script.state.answers), None)


def keep(script: Script, key: str) -> None:
    """The words go along with the matter of this key, and that is said."""
    script.note(e.MoreTold(at=script.at, key=key, heard=script.heard))
    script.say("kept_another")
