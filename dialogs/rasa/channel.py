"""The worker's door: turns come in with everything they need, replies, events and the new state go out."""

import gc
import hmac
import logging
from collections.abc import Awaitable, Callable
from typing import Any

import msgspec
from rasa.core.channels.channel import CollectingOutputChannel, InputChannel, UserMessage
from rasa.utils.log_utils import configure_structlog
from sanic import Blueprint, response
from sanic.request import Request
from sanic.response import HTTPResponse

from dialogs import phases
from dialogs.questionnaire import Questionnaire, content_hash
from dialogs.rasa.actions import run_actions_in_process
from dialogs.rasa.carried import CARRIED, CarriedTurn
from dialogs.rasa.runner import run_graphs_straight
from dialogs.turn import PROTOCOL, TurnReply, TurnRequest
from nlu.rasa.component import PENDING_TURN
from nlu.rasa.pending import PendingTurn

HELD_QUESTIONNAIRES = 256  # distinct wordings in use at one time; the oldest go first
UNKNOWN_QUESTIONNAIRE = 409
GARBAGE_FROM = 20_000  # objects, some fifty turns; Python's own 700 means looking several times a turn
UNSUPPORTED_PROTOCOL = 426

_decode = msgspec.json.Decoder(TurnRequest).decode
_decode_questionnaire = msgspec.json.Decoder(Questionnaire).decode
_encode = msgspec.json.Encoder().encode


class LinyinChannel(InputChannel):  # type: ignore[misc]
    """POST /turn with a TurnRequest; PUT /questionnaires/<hash>; GET /ready."""

    def __init__(self, token: str) -> None:
        self._token = token
        self._questionnaires: dict[str, Questionnaire] = {}

    @classmethod
    def name(cls) -> str:
        """The prefix of the routes: /webhooks/linyin."""
        return "linyin"

    @classmethod
    def from_credentials(cls, credentials: dict[str, Any] | None) -> "LinyinChannel":
        """The channel of credentials.yml; `token` is what the platform must show."""
        configure_structlog(logging.WARNING)
        run_actions_in_process()
        run_graphs_straight()
        return cls(token=str((credentials or {}).get("token") or ""))

    def blueprint(self, on_new_message: Callable[[UserMessage], Awaitable[Any]]) -> Blueprint:
        """The routes."""
        routes = Blueprint("linyin")

        @routes.middleware("request")  # type: ignore[misc]
        async def admit(request: Request) -> HTTPResponse | None:
            shown = request.headers.get("authorization", "")
            if hmac.compare_digest(shown.encode(), f"Bearer {self._token}".encode()):
                return None
            return response.empty(status=401)

        @routes.listener("after_server_start")  # type: ignore[misc]
        async def leave_alone(app: Any, loop: Any) -> None:  # noqa: ARG001
            """What was loaded stays: nobody looks for garbage in it again."""
            gc.freeze()
            gc.set_threshold(GARBAGE_FROM)

        @routes.get("/ready")  # type: ignore[misc]
        async def ready(request: Request) -> HTTPResponse:  # noqa: ARG001
            return response.json({"protocol": PROTOCOL})

        @routes.put("/questionnaires/<key>")  # type: ignore[misc]
        async def hold(request: Request, key: str) -> HTTPResponse:
            try:
                questionnaire = _decode_questionnaire(request.body)
            except msgspec.DecodeError as error:
                return response.text(str(error), status=400)
            if content_hash(questionnaire) != key:
                return response.text("the content does not have this hash", status=400)
            while len(self._questionnaires) >= HELD_QUESTIONNAIRES:
                del self._questionnaires[next(iter(self._questionnaires))]
            self._questionnaires[key] = questionnaire
            return response.empty()

        @routes.post("/turn")  # type: ignore[misc]
        async def turn(request: Request) -> HTTPResponse:
            try:
                asked = _decode(request.body)
            except msgspec.DecodeError as error:
                return response.text(str(error), status=400)
            if asked.protocol != PROTOCOL:
                return response.text(f"this worker speaks protocol {PROTOCOL}", status=UNSUPPORTED_PROTOCOL)
            questionnaire = self._questionnaires.get(asked.questionnaire)
            if questionnaire is None:
                return response.text("unknown questionnaire", status=UNKNOWN_QUESTIONNAIRE)
            reply = await take_turn(asked, questionnaire, on_new_message)
            return HTTPResponse(_encode(reply), content_type="application/json")

        return routes


async def take_turn(
    asked: TurnRequest, questionnaire: Questionnaire, on_new_message: Callable[[UserMessage], Awaitable[Any]]
) -> TurnReply:
    """One turn through Rasa. Raises RuntimeError when its rules lead to no act of ours, or the act failed."""
    carried = CarriedTurn(asked, questionnaire)
    CARRIED.set(carried)
    pending = PendingTurn(
        utterance=asked.utterance,
        pending=phases.pending(questionnaire, asked.state),
        others=phases.others(questionnaire, asked.state, asked.utterance.text if asked.utterance else ""),
        at=asked.at,
    )
    message = UserMessage(
        # The words themselves travel in the metadata: Rasa would take a resident's "/" for a command.
        text="turn",
        output_channel=CollectingOutputChannel(),
        sender_id=asked.session,
        input_channel=LinyinChannel.name(),
        metadata={PENDING_TURN: pending},
    )
    await on_new_message(message)
    step = carried.step
    if step is None:
        raise RuntimeError("Rasa's rules led to no act of ours")
    return TurnReply(protocol=PROTOCOL, replies=step.replies, events=step.events, state=step.state)
