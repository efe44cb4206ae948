"""Words that are no answer, and silence: ask in other words, then offer the keypad, then a person."""

import re

from dialogs import events as e
from dialogs import loop, members
from dialogs.acts import desk, own_words, proofs, put_off, unknown_callers
from dialogs.acts.agreement import agree, says_it_is_over
from dialogs.questionnaire import Question
from dialogs.script import Script
from nlu.agreeing import only_agrees
from nlu.callers import calls_out
from nlu.medicine_left import tells_of_stock
from nlu.still import goes_on_as_before

# 还没缓过来 denies and yet says that it goes on; in doubt it does.
# So does 行两级楼梯就要企定抖下.
# 你问到哪儿了: has not heard the question after a danger, and is asked once more.
ASKS_BACK = re.compile("[问讲说](?:到|的)?(?:啥|什么|么子|哪)")
CANNOT_KEY = re.compile(
    "(?:不会|不得|不晓得|唔识|不知道)(?:怎么|咋)?[按揿摁](?![时照摩])|[按揿摁]不(?:来|好|了|到)"
    "|(?:没|冇|没有|冇得|没得)(?:按)?键|转盘|(?:看|瞅|望|睇|找)(?:不|唔)(?:见|清|着|到|真)[^，。]{0,4}(?:键|号|数|按|字)|眼(?:睛)?(?:神)?(?:花|不好|不行|瞎)"
)  # 俺不会按
NOT_UNDERSTOOD = "not_understood"  # the kind and the key of what a person takes over
# Two re-asks in other words, then the keypad, then a person.
REASKS = 2
REASKS_OF_WHO_AGREES = 1  # 好好好 to two open questions: a third wording would be agreed to as well
SPOKEN_KEYS = "零一二三四五六七八九"
KEYPAD = "say:keypad"  # how Prompt.key of the offers begins
SILENCES_BEFORE_GOODBYE = 3
ASIDES_BEFORE_KEYPAD = 2  # the same aside twice more: a third 你是谁 in a row
# A person takes over from a conversation that will not end: every question on each rung, and as many turns around them.
TURNS_PER_QUESTION = 5
TURNS_AROUND = 15

WHOLE_NUMBERS = frozenset({"phone", "id_number", "head_count"})  # nobody needs the star for them
KEYPAD_DIGITS = frozenset({"number", "quantity", "temperature", "blood_pressure", "glucose"})


def not_understood(script: Script) -> None:
    """The words hold no answer to what is pending."""
    if put_off.taken_back(script):
        return
    if says_it_is_over(script):
        agree(script)
        return
    if reassured(script):
        return
    script.note(e.NotUnderstood(at=script.at, agreed=_only_agrees(script)))
    if CANNOT_KEY.search(script.said) and script.state.phase in ("asking", "reading_back"):
        if script.state.phase == "asking":
            loop.leave_open(script, script.question(script.state.pending), "not_understood")
        hand_over(script)
        return
    misses = script.state.misses
    if script.state.begun and misses == 1:
        script.say("take_your_time")  # 手机屏黑了，等我点亮: half a number is told
        return
    if script.state.phase != "asking":
        _not_understood_elsewhere(script, misses)
        return
    question = script.question(script.state.pending)
    if own_words.told_of_no_choice(script, question):
        return
    keypad = keypad_phrase(question)
    if misses <= (REASKS_OF_WHO_AGREES if script.state.agrees_to_all and keypad else REASKS):
        loop.ask(script, question, wording=script.state.wording + 1)
    elif keypad and not any(prompt.key.startswith(KEYPAD) for prompt in script.before.said):
        offer_keypad(script, keypad, question)
    else:
        give_up(script, question)


def reassured(script: Script) -> bool:
    """Whether words that go on about medicine that runs out, 是噻，就这一颗了, were answered: somebody comes today.

    The question is put again as it was; it was not missed.
    """
    state = script.state
    raised = "flag:no_medicine" in state.raised and state.phase == "asking"
    if not raised or state.misses or not tells_of_stock(script.said):
        return False
    script.say("today")
    loop.ask_pending(script)
    return True


def _only_agrees(script: Script) -> bool:
    return script.state.phase == "asking" and only_agrees(script.said)


def give_up(script: Script, question: Question) -> None:
    """A person asks what we could not; whoever agrees to everything is asked the rest, until it happens again."""
    loop.leave_open(script, question, "not_understood")
    if script.state.agrees_to_all and list(script.state.left_open.values()).count("not_understood") == 1:
        loop.escalate(script, NOT_UNDERSTOOD, "normal", key=NOT_UNDERSTOOD)
        script.say("worker_asks")
        loop.go_on(script)
        return
    hand_over(script)


def hand_over(script: Script) -> None:
    """We do not understand each other: a person goes on."""
    loop.escalate(script, NOT_UNDERSTOOD, "normal", key=NOT_UNDERSTOOD)
    loop.close(script, "to_person")
    script.say("to_person_unclear")


