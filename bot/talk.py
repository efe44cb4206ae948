"""The dialogue of one call (`voice.call.Talk`) as a session that is kept."""

from collections.abc import Awaitable, Callable
from datetime import datetime

from bot.clock import Clock
from bot.conversation import Answered, Conversation, Opening
from dialogs.events import CallbackRequested
from dialogs.state import State
from nlu.utterance import Utterance
from voice.call import Reply
from voice.manner import manner


class SessionTalk:
    """Opens a session when the call is answered and takes its turns.

    `opening` is asked for at that moment; `opened` is told the session's id once it is committed; `heard` is shown
    every turn, for whoever watches.
    """

    def __init__(
        self,
        *,
        conversation: Conversation,
        clock: Clock,
        opening: Callable[[datetime], Awaitable[Opening]],
        opened: Callable[[str], Awaitable[None]],
        heard: Callable[[Answered], None] = lambda _: None,
    ) -> None:
        self._conversation = conversation
        self._clock = clock
        self._opening = opening
        self._opened = opened
        self._heard = heard
        self._session: str | None = None
        self.state: State | None = None
        self.callback_at: datetime | None = None
        self.spoken_to = False  # a word or a key; whoever picks up without a word has not answered

    @property
    def session(self) -> str | None:
        """The session's id, once it is open."""
        return self._session

    async def begin(self) -> Reply:
        """The call was answered: the first words."""
        at = self._clock.now()
        first = await self._conversation.open(await self._opening(at), at=at)
        self._session = first.session
        await self._opened(first.session)
        return self._reply(first)

    async def hear(self, utterance: Utterance) -> Reply:
        """One turn of the resident."""
        if self._session is None:
            raise RuntimeError("nobody speaks before the call was answered")
        self.spoken_to = self.spoken_to or not utterance.silent
        return self._reply(await self._conversation.handle(self._session, utterance, at=self._clock.now()))

    async def gone(self) -> None:
        """The call ended."""
        if self._session is not None and self.state is not None and self.state.outcome is None:
            self.state = await self._conversation.hung_up(self._session, at=self._clock.now())

    def _reply(self, answered: Answered) -> Reply:
        self.state = answered.state
        self._heard(answered)
        for event in answered.events:
            if isinstance(event, CallbackRequested):
                self.callback_at = event.due
        return Reply(
            prompts=answered.replies,
            last=answered.outcome is not None,
            expecting=self._conversation.pending(answered.state),
            manner=manner(answered.state),
            soon=self._conversation.soon(answered.state, at=self._clock.now()),
            recorded=not answered.state.unrecorded,
        )
