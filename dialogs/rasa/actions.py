"""Custom actions in the worker's own process.

Rasa calls an action server over HTTP and checks the JSON schema of each result anew: 32 ms a turn. Hence a class of
Rasa is replaced: `RemoteAction`, by a subclass that looks its name up in `dialogs.acts.ACTS`. Whatever else is
replaced is in runner.py.
"""

from typing import Any

import rasa.core.actions.action
import rasa.core.actions.forms
from rasa.core.actions.action import RemoteAction
from rasa.core.channels.channel import OutputChannel
from rasa.core.nlg import NaturalLanguageGenerator
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ConversationPaused, Event
from rasa.shared.core.trackers import DialogueStateTracker

from dialogs import turns
from dialogs.acts import ACTS
from dialogs.rasa.carried import CARRIED
from nlu.rasa.component import UNDERSTOOD

BEGIN = "act_begin"


class InProcessAction(RemoteAction):  # type: ignore[misc]
    """Runs one of our acts on the carried turn."""

    async def run(
        self,
        output_channel: OutputChannel,  # noqa: ARG002
        nlg: NaturalLanguageGenerator,  # noqa: ARG002
        tracker: DialogueStateTracker,
        domain: Domain,  # noqa: ARG002
        metadata: dict[str, Any] | None = None,  # noqa: ARG002
    ) -> list[Event]:
        """Leaves the step with the carried turn.

        Rasa's tracker is thrown away after the turn, so it is paused at once: that spares the prediction that would
        only say "now listen".
        """
        carried = CARRIED.get()
        request = carried.request
        if self.name() == BEGIN:
            carried.step = turns.begin(carried.questionnaire, request.state, at=request.at)
            return [ConversationPaused()]
        understood = tracker.latest_message.parse_data[UNDERSTOOD]
        carried.step = turns.take(
            carried.questionnaire, request.state, request.utterance, understood, ACTS[self.name()], at=request.at
        )
        return [ConversationPaused()]


def run_actions_in_process() -> None:
    """Replaces the class through which Rasa reaches custom actions."""
    rasa.core.actions.action.RemoteAction = InProcessAction
    rasa.core.actions.forms.RemoteAction = InProcessAction
