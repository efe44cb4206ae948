"""One of the two figures of a blood pressure: it is kept, and the other is asked for."""

from dialogs import events as e
from dialogs import loop
from dialogs.script import Script
from dialogs.values import PRESSURES


def ask_for_the_other(script: Script) -> bool:
    """Whether one figure was told, 一百五十二 or 低的九十五, and the other is asked for, once."""
    question = script.question(script.state.pending)
    if question.kind != "blood_pressure" or script.state.begun:
        return False
    missing = _missing(script)
    if not missing:
        return False
    script.understood.found.pop(question.key, None)
    loop.capture_others(script)
    script.note(e.AnswerBegun(at=script.at, question=question.key, heard=script.heard))
    script.say(f"and_the_{missing}")
    return True


def _missing(script: Script) -> str:
    """The key of the figure that was not told; "" where both were, or none. One without a name is the higher."""
    found = script.understood.found.get(script.state.pending)
    if found is None:
        return "diastolic" if script.understood.reason == "incomplete" else ""
    return next((key for key, _ in PRESSURES if found.value[key] is None), "")
