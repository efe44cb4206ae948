"""Keeping one trunk registered: refresh, retries, the address the trunk sees us at (RFC 3261 10, 3608, 3327, 3581)."""

import ipaddress
from collections.abc import Callable

from integrations.telephony.sip.exchange import Exchange
from integrations.telephony.sip.fields import parse_address
from integrations.telephony.sip.message import Response
from integrations.telephony.sip.session import SessionWire
from integrations.telephony.sip.timers import Timer
from integrations.telephony.sip.transactions import Endpoint
from integrations.telephony.sip.trunk import TrunkState

_REFRESH_AT = 0.8  # of what was granted: two lost refreshes still fit
_RETRY_FIRST_SECONDS = 15.0
_RETRY_LONGEST_SECONDS = 900.0
_PERMANENT = frozenset({403, 404, 405, 410, 604})


class Registration:
    """`on_change` is called whenever `state.registered` or the learned address may have changed."""

    def __init__(self, wire: SessionWire, state: TrunkState, on_change: Callable[[], None]) -> None:
        trunk = state.trunk
        own_uri = trunk.uri(trunk.username or trunk.caller_number)
        self._own_uri = own_uri
        self._exchange = Exchange(wire, own_uri=own_uri, target=f"sip:{trunk.realm}")
        self._wire = wire
        self._state = state
        self._on_change = on_change
        self._wanted_seconds = trunk.register_seconds
        self._failures = 0
        self._timer: Timer | None = None
        self._closing = False

    def start(self) -> None:
        self._register(self._wanted_seconds)

    def close(self) -> None:
        """Unregister, without waiting for the answer."""
        self._closing = True
        if self._timer is not None:
            self._timer.cancel()
        if not self._state.registered:
            return
        self._state.registered = False
        extra = (self._state.path.contact, ("Expires", "0"))
        self._exchange.ask("REGISTER", self._state.path, extra, lambda _: None, to_uri=self._own_uri)

    def _register(self, seconds: int) -> None:
        path = self._state.path
        extra = (path.contact, ("Expires", str(seconds)), ("Supported", "path"))
        self._exchange.ask("REGISTER", path, extra, self._receive, to_uri=self._own_uri)

    def _receive(self, response: Response | None) -> None:
        if self._closing:
            return
        if response is None:
            self._failed("no response", None)
        elif response.code < 300:
            self._succeeded(response)
        elif response.code == 423 and (response.number("Min-Expires") or 0) > self._wanted_seconds:
            self._wanted_seconds = response.number("Min-Expires") or self._wanted_seconds
            self._register(self._wanted_seconds)
        else:
            self._failed(f"{response.code} {response.phrase}", response)

    def _succeeded(self, response: Response) -> None:
        self._failures = 0
        state = self._state
        state.registered = True
        state.registration_failure = ""
        state.service_routes = response.every("Service-Route")
        learned = learned_address(response)
        if learned is not None and learned != state.advertised and not state.trunk.external_host:
            state.learned = learned
            self._register(self._wanted_seconds)  # again, with a Contact the trunk can reach
        else:
            self._again_in(max(5.0, _REFRESH_AT * self._granted_seconds(response)))
        self._on_change()

    def _granted_seconds(self, response: Response) -> int:
        host, port = self._state.advertised
        for value in response.every("Contact"):
            address = parse_address(value)
            granted = address.params.get("expires") or ""
            if (address.uri.host, address.uri.port or 5060) == (host, port) and granted.isdigit():
                return int(granted)
        return response.number("Expires") or self._wanted_seconds

    def _failed(self, why: str, response: Response | None) -> None:
        self._state.registered = False
        self._state.registration_failure = why
        self._failures += 1
        asked = response.number("Retry-After") if response is not None else None
        wait = min(_RETRY_FIRST_SECONDS * 2 ** (self._failures - 1), _RETRY_LONGEST_SECONDS)
        if response is not None and response.code in _PERMANENT:
            wait = _RETRY_LONGEST_SECONDS  # a wrong password repeated quickly gets a line locked
        self._again_in(max(wait, asked or 0))
        self._on_change()

    def _again_in(self, seconds: float) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._timer = self._wire.schedule.after(seconds, lambda: self._register(self._wanted_seconds))


def learned_address(response: Response) -> Endpoint | None:
    """Our own address as the far end saw it, from `received` and `rport` of our Via; None when it does not say."""
    port = response.via.params.get("rport") or ""
    host = response.via.params.get("received") or response.via.host
    try:
        ipaddress.IPv4Address(host)
    except ValueError:
        return None
    return (host, int(port)) if port.isascii() and port.isdigit() and 0 < int(port) < 65_536 else None
