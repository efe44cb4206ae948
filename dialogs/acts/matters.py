"""What a resident brings up in the middle of a question: taken at once, and then the question is put again.

In free talk it comes after what is being worked on; in a questionnaire of ours a person gets a ticket. How far a matter
is, is told on the spot.
"""

from collections.abc import Callable
from zlib import crc32

from dialogs import events as e
from dialogs import jobs, loop
from dialogs.acts import desk, own_words, worker_named
from dialogs.script import Script
from nlu.matters import MATTERS
from nlu.understood import Wish

IN_BETWEEN = frozenset({"asking", "reading_back", "opening", "proving"})  # phases whose question can wait
# Beside a matter these only lead over to it: 先不说这个，我家马桶堵了.
LEADS_OVER = MATTERS | {"no_match", "smalltalk", "out_of_scope", "refuse_question", "thanks", "wait_please", "ask_back"}
STATUS = "ticket_status"
QUESTION = "question"  # the kind of ticket for what only a person can see to


def told_beside(script: Script) -> bool:
    """Whether something else was brought up while a question is pending."""
    return bool(script.understood.wishes) and script.state.phase in IN_BETWEEN


def take_up(script: Script, act: Callable[[Script], None]) -> None:
    """Sees to what was brought up, then to the answer beside it."""
    for wish in script.understood.wishes:
        see_to(script, wish)
    if script.understood.act not in LEADS_OVER:
        act(script)
    elif script.state.lookup is None:
        desk.go_back(script)


def see_to(script: Script, wish: Wish) -> None:
    """One thing: answered, kept for afterwards, or passed on."""
    state = script.state
    if wish.intent == STATUS and state.recognised and state.phase in ("asking", "reading_back"):
        script.note(e.LookupAsked(at=script.at, kind="tickets", about={"heard": wish.words}))
    elif not state.desk and wish.intent == "callback_me" and worker_named.is_asked_for(script):
        worker_named.look_up(script, "callback_me")
    elif state.phase == "proving" and wish.intent == state.job:
        own_words.keep_before_begun(script)
    elif state.desk and wish.intent != state.job:
        desk.put_off(script, [wish])
        script.say("kept_another")
    elif not state.desk:
        kind = jobs.JOBS[wish.intent].ticket or QUESTION
        words = crc32(wish.words.encode())  # the same words are one ticket, however often they are said
        loop.escalate(script, kind, "normal", key=f"{kind}:{words:08x}")
        script.say("passed_on")
