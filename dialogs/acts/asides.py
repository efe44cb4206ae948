"""What residents say around the questions without ending the conversation."""

import re
from datetime import timedelta

from dialogs import events as e
from dialogs import jobs, loop, notices
from dialogs.acts import answers, booking, danger_answers, desk, endings, matters, unclear
from dialogs.acts.put_off import time_to_call
from dialogs.script import Script
from nlu.acts import ASKS_ADVICE
from nlu.agreeing import only_agrees
from nlu.callers import calls_out
from nlu.understood import Found, Wish

LONGEST_HOLD = timedelta(minutes=3)  # who says 等两分钟 has the telephone in the hand
CLAUSE = re.compile("[。，！？,!?]")
RETURNED_FIELD = "return.returned"  # of the data dictionary: whoever wants to register a return has answered it
RETURNED = Found(value="yes", span=(0, 1), confidence=0.8)
TIMES = re.compile("时间|时候|哪[一几]?[天日]|几号|几点")
WORDS, TEARS = re.compile(r"\w"), re.compile(r"[(（【\[][^)）】\]]*[)）】\]]")
MORE_THAN_A_SOB = 3  # characters
# 给我讲个笑话, 今天天气怎么样
PASTIME = re.compile("笑话|故事|唱[个首支]?歌|天气|下雨吗|彩票|股票|猜[个]?谜|聊聊?天|新闻")
BROKE_OFF = re.compile("断|上次|上回")  # 刚才断了，接着问吧: the time in it answers nothing


def repeat(script: Script) -> None:
    """请再说一遍."""
    script.replies.extend(script.state.said)


def slower(script: Script) -> None:
    """慢一点."""
    script.note(e.PaceChanged(at=script.at, slower=True))
    script.say("slower")
    loop.ask_pending(script)


def louder(script: Script) -> None:
    """大声一点."""
    script.note(e.PaceChanged(at=script.at, louder=True))
    script.say("louder")
    if script.state.phase == "asking":
        loop.ask_plainly(script, script.question(script.state.pending))
    else:
        loop.ask_pending(script)


def who_is_this(script: Script) -> None:
    """你是谁; whoever came to us was not rung."""
    script.say("who_we_are_here" if script.state.desk else "who_we_are")
    loop.ask_pending(script)


def our_number(script: Script) -> None:
    """你们电话多少."""
    script.say("our_number")
    loop.ask_pending(script)


def how_got_number(script: Script) -> None:
    """怎么知道我电话."""
    script.say("number_source")
    loop.ask_pending(script)


def recorded_or_robot(script: Script) -> None:
    """你是机器人吗."""
    script.say("a_machine")
    loop.ask_pending(script)


def ask_back(script: Script) -> None:
    """你问这个干啥; where nothing was asked, 你能干啥."""
    if script.state.phase == "desk" and script.state.missed:
        desk.want_job(script, "was_that_you", heard=script.heard)
        return
    if script.state.phase == "desk":
        script.say("what_i_can_do")
        return
    script.say("why_we_call" if script.state.phase == "opening" else "why_we_ask")
    loop.ask_pending(script)


def smalltalk(script: Script) -> None:
    """A friendly word, then back to the question; 喂，听得到吗 is told that we do."""
    script.say("we_hear_you" if calls_out(script.said) else "small_talk")
    loop.ask_pending(script)


def thanks(script: Script) -> None:
    """谢谢."""
    if script.state.phase == "desk":
        desk.thanked(script)
        return
    if script.state.phase == "proving" and desk.wants_nothing(script):
        endings.goodbye(script)
        return
    if script.state.phase == "asking" and only_agrees(script.said):
        unclear.not_understood(script)  # 妥了妥了，谢谢啊 agrees to everything, and answers nothing
        return
    script.say("welcome")
    loop.ask_pending(script)


def wait_please(script: Script) -> None:
    """等我戴眼镜: waits, and asks nothing; a child that was asked for an adult goes to fetch one.

    Half a number that was told before it is kept; 等五分钟 is a call put off.
    """
    if script.state.phase == "with_child":
        script.note(e.SpeakerAsked(at=script.at, heard=script.heard))
    if script.state.phase == "asking" and script.understood.reason == "incomplete":
        answers.keep_beginning(script)
    due = time_to_call(script)
    if due is not None and due - script.at >= LONGEST_HOLD and _was_called(script):
        answers.promise_call(script, due)
        return
    script.say("take_your_time")


def _was_called(script: Script) -> bool:
    """Whether we called about a questionnaire, and nobody is in danger."""
    return script.state.channel == "voice" and script.state.phase in ("opening", "asking", "reading_back")


