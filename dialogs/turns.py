"""One turn as a pure function: what a worker computes, once Rasa has decided on the act."""

from datetime import datetime
from functools import partial

from dialogs import loop
from dialogs.acts import Act, asides, desk, found, giving_up, matters, openings, unclear, watchword, worker_named
from dialogs.events import UtteranceHeard
from dialogs.jobs import HELP, JOBS
from dialogs.opening import before_and_question
from dialogs.questionnaire import Questionnaire
from dialogs.script import Script, Step
from dialogs.state import State
from nlu.callers import asks_our_number
from nlu.understood import Understood
from nlu.utterance import Utterance

# These may be meant for a worker whom they name: 我找王网格员, 叫小陈来听.
BY_NAME = frozenset({"person_please", "hand_phone_over"})
# Heard whatever the turn: nobody waits for a person, or is kept from going.
ENDS_AT_ONCE = frozenset({"red_flag", "person_please", "stop_calling", "refuse_call", "goodbye", "finished"})

PLACES = frozenset({"places", "place"})  # lookups about a choice with places, in the middle of the first words of a job

# At the desk these hold no more than what is wanted beside them: 谢谢啊，还有个灯坏了.
SAYS_LITTLE = frozenset({"no_match", "smalltalk", "thanks", "out_of_scope", "policy_question", "how_got_number"})


def begin(questionnaire: Questionnaire, state: State, *, at: datetime) -> Step:
    """The assistant's first words, or those after the platform has looked something up.

    A session that broke off goes on where it stood.
    """
    script = Script(questionnaire=questionnaire, state=state, understood=Understood(act="begin"), at=at)
    if state.recorded and not state.said:
        script.say("recorded")
    if state.lookup is not None:
        found.looked_up(script)
    elif state.resumed:
        script.say("resumed")
        loop.go_on(script)
    else:
        _open(script)
        if state.broken_off:
            script.say("go_on_where_we_stopped")
        elif state.missed:
            script.say("we_rang_you")
    return script.done()


def _open(script: Script) -> None:
    """The opening; where a notice told of the call, it is named before the question at the end."""
    opening = script.questionnaire.opening
    parts = before_and_question(opening) if script.state.announced else None
    if parts is None:
        script.say_wording(opening, "opening")
        return
    script.say_wording(parts[0], "opening")
    script.say("announced")
    script.say_wording(parts[1], "opening:question")


def take(
    questionnaire: Questionnaire, state: State, utterance: Utterance, understood: Understood, act: Act, *, at: datetime
) -> Step:
    """The turn that `act` makes of an utterance."""
    script = Script(questionnaire=questionnaire, state=state, understood=understood, at=at)
    if state.phase != "job_begun":  # these words were heard before
        script.note(UtteranceHeard(at=at, utterance=utterance, act=understood.act, confidence=understood.confidence))
    if ENDS_AT_ONCE.isdisjoint({understood.act}) and unclear.is_stuck(script):
        unclear.stuck(script)
    elif giving_up.gives_up(script):
        giving_up.drop(script)
    elif matters.told_beside(script):
        matters.take_up(script, act)
    else:
        _suited(script, act)(script)
    return script.done()


def _suited(script: Script, act: Act) -> Act:
    """The act for what is wanted, or fished for, where the words as a whole did not say so."""
    understood, phase = script.understood, script.state.phase
    if understood.act in SAYS_LITTLE and watchword.is_fished_for(script):
        return watchword.withhold
    if understood.act in SAYS_LITTLE and phase != "red_flag" and asks_our_number(script.said):
        return asides.our_number
    if (at_the_opening := openings.suited(script)) is not None:
        return at_the_opening
    if understood.act in BY_NAME and phase != "red_flag" and worker_named.is_asked_for(script):
        return partial(worker_named.look_up, otherwise=understood.act)
    if phase == "job_begun" and script.state.lookup is not None and script.state.lookup.kind in PLACES:
        return found.looked_up
    if phase == "job_begun" and understood.act not in JOBS.keys() - {HELP}:
        return desk.job_begun  # a danger in these words was seen to when they were said
    if phase != "desk" or understood.act not in SAYS_LITTLE:
        return act
    wanted = {each.intent for each in understood.wishes}
    if wanted & JOBS.keys():
        return desk.want
    return asides.policy_question if wanted else act
