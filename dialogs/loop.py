"""The questionnaire loop: which question comes next, and what an answer leads to. It runs any questionnaire."""

from typing import Any

from dialogs import events as e
from dialogs import household, jobs, members, phases, places, values
from dialogs.long_numbers import changed_parts, said_parts, shown_parts
from dialogs.questionnaire import Question, Questionnaire, Raise
from dialogs.script import Script
from dialogs.state import State
from nlu.understood import Found

# The one calm question, where another first word helps than 您先坐下: nobody sits down in a burning flat.
_FLAG_CHECKS = {
    phases.LOW_SPIRITS: "flag_check_low",
    phases.LOST: "flag_check_lost",
    "fire_gas": "flag_check_away",
    "violence": "flag_check_away",
}
# Below this a value is read back before it is kept, whatever the questionnaire says (docs/answers.md).
SURE_ENOUGH = 0.5
MUST_BE_SURE = frozenset({"head_count", "phone"})
SURE_UNASKED = 0.9  # a count of people that nobody asked for must have been said as a count
# A notice is told again twice; who has not taken it in by then is told by a person.
EXPLAIN_AGAIN_LIMIT = 2


def next_question(questionnaire: Questionnaire, state: State) -> Question | None:
    """The first question that has no value, was not left open, is not known and is not skipped; None at the end."""
    for question in members.questions(questionnaire, state):
        if question.key in state.answers or is_left_open(question, state) or question.key in state.known:
            continue
        if not skipped(question, state) and not members.all_listed(questionnaire, state, question):
            return question
    return None


def is_left_open(question: Question, state: State) -> bool:
    """Whether it stays without a value; what one of them does not know is asked of the next who takes the telephone."""
    if state.left_open.get(question.key) != "unknown":
        return question.key in state.left_open
    asked = state.left_open_by.get(question.key, "self")
    return state.speaker == asked or not {state.speaker, asked} <= members.TRUSTED


def skipped(question: Question, state: State) -> bool:
    """Whether an earlier answer makes this question pointless, or what it hangs on was refused."""
    return any(
        _value(state, skip.question) in skip.values or _is_refused(state, skip.question) for skip in question.skip_when
    )


def _is_refused(state: State, key: str) -> bool:
    return state.left_open.get(key) == "refused"


def _value(state: State, key: str) -> Any:
    answer = state.answers.get(key)
    return answer.value if answer else state.known.get(key)


def go_on(script: Script) -> None:
    """Reads back what waits for it, else asks the next question, else closes; a lookup is waited for."""
    if script.state.lookup is not None and script.state.lookup.found is None:
        return
    unconfirmed = to_read_back(script)
    if unconfirmed:
        read_back(script, unconfirmed)
        return
    question = next_question(script.questionnaire, script.state)
    if question is None and script.state.desk:
        jobs.finish(script)
    elif question is not None and not members.may_be_named(question, script.state):
        _visit_instead(script)
    elif question is None:
        close(script, "complete")
        script.say_wording(script.questionnaire.closing, "closing")
    else:
        ask(script, question)


def _visit_instead(script: Script) -> None:
    """Who lives here is not named to a stranger: somebody from the community asks at the door."""
    escalate(script, "visit", "normal", key="visit:members")
    close(script, "partial")
    script.say_wording(script.questionnaire.closing, "closing")


def to_read_back(script: Script) -> tuple[str, ...]:
    """The questions whose values were given in this turn and must be agreed to."""
    state = script.state
    unsure = {
        event.question
        for event in script.events
        if isinstance(event, e.AnswerCaptured) and _needs_read_back(script.question(event.question), event)
    }
    pending = dict.fromkeys((*state.reading_back, *sorted(unsure, key=list(state.answers).index)))
    return tuple(key for key in pending if key in state.answers and not state.answers[key].confirmed)


def _needs_read_back(question: Question, answer: e.AnswerCaptured) -> bool:
    if answer.kind == "text":
        return False
    return question.read_back or answer.value in question.read_back_when or answer.confidence < SURE_ENOUGH