def crying(script: Script) -> None:
    """The resident weeps: waits, asks nothing, somebody looks in; what is said in tears to 身边有人吗 answers it."""
    if script.state.phase == "red_flag" and len(WORDS.findall(TEARS.sub("", script.said))) >= MORE_THAN_A_SOB:
        danger_answers.red_flag_answered(script)
        return
    loop.escalate(script, "crying", "normal", key="crying")
    script.say("in_tears")


def stop_recording(script: Script) -> None:
    """别录音."""
    script.note(e.RefusalHeard(at=script.at, scope="recording", heard=script.heard))
    script.say("not_recording")
    loop.ask_pending(script)


def policy_question(script: Script) -> None:
    """A question that only the community can answer, or a doctor; the answer that was given beside it is kept.

    What the notice that we rang for tells is told once more.
    """
    if booking.asked_about(script):
        return
    if script.state.phase == "opening" and notices.will_tell(script):
        loop.go_on(script)  # 什么时候停: whoever asks wants to hear it
        return
    if notices.tell_again(script):
        loop.ask_pending(script)
        return
    if script.state.phase == "asking" and _asks_which_times(script):
        loop.ask_pending(script)  # they are in the question
        return
    advice = ASKS_ADVICE.search(script.said) is not None
    agrees = only_agrees(CLAUSE.split(script.said, maxsplit=1)[0])  # 中。那俺吃半片，中不中
    told = advice and script.state.phase == "asking" and not agrees
    if told:
        loop.capture_all(script)
    if advice:
        script.note(e.PolicyQuestionAsked(at=script.at, heard=script.heard))
        script.say("ask_doctor")
    else:
        notices.pass_on(script, script.heard)
    if told and script.state.pending in script.state.answers:
        loop.go_on(script)
    else:
        loop.ask_pending(script)


def _asks_which_times(script: Script) -> bool:
    return script.question(script.state.pending).limited and TIMES.search(script.said) is not None


def wish(script: Script) -> None:
    """Something else that is wanted in the middle of a question: seen to, then back to the question."""
    if unclear.reassured(script):
        return
    if script.state.phase == "proving":  # a name or a number that sounds like a wish
        unclear.not_understood(script)
        return
    if _is_what_we_rang_for(script) and script.state.phase == "opening":
        answers.opening_answered(script)  # 给他约个体检
        return
    if _is_what_we_rang_for(script) and script.state.phase == "asking":
        loop.ask_pending(script)  # 那约吧
        return
    if script.state.phase == "asking" and script.understood.act == script.state.job:
        unclear.not_understood(script)  # 楼道里堆满了东西, to what the complaint is about
        return
    matters.see_to(script, Wish(intent=script.understood.act, words=script.heard))
    if script.state.lookup is None:
        desk.go_back(script)


def out_of_scope(script: Script) -> None:
    """Something that this assistant cannot do: said, and then it is no answer; 不闷，继续问 only hurries on."""
    if script.understood.act == "resume_call":
        _go_on(script)
        return
    if script.understood.act == "register_return" and _is_what_we_rang_for(script) and script.state.phase == "opening":
        answers.opening_answered(script)  # 我儿子回来了
        return
    if script.understood.act == "register_return" and _asks_who_returned(script):
        loop.capture(script, script.question(script.state.pending), RETURNED)  # 回来了一个
        loop.capture_others(script)
        loop.go_on(script)
        return
    if script.understood.act == "register_return" and script.state.job == "register_return":
        unclear.not_understood(script)  # 我从老家回来了, to where from
        return
    if script.state.phase == "desk" and PASTIME.search(script.said):  # nothing that a person could see to
        script.say("cannot_do")
        loop.ask_pending(script)
        return
    passed_on = script.state.phase == "desk" and script.state.misses > 0  # and that is said instead
    if script.state.phase != "red_flag" and not passed_on:  # who is in danger hears of help, not of what we cannot do
        script.say("cannot_do")
    unclear.not_understood(script)


def _is_what_we_rang_for(script: Script) -> bool:
    return jobs.JOBS[script.understood.act].questionnaire == script.questionnaire.key and not script.state.desk


def _asks_who_returned(script: Script) -> bool:
    state = script.state
    return state.phase == "asking" and script.question(state.pending).field == RETURNED_FIELD


def _go_on(script: Script) -> None:
    answered = script.state.pending in script.understood.found and not BROKE_OFF.search(script.said)
    if script.state.phase == "asking" and answered:
        answers.answered(script)
    elif script.state.phase == "opening":
        loop.go_on(script)
    else:
        loop.ask_pending(script)
