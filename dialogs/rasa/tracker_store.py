"""A tracker store that keeps nothing: each turn's tracker is built from the state that the turn carries."""

from typing import Any

from rasa.core.tracker_store import TrackerStore
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActionExecuted, SessionStarted, SlotSet
from rasa.shared.core.trackers import DialogueStateTracker

from dialogs.rasa.carried import CARRIED


class CarriedTrackerStore(TrackerStore):  # type: ignore[misc]
    """Answers every `retrieve` with a fresh tracker in the phase of the carried turn."""

    def __init__(self, domain: Domain, event_broker: Any = None, **kwargs: Any) -> None:
        super().__init__(domain, event_broker, **{key: kwargs[key] for key in kwargs if key != "host"})

    async def retrieve(self, sender_id: str) -> DialogueStateTracker:
        """A tracker that waits for the resident."""
        events = [
            ActionExecuted("action_session_start"),
            SessionStarted(),
            SlotSet("phase", CARRIED.get().request.state.phase),
            ActionExecuted("action_listen"),
        ]
        return DialogueStateTracker.from_events(sender_id, events, self.domain.slots, domain=self.domain)

    async def save(self, tracker: DialogueStateTracker) -> None:
        """Nothing: the platform keeps the state."""

    async def keys(self) -> list[str]:
        """No conversation is kept."""
        return []
