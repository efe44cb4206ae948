"""A call we place: INVITE to its answer, or to whatever ends it first (RFC 3261, sections 9, 13 and 17)."""

from dataclasses import dataclass

from integrations.telephony.sip import causes, digest, session_timer
from integrations.telephony.sip.causes import Ending
from integrations.telephony.sip.dialog import MAX_FORWARDS, dialog_from_response
from integrations.telephony.sip.errors import MalformedMessageError
from integrations.telephony.sip.fields import parse_reason_cause
from integrations.telephony.sip.listener import CallListener
from integrations.telephony.sip.message import Headers, Request, Response, build_request
from integrations.telephony.sip.path import Path
from integrations.telephony.sip.session import ALLOW, SDP_TYPE, Session, SessionWire
from integrations.telephony.sip.transactions import ClientTransaction, cancel_request
from voice.media import Side

_CANCEL_PATIENCE_SECONDS = 4.0  # how long the network may take to confirm a CANCEL before we report the end


@dataclass(frozen=True, slots=True, kw_only=True)
class Invitation:
    """What the INVITE says, apart from what the user agent adds."""

    target: str  # Request-URI and To
    caller: str  # From without tag: '"name" <sip:…>' or '<sip:…>'
    body: bytes
    extra: Headers = ()
    ring_seconds: float = 45.0
    first_response_seconds: float = 8.0  # a trunk that says nothing for so long is unreachable


