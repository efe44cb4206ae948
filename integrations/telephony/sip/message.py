"""SIP requests and responses as values, read from and written to datagrams (RFC 3261, section 7).

Everything that reaches the rest of the user agent has passed `parse`: one Via, From, To, Call-ID and CSeq that can
be read, a body as long as it says, sizes within limits.
"""

import re
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TypedDict

from integrations.telephony.sip.errors import MalformedMessageError
from integrations.telephony.sip.fields import (
    MAX_FORWARDS_LIMIT,
    Address,
    Via,
    is_token,
    parse_address,
    parse_cseq,
    parse_uri,
    parse_via,
    split_outside_quotes,
)

Headers = tuple[tuple[str, str], ...]  # (canonical name, value), in the order of the message

HEADER_LIMIT = 200  # lines; RFC 4475's longest good message has 70
DATAGRAM_LIMIT = 65_535  # bytes; what UDP carries
_COMPACT = {
    "a": "Accept-Contact",
    "b": "Referred-By",
    "c": "Content-Type",
    "e": "Content-Encoding",
    "f": "From",
    "i": "Call-ID",
    "k": "Supported",
    "l": "Content-Length",
    "m": "Contact",
    "o": "Event",
    "r": "Refer-To",
    "s": "Subject",
    "t": "To",
    "u": "Allow-Events",
    "v": "Via",
    "x": "Session-Expires",
}
_SPELLED = {"call-id": "Call-ID", "cseq": "CSeq", "www-authenticate": "WWW-Authenticate", "min-se": "Min-SE",
            "mime-version": "MIME-Version", "rseq": "RSeq", "rack": "RAck"}  # fmt: skip
_ONCE = ("From", "To", "Call-ID", "CSeq", "Max-Forwards", "Content-Length", "Content-Type", "Expires")
_START_LINE = re.compile(r"(\S+) (\S+) SIP/2\.0")
_STATUS_LINE = re.compile(r"SIP/2\.0 (\d{3})(?: (.*))?")
_FOLD = re.compile(r"\r?\n[ \t]+")
_BARE_CONTROL = re.compile(r"[\x00\r\n]")  # echoed into an answer, one of these would begin a header of its own


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """What requests and responses share."""

    headers: Headers
    body: bytes = b""
    via: Via = field(repr=False)
    sender: Address = field(repr=False)  # From
    recipient: Address = field(repr=False)  # To
    call_id: str
    cseq: int
    cseq_method: str

    def first(self, name: str) -> str | None:
        """The first value of a header as it was written, or None."""
        for key, value in self.headers:
            if key == name:
                return value
        return None

    def every(self, name: str) -> tuple[str, ...]:
        """All values of a header that may be a comma-separated list, in order."""
        return tuple(
            part.strip()
            for key, value in self.headers
            if key == name
            for part in split_outside_quotes(value, ",")
            if part.strip()
        )

    def number(self, name: str) -> int | None:
        """The leading decimal number of a header (`Expires`, `Min-SE`, `Retry-After`), or None."""
        match = re.match(r"\s*(\d{1,9})", self.first(name) or "")
        return int(match.group(1)) if match else None

    def tokens(self, name: str) -> frozenset[str]:
        """The lower-case option tags of `Supported`, `Require` …"""
        return frozenset(value.lower() for value in self.every(name))


@dataclass(frozen=True, slots=True, kw_only=True)
class Request(Message):
    method: str
    uri: str

    def encode(self) -> bytes:
        return _encode(f"{self.method} {self.uri} SIP/2.0", self.headers, self.body)


@dataclass(frozen=True, slots=True, kw_only=True)
class Response(Message):
    code: int
    phrase: str = ""

    def encode(self) -> bytes:
        return _encode(f"SIP/2.0 {self.code} {self.phrase}", self.headers, self.body)


def _encode(start_line: str, headers: Headers, body: bytes) -> bytes:
    lines = [start_line, *(f"{name}: {value}" for name, value in headers), f"Content-Length: {len(body)}", "", ""]
    return "\r\n".join(lines).encode("utf-8", "surrogateescape") + body


def build_request(method: str, uri: str, headers: Headers, body: bytes = b"") -> Request:
    """A request of our own making; headers without Content-Length."""
    return Request(method=method, uri=uri, headers=headers, body=body, **_identity(headers))


def build_response(
    request_headers: Headers, code: int, phrase: str, *, to_tag: str = "", extra: Headers = (), body: bytes = b""
) -> bytes:
    """The bytes of a response to a request with these headers (RFC 3261, 8.2.6.2)."""
    headers: list[tuple[str, str]] = []
    for name, value in request_headers:
        if name in {"Via", "From", "Call-ID", "CSeq"} or (name == "Record-Route" and 100 < code < 300):
            headers.append((name, value))
        elif name == "To":
            tagged = not to_tag or code == 100 or ";tag" in re.sub(r"\s", "", value).lower()
            headers.append((name, value if tagged else f"{value};tag={to_tag}"))
    return _encode(f"SIP/2.0 {code} {phrase}", (*headers, *extra), body)


