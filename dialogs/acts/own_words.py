"""What residents tell of their matter in words that the questions have no place for: it goes along with the ticket."""

import msgspec

from dialogs import events as e
from dialogs import jobs, loop
from dialogs.questionnaire import Question
from dialogs.script import Script
from nlu.understood import Found

OTHER = "other"  # key of the choice that stands for everything else
SHORTEST = 3  # characters that tell something


def told_elsewhere(script: Script) -> bool:
    """厨房那个 to when somebody may come: kept with the ticket, and asked again; whether it was that."""
    told = jobs.JOBS[script.state.job].in_words if script.state.job else {}
    own, where = told.get(script.state.pending), told.get("where")
    if own is None or where is None or own is where or own.search(script.said) or not where.search(script.said):
        return False
    _keep(script)
    loop.ask_pending(script)
    return True


def told_of_no_choice(script: Script, question: Question) -> bool:
    """Words that fit none of the choices are kept; the second time they are something else. Whether there is that."""
    if not script.state.job or OTHER not in (each.key for each in question.choices) or len(script.said) < SHORTEST:
        return False
    _keep(script)
    if script.state.wording == 0:
        loop.ask(script, question, wording=1)
    else:
        script.understood = msgspec.structs.replace(script.understood, confidence=1.0)  # it is: none of the others
        loop.capture(script, question, Found(value=OTHER, span=(0, len(script.heard)), confidence=1.0))
        loop.go_on(script)
    return True


def _keep(script: Script) -> None:
    script.note(e.MoreTold(at=script.at, key=jobs.ticket_key(script), heard=script.heard))
    script.say("kept_another")
