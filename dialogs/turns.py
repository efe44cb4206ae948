"""One turn as a pure function: what a worker computes, once Rasa has decided on the act."""

from datetime import datetime

from dialogs import loop
from dialogs.acts import Act
from dialogs.events import UtteranceHeard
from dialogs.questionnaire import Questionnaire
from dialogs.script import Script, Step
from dialogs.state import State
from nlu.understood import Understood
from nlu.utterance import Utterance


def begin(questionnaire: Questionnaire, state: State, *, at: datetime) -> Step:
    """The assistant's first words; a session that broke off goes on where it stood."""
    script = Script(questionnaire=questionnaire, state=state, understood=Understood(act="begin"), at=at)
    if state.resumed:
        script.say("resumed")
        loop.go_on(script)
    else:
        script.say_wording(questionnaire.opening, "opening")
    return script.done()


def take(
    questionnaire: Questionnaire, state: State, utterance: Utterance, understood: Understood, act: Act, *, at: datetime
) -> Step:
    """The turn that `act` makes of an utterance."""
    script = Script(questionnaire=questionnaire, state=state, understood=understood, at=at)
    script.note(UtteranceHeard(at=at, utterance=utterance, act=understood.act, confidence=understood.confidence))
    act(script)
    return script.done()
