"""What the assistant says of choices with places, once the platform has counted or taken them."""

from collections.abc import Mapping
from typing import Any

import msgspec

from dialogs import loop
from dialogs.questionnaire import Question
from dialogs.script import Script
from nlu.understood import Found


def counted(script: Script, found: Mapping[str, Any]) -> None:
    """Asks with what is left, or says that nothing is."""
    question = _question(script)
    if found["free"]:
        loop.ask(script, question)
    else:
        _full(script, question)


def answered(script: Script, found: Mapping[str, Any]) -> None:
    """The place is taken, or somebody was quicker."""
    question, about = _question(script), _about(script)
    script.understood = msgspec.structs.replace(script.understood, heard=about["heard"], confidence=about["confidence"])
    if found["taken"]:
        loop.capture(
            script,
            question,
            Found(value=about["option"], span=tuple(about["span"]), confidence=about["confidence"]),
        )
        label = next(option.label for option in question.choices if option.key == about["option"])
        script.say("place_taken", place=label)
        loop.go_on(script)
    elif found["free"]:
        script.say("place_gone")
        loop.ask(script, question, wording=script.state.wording)
    else:
        _full(script, question)


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
