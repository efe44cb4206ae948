"""One turn while it is being decided."""

from dataclasses import dataclass, field
from datetime import datetime

from dialogs import members, phrases
from dialogs.events import AnyEvent, AssistantSpoke
from dialogs.prompts import Prompt
from dialogs.questionnaire import Question, Questionnaire, Wording
from dialogs.state import State, fold
from nlu.understood import Understood

NOTICE_BOARD = "社区公告栏上的电话"  # what can be checked when the community gave no call-back number


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """What one turn comes to."""

    events: tuple[AnyEvent, ...]
    replies: tuple[Prompt, ...]
    state: State


@dataclass(slots=True, kw_only=True)
class Script:
    """The events and sentences of one turn so far; each event is folded as it is noted, so what follows sees it."""

    questionnaire: Questionnaire
    state: State
    understood: Understood
    at: datetime
    events: list[AnyEvent] = field(default_factory=list)
    replies: list[Prompt] = field(default_factory=list)
    before: State = field(init=False)  # how the session stood when the turn began

    def __post_init__(self) -> None:
        self.before = self.state

    @property
    def heard(self) -> str:
        """The resident's own words in this turn."""
        return self.understood.heard

    @property
    def said(self) -> str:
        """The same without fillers: what the words are judged by."""
        return self.understood.said or self.understood.heard

    def note(self, event: AnyEvent) -> None:
        """Adds a fact."""
        self.events.append(event)
        self.state = fold(self.state, event)

    def say(self, name: str, **values: str) -> None:
        """Says a phrase of phrases.yaml."""
        filled = self._names() | values
        self.replies.append(phrases.phrase(name, spoken=filled, written=filled, plain=self.state.louder))

    def say_valued(self, name: str, *, spoken: dict[str, str], written: dict[str, str]) -> None:
        """Says a phrase whose values are said otherwise than they are shown."""
        names = self._names()
        self.replies.append(
            phrases.phrase(name, spoken=names | spoken, written=names | written, plain=self.state.louder)
        )

    def say_wording(self, wording: Wording, key: str, *, places: str = "") -> None:
        """Says a sentence of the questionnaire; `places` are the choices that are left."""
        names = self._names() | {"places": places}
        self.replies.append(phrases.worded(wording, key=key, spoken=names, written=names, plain=self.state.louder))

    def question(self, key: str) -> Question:
        """The question of this key, in words about whom it is asked of."""
        return members.question(self.questionnaire, self.state, key)

    def done(self) -> Step:
        """The turn as it stands; on a telephone only the spoken wording exists."""
        replies = tuple(self.replies)
        if self.state.channel == "voice":
            replies = tuple(Prompt(spoken=each.spoken, key=each.key) for each in replies)
        if replies:
            self.note(AssistantSpoke(at=self.at, prompts=replies))
        return Step(events=tuple(self.events), replies=replies, state=self.state)

    def _names(self) -> dict[str, str]:
        return names(self.questionnaire, community=self.state.community, callback_number=self.state.callback_number)


def names(questionnaire: Questionnaire, *, community: str, callback_number: str) -> dict[str, str]:
    """What the braces in sentences stand for in every turn of a session."""
    return {
        "community": community,
        "callback_number": callback_number or NOTICE_BOARD,
        "asked_by": questionnaire.asked_by,
        "purpose": questionnaire.purpose,
    }