def parse(datagram: bytes) -> Request | Response:
    """A SIP message, checked. Raises MalformedMessageError; its `answerable` is set when a 400 can be sent."""
    if len(datagram) > DATAGRAM_LIMIT:
        raise MalformedMessageError("too long")
    head, separator, body = datagram.lstrip(b"\r\n").partition(b"\r\n\r\n")
    if not separator:
        raise MalformedMessageError("no end of headers")
    start_line, _, rest = head.decode("utf-8", "surrogateescape").partition("\r\n")
    headers = _parse_headers(rest)
    status = _STATUS_LINE.fullmatch(start_line)
    if status is not None:
        code = int(status.group(1))
        if not 100 <= code <= 699:
            raise MalformedMessageError("status code out of range")
        return Response(
            code=code, phrase=status.group(2) or "", headers=headers, body=_body(headers, body), **_identity(headers)
        )
    if start_line.startswith("SIP/"):
        raise MalformedMessageError("bad status line")
    return _parse_request(start_line, headers, body)


def _parse_request(start_line: str, headers: Headers, body: bytes) -> Request:
    method = start_line.partition(" ")[0]
    answerable = headers if method != "ACK" and _can_be_answered(headers) else None
    try:
        match = _START_LINE.fullmatch(start_line)
        if match is None:
            version = start_line.rpartition(" ")[2]
            if re.fullmatch(r"SIP/\d+\.\d+", version) and version != "SIP/2.0":
                raise MalformedMessageError("version not supported", sip_code=505)
            raise MalformedMessageError("bad request line")
        if not is_token(method) or match.group(2).startswith("<"):
            raise MalformedMessageError("bad request line")
        parse_uri(match.group(2))
        identity = _identity(headers)
        if identity["cseq_method"] != method:
            raise MalformedMessageError("CSeq method differs from the request's")
        hops = next((value for name, value in headers if name == "Max-Forwards"), "70")
        if not hops.isascii() or not hops.isdigit() or len(hops) > 8 or int(hops) > MAX_FORWARDS_LIMIT:
            raise MalformedMessageError("bad Max-Forwards")
        return Request(method=method, uri=match.group(2), headers=headers, body=_body(headers, body), **identity)
    except MalformedMessageError as error:
        error.answerable = answerable
        raise


def _can_be_answered(headers: Headers) -> bool:
    names = {name for name, _ in headers}
    return {"Via", "From", "To", "Call-ID", "CSeq"} <= names


def _parse_headers(text: str) -> Headers:
    if text[:1] in {" ", "\t"}:
        raise MalformedMessageError("headers begin with white space")
    if "\n " in text or "\n\t" in text:
        text = _FOLD.sub(" ", text)
    lines = text.split("\r\n") if text else []
    if len(lines) > HEADER_LIMIT:
        raise MalformedMessageError("too many headers")
    headers: list[tuple[str, str]] = []
    for line in lines:
        name, colon, value = line.partition(":")
        canonical = _canonical_name(name)
        if not colon:
            raise MalformedMessageError("header without a colon")
        headers.append((canonical, value.strip()))
    if _BARE_CONTROL.search(text.replace("\r\n", "")):
        raise MalformedMessageError("control characters in headers")
    return tuple(headers)


@lru_cache(maxsize=500)
def _canonical_name(name: str) -> str:
    bare = name.strip().lower()
    if not is_token(bare):
        raise MalformedMessageError(f"bad header name {name[:40]!r}")
    return _COMPACT.get(bare) or _SPELLED.get(bare) or "-".join(word.capitalize() for word in bare.split("-"))


class _Identity(TypedDict):
    via: Via
    sender: Address
    recipient: Address
    call_id: str
    cseq: int
    cseq_method: str


def _identity(headers: Headers) -> _Identity:
    """The parsed headers every message must have, as keyword arguments of Message."""
    found: dict[str, str] = {}
    for name, value in headers:
        if name in found and name in _ONCE:
            raise MalformedMessageError(f"{name} given twice")
        found.setdefault(name, value)
    for name in ("Via", "From", "To", "Call-ID", "CSeq"):
        if not found.get(name):
            raise MalformedMessageError(f"no {name}")
    cseq, method = parse_cseq(found["CSeq"])
    top_via = next(split_outside_quotes(found["Via"], ","))
    return {
        "via": parse_via(top_via),
        "sender": parse_address(found["From"]),
        "recipient": parse_address(found["To"]),
        "call_id": found["Call-ID"],
        "cseq": cseq,
        "cseq_method": method,
    }


def _body(headers: Headers, rest: bytes) -> bytes:
    length = next((value for name, value in headers if name == "Content-Length"), None)
    if length is None:
        return rest
    if not length.isascii() or not length.isdigit() or len(length) > 9 or int(length) > len(rest):
        raise MalformedMessageError("bad Content-Length")
    return rest[: int(length)]
