"""The turn protocol between the platform and a dialogue worker. A worker keeps nothing between turns."""

from datetime import datetime

import msgspec

from dialogs.events import AnyEvent, LookupAnswered
from dialogs.prompts import Prompt
from dialogs.state import State
from nlu.utterance import Utterance

PROTOCOL = 1


class TurnRequest(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One utterance with everything a worker needs to answer it."""

    protocol: int
    session: str  # opaque id, for logs only
    questionnaire: str  # content hash; a worker that does not hold it answers 409 and is sent it
    state: State
    utterance: Utterance | None  # None: the conversation begins, the assistant speaks first
    at: datetime  # UTC


class TurnReply(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What is said next and what happened, in order; `state` is `request.state` with `events` folded in."""

    protocol: int
    replies: tuple[Prompt, ...]
    events: tuple[AnyEvent, ...]
    state: State


LOOKUPS_A_TURN = 4  # who it is, what they want, which ticket that is; more would be a circle


def next_request(request: TurnRequest, state: State) -> TurnRequest:
    """How a turn goes on once the platform's answer is folded into `state`.

    The first words of a job are heard once more, now that its questions are known.
    """
    again = Utterance(text=state.job_words) if state.phase == "job_begun" else None
    return msgspec.structs.replace(request, questionnaire=state.questionnaire, state=state, utterance=again)


def followed_by(reply: TurnReply, answered: LookupAnswered, more: TurnReply) -> TurnReply:
    """One turn out of what was said before the platform looked something up, its answer, and what was said then."""
    return TurnReply(
        protocol=reply.protocol,
        replies=reply.replies + more.replies,
        events=(*reply.events, answered, *more.events),
        state=more.state,
    )
