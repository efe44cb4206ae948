"""What answers lead to, phase by phase. Which of these acts, Rasa's rules decide."""

import math
import re
from datetime import UTC, datetime, time, timedelta

from dialogs import events as e
from dialogs import household, loop, notices, values
from dialogs.acts import booking, own_words, pressure, unclear
from dialogs.acts.agreement import agree
from dialogs.acts.put_off import LOCAL, taken_back, time_to_call
from dialogs.acts.this_line import want_number
from dialogs.call_hours import CallHours
from dialogs.phases import CALLBACK, RIGHT
from dialogs.questionnaire import Question
from dialogs.script import Script
from nlu.agreeing import only_agrees
from nlu.corrections import corrects_too
from nlu.medicine_left import there_after_all
from nlu.not_heard import asks_for_it_louder, asks_for_it_slower
from nlu.own_questions import MAY_ASK
from nlu.spoken import spoken_count, spoken_day, spoken_time
from nlu.understood import Found

# The voice stays up, as a recogniser or a chat writes it; 三十六度……等一下，我看看 too waits for the rest.
_LOOKS = "(?:等|稍|慢|让我|容我|[我俺额咱][^，。]{0,3}(?:[看瞧瞅望找拿戴想]|记不))"
TRAILS_OFF = re.compile(rf"(?:…|\.{{3}})\W*(?:$|{_LOOKS})")
TOLD_IN_PARTS = frozenset({"phone", "id_number"})  # long enough to look for one's glasses half-way
# Confidence of what was heard. A wrong value that is taken for confirmed costs more than one more question, so a
# doubtful yes is asked for again, and counts the second time; a no needs no such certainty.
SURE_AGREEMENT = 0.8
SURE_DENIAL = 0.9  # of a reading: a clause that is a no, not one that holds one
NO_NEED = re.compile("不(?:用|要|需要|必)|甭|唔使")
DENIES_IT = re.compile(
    "不(?:对|是|准|行|正确|止|像)|错|反了|哪(?:有|里|来)|[乱瞎胡][说讲]|没那|(?:没有?|冇得?|没得|不|否)(?:的|啊|呀|嘛|哦|了)?(?:[，,。！!…]|$)|(?:没有?|冇)[这那]么"
)
# 没有，都好好的 says of a day or a number that nothing is wrong, or that it is: asked once more.
NONE_OF_IT = re.compile("[啊哎哦嗯，]*(?:没有?|没得|冇得?)(?:的|啊|呀|嘛|哦|了|呢)*(?:[，,。！!…]|$)")
HALF_TOLD = {"temperature": "value", "glucose": "mmol_l"}  # 三十六度…… and 六…… wait for the rest
MEASURED = frozenset({"number", "quantity", "temperature", "head_count", "duration", "blood_pressure", "glucose"})
LONGEST_BEGINNING = 60  # characters: three goes at it, with what is said about the glasses
# To a notice: 你接着讲，我听着 wants to hear it, and does not say that it was understood.
GO_ON_TELLING = re.compile(
    "(?:接[到着倒]|继续|往下)(?:讲|说)|你(?:讲|说)[，,]?我听|我听(?:[着到倒]|[到倒]起)(?:呢|的|起)?"
)
SHORT_WAIT_MINUTES = 20  # promised as a wait: nobody looks at the clock for a few minutes
WHICHEVER = re.compile("都(?:行|可以|好|中|得|成)|随便|随你|你们?(?:看着|定|安排)")  # of places: the first that is left
USUAL_TIME = time(10)  # who names no time is up and at home in the middle of the morning


def opening_answered(script: Script) -> None:
    """The reply to 现在方便吗; whoever answers a question of the questionnaire at once has said yes."""
    if _found_is(script, MAY_ASK, "no") and script.understood.found.keys() <= {MAY_ASK, CALLBACK}:
        doubtful = script.understood.found[MAY_ASK].confidence < SURE_DENIAL
        if doubtful and CALLBACK not in script.understood.found:
            unclear.not_understood(script)  # 我记性不好，你问慢点 puts nobody off: it is asked once more
            return
        if (due := time_to_call(script)) is not None:
            promise_call(script, due)
            return
        script.note(e.CallbackTimeAsked(at=script.at, heard=script.heard))
        script.say("when_to_call")
        return
    loop.capture_others(script)
    loop.go_on(script)


