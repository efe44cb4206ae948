"""Whoever is asked for a number and means the one that the talk is on: 就是你打的这个."""

from collections.abc import Mapping
from typing import Any

import msgspec

from dialogs import events as e
from dialogs import loop
from dialogs.questionnaire import Question
from dialogs.script import Script
from nlu.understood import Found


def want_number(script: Script, question: Question) -> None:
    """Asks the platform for the number; what was said goes along, to be kept with it."""
    script.note(e.LookupAsked(at=script.at, kind="this_line", about={"question": question.key, "heard": script.heard}))


def number_found(script: Script, found: Mapping[str, Any]) -> None:
    """The number is kept like one that was told; where none is known it has to be told."""
    about = script.state.lookup.about if script.state.lookup else {}
    question, heard = script.question(about["question"]), about["heard"]
    if "phone" not in found:
        script.say("say_the_number")
        return
    script.understood = msgspec.structs.replace(script.understood, heard=heard)
    loop.capture(script, question, Found(value=[found["phone"]], span=(0, len(heard)), confidence=1.0))
    loop.go_on(script)
