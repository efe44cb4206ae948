"""What both kinds of call share once they stand: requests in either direction, timers, the end (RFC 3261, 14–15)."""

import re
from collections.abc import Callable
from typing import Protocol

from integrations.telephony.sip import causes, digest, session_timer
from integrations.telephony.sip.causes import Ending
from integrations.telephony.sip.dialog import Dialog
from integrations.telephony.sip.errors import SipError
from integrations.telephony.sip.fields import parse_reason_cause
from integrations.telephony.sip.listener import CallListener
from integrations.telephony.sip.message import Headers, Request, Response
from integrations.telephony.sip.path import Path
from integrations.telephony.sip.timers import Timer
from integrations.telephony.sip.transactions import ClientTransaction, Endpoint, ServerTransaction, Wire
from voice.media import KEYS, Side

SDP_TYPE = ("Content-Type", "application/sdp")
ALLOW = ("Allow", "INVITE, ACK, BYE, CANCEL, OPTIONS, INFO")
SUPPORTED = ("Supported", "timer")
LINGER_SECONDS = 5.0  # how long an ended call still acknowledges repeated answers
_GLARE_WAIT_SECONDS = 2.5  # RFC 3261, 14.1: 2.1–4 s for the side that owns the Call-ID
_INFO_KEY = re.compile(r"(?im)^\s*signal\s*=\s*([0-9*#A-D])\s*$")


class SessionWire(Wire, Protocol):
    """What a call needs of the user agent."""

    def token(self) -> str: ...

    def via(self, path: Path) -> str: ...

    def send_request(
        self,
        request: Request,
        destination: Endpoint,
        on_response: Callable[[Response], None],
        on_silence: Callable[[], None],
    ) -> ClientTransaction: ...

    def drop(self, session: "Session") -> None: ...