class OutboundCall(Session):
    def __init__(self, wire: SessionWire, path: Path, invitation: Invitation, listener: CallListener) -> None:
        host = path.advertised[0]
        super().__init__(wire, path, call_id=f"{wire.token()}{wire.token()}@{host}", local_tag=wire.token())
        self.listener = listener
        self._invitation = invitation
        self._cseq = 0
        self._least_session = session_timer.SHORTEST
        self._challenges_met = 0
        self._intervals_corrected = False
        self._transaction: ClientTransaction | None = None
        self._invite: Request | None = None
        self._cancelling: Ending | None = None
        self._cancel: ClientTransaction | None = None
        self._ring_timer = wire.schedule.after(invitation.ring_seconds, self._rang_too_long)
        self._silence_timer = wire.schedule.after(invitation.first_response_seconds, self._nobody_there)

    def start(self) -> None:
        self._send_invite()

    def _send_invite(self) -> None:
        self._cseq += 1
        path, invitation = self.path, self._invitation
        headers: list[tuple[str, str]] = [("Via", self.wire.via(path)), MAX_FORWARDS]
        headers += [("Route", route) for route in path.routes]
        headers += [
            ("From", f"{invitation.caller};tag={self.local_tag}"),
            ("To", f"<{invitation.target}>"),
            ("Call-ID", self.call_id),
            ("CSeq", f"{self._cseq} INVITE"),
            path.contact,
            ALLOW,
            *session_timer.wanted_headers(self._least_session),
            *invitation.extra,
            *self._auth,
            SDP_TYPE,
        ]
        self._invite = build_request("INVITE", invitation.target, tuple(headers), invitation.body)
        self._transaction = self.wire.send_request(
            self._invite, path.destination, self._receive_response, self._never_answered
        )

    # --- ending it before the answer

    def cancel(self, ending: Ending) -> None:
        """Give the call up; `ending` is reported once the network agrees, or after a little patience."""
        if self.dialog is not None:
            self.hang_up(ending.q850_cause or causes.NORMAL_CLEARING, by=ending.by, text=ending.text)
            return
        if self.over or self._cancelling is not None:
            return
        self._cancelling = ending
        self._ring_timer.cancel()
        self._silence_timer.cancel()
        if self._transaction is not None and self._transaction.provisional_seen:
            self._send_cancel()
            self.wire.schedule.after(_CANCEL_PATIENCE_SECONDS, lambda: self._report(ending))
        else:
            if self._transaction is not None:
                self._transaction.quieten()
            self._report(ending)  # nothing may be cancelled before a 1xx; the answer, if any, meets _cancelling

    def hang_up(self, cause: int = causes.NORMAL_CLEARING, *, by: Side = Side.NEAR, text: str = "") -> None:
        if self.dialog is not None:
            super().hang_up(cause, by=by, text=text)
        else:
            self.cancel(Ending(by=by, sip_code=487, q850_cause=cause, text=text))

    def _send_cancel(self) -> None:
        assert self._invite is not None
        assert self._cancelling is not None
        if self._cancel is not None:
            return
        cause = self._cancelling.q850_cause or causes.NORMAL_CLEARING
        request = cancel_request(self._invite, causes.reason_header(cause))
        self._cancel = self.wire.send_request(request, self.path.destination, lambda _: None, lambda: None)
        self.wire.schedule.after(self.wire.intervals.give_up, self._abandon)

    def _abandon(self) -> None:
        if self._transaction is not None and not self._transaction.final_seen:
            self._transaction.abandon()
            self._over_before_answer()

    def _rang_too_long(self) -> None:
        self.cancel(Ending(by=Side.LINE, sip_code=487, q850_cause=causes.NO_ANSWER, text="no answer"))

    def _nobody_there(self) -> None:
        self.cancel(Ending(by=Side.LINE, sip_code=408, q850_cause=causes.RECOVERY_ON_TIMER, text="no response"))

    def _never_answered(self) -> None:
        self._report(Ending(by=Side.LINE, sip_code=408, q850_cause=causes.RECOVERY_ON_TIMER, text="no response"))
        self._over_before_answer()

    # --- responses

    def _receive_response(self, response: Response) -> None:
        self._silence_timer.cancel()
        if response.code >= 200 and self._cancel is not None and not self._cancel.final_seen:
            self._cancel.abandon()  # overtaken: nothing is left to cancel
        if response.code < 200:
            self._provisional(response)
        elif response.code < 300:
            self._success(response)
        elif not self._try_again(response):
            self._failed(response)

    def _provisional(self, response: Response) -> None:
        if self._cancelling is not None:
            self._send_cancel()
        elif response.code > 100 and self.listener is not None:
            is_sdp = (response.first("Content-Type") or "").strip().lower().startswith("application/sdp")
            self.listener.provisional(response.code, response.body if is_sdp else b"")

    def _success(self, response: Response) -> None:
        self._ring_timer.cancel()
        assert self._invite is not None
        try:
            self.dialog = dialog_from_response(self._invite, response, self.path.destination)
        except MalformedMessageError as error:
            self._report(Ending(by=Side.LINE, sip_code=response.code, q850_cause=127, text=error.message))
            self._over_before_answer()
            return
        self._acknowledge(response)
        if self._cancelling is not None:  # the answer crossed our CANCEL
            ending = self._cancelling
            self._ask("BYE", causes.reason_header(ending.q850_cause or causes.NORMAL_CLEARING), b"", lambda _: None)
            self._finish(ending)
            return
        self._start_session_timer(session_timer.agreed_as_caller(response))
        if self._settle(response.body) and self.listener is not None:
            self.listener.answered()

    def stray_success(self, response: Response) -> None:
        """A repeated 2xx, or one of another branch of a forked call: that one is acknowledged and ended."""
        if self.dialog is None or self._invite is None or response.recipient.tag == self.dialog.remote_tag:
            super().stray_success(response)
            return
        if (response.recipient.tag, response.cseq) in self._acks:
            super().stray_success(response)
            return
        other = dialog_from_response(self._invite, response, self.path.destination)
        self._acknowledge(response, other)
        bye = other.request("BYE", via=self.wire.via(self.path))
        self.wire.send_request(bye, other.destination, lambda _: None, lambda: None)

    def _try_again(self, response: Response) -> bool:
        """Repeat the INVITE with what the response asks for; False when that cannot help."""
        if self._cancelling is not None:
            return False
        if response.code in {401, 407}:
            return self._authorise(response)
        least = response.number("Min-SE")
        if response.code == 422 and least is not None and not self._intervals_corrected:
            self._intervals_corrected = True
            self._least_session = max(least, session_timer.SHORTEST)
            self._send_invite()
            return True
        return False

    def _authorise(self, response: Response) -> bool:
        credentials = self.path.credentials
        allowed = 2 if digest.is_stale(response) else 1
        if credentials is None or self._challenges_met >= allowed:
            return False
        header = digest.authorisation(
            response, credentials, method="INVITE", uri=self._invitation.target, client_nonce=self.wire.token()
        )
        if header is None:
            return False
        self._challenges_met += 1
        self._auth = header
        self._send_invite()
        return True

    def _failed(self, response: Response) -> None:
        if self._cancelling is not None:
            self._report(self._cancelling)
        else:
            cause, text = parse_reason_cause(response.every("Reason"))
            self._report(
                Ending(
                    by=Side.FAR,
                    sip_code=response.code,
                    q850_cause=cause or causes.cause_of(response.code),
                    text=text or response.phrase,
                    retry_after_seconds=response.number("Retry-After"),
                )
            )
        self._over_before_answer()

    def _over_before_answer(self) -> None:
        self.over = True
        self._ring_timer.cancel()
        self._silence_timer.cancel()
        self.wire.drop(self)
