"""A resident asks for a worker by name: the registry says whether there is one, and who calls is said."""

import re
from collections.abc import Mapping
from typing import Any

import msgspec

from dialogs import events as e
from dialogs import loop
from dialogs.acts import desk, speakers
from dialogs.script import Script
from nlu.speakers import speaker_named
from nlu.worker_named import may_name_a_worker

OF_THEIRS = re.compile("[我俺额咱阮]")
SHORT = 12  # characters: 叫小陈来听 says nothing else


def is_asked_for(script: Script) -> bool:
    """Whether somebody in particular may be meant whom the registry can tell; 让我孙子接 names nobody of ours."""
    theirs = OF_THEIRS.search(script.said) or speaker_named(script.said) is not None
    if script.understood.act == "hand_phone_over" and (theirs or len(script.said) > SHORT):
        return False
    return script.state.recognised and may_name_a_worker(script.said)


def look_up(script: Script, otherwise: str) -> None:
    """Asks the platform who is meant; `otherwise` is the intent that the words had."""
    script.note(e.LookupAsked(at=script.at, kind="worker", about={"heard": script.heard, "otherwise": otherwise}))


def answered(script: Script, found: Mapping[str, Any]) -> None:
    """Whoever was found calls; a name that no worker has is somebody in the room."""
    about = script.state.lookup.about if script.state.lookup else {}
    script.understood = msgspec.structs.replace(script.understood, heard=about["heard"])
    otherwise, worker = about["otherwise"], found.get("worker", "")
    if otherwise == "hand_phone_over" and not found.get("named"):
        speakers.give_the_telephone(script)
    elif otherwise == "callback_me":
        loop.escalate(script, "callback_me", "normal", key="callback_me")
        script.say("worker_calls_you" if worker else "passed_on", worker=worker)
        desk.go_back(script)
    else:
        loop.escalate(script, "person", "normal", key="person")
        loop.close(script, "to_person")
        script.say("to_person_named" if worker else "to_person", worker=worker)
