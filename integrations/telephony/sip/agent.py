"""The user agent without its socket: every datagram finds its transaction, its call, or a refusal (RFC 3261).

Nothing here does I/O or reads a clock: datagrams go in through `receive`, out through the `send` that was injected,
and time is the schedule's.
"""

from collections import Counter
from collections.abc import Callable
from typing import Protocol

from integrations.telephony.sip import session_timer
from integrations.telephony.sip.errors import MalformedMessageError
from integrations.telephony.sip.fields import parse_reason_cause
from integrations.telephony.sip.inbound import InboundCall
from integrations.telephony.sip.limits import TokenBucket
from integrations.telephony.sip.listener import CallListener
from integrations.telephony.sip.message import Headers, Request, Response, build_response, parse
from integrations.telephony.sip.outbound import Invitation, OutboundCall
from integrations.telephony.sip.path import Path
from integrations.telephony.sip.replies import COOKIE, TransactionKey, reply_address, stamp, transaction_key
from integrations.telephony.sip.session import ALLOW, SUPPORTED, Session
from integrations.telephony.sip.timers import Intervals, Schedule
from integrations.telephony.sip.transactions import ClientTransaction, Endpoint, ServerTransaction

USER_AGENT = ("User-Agent", "Linyin")
_STATELESS_TAG = "linyin"  # the To-tag of answers outside any dialog
_REFUSALS_PER_SECOND = 20.0  # answers to strangers and to junk; the rest of a flood is only counted
_STRANGERS_PER_SECOND = 200.0  # datagrams of strangers that are read at all: what a flood may cost is 3 % of a core
_SUPPORTED_EXTENSIONS = frozenset({"timer"})
_KNOWN_METHODS = frozenset(
    {"REGISTER", "SUBSCRIBE", "NOTIFY", "PUBLISH", "MESSAGE", "INFO", "UPDATE", "PRACK", "REFER", "BYE", "OPTIONS"}
)


class Gate(Protocol):
    """Who may call us, and whether there is room."""

    def knows(self, source: Endpoint) -> bool:
        """Whether this address belongs to a trunk."""
        ...

    def path_for(self, source: Endpoint) -> Path | None:
        """The trunk this address belongs to, or None for a stranger."""
        ...

    def room_for_call(self, path: Path) -> float | None:
        """None when one more inbound call may come in, else the seconds after which to try again."""
        ...

    def incoming(self, call: InboundCall) -> None:
        """A new call, already answered with 100."""
        ...


