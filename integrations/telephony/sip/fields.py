"""The values inside SIP headers: addresses, Via, CSeq and their parameters (RFC 3261, section 25)."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from integrations.telephony.sip.errors import MalformedMessageError

Params = dict[str, str | None]  # names in lower case; None for a parameter without a value

_TOKEN = re.compile(r"[A-Za-z0-9\-.!%*_+`'~]+")
_HOST = re.compile(r"(?:\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9.])?)")
_URI_CHARACTERS = re.compile(r"[!#-;=?-_a-z{|}~\[\]]+")  # no white space, quotes, angle brackets or control characters
_DISPLAY_NAME = re.compile(r"[A-Za-z0-9\-.!%*_+`'~\s]*")
CSEQ_LIMIT = 2**31  # RFC 3261, 8.1.1.5
MAX_FORWARDS_LIMIT = 255
DEFAULT_PORT = 5060


def split_outside_quotes(text: str, separator: str) -> Iterator[str]:
    """The parts of `text` between separators that stand neither in a quoted string nor in angle brackets."""
    if '"' not in text and "<" not in text:
        yield from text.split(separator)
        return
    start = 0
    quoted = bracketed = False
    position = 0
    while position < len(text):
        character = text[position]
        if quoted:
            if character == "\\":
                position += 1
            elif character == '"':
                quoted = False
        elif character == '"':
            quoted = True
        elif character == "<":
            bracketed = True
        elif character == ">":
            bracketed = False
        elif character == separator and not bracketed:
            yield text[start:position]
            start = position + 1
        position += 1
    if quoted or bracketed:
        raise MalformedMessageError(f"unbalanced quotes or brackets in {text[:60]!r}")
    yield text[start:]


def parse_params(parts: Iterator[str]) -> Params:
    """The parameters after the first semicolon; empty ones are skipped, quotes taken off."""
    params: Params = {}
    for part in parts:
        name, equals, value = part.partition("=")
        name = name.strip().lower()
        if not name:
            continue
        value = value.strip()
        if len(value) > 1 and value[0] == value[-1] == '"':
            value = value[1:-1]
        params[name] = value if equals else None
    return params


@dataclass(frozen=True, slots=True, kw_only=True)
class Uri:
    """A sip: or sips: address. `raw` is what was written; other schemes keep only that."""

    raw: str
    scheme: str
    user: str = ""  # still escaped, without a password
    host: str = ""
    port: int | None = None

    @property
    def number(self) -> str:
        """The user part as a telephone number: without user parameters (`;phone-context=…`)."""
        return self.user.partition(";")[0]


def parse_uri(text: str) -> Uri:
    """Raises MalformedMessageError for anything that is no absolute URI, or no good sip: one."""
    scheme, colon, rest = text.partition(":")
    if not colon or not _TOKEN.fullmatch(scheme) or not _URI_CHARACTERS.fullmatch(text):
        raise MalformedMessageError(f"bad address {text[:60]!r}")
    scheme = scheme.lower()
    if scheme == "tel":
        return Uri(raw=text, scheme=scheme, user=rest)
    if scheme not in {"sip", "sips"}:
        return Uri(raw=text, scheme=scheme)
    user, at, address = rest.rpartition("@")
    if not at:
        user, address = "", rest
    address = address.partition("?")[0].partition(";")[0]
    host, port = parse_host_port(address)
    return Uri(raw=text, scheme=scheme, user=user.partition(":")[0], host=host, port=port)


def parse_host_port(text: str) -> tuple[str, int | None]:
    """("host", port) of `host[:port]`; white space around the colon is allowed, as RFC 3261 does in Via."""
    text = text.strip()
    match = _HOST.match(text)
    if match is None:
        raise MalformedMessageError(f"bad host {text[:60]!r}")
    rest = text[match.end() :].strip()
    if not rest:
        return match.group().lower(), None
    digits = rest[1:].strip()
    if rest[0] != ":" or not digits.isascii() or not digits.isdigit() or int(digits) > 65_535:
        raise MalformedMessageError(f"bad port {text[:60]!r}")
    return match.group().lower(), int(digits)


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """The value of From, To, Contact, Route …: an optional display name, a URI, header parameters."""

    uri: Uri
    display_name: str = ""
    params: Params

    @property
    def tag(self) -> str:
        return self.params.get("tag") or ""


def parse_address(text: str) -> Address:
    """One name-addr or addr-spec. Raises MalformedMessageError."""
    text = text.strip()
    bracket = _opening_bracket(text)
    if bracket < 0:
        uri, *params = text.split(";")  # without brackets every parameter belongs to the header: RFC 3261, 20.10
        if "?" in uri or "," in uri:
            raise MalformedMessageError(f"address needs angle brackets: {text[:60]!r}")
        return Address(uri=parse_uri(uri.strip()), params=parse_params(iter(params)))
    end = text.find(">", bracket)
    if end < 0:
        raise MalformedMessageError(f"unclosed address {text[:60]!r}")
    trailing = text[end + 1 :].strip()
    if trailing and not trailing.startswith(";"):
        raise MalformedMessageError(f"text after address {text[:60]!r}")
    return Address(
        uri=parse_uri(text[bracket + 1 : end].strip()),
        display_name=_display_name(text[:bracket].strip()),
        params=parse_params(split_outside_quotes(trailing, ";")),
    )


def _opening_bracket(text: str) -> int:
    if not text.startswith('"'):
        return text.find("<")
    position = 1
    while position < len(text) and text[position] != '"':
        position += 2 if text[position] == "\\" else 1
    bracket = text.find("<", position)
    if position >= len(text) or bracket < 0:
        raise MalformedMessageError(f"unclosed quotes in {text[:60]!r}")
    return bracket


def _display_name(text: str) -> str:
    if text.startswith('"'):
        return re.sub(r"\\(.)", r"\1", text[1:].removesuffix('"'))
    if not _DISPLAY_NAME.fullmatch(text) and text.isascii():
        raise MalformedMessageError(f"bad display name {text[:60]!r}")
    return text


@dataclass(frozen=True, slots=True, kw_only=True)
class Via:
    transport: str
    host: str
    port: int | None
    params: Params

    @property
    def branch(self) -> str:
        return self.params.get("branch") or ""


def parse_via(text: str) -> Via:
    """One Via value. Raises MalformedMessageError."""
    head, *params = text.split(";")
    if not all(param.strip() for param in params):
        raise MalformedMessageError("Via with an empty parameter")
    protocol, slash, rest = head.partition("/")
    version, slash2, rest = rest.partition("/")
    transport, _, sent_by = rest.strip().partition(" ")
    if protocol.strip().upper() != "SIP" or version.strip() != "2.0" or not slash or not slash2 or not transport:
        raise MalformedMessageError(f"bad Via {text[:60]!r}")
    host, port = parse_host_port(sent_by)
    return Via(transport=transport.upper(), host=host, port=port, params=parse_params(iter(params)))


def parse_cseq(text: str) -> tuple[int, str]:
    """(number, method). Raises MalformedMessageError."""
    parts = text.split()
    if len(parts) != 2 or not (parts[0].isascii() and parts[0].isdigit()) or not _TOKEN.fullmatch(parts[1]):
        raise MalformedMessageError(f"bad CSeq {text[:60]!r}")
    number = int(parts[0]) if len(parts[0]) < 20 else CSEQ_LIMIT
    if number >= CSEQ_LIMIT:
        raise MalformedMessageError("CSeq out of range")
    return number, parts[1]


def is_token(text: str) -> bool:
    return _TOKEN.fullmatch(text) is not None


def parse_reason_cause(values: tuple[str, ...]) -> tuple[int | None, str]:
    """The Q.850 cause and its text of `Reason` header values (RFC 3326); (None, "") without one."""
    for value in values:
        protocol, *params = split_outside_quotes(value, ";")
        fields = parse_params(iter(params))
        cause = fields.get("cause") or ""
        if protocol.strip().upper() == "Q.850" and cause.isascii() and cause.isdigit() and int(cause) <= 127:
            return int(cause), fields.get("text") or ""
    return None, ""
