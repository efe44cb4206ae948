"""A call to us: ringing, taken, refused, or given up by its caller (RFC 3261, sections 9.2 and 13.3)."""

from integrations.telephony.sip import causes
from integrations.telephony.sip.causes import Ending
from integrations.telephony.sip.dialog import dialog_from_invite
from integrations.telephony.sip.fields import parse_address, parse_reason_cause
from integrations.telephony.sip.message import Request
from integrations.telephony.sip.path import Path
from integrations.telephony.sip.session import Session, SessionWire
from integrations.telephony.sip.transactions import Endpoint, ServerTransaction
from voice.media import Side

RING_LIMIT_SECONDS = 180.0  # RFC 3261's timer C: nobody rings longer
_PHRASES = {403: "Forbidden", 404: "Not Found", 480: "Temporarily Unavailable", 486: "Busy Here",
            488: "Not Acceptable Here", 503: "Service Unavailable", 603: "Decline"}  # fmt: skip
_ANONYMOUS = {"anonymous", "unknown", "restricted", "unavailable"}


class InboundCall(Session):
    """`offer` is the caller's session description, empty when it wants ours."""

    def __init__(self, wire: SessionWire, path: Path, invite: Request, source: Endpoint) -> None:
        """Raises MalformedMessageError when the INVITE's Contact, Record-Route or identity cannot be read."""
        super().__init__(wire, path, call_id=invite.call_id, local_tag=wire.token())
        self.dialog = dialog_from_invite(invite, self.local_tag, source)
        self.invite = invite
        self.offer = invite.body
        self.caller_number = _caller_number(invite)
        self.answered = False
        self._transaction: ServerTransaction | None = None
        self._ring_timer = wire.schedule.after(RING_LIMIT_SECONDS, self._rang_too_long)

    def begin(self, transaction: ServerTransaction) -> None:
        self._transaction = transaction
        transaction.to_tag = self.local_tag
        transaction.respond(100, "Trying")

    @property
    def called_number(self) -> str:
        return self.invite.recipient.uri.number

    def receive_request(self, request: Request, transaction: ServerTransaction) -> None:
        if self.answered or self.over:
            super().receive_request(request, transaction)
        elif request.method == "BYE":
            transaction.respond(200, "OK")
            self.cancelled(parse_reason_cause(request.every("Reason"))[0])
        else:
            transaction.respond(500, "Not Answered Yet", extra=(("Retry-After", "2"),))

    def ring(self) -> None:
        if self._transaction is not None and not self.over:
            self._transaction.respond(180, "Ringing", extra=(self.path.contact,))

    def accept(self, body: bytes) -> None:
        """Take the call; `body` answers its offer, or is an offer when it had none."""
        if self._transaction is None or self.over or self.answered:
            return
        self.answered = True
        self._ring_timer.cancel()
        self._accept_offer(self.invite, self._transaction, body)
        if self.listener is not None:
            self.listener.answered()

    def refuse(self, sip_code: int, *, by: Side = Side.NEAR, cause: int | None = None) -> None:
        if self._transaction is None or self.over or self.answered:
            return
        self._ring_timer.cancel()
        cause = cause or causes.cause_of(sip_code)
        self._transaction.respond(sip_code, _PHRASES.get(sip_code, "Refused"), extra=causes.reason_header(cause))
        self._finish(Ending(by=by, sip_code=sip_code, q850_cause=cause))

    def hang_up(self, cause: int = causes.NORMAL_CLEARING, *, by: Side = Side.NEAR, text: str = "") -> None:
        if self.answered:
            super().hang_up(cause, by=by, text=text)
        else:
            self.refuse(480, by=by, cause=cause)

    def cancelled(self, cause: int | None) -> None:
        """The caller gave up before we answered."""
        if self._transaction is None or self.over or self.answered:
            return
        self._ring_timer.cancel()
        self._transaction.respond(487, "Request Terminated")
        self._finish(Ending(by=Side.FAR, sip_code=487, q850_cause=cause or causes.NORMAL_CLEARING))

    def _rang_too_long(self) -> None:
        self.refuse(480, by=Side.LINE, cause=causes.NO_ANSWER)


def _caller_number(invite: Request) -> str:
    """As the network vouches for it, else as the caller says; "" when withheld."""
    for value in (*invite.every("P-Asserted-Identity"), invite.first("From") or ""):
        number = parse_address(value).uri.number
        if number:
            return "" if number.lower() in _ANONYMOUS else number
    return ""
