"""Free talk: residents say what they want, show who they are where that matters, and hear what came of it."""

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

import msgspec

from dialogs import events as e
from dialogs import jobs, loop, notices
from dialogs.acts import booking, this_line
from dialogs.acts.put_off import LOCAL
from dialogs.phases import PROOF
from dialogs.script import Script
from nlu.clauses import clauses
from nlu.digits import find_runs
from nlu.no_value import says_unknown
from nlu.normalise import normalise
from nlu.own_questions import WHERE
from nlu.readers import READERS
from nlu.reading import Expectation, Reading
from nlu.spoken import spoken_digits, spoken_moment
from nlu.understood import Found, Wish

TOLD_AT_ONCE = 0.9  # confidence of an answer that was the very reason to come in
ID_TAIL = 4  # digits of an identity number, the last of which may be X
# 怎么还没人来, 你催一下.
URGES = re.compile("催|还没|还不|咋还|怎么还|[几多半][^，。]{0,3}[天月周][^，。]{0,3}了|没人(?:来|管|修)|快(?:点|些)")
MORE_THAN_A_WORD = 4  # characters of a clause that tells something
NOTHING_ELSE = re.compile(
    "(?:没|冇|不用|莫得)[^，。]{0,3}(?:别的|其他|其它|啥|什么|事|么子)|就这[些样]|再见|拜|谢|麻烦你|辛苦"
)
MANY = 3  # things told one after the other; more are not taken in by ear
ANYTHING = Expectation(key="_anything", kind="yes_no", asked="还有别的事吗？")


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
    if step == "phone":
        jobs.ask_proof(script, "name")
    elif step == "place":
        script.say("kept_another")
        jobs.go_on(script)
    else:
        kind: e.LookupKind = "proof" if step == "id_tail" else "identity"
        script.note(e.LookupAsked(at=script.at, kind=kind, about=dict(script.state.proofs)))


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
    else:
        loop.ask_pending(script)


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
    if not script.before.answers:  # else it was said, and places were looked up since
        script.say("job_begun")
    loop.go_on(script)


def _put_under_other(script: Script) -> None:
    """洗衣机漏了, 有人遛狗不牵绳 are on no list, and yet they say what it is about."""
    for question in script.questionnaire.questions:
        listed = any(option.key == jobs.OTHER for option in question.choices)
        if listed and question.key not in script.state.answers and jobs.NAMES_A_THING.search(script.said):
            found = Found(value=jobs.OTHER, span=(0, len(script.heard)), confidence=TOLD_AT_ONCE)
            loop.capture(script, question, found)


def looked_up(script: Script) -> None:
    """Goes on with what the platform found."""
    lookup = script.state.lookup
    if lookup is None or lookup.found is None:
        raise RuntimeError("nothing was looked up")
    _TOLD[lookup.kind](script, lookup.found)


def _identity(script: Script, found: Mapping[str, Any]) -> None:
    if not found and script.state.failed_proofs < jobs.FAILED_PROOFS and not jobs.taken_from_strangers(script):
        script.say("not_in_registry")
    jobs.go_on(script)


def _proved(script: Script, found: Mapping[str, Any]) -> None:
    if found:
        jobs.go_on(script)
    elif script.state.failed_proofs < jobs.FAILED_PROOFS:
        script.say("digits_differ")
        jobs.go_on(script)
    else:
        loop.escalate(script, "data_request", "normal", key="data_request")
        script.say("worker_tells_you")
        jobs.close(script)


def _no_questions(script: Script, _: Mapping[str, Any]) -> None:
    script.say("cannot_do_here")
    jobs.close(script)


def _ticket(script: Script, found: Mapping[str, Any]) -> None:
    if found:
        number = found["number"].rpartition("-")[2].lstrip("0")
        script.say_valued(
            "ticket_told",
            spoken={"number": spoken_digits(number), "worker": found["worker"] or "网格员"},
            written={"number": found["number"], "worker": found["worker"] or "网格员"},
        )
    else:
        script.say("passed_on")
    if script.state.job == jobs.HELP and script.state.channel == "voice":
        loop.close(script, "red_flag")  # the line stays with them until a person is on it
        return
    jobs.close(script)


