"""Choices with places that run out: counted by the platform before they are offered, taken one at a time."""

from dialogs import events as e
from dialogs.questionnaire import Question
from dialogs.script import Script
from dialogs.state import State
from nlu.understood import Found


def count(script: Script, question: Question) -> None:
    """Asks the platform which choices still have a place."""
    script.note(e.LookupAsked(at=script.at, kind="places", about=_about(script, question)))


def want(script: Script, question: Question, found: Found) -> None:
    """Asks the platform for a place of this choice; what was said goes along, to be kept with it."""
    told = {
        "option": found.value,
        "heard": script.heard,
        "span": list(found.span),
        "confidence": min(found.confidence, script.understood.confidence),
    }
    script.note(e.LookupAsked(at=script.at, kind="place", about=_about(script, question) | told))


def taken(script: Script, question: Question) -> bool:
    """Whether the platform has just taken a place for this question."""
    lookup = script.state.lookup
    if lookup is None or lookup.kind != "place" or not lookup.found:
        return False
    return lookup.about["question"] == question.key and bool(lookup.found["taken"])


def left(question: Question, state: State) -> str:
    """The choices that had a place when they were last counted, as they are said one after the other."""
    free = state.free.get(question.key, ())
    return "，".join(option.label for option in question.choices if option.key in free)


def _about(script: Script, question: Question) -> dict[str, object]:
    return {
        "questionnaire": script.questionnaire.key,
        "question": question.key,
        "places": {option.key: option.places for option in question.choices},
    }
