"""A turn outside the platform's rows, for rehearsals and trials: what must be looked up is made up, nothing is kept."""

from typing import Any, Protocol

from dialogs.events import LookupAnswered
from dialogs.state import Lookup, fold_all
from dialogs.turn import LOOKUPS_A_TURN, TurnReply, TurnRequest, followed_by, next_request


class Taker(Protocol):
    """Whoever decides turns."""

    async def turn(self, request: TurnRequest) -> TurnReply: ...


async def pretended_turn(dialogue: Taker, request: TurnRequest) -> TurnReply:
    """One turn with all that it looks up. Raises whatever `dialogue` raises."""
    reply = await dialogue.turn(request)
    for _ in range(LOOKUPS_A_TURN):
        if reply.state.lookup is None or reply.state.outcome is not None:
            break
        answered = LookupAnswered(at=request.at, kind=reply.state.lookup.kind, found=found(reply.state.lookup))
        request = next_request(request, fold_all(reply.state, [answered]))
        reply = followed_by(reply, answered, await dialogue.turn(request))
    return reply


def found(lookup: Lookup) -> dict[str, Any]:
    """What is pretended: every seat is free, and nothing is known of anybody."""
    free = list(lookup.about.get("places", ()))
    match lookup.kind:
        case "places":
            return {"free": free}
        case "place":
            return {"taken": True, "free": free}
        case "this_line":
            return {"phone": "13800000000"}
        case _:
            return {}
