"""The dialogue of one rehearsed call: real turns of real dialogue workers, kept nowhere."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from bot.conversation import Dialogue
from bot.dialogue.pretending import pretended_turn
from bot.policy_answers import PolicyAnswers
from bot.storytelling import told
from campaigns.disposition import Disposition
from dialogs import emergency
from dialogs import events as e
from dialogs.state import State, fold_all
from dialogs.turn import PROTOCOL, TurnReply, TurnRequest
from integrations.campaigns.rehearsal.cast import Persona
from integrations.campaigns.rehearsal.line import RehearsedCall, TranscriptLine
from nlu.utterance import Utterance
from voice.call import Reply

_FACTS = (e.AnswerCaptured, e.AnswerConfirmed, e.AnswerWithdrawn, e.QuestionLeftOpen, e.EscalationRaised,
          e.CallbackRequested, e.SessionEnded)  # fmt: skip
# What may be kept of a plain yes or no: 有时候 is a yes, 以前有过 a no.
_MEANS = {"yes": ("yes", "sometimes"), "no": ("no", "was")}


@dataclass(slots=True, kw_only=True)
class Played:
    """One rehearsed call, while it is played and after it."""

    persona: Persona
    call: RehearsedCall
    disposition: Disposition = Disposition.FAILED
    outcome: e.Outcome | None = None
    escalations: list[e.EscalationRaised] = field(default_factory=list)
    misheard: int = 0  # yes, no and choices kept otherwise than they were meant, and values that nobody told

    @property
    def stuck(self) -> bool:
        """Whether the assistant gave up understanding."""
        return any(each.kind == "not_understood" for each in self.escalations)


class RehearsedTalk:
    """A `voice.call.Talk` whose session lives in this object only."""

    def __init__(
        self, played: Played, dialogue: Dialogue, answers: PolicyAnswers, opened: e.SessionOpened, *, session: str
    ) -> None:
        self._played = played
        self._dialogue = dialogue
        self._answers = answers
        self._opened = opened
        self._session = session
        self._state = fold_all(State(), [opened])
        self._values: dict[str, Any] = {}

    async def begin(self) -> Reply:
        """The first words."""
        return self._take(await self._ask(None))

    async def hear(self, utterance: Utterance) -> Reply:
        """One turn of the resident."""
        return self._take(await self._answers.fill_in(self._state, await self._ask(utterance)))

    async def gone(self) -> None:
        """The call is over."""
        if self._state.outcome is None:
            step = emergency.hung_up(self._state, at=self._now())
            self._note(step.events)
            self._state = step.state
        played = self._played
        played.outcome = self._state.outcome
        answers = played.call.resident.answers
        meant = {key: answer.value for key, answer in answers.items() if answer.value}
        played.misheard = sum(
            key in meant and value not in _MEANS.get(meant[key], (meant[key],)) for key, value in self._values.items()
        )
        if played.outcome != "red_flag":  # 我胸口疼 tells of what was not asked yet
            played.misheard += len(self._values.keys() - answers.keys())

    async def _ask(self, utterance: Utterance | None) -> TurnReply:
        request = TurnRequest(
            protocol=PROTOCOL,
            session=self._session,
            questionnaire=self._opened.questionnaire,
            state=self._state,
            utterance=utterance,
            at=self._now(),
        )
        return await pretended_turn(self._dialogue, request)

    def _now(self) -> datetime:
        return self._opened.at + timedelta(seconds=self._played.call.seconds)

    def _take(self, reply: TurnReply) -> Reply:
        self._state = reply.state
        self._note(reply.events)
        return Reply(prompts=reply.replies, last=reply.state.outcome is not None)

    def _note(self, events: Sequence[e.AnyEvent]) -> None:
        for event in events:
            match event:
                case e.AnswerCaptured():
                    self._values[event.question] = event.value
                case e.AnswerWithdrawn():
                    self._values.pop(event.question, None)
                case e.EscalationRaised():
                    self._played.escalations.append(event)
            if isinstance(event, _FACTS):
                self._played.call.lines.append(TranscriptLine(who="fact", text=told(event)))
