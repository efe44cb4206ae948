"""Free talk: residents say what they want, show who they are where that matters, and hear what came of it."""

import re
from collections.abc import Sequence
from typing import Any

import msgspec

from dialogs import events as e
from dialogs import jobs, loop, notices, phases
from dialogs.acts import own_words
from dialogs.script import Script
from nlu.agreeing import only_agrees
from nlu.clauses import clauses
from nlu.matters import GIVES_UP
from nlu.readers import READERS
from nlu.reading import Expectation, Reading
from nlu.understood import Found, Wish, found_in
from nlu.wishes import MOVES

TOLD_AT_ONCE = 0.9  # confidence of an answer that was the very reason to come in
LEAST_TOLD = 3  # characters that tell something
NOTHING_ELSE = re.compile(
    "^没[有得]?[了啦]?$|^[那哦嗯]?没(?:什么|啥)?事[了啦儿]?$|^[那哦嗯]?(?:不[用要必]|不需要|算)[了啦]$"
    "|(?:没|冇|不用|莫得)[^，。]{0,3}(?:别的|其他|其它|啥|什么|事|么子)|就这[些样]|再见|拜|谢|麻烦你|辛苦"
)
# 那现在说吧, of a call of ours that they heard of
PICKS_UP = re.compile(
    "^[那行好嗯哦要就，]*(?:不如?|[你您咱们]+)?(?:就|先)?(?:现在|这会儿?|接着|继续)(?:就|接着|继续)?(?:给我|跟我)?(?:说|问|讲|办|弄|登记|回答)[^，。]{0,3}$"
)
HEAVY_HEART = re.compile("心里?头?(?:难受|难过|好?闷|堵得|憋|苦|不好受|不痛快|不得劲|空落)|想哭|孤单|孤独|没个?人说")
ENOUGH = re.compile("(?:那|行|嗯|哦|，)*好了[啊吧呀]?[。！]?$")
LEAVES = re.compile("^(?:好了|行了|那|我|，)*不[聊说讲]了[吧啊]?[。！]?$")
SIGH = re.compile("^[唉哎]+[，]?")
ANYTHING = Expectation(key="_anything", kind="yes_no", asked="还有别的事吗？")
GO_ON = Expectation(key="_anything", kind="yes_no", asked="现在说说行吗？")


def want(script: Script) -> None:
    """我要报修: begins at once where it is known whose home it is, else asks that first.

    What else was wanted in the same breath comes after it; a question about policies is passed on meanwhile.
    """
    wishes = script.understood.wishes
    jobs_wanted = [each for each in wishes if each.intent in jobs.JOBS]
    if not jobs_wanted:
        unclear(script, script.state.misses + 1)
        return
    if len(jobs_wanted) == 1 and script.state.matter.startswith(f"{jobs_wanted[0].intent}:") and _only_urges(script):
        more_told(script)
        return
    for asked in (each for each in wishes if each.intent == "policy_question"):
        notices.pass_on(script, asked.words)
    put_off(script, jobs_wanted[1:])
    want_job(script, jobs_wanted[0].intent, heard=jobs_wanted[0].words)


def _only_urges(script: Script) -> bool:
    """你们管不管啊, behind a complaint: nothing new is named."""
    return jobs.NAMES_A_THING.search(script.said) is None


def put_off(script: Script, wishes: Sequence[Wish]) -> None:
    """Keeps what is wanted for later."""
    for each in wishes:
        if each.intent in jobs.JOBS:
            script.note(e.JobPutOff(at=script.at, job=each.intent, heard=each.words))


def want_job(script: Script, job: str, *, heard: str) -> None:
    """Begins a job at once."""
    moves = job == "book_appointment" and MOVES.search(heard) is not None
    script.note(e.JobWanted(at=script.at, job=job, heard=heard, moves=moves))
    jobs.go_on(script)


def job_begun(script: Script) -> None:
    """The questions are there: what the first sentence said is kept, and the first one that is open is asked."""
    state = script.state
    job = jobs.JOBS[state.job]
    script.understood = msgspec.structs.replace(script.understood, confidence=1.0)  # what is wanted is settled
    script.say("job_begun")
    for key, value in job.told.items():
        script.understood.found.pop(key, None)  # who registers one who comes tomorrow has one to register
        loop.capture(script, script.question(key), Found(value=value, span=(0, len(script.heard)), confidence=1.0))
    if job.ticket:
        jobs.raise_ticket(script)
    loop.capture_others(script)
    _keep_named(script)
    for key, told in job.in_words.items():
        if found := told.search(script.said):
            question, words = script.question(key), script.heard if key == "what" else found[0]
            span = (0, len(words)) if key == "what" else found.span()
            loop.capture(script, question, Found(value=words, span=span, confidence=TOLD_AT_ONCE))
    loop.go_on(script)