def read_back(script: Script, keys: tuple[str, ...]) -> None:
    """Repeats values and asks whether they are right; of a long number that was put right, only what is new in it."""
    given = [(script.question(key), script.state.answers[key].value) for key in keys]
    parts = [changed_parts(question.kind, _kept_before(script, question), value) for question, value in given]
    script.note(e.AnswersReadBack(at=script.at, questions=keys))
    script.say_valued(
        "read_back",
        spoken={
            "values": "，".join(
                said_parts(some) if some else values.said(question, value)
                for (question, value), some in zip(given, parts, strict=True)
            )
        },
        written={
            "values": "，".join(
                shown_parts(some) if some else values.shown(question, value)
                for (question, value), some in zip(given, parts, strict=True)
            )
        },
    )


def _kept_before(script: Script, question: Question) -> Any:
    """The value that was said back before, now put right; None where the question was never answered."""
    answer = script.before.answers.get(question.key)
    return answer.value if answer else None


def ask(script: Script, question: Question, *, wording: int = 0) -> None:
    """Puts a question in its first or a later wording; places that run out are counted first."""
    if script.state.party is not None and not script.state.party_known:
        script.note(e.PartyAsked(at=script.at))
        ask_pending(script)
        return
    if question.limited and question.key not in script.state.free:
        places.count(script, question)
        return
    if members.first_of_others(question, script.state):
        script.say("one_by_one")
    script.note(e.QuestionAsked(at=script.at, question=question.key, wording=wording))
    if wording == 0 and question.tell:
        script.say_wording(question.tell, f"tell:{question.key}")
    _say_question(script, question, wording)


def _say_question(script: Script, question: Question, wording: int) -> None:
    left = places.left(question, script.state)
    if wording == 0:
        script.say_wording(question.ask, f"ask:{question.key}", places=left)
    else:
        number = min(wording, len(question.again)) - 1
        script.say_wording(question.again[number], f"ask:{question.key}:{number + 1}", places=left)


def ask_plainly(script: Script, question: Question) -> None:
    """Puts the pending question in its simplest words, for who did not hear it."""
    _say_question(script, question, len(question.again))


def ask_pending(script: Script) -> None:
    """Puts what is pending once more, in the same words, after something else was said."""
    state = script.state
    match state.phase:
        case "asking":
            _say_question(script, script.question(state.pending), state.wording)
        case "reading_back":
            read_back(script, state.reading_back)
        case "opening":
            script.say("may_ask")
        case "red_flag":
            script.say(_FLAG_CHECKS.get(state.flag, "flag_check"))
        case "party" if state.party is not None:
            script.say(_party_phrase(state.party), surname=state.party.surname, title=state.party.title)
        case "callback":
            script.say("when_to_call")
        case "correcting":
            script.say("which_is_wrong")
        case "identifying":
            script.say("who_is_there")
        case "with_child":
            script.say("fetch_an_adult")
        case "proving":
            script.say(f"your_{state.proving}")
        case "desk":
            script.say("anything_else" if state.jobs_done or state.matter else "anything")


def _party_phrase(party: e.Party) -> str:
    if party.family:
        return "your_relative"
    if party.sharers:
        return "which_of_you"
    return "your_home" if party.title else "your_home_surname"


def ask_again_beside(script: Script, question: Question) -> None:
    """Puts the pending question again, unless values said beside it are read back first or make it pointless."""
    if to_read_back(script) or skipped(question, script.state):
        go_on(script)
    else:
        ask_pending(script)


