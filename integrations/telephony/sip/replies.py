"""Which transaction a request belongs to, and where its answer goes (RFC 3261 17.2.3 and 18.2, RFC 3581)."""

import re
from dataclasses import replace

from integrations.telephony.sip.message import Request
from integrations.telephony.sip.transactions import Endpoint

COOKIE = "z9hG4bK"  # begins every branch of RFC 3261
TransactionKey = tuple[str, str, str]  # branch, sent-by, method


def transaction_key(request: Request) -> TransactionKey:
    """RFC 3261, 17.2.3; a client without the branch cookie is told apart by everything that must differ."""
    via = request.via
    sent_by = f"{via.host}:{via.port or ''}"
    if via.branch.startswith(COOKIE) and len(via.branch) > len(COOKIE):
        return via.branch, sent_by, request.method
    return f"{request.call_id}|{request.cseq}|{request.sender.tag}|{request.uri}", sent_by, request.method


def reply_address(request: Request, source: Endpoint) -> Endpoint:
    """Where responses go (RFC 3261 18.2.2, RFC 3581): back to the source, to its port when it asks for that."""
    via = request.via
    if "rport" in via.params or via.transport != "UDP":  # a connection is answered on that connection
        return source
    return source[0], via.port or 5060


def stamp(request: Request, source: Endpoint) -> Request:
    """The request with `received` and `rport` filled into its top Via, for the answer to carry (RFC 3581)."""
    via = request.via
    if "rport" not in via.params and via.host == source[0]:
        return request
    headers = list(request.headers)
    at = next(index for index, (name, _) in enumerate(headers) if name == "Via")
    top, comma, others = headers[at][1].partition(",")
    bare = re.sub(r"\s*;\s*(rport|received)\b[^;,]*", "", top, flags=re.IGNORECASE)
    asked = f";rport={source[1]}" if "rport" in via.params else ""
    headers[at] = ("Via", f"{bare};received={source[0]}{asked}{comma}{others}")
    return replace(request, headers=tuple(headers))
