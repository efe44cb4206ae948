"""What the assistant says of choices with places, once the platform has counted or taken them."""

import re
from collections.abc import Mapping
from typing import Any

import msgspec

from dialogs import events as e
from dialogs import loop, phases, places
from dialogs.questionnaire import Question
from dialogs.script import Script
from nlu.readers import READERS
from nlu.reading import NotRead, Reading
from nlu.understood import Found, found_in
from nlu.wishes import MOVES

HALF_OF_A_DAY = re.compile("[上下中]午|早上|晚上|[0-9一二三四五六七八九十]+[号日]|周|星期|礼拜|天")
TO_CALL = re.compile("打(?!针|疫)|电话|现在|再说|再问|忙着")


def counted(script: Script, found: Mapping[str, Any]) -> None:
    """Asks with what is left, or says that nothing is; one that was named when it was wanted is taken at once."""
    question = _question(script)
    if not found["free"]:
        _full(script, question)
        return
    script.understood = msgspec.structs.replace(script.understood, confidence=1.0)  # what is wanted is settled
    reading = _named(script, question)
    if isinstance(reading, Reading) and reading.value in found["free"]:
        places.want(script, question, found_in(reading))
    else:
        loop.ask(script, question)


def answered(script: Script, found: Mapping[str, Any]) -> None:
    """The place is taken, or somebody was quicker."""
    question, about = _question(script), _about(script)
    script.understood = msgspec.structs.replace(script.understood, heard=about["heard"], confidence=about["confidence"])
    if found["taken"]:
        label = next(option.label for option in question.choices if option.key == about["option"])
        script.say("place_taken", place=label)
        if question.key in script.state.answers:
            script.note(e.AnswerWithdrawn(at=script.at, question=question.key, heard=script.heard))
        loop.capture(
            script,
            question,
            Found(value=about["option"], span=tuple(about["span"]), confidence=about["confidence"]),
        )
        loop.go_on(script)
    elif found["free"]:
        script.say("place_gone")
        loop.ask(script, question, wording=script.state.wording)
    else:
        _full(script, question)


def move(script: Script) -> bool:
    """改成下午的吧, behind a place that was taken: another one is asked for; whether that was wanted."""
    state = script.state
    question = next(
        (each for each in script.questionnaire.questions if each.limited and each.key in state.answers), None
    )
    if question is None or not MOVES.search(script.said):
        return False
    reading = _named(script, question)
    if not isinstance(reading, Reading) or reading.value == state.answers[question.key].value:
        return False
    places.want(script, question, found_in(reading))
    return True


def asked_about(script: Script) -> bool:
    """下午行不, while places are offered: it is taken where there is one, else what is left is said once more."""
    state = script.state
    question = script.question(state.pending) if state.phase == "asking" else None
    if question is None or not question.limited or not isinstance(reading := _named(script, question), Reading):
        return False
    if reading.value in state.free[question.key]:
        places.want(script, question, found_in(reading))
    else:
        script.say("place_gone")
        loop.ask_pending(script)
    return True


def names_no_place(script: Script) -> bool:
    """我下午没空, while places are offered, puts off no call."""
    state = script.state
    limited = state.phase == "asking" and script.question(state.pending).limited
    return limited and HALF_OF_A_DAY.search(script.said) is not None and not TO_CALL.search(script.said)


def _named(script: Script, question: Question) -> Reading | NotRead:
    wanted = phases.expectation(question, free=script.state.free.get(question.key, ()))
    return READERS["choice"](script.said, expectation=wanted, at=script.at)


def _full(script: Script, question: Question) -> None:
    """No place is left: said, a person hears of it, and the talk goes on."""
    loop.leave_open(script, question, "full")
    loop.escalate(script, "no_place_left", "normal", key=f"no_place_left:{question.key}")
    if question.when_full:
        script.say_wording(question.when_full, f"full:{question.key}")
    loop.go_on(script)


def _question(script: Script) -> Question:
    return script.question(_about(script)["question"])


def _about(script: Script) -> Mapping[str, Any]:
    if script.state.lookup is None:
        raise RuntimeError("no place was asked for")
    return script.state.lookup.about