def answered(script: Script) -> None:
    """The reply to the pending question: a value, a reason why there is none, or values for other questions."""
    if half_told(script) or pressure.ask_for_the_other(script):
        return
    household.give_to_whom_it_is_about(script)
    louder = asks_for_it_louder(script.said) and not script.state.louder
    slower = asks_for_it_slower(script.said) and not script.state.slower
    if louder or slower:
        script.note(e.PaceChanged(at=script.at, louder=louder, slower=slower))
    question = script.question(script.state.pending)
    if own_words.told_elsewhere(script) or booking.move(script):
        return
    if question.tell and GO_ON_TELLING.search(script.said):
        loop.explain_again(script, question)
        return
    found = script.understood.found.get(question.key)
    if found is not None and _agrees_by_habit(script, question, found):
        unclear.not_understood(script)
        return
    others = loop.capture_others(script)
    righted = _puts_right(script) and put_right(script)
    if (due := time_to_call(script)) is not None:  # 没有，四点半再打
        if found is not None:
            loop.capture(script, question, found)
        promise_call(script, due)
        return
    if found is not None:
        if own_words.capture(script, question, found):
            _answer_what_was_asked(script)
            loop.go_on(script)
        else:
            loop.explain_again(script, question)
        return
    match script.understood.reason:
        case "unknown" | "not_measured" | "refused" as reason:
            if question.expected is not None and script.state.explained < loop.EXPLAIN_AGAIN_LIMIT:
                loop.explain_again(script, question)
                return
            loop.leave_open(script, question, reason)
            script.say("no_matter")
            loop.go_on(script)
        case "vague" if question.limited and WHICHEVER.search(script.said):
            first = Found(value=script.state.free[question.key][0], span=(0, len(script.heard)), confidence=1.0)
            loop.capture(script, question, first)
        case "this_line":
            want_number(script, question)
        case "incomplete" if keep_beginning(script):
            script.say("go_on_listening")
        case "vague" | "incomplete" | "invalid" if not others and not righted:
            rough = script.understood.reason == "vague" and question.kind in MEASURED | {"yes_no"}  # 还有半盒
            script.say("more_exact" if rough else "heard_badly")
            unclear.not_understood(script)
        case _ if others or righted:
            script.say("taken_back" if righted else "kept_another")
            _answer_what_was_asked(script)
            loop.ask_again_beside(script, question)
        case _:
            unclear.not_understood(script)


def _answer_what_was_asked(script: Script) -> None:
    """不能吃，那喝水行不行: what was asked beside an answer is told from the notice, or passed on to the community."""
    if script.understood.asked and not notices.tell_again(script):
        notices.pass_on(script, script.understood.asked)


def _puts_right(script: Script) -> bool:
    """Whether an earlier answer is put right beside this one; medicine that turned up puts right that it ran out."""
    turned_up = "flag:no_medicine" in script.state.raised and there_after_all(script.said)
    return turned_up or corrects_too(script.said) or bool(household.told_of_by_name(script))


def _agrees_by_habit(script: Script, question: Question, found: Found) -> bool:
    """嗯嗯 is no yes of somebody who said it to an open question as well."""
    if not script.state.agrees_to_all or question.kind != "yes_no" or found.value != "yes":
        return False
    return only_agrees(script.said)


def keep_beginning(script: Script) -> bool:
    """Keeps the first part of a long number that was told; whether there is one."""
    question = script.question(script.state.pending)
    if question.kind not in TOLD_IN_PARTS or len(script.state.begun) >= LONGEST_BEGINNING:
        return False
    script.note(e.AnswerBegun(at=script.at, question=question.key, heard=script.heard))
    return True


def put_right(script: Script) -> bool:
    """Takes back every answer for which another value was said; whether there was one."""
    given = [key for key in script.understood.found if loop.is_new(script, key)]
    for key in given:
        script.note(e.AnswerWithdrawn(at=script.at, question=key, heard=script.heard))
        loop.capture(script, script.question(key), script.understood.found[key])
    return bool(given)


def half_told(script: Script) -> bool:
    """三十六度…… waits for the rest, whichever question it answers; what else was said is kept."""
    if not TRAILS_OFF.search(script.said):
        return False
    half = next((key for key, found in script.understood.found.items() if _is_half(script, key, found)), None)
    if half is None:
        return False
    begun = script.understood.found.pop(half)
    loop.capture_all(script)
    start = 0 if script.question(half).kind == "glucose" else begun.span[0]  # 还没吃饭就测的 belongs to its figure
    script.note(e.QuestionAsked(at=script.at, question=half))
    script.note(e.AnswerBegun(at=script.at, question=half, heard=script.heard[start:]))
    script.say("go_on_listening")
    return True


def _is_half(script: Script, key: str, found: Found) -> bool:
    if key.startswith("_") or key in script.state.answers or script.question(key).kind not in HALF_TOLD:
        return False
    told = found.value[HALF_TOLD[script.question(key).kind]]
    return float(told).is_integer() and "半" not in script.said


