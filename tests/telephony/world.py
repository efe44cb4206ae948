"""A user agent without a socket, everything it sent, and a clock that the test moves."""

import itertools

from integrations.telephony.sip.agent import UserAgent
from integrations.telephony.sip.causes import Ending
from integrations.telephony.sip.inbound import InboundCall
from integrations.telephony.sip.message import Request, Response, build_response, parse
from integrations.telephony.sip.path import Path
from integrations.telephony.sip.sdp import LocalMedia, offer
from integrations.telephony.sip.timers import Schedule

FAR = ("192.0.2.9", 5060)
NEAR = ("198.51.100.1", 5060)
SDP = offer(LocalMedia(host=FAR[0], port=4_000, session=7))
CONTACT = ("Contact", f"<sip:far@{FAR[0]}:{FAR[1]}>")
SDP_TYPE = ("Content-Type", "application/sdp")


class World:
    """One user agent, everything it sent, and the clock."""

    def __init__(self) -> None:
        self.now = 1_000.0
        self.raw: list[bytes] = []
        self.calls_in: list[InboundCall] = []
        words = itertools.count()
        self.agent = UserAgent(
            schedule=Schedule(lambda: self.now),
            send=lambda datagram, _: self.raw.append(datagram),
            token=lambda: f"word{next(words):06d}",
            gate=self,
        )

    @property
    def sent(self) -> list[Request | Response]:
        return [parse(datagram) for datagram in self.raw]

    def path_for(self, source) -> Path | None:
        return path() if source[0] == FAR[0] else None

    def knows(self, source) -> bool:
        return source[0] == FAR[0]

    def room_for_call(self, _: Path) -> float | None:
        return None

    def incoming(self, call: InboundCall) -> None:
        call.listener = Ear()
        self.calls_in.append(call)

    def pass_time(self, seconds: float) -> None:
        """Stop at every timer on the way, as a clock does."""
        end = self.now + seconds
        while (due := self.agent.schedule.next_due()) is not None and due <= end:
            self.now = max(self.now, due)
            self.agent.schedule.run_due()
        self.now = end

    def hear(self, message: bytes) -> None:
        self.agent.receive(message, FAR)

    def reply(self, request: Request, code: int, *extra, tag: str = "far", body: bytes = b"") -> None:
        self.hear(build_response(request.headers, code, "Whatever", to_tag=tag, extra=tuple(extra), body=body))

    def requests(self, method: str, *, repeated: bool = True) -> list[Request]:
        found = [message for message in self.sent if isinstance(message, Request) and message.method == method]
        return found if repeated else list({(request.call_id, request.cseq): request for request in found}.values())

    def responses(self) -> list[Response]:
        return [message for message in self.sent if isinstance(message, Response)]


class Ear:
    """What a call told its listener."""

    def __init__(self) -> None:
        self.heard: list[object] = []
        self.ending: Ending | None = None

    def provisional(self, code: int, body: bytes) -> None:
        self.heard.append(code)

    def settled(self, body: bytes) -> None:
        self.heard.append("settled")

    def offered(self, body: bytes) -> bytes:
        return SDP

    def answered(self) -> None:
        self.heard.append("answered")

    def key(self, key: str) -> None:
        self.heard.append(key)

    def ended(self, ending: Ending) -> None:
        assert self.ending is None, "ended twice"
        self.ending = ending


def path() -> Path:
    return Path(trunk="test", destination=FAR, advertised=NEAR, user="linyin")