def capture(script: Script, question: Question, found: Found) -> bool:
    """Keeps a value; False when it shows that a notice has to be told again first.

    A choice with places is kept once the platform has taken one.
    """
    if question.limited and not places.taken(script, question):
        places.want(script, question, found)
        return True
    value = _settled(script, question, found)
    state, about = script.state, members.about(question.key)
    unclear = question.expected is not None and value != question.expected
    if unclear and state.explained < EXPLAIN_AGAIN_LIMIT and question.key == state.pending:
        return False
    script.note(
        e.AnswerCaptured(
            at=script.at,
            question=question.key,
            field=question.field,
            kind=question.kind,
            value=value,
            shown=values.shown(question, value),
            heard=script.heard,
            confidence=min(found.confidence, script.understood.confidence),
            span=found.span,
            speaker="relative" if about and state.speaker == "self" else state.speaker,
            member=about,
        )
    )
    household.note_exceptions(script, question, value, confidence=found.confidence)
    reply = next((option.reply for option in question.choices if option.key == value), None)
    if reply is not None:
        script.say_wording(reply, f"reply:{question.key}:{value}")
    if unclear:
        escalate(script, "notice_unclear", "normal", key=f"notice_unclear:{question.key}")
    for rule in question.escalate:
        told = f"flag:{rule.kind}" in script.state.raised  # as a danger, in the same words: one matter, one ticket
        if _matches(rule, question, value) and not told:
            escalate(script, rule.kind, rule.severity, key=f"{rule.kind}:{question.key}", member=about)
    return True


def _matches(rule: Raise, question: Question, value: Any) -> bool:
    number = values.amount(question.kind, value)
    return (
        rule.answered
        or value in rule.values
        or (rule.at_least is not None and number is not None and number >= rule.at_least)
    )


def is_new(script: Script, key: str) -> bool:
    """Whether this turn holds another value than the one that was kept for an answered question."""
    answer, found = script.state.answers.get(key), script.understood.found.get(key)
    if answer is None or found is None:
        return False
    return bool(_settled(script, script.question(key), found) != answer.value)


def _settled(script: Script, question: Question, found: Found) -> Any:
    return values.completed(question.kind, values.settled(question, found.value), _kept_before(script, question))


def capture_all(script: Script) -> bool:
    """Keeps every value that was said, for the pending question too; whether there were any."""
    pending = script.understood.found.get(script.state.pending)
    kept = capture_others(script)
    if pending is None or script.state.pending in script.state.answers:
        return kept
    return capture(script, script.question(script.state.pending), pending) or kept


def capture_others(script: Script) -> bool:
    """Keeps the values said for questions other than the pending one; whether there were any."""
    kept = False
    for key, found in script.understood.found.items():
        if key.startswith("_"):  # 现在方便吗, 对不对 … belong to no questionnaire
            continue
        question = script.question(key)
        if key == script.state.pending or key in script.state.answers or question.limited:
            continue
        if question.kind == "text" and not members.about(key):
            continue
        if key in script.state.known and script.state.known[key] == values.settled(question, found.value):
            continue  # 姑娘十号到的家 tells nothing new of whether somebody came home
        if question.kind in MUST_BE_SURE and found.confidence < SURE_UNASKED:
            continue  # 我儿子回来了 names one person, and does not say that there was no other
        kept = capture(script, question, found) or kept
    return kept


def explain_again(script: Script, question: Question) -> None:
    """Tells a notice once more and asks again, in another wording."""
    script.note(e.NoticeExplainedAgain(at=script.at, question=question.key, heard=script.heard))
    script.say("let_me_explain")
    if question.tell:
        script.say_wording(question.tell, f"tell:{question.key}")
    ask(script, question, wording=script.state.wording + 1)


def leave_open(script: Script, question: Question, reason: e.OpenReason) -> None:
    """Ends a question without a value."""
    script.note(
        e.QuestionLeftOpen(
            at=script.at,
            question=question.key,
            field=question.field,
            reason=reason,
            heard=script.heard,
            speaker=script.state.speaker,
        )
    )


def escalate(script: Script, kind: str, severity: e.Severity, *, key: str, member: str = "") -> None:
    """Raises something that a person must see, once in a session; `member` where it is about one of the household."""
    if key not in script.state.raised:
        script.note(
            e.EscalationRaised(at=script.at, kind=kind, severity=severity, heard=script.heard, key=key, member=member)
        )


def close(script: Script, outcome: e.Outcome) -> None:
    """Ends the session."""
    script.note(e.SessionEnded(at=script.at, outcome=outcome))
