"""A conversation that staff try on a page: real turns of real dialogue workers, kept nowhere, nobody alarmed."""

from bot.clock import Clock
from bot.conversation import Conversation, Dialogue, Opening
from bot.dialogue.pretending import pretended_turn
from dialogs.state import State
from dialogs.turn import PROTOCOL, TurnRequest
from nlu.utterance import Utterance
from voice.call import Reply
from voice.manner import manner


class TrialTalk:
    """A `voice.call.Talk` whose session lives in this object only; every place it asks for is free."""

    def __init__(self, conversation: Conversation, dialogue: Dialogue, opening: Opening, clock: Clock) -> None:
        self._conversation = conversation
        self._dialogue = dialogue
        self._clock = clock
        self._state: State = conversation.state_of(opening, at=clock.now())

    async def begin(self) -> Reply:
        """The first words."""
        return await self._turn(None)

    async def hear(self, utterance: Utterance) -> Reply:
        """One turn."""
        return await self._turn(utterance)

    async def gone(self) -> None:
        """Nothing was kept, so nothing is left to end."""

    async def _turn(self, utterance: Utterance | None) -> Reply:
        request = TurnRequest(
            protocol=PROTOCOL,
            session="trial",
            questionnaire=self._state.questionnaire,
            state=self._state,
            utterance=utterance,
            at=self._clock.now(),
        )
        reply = await pretended_turn(self._dialogue, request)
        self._state = reply.state
        return Reply(
            prompts=reply.replies,
            last=reply.state.outcome is not None,
            expecting=self._conversation.pending(reply.state),
            manner=manner(reply.state),
        )