def _keep_named(script: Script) -> None:
    """Choices that are named in what is wanted: 能不能约个体检; 洗衣机漏了 is on no list, and says what it is about."""
    for question in script.questionnaire.questions:
        if question.kind != "choice" or not question.volunteered or _is_told(script, question.key):
            continue
        reading = READERS["choice"](script.said, expectation=phases.expectation(question), at=script.at)
        listed = any(option.key == jobs.OTHER for option in question.choices)
        if isinstance(reading, Reading) and reading.confidence >= TOLD_AT_ONCE:
            loop.capture(script, question, found_in(reading))
        elif listed and jobs.NAMES_A_THING.search(script.said):
            found = Found(value=jobs.OTHER, span=(0, len(script.heard)), confidence=TOLD_AT_ONCE)
            loop.capture(script, question, found)


def _is_told(script: Script, key: str) -> bool:
    return key in script.state.answers or key in script.state.known


def go_back(script: Script) -> None:
    """The pending question once more, unless it has its answer."""
    state = script.state
    if state.phase == "asking" and (state.pending in state.answers or state.pending in state.left_open):
        loop.go_on(script)
    else:
        loop.ask_pending(script)


def unclear(script: Script, misses: int) -> None:
    """Words that name no job: is it a yes or a no to 还有别的事吗; else what can be done here, then a person."""
    if script.state.matter and _tells_more(script):
        more_told(script)
        return
    if _takes_up(script):
        return
    answer, go_on_asked = _yes_or_no(script), _was_asked_to_go_on(script)
    done = script.state.jobs_done or script.state.matter or _was_asked_for_more(script)
    if LEAVES.search(script.said) or (answer == "no" and (script.state.jobs_done or (done and not go_on_asked))):
        goodbye(script)
    elif answer == "yes" and go_on_asked:
        want_job(script, "resume_call", heard=script.heard)
    elif GIVES_UP.search(script.said) and not go_on_asked:
        script.say("no_matter")
        script.say("anything_else")
    elif not go_on_asked and done and (only_agrees(SIGH.sub("", script.said)) or ENOUGH.match(script.said)):
        script.say("anything_else")
    elif answer == "yes" or (answer == "no" and go_on_asked):
        script.say("what_is_it")
    elif HEAVY_HEART.search(script.said):
        loop.escalate(script, "question", "normal", key=f"question:{script.state.turns}")
        script.say("in_tears")
    elif misses == 1:
        script.say("what_i_can_do")
    else:
        loop.escalate(script, "question", "normal", key=f"question:{script.state.turns}")
        script.say("words_passed_on" if script.state.recognised else "call_us")
        script.say("anything_else")


def _takes_up(script: Script) -> bool:
    """改成下午吧 of what was booked, 那现在说吧 of a call that they heard of: taken up; whether it was that."""
    state = script.state
    if state.matter:
        return False
    if state.jobs_done and MOVES.search(script.said):
        want_job(script, "book_appointment", heard=script.heard)
        return True
    if PICKS_UP.search(script.said):
        want_job(script, "resume_call", heard=script.heard)
        return True
    return False


def _was_asked_for_more(script: Script) -> bool:
    return any(prompt.key == "say:anything_else" for prompt in script.before.said)


def _was_asked_to_go_on(script: Script) -> bool:
    """Whether 接着说吗, or 现在说说行吗 of whom we rang in vain, is what they answer."""
    state = script.state
    return state.missed or (state.broken_off and not state.jobs_done)


def _tells_more(script: Script) -> bool:
    """今天下午我都在家, behind a repair: more than a yes or a no to whether there is anything else."""
    said = script.said
    parts = [said[start:end] for start, end in clauses(said)]
    told = sum(len(each) for each in parts if not (NOTHING_ELSE.search(each) or only_agrees(each)))
    return told >= LEAST_TOLD


def called_later(script: Script) -> None:
    """明天吧 of whoever came to us: it belongs to what was taken down, else somebody calls then."""
    if script.state.matter:
        more_told(script)
    else:
        want_job(script, "callback_me", heard=script.heard)


def more_told(script: Script) -> None:
    """Keeps the words with the matter that was taken down last."""
    own_words.keep(script, script.state.matter)
    script.say("anything_else")


def thanked(script: Script) -> None:
    """没了，谢谢 ends the talk; thanks alone leave it open."""
    if wants_nothing(script) and script.state.jobs_done:
        goodbye(script)
        return
    script.say("welcome")
    loop.ask_pending(script)


def wants_nothing(script: Script) -> bool:
    """Whether 没有了 is a no to whether there is anything else."""
    return bool(_yes_or_no(script) == "no")


def _yes_or_no(script: Script) -> Any:
    asked = GO_ON if _was_asked_to_go_on(script) else ANYTHING
    reading = READERS["yes_no"](script.said, expectation=asked, at=script.at)
    return reading.value if isinstance(reading, Reading) and reading.confidence >= loop.SURE_ENOUGH else None


def goodbye(script: Script) -> None:
    """Nothing else is wanted."""
    loop.close(script, "complete" if script.state.jobs_done else "break_off")
    script.say_wording(script.questionnaire.closing, "closing")