class Session:
    """One call as SIP sees it. `listener` hears of everything until `ended`, once."""

    def __init__(self, wire: SessionWire, path: Path, *, call_id: str, local_tag: str) -> None:
        self.wire = wire
        self.path = path
        self.call_id = call_id
        self.local_tag = local_tag
        self.listener: CallListener | None = None
        self.dialog: Dialog | None = None
        self.over = False
        self._acks: dict[tuple[str, int], tuple[bytes, Endpoint]] = {}
        self._open_invite: ServerTransaction | None = None  # theirs, answered and not yet acknowledged
        self._bye_waiting: Ending | None = None  # told to the listener; the far end hears it after its ACK
        self._our_invite_pending = False
        self._offer_is_ours = False  # our offer went out in a 2xx; its answer comes in the ACK
        self._timer: Timer | None = None
        self._auth: Headers = ()

    # --- towards the far end

    def hang_up(self, cause: int = causes.NORMAL_CLEARING, *, by: Side = Side.NEAR, text: str = "") -> None:
        """End an answered call with BYE, which waits for the ACK of a 2xx of ours (RFC 3261, section 15)."""
        if self.over or self.dialog is None or self._bye_waiting is not None:
            return
        ending = Ending(by=by, sip_code=None, q850_cause=cause, text=text, answered=True)
        if self._open_invite is not None:
            self._bye_waiting = ending
            self._report(ending)
        else:
            self._say_bye(ending)

    def _say_bye(self, ending: Ending) -> None:
        cause = ending.q850_cause or causes.NORMAL_CLEARING
        self._ask("BYE", causes.reason_header(cause, ending.text), b"", lambda _: None)
        self._finish(ending)

    def reinvite(self, body: bytes) -> None:
        """Offer changed sound, or the same again to refresh the session."""
        if self.over or self.dialog is None:
            return
        if self._our_invite_pending or self._open_invite is not None:
            self.wire.schedule.after(_GLARE_WAIT_SECONDS, lambda: self.reinvite(body))
            return
        self._our_invite_pending = True
        extra = (self.path.contact, ALLOW, *session_timer.wanted_headers(), SDP_TYPE)
        self._ask("INVITE", extra, body, lambda response: self._reinvite_answered(body, response))

    def _reinvite_answered(self, body: bytes, response: Response | None) -> None:
        self._our_invite_pending = False
        if response is not None and response.code < 300:
            self._acknowledge(response)
        if self.over or self.dialog is None:
            return
        if response is None or response.code in {408, 481}:
            self.hang_up(causes.RECOVERY_ON_TIMER, by=Side.LINE, text="session refresh failed")
        elif response.code == 491:
            self.wire.schedule.after(_GLARE_WAIT_SECONDS, lambda: self.reinvite(body))
        elif response.code < 300:
            self.dialog.refresh_target(response)
            self._start_session_timer(session_timer.agreed_as_caller(response))
            self._settle(response.body)

    def _settle(self, body: bytes) -> bool:
        if self.listener is None:
            return False
        try:
            self.listener.settled(body)
        except SipError as error:
            self.hang_up(causes.cause_of(error.sip_code), by=Side.LINE, text=error.message)
            return False
        return True

    def _acknowledge(self, response: Response, dialog: Dialog | None = None) -> None:
        """ACK a 2xx, and remember the ACK for when the 2xx comes again."""
        dialog = dialog or self.dialog
        assert dialog is not None
        ack = dialog.request("ACK", via=self.wire.via(self.path), extra=self._auth, cseq=response.cseq).encode()
        self._acks[response.recipient.tag, response.cseq] = (ack, dialog.destination)
        self.wire.transmit(ack, dialog.destination)

    def stray_success(self, response: Response) -> None:
        """A 2xx to INVITE whose transaction is gone: repeated to us."""
        known = self._acks.get((response.recipient.tag, response.cseq))
        if known is not None:
            self.wire.transmit(*known)

    def _ask(
        self,
        method: str,
        extra: Headers,
        body: bytes,
        on_final: Callable[[Response | None], None],
        *,
        authorised: bool = False,
    ) -> None:
        """A request inside the dialog, repeated once with digest; `on_final` gets None when nobody answers."""
        assert self.dialog is not None
        request = self.dialog.request(method, via=self.wire.via(self.path), extra=extra, body=body)

        def receive(response: Response) -> None:
            if response.code < 200:
                return
            credentials = self.path.credentials
            if response.code in {401, 407} and not authorised and credentials is not None:
                header = digest.authorisation(
                    response, credentials, method=method, uri=request.uri, client_nonce=self.wire.token()
                )
                if header is not None:
                    self._ask(method, (*extra, *header), body, on_final, authorised=True)
                    return
            on_final(response)

        self.wire.send_request(request, self.dialog.destination, receive, lambda: on_final(None))

    # --- from the far end

    def receive_ack(self, ack: Request) -> None:
        waiting = self._open_invite
        if waiting is None or waiting.request.cseq != ack.cseq:
            return
        self._open_invite = None
        waiting.acknowledged()
        if self._bye_waiting is not None and not self.over:
            self._say_bye(self._bye_waiting)
        elif self._offer_is_ours and not self.over:
            self._offer_is_ours = False
            self._settle(ack.body)

    def receive_request(self, request: Request, transaction: ServerTransaction) -> None:
        """A new request inside the dialog, ACK and CANCEL excepted."""
        if self.over or (self._bye_waiting is not None and request.method != "BYE"):
            transaction.respond(481, "Call Does Not Exist")
            return
        if self.dialog is None:  # before the answer nothing but CANCEL and ACK concerns us
            transaction.respond(405, "Method Not Allowed", extra=(ALLOW,))
            return
        if request.cseq <= self.dialog.remote_cseq:
            transaction.respond(500, "CSeq Out Of Order")
            return
        self.dialog.remote_cseq = request.cseq
        match request.method:
            case "BYE":
                transaction.respond(200, "OK")
                self._far_end_hung_up(request)
            case "INVITE":
                self._receive_reinvite(request, transaction)
            case "INFO":
                self._receive_info(request, transaction)
            case "OPTIONS":
                transaction.respond(200, "OK", extra=(ALLOW, SUPPORTED, ("Accept", "application/sdp")))
            case _:
                transaction.respond(405, "Method Not Allowed", extra=(ALLOW,))

    def _far_end_hung_up(self, bye: Request) -> None:
        cause, text = parse_reason_cause(bye.every("Reason"))
        self._finish(
            Ending(by=Side.FAR, sip_code=None, q850_cause=cause or causes.NORMAL_CLEARING, text=text, answered=True)
        )

    def _receive_reinvite(self, request: Request, transaction: ServerTransaction) -> None:
        if self._our_invite_pending:
            transaction.respond(491, "Request Pending")
            return
        if self._open_invite is not None:
            transaction.respond(500, "Previous INVITE Not Acknowledged", extra=(("Retry-After", "2"),))
            return
        if session_timer.too_short(request):
            transaction.respond(422, "Session Interval Too Small", extra=(("Min-SE", str(session_timer.SHORTEST)),))
            return
        assert self.listener is not None
        assert self.dialog is not None
        try:
            body = self.listener.offered(request.body)
        except SipError as error:
            transaction.respond(error.sip_code, "Not Acceptable Here")
            return
        self.dialog.refresh_target(request)
        self._accept_offer(request, transaction, body)

    def _accept_offer(self, request: Request, transaction: ServerTransaction, body: bytes) -> None:
        """The 2xx to an INVITE or re-INVITE."""
        self._offer_is_ours = not request.body
        self._open_invite = transaction
        agreed = session_timer.agreed_as_callee(request)
        self._start_session_timer(agreed[0] if agreed else None)
        timer_headers = agreed[1] if agreed else ()
        transaction.respond(200, "OK", extra=(self.path.contact, ALLOW, SUPPORTED, *timer_headers, SDP_TYPE), body=body)

    def unacknowledged(self) -> None:
        """Nobody acknowledged our 2xx for 64 × T1: the call is dead (RFC 3261, 13.3.1.4)."""
        self._open_invite = None
        if self._bye_waiting is not None and not self.over:
            self._say_bye(self._bye_waiting)
        else:
            self.hang_up(causes.RECOVERY_ON_TIMER, by=Side.LINE, text="answer never acknowledged")

    def _receive_info(self, request: Request, transaction: ServerTransaction) -> None:
        kind = (request.first("Content-Type") or "").partition(";")[0].strip().lower()
        text = request.body.decode("utf-8", "replace")
        if kind == "application/dtmf-relay":
            match = _INFO_KEY.search(text)
            key = match.group(1).upper() if match else ""
        elif kind == "application/dtmf":
            key = text.strip().upper()
        elif not request.body:
            key = ""
        else:
            transaction.respond(
                415, "Unsupported Media Type", extra=(("Accept", "application/dtmf-relay, application/dtmf"),)
            )
            return
        transaction.respond(200, "OK")
        if len(key) == 1 and key in KEYS and self.listener is not None:
            self.listener.key(key)

    # --- time and the end

    def _start_session_timer(self, agreed: session_timer.SessionTimer | None) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if agreed is None:
            return
        action = self._refresh if agreed.we_refresh else self._session_expired
        self._timer = self.wire.schedule.after(agreed.acts_after, action)

    def _refresh(self) -> None:
        if self.listener is not None:
            self.reinvite(self.listener.offered(b""))

    def _session_expired(self) -> None:
        self.hang_up(causes.RECOVERY_ON_TIMER, by=Side.LINE, text="session expired")

    def _finish(self, ending: Ending) -> None:
        """Tell the listener once, and forget the call a little later."""
        if self._timer is not None:
            self._timer.cancel()
        if self._open_invite is not None:
            self._open_invite.acknowledged()
            self._open_invite = None
        self._report(ending)
        if not self.over:
            self.over = True
            self.wire.schedule.after(LINGER_SECONDS, lambda: self.wire.drop(self))

    def _report(self, ending: Ending) -> None:
        listener, self.listener = self.listener, None
        if listener is not None:
            listener.ended(ending)
