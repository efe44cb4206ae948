"""Requests to a trunk outside any call: REGISTER and OPTIONS, answered once with digest when asked."""

from collections.abc import Callable

from integrations.telephony.sip import digest
from integrations.telephony.sip.dialog import MAX_FORWARDS
from integrations.telephony.sip.message import Headers, Response, build_request
from integrations.telephony.sip.path import Path
from integrations.telephony.sip.session import SessionWire


class Exchange:
    """One Call-ID, rising CSeq, one From tag: what RFC 3261, 10.2 asks of a registering client."""

    def __init__(self, wire: SessionWire, *, own_uri: str, target: str) -> None:
        self._wire = wire
        self._own_uri = own_uri
        self._target = target
        self._call_id = wire.token() + wire.token()
        self._tag = wire.token()
        self._cseq = 0

    def ask(
        self,
        method: str,
        path: Path,
        extra: Headers,
        on_final: Callable[[Response | None], None],
        *,
        to_uri: str,
        authorisation: Headers = (),
    ) -> None:
        """`on_final` gets the final response, or None when nobody answered."""
        self._cseq += 1
        headers: Headers = (
            ("Via", self._wire.via(path)),
            MAX_FORWARDS,
            ("From", f"<{self._own_uri}>;tag={self._tag}"),
            ("To", f"<{to_uri}>"),
            ("Call-ID", self._call_id),
            ("CSeq", f"{self._cseq} {method}"),
            *extra,
            *authorisation,
        )
        request = build_request(method, self._target, headers)

        def receive(response: Response) -> None:
            if response.code < 200:
                return
            may_try = not authorisation or digest.is_stale(response)
            if response.code in {401, 407} and path.credentials is not None and may_try:
                header = digest.authorisation(
                    response, path.credentials, method=method, uri=request.uri, client_nonce=self._wire.token()
                )
                if header is not None and header != authorisation:
                    self.ask(method, path, extra, on_final, to_uri=to_uri, authorisation=header)
                    return
            on_final(response)

        self._wire.send_request(request, path.destination, receive, lambda: on_final(None))
