"""算了，不投诉了: what is being worked on in free talk is not wanted any more."""

import re

from dialogs import events as e
from dialogs import jobs
from dialogs.script import Script

GIVES_UP = re.compile(
    "^(?:那|哎|唉|嗯|哦)*[，]?(?:算了|不用了)(?![吧]?[，]?(?:就|改|换|要))"
    "|(?:^|[，。])(?:先)?不(?:投诉|报修?|登记|[预约]约?|办|听|改|删|查|弄|麻烦)(?:你们?)?了"
)
IN_THE_MIDDLE = frozenset({"asking", "proving"})


def gives_up(script: Script) -> bool:
    """Whether a job of free talk is dropped; words that answer what is pending drop nothing."""
    state = script.state
    if not (state.desk and state.job and state.phase in IN_THE_MIDDLE) or not GIVES_UP.search(script.said):
        return False
    return state.phase == "proving" or script.question(state.pending).kind == "text" or not script.understood.found


def drop(script: Script) -> None:
    """Back to the talk; whoever has a ticket for it already reads that it is not wanted any more."""
    if jobs.JOBS[script.state.job].ticket and (key := jobs.ticket_key(script)) in script.state.raised:
        script.note(e.MoreTold(at=script.at, key=key, heard=script.heard))
    script.say("dropped")
    jobs.close(script)
