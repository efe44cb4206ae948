"""One turn as a pure function: what a worker computes, once Rasa has decided on the act."""

from datetime import datetime

from dialogs import loop
from dialogs.acts import Act, desk, unclear
from dialogs.events import UtteranceHeard
from dialogs.questionnaire import Questionnaire
from dialogs.script import Script, Step
from dialogs.state import State
from nlu.understood import Understood
from nlu.utterance import Utterance

# Heard whatever the turn: nobody waits for a person, or is kept from going.
ENDS_AT_ONCE = frozenset({"red_flag", "person_please", "stop_calling", "refuse_call", "goodbye", "finished"})


def begin(questionnaire: Questionnaire, state: State, *, at: datetime) -> Step:
    """The assistant's first words, or those after the platform has looked something up.

    A session that broke off goes on where it stood.
    """
    script = Script(questionnaire=questionnaire, state=state, understood=Understood(act="begin"), at=at)
    if state.recorded and not state.said:
        script.say("recorded")
    if state.lookup is not None:
        desk.looked_up(script)
    elif state.resumed:
        script.say("resumed")
        loop.go_on(script)
    else:
        script.say_wording(questionnaire.opening, "opening")
        if state.broken_off:
            script.say("go_on_where_we_stopped")
    return script.done()


def take(
    questionnaire: Questionnaire, state: State, utterance: Utterance, understood: Understood, act: Act, *, at: datetime
) -> Step:
    """The turn that `act` makes of an utterance."""
    script = Script(questionnaire=questionnaire, state=state, understood=understood, at=at)
    if state.phase != "job_begun":  # these words were heard before
        script.note(UtteranceHeard(at=at, utterance=utterance, act=understood.act, confidence=understood.confidence))
    if ENDS_AT_ONCE.isdisjoint({understood.act}) and unclear.is_stuck(script):
        unclear.stuck(script)
    else:
        act(script)
    return script.done()
