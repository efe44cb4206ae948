"""The four transaction machines of RFC 3261, section 17 (with RFC 6026's Accepted state), over UDP and connections.

A transaction sends through the `Wire` it was given and tells its owner by plain callbacks; it holds no socket and
reads no clock.
"""

from collections.abc import Callable
from typing import Protocol

from integrations.telephony.sip.message import Headers, Request, Response, build_request, build_response
from integrations.telephony.sip.timers import Intervals, Retransmission, Schedule

Endpoint = tuple[str, int]  # IPv4 address and UDP port


class Wire(Protocol):
    """What every transaction needs of the user agent."""

    @property
    def schedule(self) -> Schedule: ...

    @property
    def intervals(self) -> Intervals: ...

    def transmit(self, datagram: bytes, destination: Endpoint) -> None: ...


class ClientTransaction:
    """A request of ours, until its final response or until nobody answered."""

    def __init__(
        self,
        wire: Wire,
        request: Request,
        destination: Endpoint,
        *,
        on_response: Callable[[Response], None],
        on_silence: Callable[[], None],
        on_done: Callable[[], None],
    ) -> None:
        self.request = request
        self.destination = destination
        self.provisional_seen = False
        self.final_seen = False
        self._wire = wire
        self._datagram = request.encode()
        self._on_response = on_response
        self._on_silence = on_silence
        self._on_done = on_done
        self._ack: bytes | None = None
        is_invite = request.method == "INVITE"
        wire.transmit(self._datagram, destination)
        self._retransmission = Retransmission(
            wire.schedule,
            lambda: wire.transmit(self._datagram, destination),
            first=wire.intervals.t1,
            longest=None if is_invite else wire.intervals.t2,
            give_up=wire.intervals.give_up,
            on_give_up=self._give_up,
        )
        if request.via.transport != "UDP":
            self._retransmission.quieten()  # a connection loses nothing

    def receive(self, response: Response) -> None:
        if self.final_seen:
            if self._ack is not None and response.code >= 300:
                self._wire.transmit(self._ack, self.destination)
            return
        if response.code < 200:
            self._provisional(response)
            return
        self.final_seen = True
        self._retransmission.stop()
        if self.request.method != "INVITE":
            self._wire.schedule.after(self._wire.intervals.t4, self._on_done)  # timer K
        elif response.code >= 300:
            self._ack = acknowledge_failure(self.request, response).encode()
            self._wire.transmit(self._ack, self.destination)
            self._wire.schedule.after(self._wire.intervals.absorb, self._on_done)  # timer D
        else:
            self._on_done()  # a 2xx is acknowledged by the dialog, end to end
        self._on_response(response)

    def _provisional(self, response: Response) -> None:
        if self.request.method == "INVITE":
            self._retransmission.stop()  # from here on the ring timer of the caller decides
        else:
            self._retransmission.slow_down(self._wire.intervals.t2)
        self.provisional_seen = True
        self._on_response(response)

    def quieten(self) -> None:
        """Send no more copies, but hear what comes."""
        self._retransmission.quieten()

    def abandon(self) -> None:
        """Forget the request: nothing more is sent, no answer is awaited."""
        self._retransmission.stop()
        self.final_seen = True
        self._on_done()

    def _give_up(self) -> None:
        self.final_seen = True
        self._on_done()
        self._on_silence()


def acknowledge_failure(invite: Request, response: Response) -> Request:
    """The ACK for a non-2xx final response: the INVITE's branch, the response's To (RFC 3261, 17.1.1.3)."""
    kept = {"Via", "From", "Call-ID", "Max-Forwards", "Route"}
    headers: list[tuple[str, str]] = [(name, value) for name, value in invite.headers if name in kept]
    headers.append(("To", response.first("To") or ""))
    headers.append(("CSeq", f"{invite.cseq} ACK"))
    return build_request("ACK", invite.uri, tuple(headers))


def cancel_request(invite: Request, reason: Headers) -> Request:
    """The CANCEL of an INVITE: same branch, same Request-URI, To without a tag (RFC 3261, 9.1)."""
    kept = {"Via", "From", "To", "Call-ID", "Max-Forwards", "Route"}
    headers: list[tuple[str, str]] = [(name, value) for name, value in invite.headers if name in kept]
    headers.append(("CSeq", f"{invite.cseq} CANCEL"))
    return build_request("CANCEL", invite.uri, (*headers, *reason))


class ServerTransaction:
    """A request to us, until its answer is known to have arrived."""

    def __init__(
        self,
        wire: Wire,
        request: Request,
        source: Endpoint,
        *,
        on_done: Callable[[], None],
        on_unacknowledged: Callable[[], None] | None = None,
    ) -> None:
        self.request = request
        self.source = source
        self.final_code: int | None = None
        self.to_tag = ""
        self._wire = wire
        self._last: bytes | None = None
        self._on_done = on_done
        self._on_unacknowledged = on_unacknowledged
        self._retransmission: Retransmission | None = None

    def respond(self, code: int, phrase: str, *, extra: Headers = (), body: bytes = b"") -> None:
        """Send a response; after a final one further calls do nothing."""
        if self.final_code is not None:
            return
        self._last = build_response(self.request.headers, code, phrase, to_tag=self.to_tag, extra=extra, body=body)
        self._send_last()
        if code < 200:
            return
        self.final_code = code
        if self.request.method == "INVITE":
            self._retransmission = Retransmission(
                self._wire.schedule,
                self._send_last,
                first=self._wire.intervals.t1,
                longest=self._wire.intervals.t2,
                give_up=self._wire.intervals.give_up,
                on_give_up=self._never_acknowledged,
            )
            if code >= 300 and self.request.via.transport != "UDP":
                self._retransmission.quieten()  # a 2xx is repeated over any transport (RFC 3261, 13.3.1.4)
        else:
            self._wire.schedule.after(self._wire.intervals.give_up, self._on_done)  # timer J

    def repeat(self) -> None:
        """The request came again: so does the answer."""
        self._send_last()

    def acknowledged(self) -> None:
        """The ACK for our final response to an INVITE arrived."""
        if self._retransmission is None:
            return
        self._retransmission.stop()
        self._retransmission = None
        self._wire.schedule.after(self._wire.intervals.t4, self._on_done)  # timer I

    def _send_last(self) -> None:
        if self._last is not None:
            self._wire.transmit(self._last, self.source)

    def _never_acknowledged(self) -> None:
        self._retransmission = None
        self._on_done()
        if self.final_code is not None and self.final_code < 300 and self._on_unacknowledged is not None:
            self._on_unacknowledged()
