"""The first words of a call that was announced: what they are about, the notice that told of it, then the question."""

import re

from dialogs.questionnaire import Wording

LAST_QUESTION = re.compile(r"(?<=[。！？!?])[^。！？!?]+[？?]$")


def before_and_question(opening: Wording) -> tuple[Wording, Wording] | None:
    """An opening without the question at its end, and that question; None where it does not end with one of its own."""
    before: dict[str, str] = {}
    question: dict[str, str] = {}
    for form in ("spoken", "written", "plain"):
        text: str = getattr(opening, form)
        asked = LAST_QUESTION.search(text)
        if text and asked is None:
            return None
        cut = asked.start() if asked else 0
        before[form], question[form] = text[:cut], text[cut:]
    return Wording(**before), Wording(**question)
