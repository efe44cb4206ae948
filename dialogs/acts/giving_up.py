"""算了，不投诉了: what is being worked on in free talk is not wanted any more."""

from dialogs import events as e
from dialogs import jobs, notices
from dialogs.acts import desk
from dialogs.script import Script
from nlu.matters import GIVES_UP

IN_THE_MIDDLE = frozenset({"asking", "proving"})


def gives_up(script: Script) -> bool:
    """Whether a job of free talk is dropped; words that answer what is pending drop nothing."""
    state = script.state
    if not (state.desk and state.job and state.phase in IN_THE_MIDDLE) or not GIVES_UP.search(script.said):
        return False
    return state.phase == "proving" or script.question(state.pending).kind == "text" or not script.understood.found


def drop(script: Script) -> None:
    """Back to the talk, and to what is wanted instead: 算了，帮我报个修吧.

    Whoever has a ticket for it already reads that it is not wanted any more.
    """
    if jobs.JOBS[script.state.job].ticket and (key := jobs.ticket_key(script)) in script.state.raised:
        script.note(e.MoreTold(at=script.at, key=key, heard=script.heard))
    script.say("dropped")
    desk.put_off(script, [each for each in script.understood.wishes if each.intent != script.state.job])
    if script.understood.asked:
        notices.pass_on(script, script.understood.asked)
    jobs.close(script)
