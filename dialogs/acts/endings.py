"""What residents say that ends the conversation, or puts it off."""

import re

import msgspec

from dialogs import events as e
from dialogs import loop
from dialogs.acts import answers, booking, desk, proofs, suspicion, unclear, unknown_callers
from dialogs.acts.answers import promise_call
from dialogs.acts.put_off import BUSY, NOT_NOW, is_willing, taken_back, time_to_call
from dialogs.script import Script
from nlu.acts import HAS_NO_TIME
from nlu.corrections import corrects_too
from nlu.handing_over import says_who
from nlu.not_heard import asks_for_it_faster
from nlu.own_questions import MAY_ASK
from nlu.speakers import speaker_named
from nlu.suspicion import calls_us_that

TOLD_PLAINLY = 0.9  # of a value told beside a goodbye
# 他不在家，晚上才回来: nobody to talk to, at the moment.
BACK_SOON = re.compile("[不没唔]在|出门|出去|上班|买菜|[早晚]上|[上下中]午|一会|[等待]会|马上|点[半钟]?|今天|明天|后天")
NEXT = re.compile("下一|继续|接着|往下")  # behind an answer it only hurries on


def busy_later(script: Script) -> None:
    """现在没空; a time said in the same breath is taken at once, but it puts off no danger."""
    if script.state.phase == "red_flag":
        _leave_flag_open(script)
        return
    if script.state.phase == "proving":  # nobody unknown can be called; 我现在在外面 of who is in danger is a place
        proofs.withheld(script)
        return
    if script.state.phase == "desk":
        desk.called_later(script)
        return
    if taken_back(script):
        return
    if is_willing(script):
        answers.opening_answered(script)
        return
    if asks_for_it_faster(script.said) and not NOT_NOW.search(BUSY.sub("", script.said)):
        if script.state.phase == "opening":
            loop.go_on(script)
        else:
            loop.ask_pending(script)
        return
    if booking.names_no_place(script) or _came_to_us(script):
        unclear.not_understood(script)
        return
    if corrects_too(script.said):
        answers.put_right(script)
    if (due := time_to_call(script)) is not None:
        promise_call(script, due)
        return
    script.note(e.CallbackTimeAsked(at=script.at, heard=script.heard))
    script.say("when_to_call")


def _came_to_us(script: Script) -> bool:
    """Whether 现在 is said by somebody who wants something done, and not that they have no time."""
    return bool(script.state.job) and script.state.phase == "asking" and not HAS_NO_TIME.search(script.said)


def not_at_home(script: Script) -> None:
    """他不在家; after a danger was told, somebody has to look all the same."""
    if script.state.phase == "red_flag":
        _leave_flag_open(script)
        return
    if script.state.phase == "proving":
        proofs.withheld(script)
        return
    if script.state.phase == "desk":
        desk.called_later(script)
        return
    if is_willing(script):
        answers.opening_answered(script)
        return
    if _answers_all_the_same(script):
        answers.answered(script)
        return
    if script.state.phase == "correcting" and answers.put_right(script):
        loop.go_on(script)  # 老婆是在家 puts right what was told of her
        return
    if _nobody_came(script):
        return
    script.note(e.WrongPartyReached(at=script.at, kind="not_at_home", heard=script.heard))
    if says_who(script.said) and (speaker := speaker_named(script.said)):
        script.note(e.SpeakerHeard(at=script.at, speaker=speaker, heard=script.heard))  # who may answer all the same
    if (due := time_to_call(script)) is not None:
        promise_call(script, due)  # 他姑娘五点钟下班回来
        return
    script.note(e.CallbackTimeAsked(at=script.at, heard=script.heard))
    script.say("when_home")


def _answers_all_the_same(script: Script) -> bool:
    """Whoever has answered questions is there: 没回来，过年才回 is about somebody else, and so is 自己开车走的."""
    if script.state.phase != "asking" or script.state.speaker == "other":
        return False
    return script.state.pending in script.understood.found or bool(script.state.answers)


def _nobody_came(script: Script) -> bool:
    """家里没人回来, to whether this is a good time, answers what the call is about; whether it was said."""
    if script.state.phase != "opening" or BACK_SOON.search(script.said):
        return False
    told = {
        key: found
        for key, found in script.understood.found.items()
        if not key.startswith("_") and found.value == "no" and found.confidence >= TOLD_PLAINLY
    }
    if told:
        script.understood = msgspec.structs.replace(script.understood, found=told)
        loop.capture_others(script)
        loop.go_on(script)
    return bool(told)


