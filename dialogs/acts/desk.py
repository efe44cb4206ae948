"""Free talk: residents say what they want, show who they are where that matters, and hear what came of it."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from dialogs import events as e
from dialogs import jobs, loop, notices
from dialogs.acts import own_words
from dialogs.phases import PROOF
from dialogs.script import Script
from nlu.agreeing import only_agrees
from nlu.clauses import blanked, clauses
from nlu.digits import find_runs
from nlu.no_value import says_unknown
from nlu.normalise import normalise
from nlu.own_questions import WHERE
from nlu.readers import READERS
from nlu.reading import Expectation, Reading
from nlu.understood import Found, Wish
from nlu.wishes import MOVES

TOLD_AT_ONCE = 0.9  # confidence of an answer that was the very reason to come in
ID_TAIL = 4  # digits of an identity number, the last of which may be X
LEAST_TOLD = 3  # characters that tell something
NOTHING_ELSE = re.compile(
    "^没[有得]?[了啦]?$|(?:没|冇|不用|莫得)[^，。]{0,3}(?:别的|其他|其它|啥|什么|事|么子)|就这[些样]|再见|拜|谢|麻烦你|辛苦"
)
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
    for asked in (each for each in wishes if each.intent == "policy_question"):
        notices.pass_on(script, asked.words)
    put_off(script, jobs_wanted[1:])
    _want(script, jobs_wanted[0].intent, heard=jobs_wanted[0].words)


def put_off(script: Script, wishes: Sequence[Wish]) -> None:
    """Keeps what is wanted for later."""
    for each in wishes:
        if each.intent in jobs.JOBS:
            script.note(e.JobPutOff(at=script.at, job=each.intent, heard=each.words))


def _want(script: Script, job: str, *, heard: str) -> None:
    script.note(e.JobWanted(at=script.at, job=job, heard=heard))
    jobs.go_on(script)


def proof_given(script: Script) -> None:
    """A telephone number, then a name; or the last digits of an identity number. The platform compares."""
    step: e.ProofStep = script.state.proving  # type: ignore[assignment]  # set by ProofAsked only
    value = _proof(step, script)
    if not value:
        withheld(script)
        return
    script.note(e.ProofGiven(at=script.at, step=step, value=value))
    if step == "phone" and not _told_name(script):
        jobs.ask_proof(script, "name")
    elif step == "place":
        script.say("kept_another")
        jobs.go_on(script)
    else:
        kind: e.LookupKind = "proof" if step == "id_tail" else "identity"
        script.note(e.LookupAsked(at=script.at, kind=kind, about=dict(script.state.proofs)))


def _told_name(script: Script) -> bool:
    """Whether the name was told with the number; one that did not match is asked anew."""
    _keep_name(script)
    return "name" in script.state.proofs and not script.state.failed_proofs


def _keep_name(script: Script) -> bool:
    """王建国，139…: a name that is told when the number is asked; whether there was one that was not known yet."""
    number = script.understood.found.get(PROOF)
    words = blanked(script.heard, *number.span) if number else script.heard
    reading = READERS["name"](words, expectation=Expectation(key=PROOF, kind="name"), at=script.at)
    if not isinstance(reading, Reading) or not isinstance(reading.value, str) or "name" in script.state.proofs:
        return False
    script.note(e.ProofGiven(at=script.at, step="name", value=reading.value))
    return True


def withheld(script: Script) -> None:
    """Who they are is not said, or they belong nowhere here."""
    script.note(e.NotUnderstood(at=script.at))
    unproven(script, script.state.misses)


def unproven(script: Script, misses: int) -> None:
    """Nothing that shows who they are was said, so often in a row; where they are is asked once."""
    if script.state.proving == "place":
        jobs.go_on(script)
    elif misses > 1:
        jobs.no_proof(script)
    elif script.state.proving == "phone" and _keep_name(script):
        script.say("your_phone_too")
    else:
        script.say(f"your_{script.state.proving}_again")


def keep_matter(script: Script) -> None:
    """Whoever leaves before we know them: what they told of is passed on with what they said of themselves."""
    job = jobs.JOBS[script.state.job]
    if job.ticket and job.strangers_after and script.state.proofs:
        jobs.raise_ticket(script)
        script.say("passed_to_desk")


def _proof(step: e.ProofStep, script: Script) -> str:
    found, heard = script.understood.found.get(PROOF), script.said
    if step == "id_tail":
        digits = "".join(group.digits for run in find_runs(normalise(heard).text) for group in run)
        tail = digits + ("X" if re.search(r"[xX×叉]", heard) and len(digits) == ID_TAIL - 1 else "")
        return tail if len(tail) == ID_TAIL else ""
    if step == "place":
        return heard if _tells_where(script) else ""
    if found is None:
        return ""
    value: Any = found.value
    if step == "phone":
        return str(value[0])
    return str(value["name"] if isinstance(value, Mapping) else value)


def _tells_where(script: Script) -> bool:
    """Whether a clause says more than that they do not know: 我也不晓得几号楼，门口有个药店."""
    words = script.said
    known = [part for start, end in clauses(words) if not says_unknown(normalise(part := words[start:end]).text)]
    return bool(script.understood.flags) or (WHERE in script.understood.found and bool(known))


def job_begun(script: Script) -> None:
    """The questions are there: what the first sentence said is kept, and the first one that is open is asked."""
    state = script.state
    job = jobs.JOBS[state.job]
    script.understood = msgspec.structs.replace(script.understood, confidence=1.0)  # what is wanted is settled
    if not script.before.answers:  # else it was said, and places were looked up since
        script.say("job_begun")
    for key, value in job.told.items():
        script.understood.found.pop(key, None)  # who registers one who comes tomorrow has one to register
        loop.capture(script, script.question(key), Found(value=value, span=(0, len(script.heard)), confidence=1.0))
    if job.ticket:
        jobs.raise_ticket(script)
    loop.capture_others(script)
    _put_under_other(script)
    for key, told in job.in_words.items():
        if found := told.search(script.said):
            question, words = script.question(key), script.heard if key == "what" else found[0]
            span = (0, len(words)) if key == "what" else found.span()
            loop.capture(script, question, Found(value=words, span=span, confidence=TOLD_AT_ONCE))
    loop.go_on(script)


def _put_under_other(script: Script) -> None:
    """洗衣机漏了, 有人遛狗不牵绳 are on no list, and yet they say what it is about."""
    for question in script.questionnaire.questions:
        listed = any(option.key == jobs.OTHER for option in question.choices)
        if listed and question.key not in script.state.answers and jobs.NAMES_A_THING.search(script.said):
            found = Found(value=jobs.OTHER, span=(0, len(script.heard)), confidence=TOLD_AT_ONCE)
            loop.capture(script, question, found)


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
    if not script.state.matter and script.state.jobs_done and MOVES.search(script.said):
        _want(script, "book_appointment", heard=script.heard)
        return
    answer = _yes_or_no(script)
    if answer == "no" and script.state.jobs_done:
        goodbye(script)
    elif answer == "yes" and _was_asked_to_go_on(script):
        _want(script, "resume_call", heard=script.heard)
    elif (
        not _was_asked_to_go_on(script) and (script.state.jobs_done or script.state.matter) and only_agrees(script.said)
    ):
        script.say("anything_else")
    elif answer == "yes" or (answer == "no" and _was_asked_to_go_on(script)):
        script.say("what_is_it")
    elif misses == 1:
        script.say("what_i_can_do")
    else:
        loop.escalate(script, "question", "normal", key=f"question:{script.state.turns}")
        script.say("words_passed_on" if script.state.recognised else "call_us")
        script.say("anything_else")


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
        _want(script, "callback_me", heard=script.heard)


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
