"""What residents tell of their matter in words that the questions have no place for: it goes along with the ticket."""

import re

import msgspec

from dialogs import events as e
from dialogs import jobs, loop, notices
from dialogs.questionnaire import Question
from dialogs.script import Script
from nlu.understood import Found

OTHER = "other"  # key of the choice that stands for everything else
# 我一直在家里, 九点以后
TELLS_WHEN = re.compile("[天日点早晚时]|午|周|星期|礼拜|[一二三四五六七八九十]号(?!楼)|现在|马上|随|都|一直|总")
SHORTEST = 3  # characters that tell something


def told_elsewhere(script: Script) -> bool:
    """厨房那个, 没信号 to when somebody may come: kept with the ticket, and asked again; whether it was that."""
    if not script.state.job or script.state.pending != "when":
        return False
    if script.understood.asked and len(script.understood.asked) >= len(script.said.rstrip("。？?")):
        notices.pass_on(script, script.understood.asked)  # 什么时候能修好
        loop.ask_pending(script)
        return True
    if TELLS_WHEN.search(script.said) or (script.state.wording and not jobs.WHERE.search(script.said)):
        return False
    keep(script, jobs.ticket_key(script))
    loop.ask(script, script.question("when"), wording=1)
    return True


def told_of_no_choice(script: Script, question: Question) -> bool:
    """Words that fit none of the choices are kept; the second time they are something else. Whether there is that."""
    if not script.state.job or OTHER not in (each.key for each in question.choices) or len(script.said) < SHORTEST:
        return False
    keep(script, jobs.ticket_key(script))
    if script.state.wording == 0:
        loop.ask(script, question, wording=1)
    else:
        script.understood = msgspec.structs.replace(script.understood, confidence=1.0)  # it is: none of the others
        loop.capture(script, question, Found(value=OTHER, span=(0, len(script.heard)), confidence=1.0))
        loop.go_on(script)
    return True


def keep(script: Script, key: str) -> None:
    """The words go along with the matter of this key, and that is said."""
    script.note(e.MoreTold(at=script.at, key=key, heard=script.heard))
    script.say("kept_another")