def _tickets(script: Script, found: Mapping[str, Any]) -> None:
    standing = found.get("tickets", ())
    wanted = _how_it_was_asked(script)
    for each in standing[:MANY]:
        number = each["number"].rpartition("-")[2].lstrip("0")
        script.say_valued("ticket_stands", spoken=each | {"number": spoken_digits(number)}, written=each)
    if not standing:
        script.say("no_tickets")
    if not standing or URGES.search(wanted):
        _let_a_person_look(script, wanted)
    if script.state.phase == "desk":
        jobs.close(script)
    else:  # asked in the middle of a question
        go_back(script)


def _how_it_was_asked(script: Script) -> str:
    """In the words of the job, or those in the middle of a question."""
    about = script.state.lookup.about if script.state.lookup else {}
    return str(about.get("heard", script.state.job_words))


def _let_a_person_look(script: Script, words: str) -> None:
    """What was told at the door, or over a month ago, is in no ticket; and who urges wants to hear from somebody."""
    if script.state.recognised:
        key = f"question:{script.state.turns}"
        script.note(e.EscalationRaised(at=script.at, kind="question", severity="normal", heard=words, key=key))
        script.say("passed_on")


def go_back(script: Script) -> None:
    """The pending question once more, unless it has its answer."""
    state = script.state
    if state.phase == "asking" and (state.pending in state.answers or state.pending in state.left_open):
        loop.go_on(script)
    else:
        loop.ask_pending(script)


def _data(script: Script, found: Mapping[str, Any]) -> None:
    kept = found.get("kept", ())
    if kept:
        script.say("what_is_kept", kept="，".join(f"{each['label']}{each['shown']}" for each in kept))
    else:
        script.say("nothing_kept")
    jobs.close(script)


def _calls(script: Script, found: Mapping[str, Any]) -> None:
    calls = found.get("calls", ())
    for each in calls[:MANY]:
        when = spoken_moment(datetime.fromisoformat(each["at"]).astimezone(LOCAL))
        script.say("that_was_us", when=when, title=each["title"], why=each["purpose"])
    script.say("never_money" if calls else "that_was_not_us")
    jobs.close(script)


def _broken_off(script: Script, found: Mapping[str, Any]) -> None:
    if not found:
        script.say("nothing_broken_off")
        jobs.close(script)
        return
    script.say("taken_up_again")
    loop.go_on(script)


_TOLD: Mapping[e.LookupKind, Callable[[Script, Mapping[str, Any]], None]] = {
    "job": _no_questions,
    "identity": _identity,
    "proof": _proved,
    "ticket": _ticket,
    "tickets": _tickets,
    "data": _data,
    "calls": _calls,
    "broken_off": _broken_off,
    "places": booking.counted,
    "place": booking.answered,
    "this_line": this_line.number_found,
}


def unclear(script: Script, misses: int) -> None:
    """Words that name no job: is it a yes or a no to 还有别的事吗; else what can be done here, then a person."""
    if script.state.matter and _tells_more(script):
        script.note(e.MoreTold(at=script.at, key=script.state.matter, heard=script.heard))
        script.say("kept_another")
        script.say("anything_else")
        return
    answer = _yes_or_no(script)
    if answer == "no" and script.state.jobs_done:
        goodbye(script)
    elif answer == "yes" and script.state.broken_off and not script.state.jobs_done:
        _want(script, "resume_call", heard=script.heard)
    elif answer == "yes":
        script.say("what_is_it")
    elif misses == 1:
        script.say("what_i_can_do")
    else:
        loop.escalate(script, "question", "normal", key=f"question:{script.state.turns}")
        script.say("words_passed_on" if script.state.recognised else "call_us")
        script.say("anything_else")


def _tells_more(script: Script) -> bool:
    """今天下午我都在家, behind a repair: more than a yes or a no to whether there is anything else."""
    said = script.said
    parts = [said[start:end] for start, end in clauses(said)]
    return any(len(each) > MORE_THAN_A_WORD and not NOTHING_ELSE.search(each) for each in parts)


def thanked(script: Script) -> None:
    """没了，谢谢 ends the talk; thanks alone leave it open."""
    if _yes_or_no(script) == "no" and script.state.jobs_done:
        goodbye(script)
        return
    script.say("welcome")
    loop.ask_pending(script)


def _yes_or_no(script: Script) -> Any:
    reading = READERS["yes_no"](script.said, expectation=ANYTHING, at=script.at)
    return reading.value if isinstance(reading, Reading) else None


def goodbye(script: Script) -> None:
    """Nothing else is wanted."""
    loop.close(script, "complete" if script.state.jobs_done else "break_off")
    script.say_wording(script.questionnaire.closing, "closing")