def is_stuck(script: Script) -> bool:
    """Whether the conversation turns in circles: the same aside again and again, or more turns than any call needs.

    喂，听得到吗 is said as often as the line is bad, and who came to chat is not sent away.
    """
    state = script.state
    chats = state.phase == "desk" and state.aside == "smalltalk"
    if calls_out(script.said) or chats:
        return _is_too_long(script)
    return _is_too_long(script) or (state.aside_again >= ASIDES_BEFORE_KEYPAD and state.phase != "red_flag")


def stuck(script: Script) -> None:
    """Leads out of the circle: the keypad, then a person."""
    state = script.state
    asking = state.phase == "asking"
    keypad = keypad_phrase(script.question(state.pending)) if asking else ""
    if keypad and state.aside_again == ASIDES_BEFORE_KEYPAD and not _is_too_long(script):
        script.note(e.NotUnderstood(at=script.at))
        offer_keypad(script, keypad, script.question(state.pending))
        return
    if asking:
        give_up(script, script.question(state.pending))
    elif state.phase == "red_flag":
        flag_unanswered(script)
    else:
        hand_over(script)


def _is_too_long(script: Script) -> bool:
    return script.state.turns >= TURNS_AROUND + TURNS_PER_QUESTION * len(
        members.questions(script.questionnaire, script.state)
    )


def keypad_phrase(question: Question) -> str:
    """The phrase that offers the keypad for a question; "" where keys cannot answer it."""
    if question.kind in ("yes_no", "choice", "date"):
        return f"keypad_{question.kind}"
    if question.kind in WHOLE_NUMBERS:
        return "keypad_whole"
    return "keypad_digits" if question.kind in KEYPAD_DIGITS else ""


def offer_keypad(script: Script, phrase: str, question: Question) -> None:
    """Asks for telephone keys, each choice with its own."""
    keyed = [option for option in question.choices if option.digit]
    script.say_valued(
        phrase,
        spoken={"options": "，".join(f"{option.label}，按{SPOKEN_KEYS[int(option.digit)]}" for option in keyed)},
        written={"options": "，".join(f"{option.label}，按{option.digit}" for option in keyed)},
    )


def _not_understood_elsewhere(script: Script, misses: int) -> None:
    match script.state.phase:
        case "red_flag" if misses == 1 and ASKS_BACK.search(script.said):
            loop.ask_pending(script)
        case "red_flag":
            flag_unanswered(script, still=True if goes_on_as_before(script.said) else None)
        case "desk":
            desk.unclear(script, misses)
        case "proving":
            proofs.unproven(script, misses)
        case "callback" if misses > 1:
            loop.close(script, "callback")
            script.say("call_you_later")
        case "callback":
            script.say("when_to_call_exact")
        case "correcting" if misses > 1:
            loop.go_on(script)
        case "identifying" if misses > 1:
            script.note(e.SpeakerHeard(at=script.at, speaker="unknown", heard=script.heard))
            _take_up_again(script)
        case "with_child" if misses > 1:
            loop.close(script, "not_at_home")
            script.say("no_adult")
        case "opening" if misses == REASKS:
            loop.go_on(script)  # who goes on talking has the time: asked once more it would be a circle
        case "party" if misses > REASKS:
            loop.close(script, "callback")
            script.say("call_you_later")
        case "reading_back" if misses > REASKS:
            hand_over(script)
        case "reading_back" if misses == REASKS:
            script.say("keypad_yes_no")
        case _:
            loop.ask_pending(script)


def flag_unanswered(script: Script, *, still: bool | None = None) -> None:
    """No usable answer to the one calm question: the matter stays as grave as it was raised."""
    script.note(e.RedFlagChecked(at=script.at, kind=script.state.flag, still=still))
    help_comes(script)


def help_comes(script: Script) -> None:
    """The danger stands: a person is on the way, or is called as soon as it is known to whom."""
    if not script.state.recognised:
        unknown_callers.call_help(script)
        return
    loop.close(script, "red_flag")
    unknown_callers.say_whom_to_ring(script, "flag_still")


def without_rule(script: Script) -> None:
    """No rule leads anywhere from these words: what is pending is put again."""
    script.note(e.NotUnderstood(at=script.at))
    loop.ask_pending(script)


def silent(script: Script) -> None:
    """Nothing was said."""
    script.note(e.NotUnderstood(at=script.at, silent=True))
    if script.state.silences >= SILENCES_BEFORE_GOODBYE:
        if script.state.phase == "red_flag":
            flag_unanswered(script)
        else:
            loop.close(script, "break_off")
            script.say("line_quiet")
        return
    if script.state.begun and script.state.silences == 1:
        script.say("go_on_listening")
        return
    script.say("can_you_hear")
    if script.state.phase == "asking" and script.state.silences > 1:
        loop.ask(script, script.question(script.state.pending), wording=script.state.wording + 1)
    else:
        loop.ask_pending(script)


def _take_up_again(script: Script) -> None:
    """After nobody said who they are: the pending question may have been answered with the last word before."""
    if script.state.phase == "asking":
        loop.go_on(script)
    else:
        loop.ask_pending(script)