def wrong_number(script: Script) -> None:
    """打错了; 我不是你们这儿的人, to who wants something done and is asked who they are, ends nothing."""
    if script.state.phase == "proving":
        proofs.withheld(script)
        return
    _note_flag_unchecked(script)
    script.note(e.WrongPartyReached(at=script.at, kind="wrong_number", heard=script.heard))
    loop.close(script, "wrong_person")
    script.say("wrong_number")


def refuse_question(script: Script) -> None:
    """这个不想说: this question only."""
    if script.state.phase == "proving":
        proofs.withheld(script)
        return
    if script.state.phase == "red_flag":
        _leave_flag_open(script)
        return
    if script.state.phase == "opening" and MAY_ASK in script.understood.found:
        answers.opening_answered(script)  # 不方便 is no refusal yet
        return
    if script.state.phase != "asking":
        refuse_call(script)
        return
    if script.state.pending in script.understood.found and NEXT.search(script.said):
        answers.answered(script)  # 没有，下一个
        return
    question = script.question(script.state.pending)
    script.note(e.RefusalHeard(at=script.at, scope="question", heard=script.heard))
    loop.leave_open(script, question, "refused")
    script.say("skip_it")
    loop.go_on(script)


def refuse_call(script: Script) -> None:
    """不想回答: taken at its word, at once; 我不想说 to who wants something done ends nothing."""
    if script.state.phase == "proving" and proofs.WITHHOLDS.search(script.said):
        proofs.withheld(script)
        return
    if script.state.phase == "red_flag":
        _leave_flag_open(script)
        return
    if suspicion.leaves_in_doubt(script):
        return
    script.note(e.RefusalHeard(at=script.at, scope="call", heard=script.heard))
    loop.close(script, "refused")
    script.say("refused")


def stop_calling(script: Script) -> None:
    """别再打了: for good."""
    _note_flag_unchecked(script)
    script.note(e.RefusalHeard(at=script.at, scope="always", heard=script.heard))
    if script.state.suspicions or calls_us_that(script.said):
        loop.escalate(script, "suspicious", "normal", key="suspicious")
    if not script.state.recognised and script.state.channel == "chat":
        unknown_callers.stop_calling(script)
        return
    loop.close(script, "never_again")
    script.say("never_again")


def person_please(script: Script) -> None:
    """转人工: honoured in one turn."""
    _note_flag_unchecked(script)
    again = "person" in script.state.raised
    loop.escalate(script, "person", "normal", key="person")
    if not script.state.recognised and script.state.channel == "chat" and not again:
        unknown_callers.leave_number(script)
        return
    loop.close(script, "to_person")
    script.say("to_person" if script.state.recognised else "to_person_unknown")


def goodbye(script: Script) -> None:
    """再见, or 没别的了, before the questions are done; it is no answer to the question after a red flag."""
    if script.state.phase == "red_flag":
        _leave_flag_open(script)
        return
    if script.state.phase == "desk":
        desk.goodbye(script)
        return
    if script.state.phase == "asking":
        _keep_what_was_told(script)
    if script.state.phase == "proving":
        proofs.keep_matter(script)
    if suspicion.leaves_in_doubt(script):
        return
    unclear_to_us = (
        unclear.NOT_UNDERSTOOD in script.state.raised
    )  # a person asks what we could not: no robot calls again
    loop.close(script, "to_person" if unclear_to_us else "partial" if script.state.answers else "break_off")
    script.say("goodbye")


def _keep_what_was_told(script: Script) -> None:
    """不闷，好了，再见: what was told plainly before the goodbye is an answer."""
    for key, found in list(script.understood.found.items()):
        if not key.startswith("_") and (found.confidence < TOLD_PLAINLY or script.question(key).kind == "text"):
            del script.understood.found[key]
    loop.capture_all(script)


def _leave_flag_open(script: Script) -> None:
    """What is said now is no answer to the question after a red flag: the danger stands, and somebody comes."""
    unclear.flag_unanswered(script)


def _note_flag_unchecked(script: Script) -> None:
    if script.state.phase == "red_flag":
        script.note(e.RedFlagChecked(at=script.at, kind=script.state.flag, still=None))
