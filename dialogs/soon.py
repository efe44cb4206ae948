"""What the assistant is likely to say next and nobody can have rendered ahead, for a name is in it."""

from datetime import datetime

from dialogs import loop
from dialogs.events import PartyAsked
from dialogs.prompts import Prompt
from dialogs.questionnaire import Questionnaire
from dialogs.script import Script
from dialogs.state import State
from nlu.understood import Understood


def said_soon(questionnaire: Questionnaire, state: State, *, at: datetime) -> tuple[Prompt, ...]:
    """请问是王女士家吗, while the first words are spoken; otherwise nothing."""
    if state.phase != "opening" or state.party is None or state.party_known:
        return ()
    script = Script(questionnaire=questionnaire, state=state, understood=Understood(act="silence"), at=at)
    script.note(PartyAsked(at=at))
    loop.ask_pending(script)
    return tuple(script.replies)
