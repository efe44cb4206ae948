"""Whether a trunk is there: OPTIONS at intervals, and keep-alives that hold a router's mapping open between them."""

from collections.abc import Callable

from integrations.telephony.sip.exchange import Exchange
from integrations.telephony.sip.message import Response
from integrations.telephony.sip.registration import learned_address
from integrations.telephony.sip.session import SessionWire
from integrations.telephony.sip.timers import Timer
from integrations.telephony.sip.trunk import TrunkState

_MISSES_ALLOWED = 2  # unanswered OPTIONS in a row before a trunk counts as unreachable
_KEEPALIVE = b"\r\n\r\n"


class Health:
    """Any answer proves the trunk is there, 503 excepted; whether it likes OPTIONS is its own affair."""

    def __init__(self, wire: SessionWire, state: TrunkState, on_change: Callable[[], None]) -> None:
        trunk = state.trunk
        own_uri = trunk.uri(trunk.username or trunk.caller_number)
        self._exchange = Exchange(wire, own_uri=own_uri, target=f"sip:{trunk.realm}")
        self._target = f"sip:{trunk.realm}"
        self._wire = wire
        self._state = state
        self._on_change = on_change
        self._misses = 0
        self._closing = False
        self._next_question: Timer | None = None
        self._next_keepalive: Timer | None = None

    def start(self) -> None:
        if self._state.trunk.health_seconds > 0:
            self._ask()
        if self._state.trunk.keepalive_seconds > 0:
            self._plan_keepalive()

    def close(self) -> None:
        for timer in (self._next_question, self._next_keepalive):
            if timer is not None:
                timer.cancel()
        self._closing = True

    def _plan_keepalive(self) -> None:
        self._next_keepalive = self._wire.schedule.after(self._state.trunk.keepalive_seconds, self._keep_alive)

    def _ask(self) -> None:
        extra = (self._state.path.contact, ("Accept", "application/sdp"))
        self._exchange.ask("OPTIONS", self._state.path, extra, self._receive, to_uri=self._target)

    def _receive(self, response: Response | None) -> None:
        if self._closing:
            return
        state = self._state
        if response is not None and response.code == 503:
            state.block(response.number("Retry-After"))
        alive = response is not None and response.code not in {408, 503}
        self._misses = 0 if alive else self._misses + 1
        if alive:
            state.reachable = True
        elif self._misses >= _MISSES_ALLOWED:
            state.reachable = False
        if response is not None and not state.trunk.external_host and not state.trunk.registers:
            state.learned = learned_address(response) or state.learned
        self._next_question = self._wire.schedule.after(state.trunk.health_seconds, self._ask)
        self._on_change()

    def _keep_alive(self) -> None:
        self._wire.transmit(_KEEPALIVE, self._state.endpoint)  # over a connection it proves that one alive
        self._plan_keepalive()
