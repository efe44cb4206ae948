"""What residents ask: a notice that tells it is told once more, in the same words; the rest goes to the community."""

import re

from dialogs import events as e
from dialogs import loop, members
from dialogs.questionnaire import Question
from dialogs.script import Script
from nlu.asks import questions_in

# What is asked about, and the words of a notice that tell of it.
_ASPECTS = (
    (
        re.compile("几点|几号|哪[一]?[天日]|时候|几时|多久|好久|多长时间"),
        re.compile("[号点月]|上午|下午|星期|今天|明天"),
    ),
    (re.compile("哪[里儿块嗒]|在哪|到哪|去哪|地方"), re.compile("中心|社区|医院|楼|路|门口|广场|室")),
    (re.compile("带|拿|材料|证"), re.compile("带|证|材料")),
    (re.compile("钱|收费|免费|报销"), re.compile("免费|[元块]|收费")),
    (re.compile("吃|空腹|饿"), re.compile("吃|空")),
)


def tell_again(script: Script) -> bool:
    """Says the parts of the notice that answer what was asked in this turn; whether there are any."""
    asked = "，".join(script.said[start:end] for start, end in questions_in(script.said))
    told = [each for each in _told(script) if _answers(each, asked)]
    for each in told:
        script.say_wording(each.tell, f"tell:{each.key}")  # type: ignore[arg-type]  # only those with a notice are told
    return bool(told)


def will_tell(script: Script) -> bool:
    """Whether the notice with which the questionnaire begins answers what was asked in this turn."""
    first = loop.next_question(script.questionnaire, script.state)
    asked = "，".join(script.said[start:end] for start, end in questions_in(script.said))
    return first is not None and _answers(first, asked)


def pass_on(script: Script, asked: str) -> None:
    """The community answers; whoever writes and is not known cannot be called back, and hears where to ask."""
    script.note(e.PolicyQuestionAsked(at=script.at, heard=asked))
    reachable = script.state.recognised or script.state.channel == "voice"
    script.say("ask_community" if reachable else "ask_them_yourself")


def _told(script: Script) -> list[Question]:
    """The questions before which something was told, up to the one that is pending; before the first of them all."""
    if script.state.phase == "opening":
        return [each for each in script.questionnaire.questions if each.tell]
    if script.state.phase != "asking":
        return []
    questions = members.questions(script.questionnaire, script.state)
    keys = [each.key for each in questions]
    if script.state.pending not in keys:
        return []
    return [each for each in questions[: keys.index(script.state.pending) + 1] if each.tell]


def _answers(question: Question, asked: str) -> bool:
    told = question.tell.spoken if question.tell else ""
    return any(about.search(asked) and tells.search(told) for about, tells in _ASPECTS)