class UserAgent:
    def __init__(
        self,
        *,
        schedule: Schedule,
        send: Callable[[bytes, Endpoint], None],
        token: Callable[[], str],
        gate: Gate,
        intervals: Intervals | None = None,
    ) -> None:
        """`token` gives a fresh random word of at least 8 characters: tags, branches, nonces."""
        self._schedule = schedule
        self._intervals = intervals or Intervals()
        self._send = send
        self._token = token
        self._gate = gate
        self._clients: dict[tuple[str, str], ClientTransaction] = {}
        self._servers: dict[TransactionKey, ServerTransaction] = {}
        self._ringing: dict[ServerTransaction, InboundCall] = {}
        self._sessions: dict[tuple[str, str], Session] = {}
        self._inbound_ids: dict[tuple[str, str, int], TransactionKey] = {}
        self._refusals = TokenBucket(per_second=_REFUSALS_PER_SECOND, burst=_REFUSALS_PER_SECOND)
        self._strangers = TokenBucket(per_second=_STRANGERS_PER_SECOND, burst=_STRANGERS_PER_SECOND)
        self._on_quiet: Callable[[], None] | None = None
        self.counts: Counter[str] = Counter()

    # --- what calls and trunks use

    @property
    def schedule(self) -> Schedule:
        return self._schedule

    @property
    def intervals(self) -> Intervals:
        return self._intervals

    def transmit(self, datagram: bytes, destination: Endpoint) -> None:
        self._send(datagram, destination)

    def token(self) -> str:
        return self._token()

    def via(self, path: Path) -> str:
        host, port = path.advertised
        return f"SIP/2.0/{path.transport.upper()} {host}:{port};rport;branch={COOKIE}{self._token()}"

    def send_request(
        self,
        request: Request,
        destination: Endpoint,
        on_response: Callable[[Response], None],
        on_silence: Callable[[], None],
    ) -> ClientTransaction:
        key = (request.via.branch, request.method)

        def answered(response: Response) -> None:
            on_response(response)
            self._look_whether_quiet()

        def unanswered() -> None:
            on_silence()
            self._look_whether_quiet()

        transaction = ClientTransaction(
            self,
            request,
            destination,
            on_response=answered,
            on_silence=unanswered,
            on_done=lambda: self._forget(key),
        )
        self._clients[key] = transaction
        return transaction

    def _forget(self, key: tuple[str, str]) -> None:
        self._clients.pop(key, None)

    def drop(self, session: Session) -> None:
        self._sessions.pop((session.call_id, session.local_tag), None)

    def call(self, path: Path, invitation: Invitation, listener: CallListener) -> OutboundCall:
        """Place a call; it is on its way when this returns."""
        call = OutboundCall(self, path, invitation, listener)
        self._sessions[call.call_id, call.local_tag] = call
        call.start()
        return call

    def when_quiet(self, action: Callable[[], None]) -> None:
        """Do this once no request of ours awaits its answer, calls that nobody takes excepted."""
        self._on_quiet = action
        self._look_whether_quiet()

    def _look_whether_quiet(self) -> None:
        if self._on_quiet is not None and all(
            client.final_seen or client.request.method == "INVITE" for client in self._clients.values()
        ):
            action, self._on_quiet = self._on_quiet, None
            action()

    @property
    def open_sessions(self) -> int:
        return len(self._sessions)

    @property
    def open_transactions(self) -> int:
        return len(self._clients) + len(self._servers)

    # --- datagrams

    def receive(self, datagram: bytes, source: Endpoint) -> None:
        if not datagram.strip(b"\r\n\0"):
            self.counts["keepalive"] += 1
            return
        if not self._gate.knows(source) and not self._strangers.take(self._schedule.now):
            self.counts["unread"] += 1
            return
        try:
            message = parse(datagram)
            if isinstance(message, Response):
                self._receive_response(message)
            else:
                self._receive_request(message, source)
        except MalformedMessageError as error:
            self.counts["malformed"] += 1
            if error.answerable is not None:
                phrase = "Version Not Supported" if error.sip_code == 505 else "Bad Request"
                self._refuse(error.answerable, source, error.sip_code, phrase)

    def _receive_response(self, response: Response) -> None:
        transaction = self._clients.get((response.via.branch, response.cseq_method))
        if transaction is not None:
            transaction.receive(response)
            return
        session = self._sessions.get((response.call_id, response.sender.tag))
        if session is not None and response.cseq_method == "INVITE" and 200 <= response.code < 300:
            session.stray_success(response)
            return
        self.counts["unmatched-response"] += 1

    def _receive_request(self, request: Request, source: Endpoint) -> None:
        reply_to = reply_address(request, source)
        request = stamp(request, source)
        key = transaction_key(request)
        if request.method == "ACK":
            self._receive_ack(request, key)
            return
        known = self._servers.get(key)
        if known is not None:
            known.repeat()
            return
        if request.method == "CANCEL":
            self._receive_cancel(request, key, reply_to)
            return
        if request.recipient.tag:
            self._receive_in_dialog(request, key, reply_to)
            return
        path = self._gate.path_for(source)
        if path is None:
            self.counts["stranger"] += 1
            self._refuse(request.headers, reply_to, 403, "Forbidden")
        elif request.method == "INVITE":
            self._receive_invite(request, key, reply_to, path)
        elif request.method == "OPTIONS":
            self._answer(request, reply_to, 200, "OK", (ALLOW, SUPPORTED, ("Accept", "application/sdp"), USER_AGENT))
        elif request.method == "BYE":
            self._answer(request, reply_to, 481, "Call Does Not Exist")
        elif request.method in _KNOWN_METHODS:
            self._answer(request, reply_to, 405, "Method Not Allowed", (ALLOW,))
        else:
            self._answer(request, reply_to, 501, "Not Implemented", (ALLOW,))

    def _receive_ack(self, ack: Request, key: TransactionKey) -> None:
        invite = self._servers.get((key[0], key[1], "INVITE"))
        if invite is not None and invite.final_code is not None and invite.final_code >= 300:
            invite.acknowledged()
            return
        session = self._sessions.get((ack.call_id, ack.recipient.tag))
        if session is not None:
            session.receive_ack(ack)
        else:
            self.counts["unmatched-ack"] += 1

    def _receive_cancel(self, cancel: Request, key: TransactionKey, reply_to: Endpoint) -> None:
        invite = self._servers.get((key[0], key[1], "INVITE"))
        if invite is None:
            self._answer(cancel, reply_to, 481, "Call Does Not Exist")
            return
        answer = self._serve(cancel, key, reply_to)
        answer.to_tag = invite.to_tag
        answer.respond(200, "OK")
        call = self._ringing.get(invite)
        if call is not None:
            call.cancelled(parse_reason_cause(cancel.every("Reason"))[0])

    def _receive_in_dialog(self, request: Request, key: TransactionKey, reply_to: Endpoint) -> None:
        session = self._sessions.get((request.call_id, request.recipient.tag))
        if session is None:
            self.counts["unknown-dialog"] += 1
            self._refuse(request.headers, reply_to, 481, "Call Does Not Exist")
            return
        transaction = self._serve(request, key, reply_to, on_unacknowledged=session.unacknowledged)
        session.receive_request(request, transaction)

    def _receive_invite(self, invite: Request, key: TransactionKey, reply_to: Endpoint, path: Path) -> None:
        identity = (invite.call_id, invite.sender.tag, invite.cseq)
        refusal = self._why_refuse(invite, path)
        if self._inbound_ids.get(identity, key) != key:
            refusal = (482, "Loop Detected", ())  # the same call by another way (RFC 3261, 8.2.2.2)
        if refusal is not None:
            self.counts[f"refused-{refusal[0]}"] += 1
            self._refuse(invite.headers, reply_to, refusal[0], refusal[1], refusal[2])
            return
        call = InboundCall(self, path, invite, reply_to)
        transaction = self._serve(invite, key, reply_to, on_unacknowledged=call.unacknowledged)
        self._inbound_ids[identity] = key
        self._ringing[transaction] = call
        self._sessions[call.call_id, call.local_tag] = call
        call.begin(transaction)
        self._gate.incoming(call)

    def _why_refuse(self, invite: Request, path: Path) -> tuple[int, str, Headers] | None:
        unsupported = invite.tokens("Require") - _SUPPORTED_EXTENSIONS
        if unsupported:
            return 420, "Bad Extension", (("Unsupported", ", ".join(sorted(unsupported))),)
        if invite.uri.partition(":")[0].lower() not in {"sip", "tel"}:
            return 416, "Unsupported URI Scheme", ()
        kind = (invite.first("Content-Type") or "application/sdp").partition(";")[0].strip().lower()
        if invite.body and kind != "application/sdp":
            return 415, "Unsupported Media Type", (("Accept", "application/sdp"),)
        if session_timer.too_short(invite):
            return 422, "Session Interval Too Small", (("Min-SE", str(session_timer.SHORTEST)),)
        wait = self._gate.room_for_call(path)
        if wait is not None:
            return 503, "Service Unavailable", (("Retry-After", str(max(1, round(wait)))),)
        return None

    # --- answers

    def _serve(
        self,
        request: Request,
        key: TransactionKey,
        reply_to: Endpoint,
        *,
        on_unacknowledged: Callable[[], None] | None = None,
    ) -> ServerTransaction:
        def done() -> None:
            self._servers.pop(key, None)
            self._ringing.pop(transaction, None)
            self._inbound_ids.pop((request.call_id, request.sender.tag, request.cseq), None)

        transaction = ServerTransaction(self, request, reply_to, on_done=done, on_unacknowledged=on_unacknowledged)
        self._servers[key] = transaction
        return transaction

    def _answer(self, request: Request, reply_to: Endpoint, code: int, phrase: str, extra: Headers = ()) -> None:
        """A final answer outside any call. Nothing is kept: it would be the same the next time."""
        self.transmit(build_response(request.headers, code, phrase, to_tag=_STATELESS_TAG, extra=extra), reply_to)

    def _refuse(self, headers: Headers, reply_to: Endpoint, code: int, phrase: str, extra: Headers = ()) -> None:
        """The same for what may be a flood: beyond a rate it is counted and not answered."""
        if not self._refusals.take(self._schedule.now):
            self.counts["unanswered"] += 1
            return
        self.transmit(build_response(headers, code, phrase, to_tag=_STATELESS_TAG, extra=extra), reply_to)