def read_back_answered(script: Script) -> None:
    """The reply to 对不对: agreed, not agreed, or the right value at once."""
    state = script.state
    given = script.understood.found
    better = {key: given[key] for key in state.reading_back if key in given and loop.is_new(script, key)}
    if better:
        for key, found in better.items():
            script.note(e.AnswerWithdrawn(at=script.at, question=key, heard=script.heard))
            loop.capture(script, script.question(key), found)
        loop.capture_others(script)
        loop.go_on(script)
        return
    if state.misses and unclear.CANNOT_KEY.search(script.said):  # 冇得键 takes nothing back
        unclear.not_understood(script)
        return
    others = loop.capture_others(script)
    said_again = any(key in script.understood.found for key in state.reading_back)
    agrees = said_again or _found_is(script, RIGHT, "yes")
    if agrees and (script.understood.confidence >= SURE_AGREEMENT or state.misses > 0):
        agree(script)
        return
    if agrees or not _disagrees(script, given.get(RIGHT)):
        if others:
            loop.ask_pending(script)
        else:
            unclear.not_understood(script)
        return
    script.say("sorry_wrong")
    for key in state.reading_back:
        script.note(e.AnswerWithdrawn(at=script.at, question=key, heard=script.heard))
    first = script.question(state.reading_back[0])
    loop.ask(script, first, wording=len(first.again))


def _disagrees(script: Script, said: Found | None) -> bool:
    """Whether what was read back is denied; 俺不会按, 我还不想回哩 and 不用了 take nothing back."""
    if said is None or said.confidence < loop.SURE_ENOUGH:
        return False
    read_back = [script.question(key).kind for key in script.state.reading_back]
    none = NONE_OF_IT.match(script.said)
    if (
        none
        and not script.state.misses
        and "yes_no" not in read_back
        and not DENIES_IT.search(script.said[none.end() :])
    ):
        return False
    told = {key for key in script.understood.found if not key.startswith("_")} - set(script.state.reading_back)
    sure = said.confidence >= SURE_DENIAL and not told and not NO_NEED.search(script.said)
    return sure or DENIES_IT.search(script.said) is not None


def callback_answered(script: Script) -> None:
    """The reply to 什么时候给您打方便; "now" is no time to call again."""
    if taken_back(script):
        return
    if (due := time_to_call(script)) is not None:
        promise_call(script, due)
    elif script.understood.reason == "vague":
        tomorrow = script.at.astimezone(LOCAL).date() + timedelta(days=1)
        promise_call(script, datetime.combine(tomorrow, USUAL_TIME, tzinfo=LOCAL).astimezone(UTC))
    else:
        unclear.not_understood(script)


def promise_call(script: Script, due: datetime) -> None:
    """Says the time back and ends quickly; what was put right in the same breath is said back before it.

    At an hour at which no telephone may ring another time is asked for, once; then it is the next one that is allowed.
    """
    if unconfirmed := loop.to_read_back(script):
        given = [(script.question(key), script.state.answers[key].value) for key in unconfirmed]
        script.say_valued(
            "noted",
            spoken={"values": "，".join(values.said(question, value) for question, value in given)},
            written={"values": "，".join(values.shown(question, value) for question, value in given)},
        )
    if script.state.last_call:  # it would be promised in vain
        loop.escalate(script, "callback_me", "normal", key="callback_me")
        loop.close(script, "callback")
        script.say("worker_calls_then", time=_time_in_words(due, at=script.at))
        return
    hours = script.state.hours or CallHours()
    if not hours.allows(at=due) and script.before.phase != "callback":
        script.note(e.CallbackTimeAsked(at=script.at, heard=script.heard))
        script.say("not_at_that_hour", hours=hours.spoken())
        return
    if not hours.allows(at=due):
        script.say("no_calls_then")
        due = hours.next_open(at=due)
    script.note(e.CallbackRequested(at=script.at, due=due, heard=script.heard))
    loop.close(script, "callback")
    script.say("call_you_then", time=_time_in_words(due, at=script.at))


def _time_in_words(due: datetime, *, at: datetime) -> str:
    minutes = math.ceil((due - at) / timedelta(minutes=1))
    if minutes <= SHORT_WAIT_MINUTES:
        return f"{spoken_count(minutes)}分钟以后"
    local, today = due.astimezone(LOCAL), at.astimezone(LOCAL).date()
    days = (local.date() - today) // timedelta(days=1)
    day = {0: "今天", 1: "明天", 2: "后天"}.get(days, spoken_day(local.date()))
    return day + spoken_time(local.time())


def _found_is(script: Script, key: str, value: str) -> bool:
    found = script.understood.found.get(key)
    return found is not None and found.value == value
