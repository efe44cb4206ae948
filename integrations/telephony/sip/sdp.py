"""Session descriptions and the offer/answer of one G.711 audio stream (RFC 4566, RFC 3264, RFC 4733).

Sound is either encrypted (RTP/SAVP, RFC 4568) or not (RTP/AVP): a description of the other kind has nothing in common
with ours, so that nobody between can talk us out of it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum

from integrations.telephony.sip import crypto
from integrations.telephony.sip.errors import MalformedBodyError, NothingInCommonError

PCMA, PCMU = 8, 0  # static payload types of RFC 3551
OFFERED_KEYS = 101  # the payload type we offer for telephone-event; what most equipment uses
_NAMES = {PCMA: "PCMA/8000", PCMU: "PCMU/8000"}
_LINE_LIMIT = 500  # lines of a description; a browser's has about 100


class MediaDirection(StrEnum):
    """As its sender sees it."""

    BOTH = "sendrecv"
    SEND = "sendonly"
    RECEIVE = "recvonly"
    NONE = "inactive"


_ANSWERED_DIRECTION = {
    MediaDirection.BOTH: MediaDirection.BOTH,
    MediaDirection.SEND: MediaDirection.RECEIVE,
    MediaDirection.RECEIVE: MediaDirection.SEND,
    MediaDirection.NONE: MediaDirection.NONE,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class LocalMedia:
    """Our end of the sound. `version` grows with every changed description of the same session."""

    host: str
    port: int
    session: int
    version: int = 1
    codecs: tuple[int, ...] = (PCMA, PCMU)  # best first
    keys: Mapping[crypto.Suite, bytes] = field(default_factory=dict, repr=False)  # none: the sound is not encrypted

    @property
    def profile(self) -> str:
        """As the m= line says it."""
        return "RTP/SAVP" if self.keys else "RTP/AVP"


@dataclass(frozen=True, slots=True, kw_only=True)
class Stream:
    """The audio stream as both ends agreed."""

    host: str  # where our sound goes
    port: int  # 0 when the far end refused audio
    codec: int  # PCMA or PCMU
    keys: int | None  # payload type of telephone-event, None when the far end has none
    direction: MediaDirection  # as the far end sees it
    secured: crypto.Secured | None = None  # None: the sound is not encrypted

    @property
    def held(self) -> bool:
        """Whether the far end does not listen to us."""
        return self.direction in {MediaDirection.SEND, MediaDirection.NONE} or self.host == "0.0.0.0"  # noqa: S104


@dataclass(frozen=True, slots=True, kw_only=True)
class _Section:
    """One m= section."""

    kind: str
    port: int
    protocol: str
    formats: tuple[str, ...]
    host: str
    direction: MediaDirection
    names: dict[int, str]  # rtpmap, upper case
    crypto: list[str]  # RFC 4568, after "crypto:"


def offer(local: LocalMedia) -> bytes:
    """An offer of all our codecs and of telephone keys."""
    lines = crypto.offered_lines(local.keys)
    return _describe(local, OFFERED_KEYS, MediaDirection.BOTH, (), lines)


def read_answer(body: bytes, local: LocalMedia) -> Stream:
    """What the far end chose from our offer. Raises MalformedBodyError, NothingInCommonError."""
    return _choose(_read(body), local, (PCMA, PCMU))[0]


def answer(body: bytes, local: LocalMedia) -> tuple[Stream, bytes]:
    """What we choose from an offer, and the answer that says so. Raises MalformedBodyError, NothingInCommonError."""
    sections = _read(body)
    stream, index = _choose(sections, local, local.codecs)
    direction = _ANSWERED_DIRECTION[stream.direction]
    refused = tuple((at - index, section) for at, section in enumerate(sections) if at != index)
    lines = [crypto.answered_line(stream.secured)] if stream.secured is not None else []
    return stream, _describe(replace(local, codecs=(stream.codec,)), stream.keys, direction, refused, lines)


def _describe(
    local: LocalMedia,
    keys: int | None,
    direction: MediaDirection,
    refused: tuple[tuple[int, _Section], ...],
    crypto_lines: list[str],
) -> bytes:
    formats = [str(codec) for codec in local.codecs] + ([str(keys)] if keys is not None else [])
    lines = [
        "v=0",
        f"o=linyin {local.session} {local.version} IN IP4 {local.host}",
        "s=-",
        f"c=IN IP4 {local.host}",
        "t=0 0",
        *(_refusal(section) for at, section in refused if at < 0),
        f"m=audio {local.port} {local.profile} {' '.join(formats)}",
        *crypto_lines,
        *(f"a=rtpmap:{codec} {_NAMES[codec]}" for codec in local.codecs),
    ]
    if keys is not None:
        lines += [f"a=rtpmap:{keys} telephone-event/8000", f"a=fmtp:{keys} 0-15"]
    lines += ["a=ptime:20", f"a={direction}", *(_refusal(section) for at, section in refused if at > 0), ""]
    return "\r\n".join(lines).encode()


def _refusal(section: _Section) -> str:
    return f"m={section.kind} 0 {section.protocol} {' '.join(section.formats)}"


def _choose(sections: list[_Section], local: LocalMedia, codecs: tuple[int, ...]) -> tuple[Stream, int]:
    for index, section in enumerate(sections):
        if section.kind != "audio" or section.protocol != local.profile or section.port == 0 or not section.host:
            continue
        secured = crypto.chosen(section.crypto, local.keys)
        if local.keys and secured is None:
            continue
        types = [int(text) for text in section.formats if text.isascii() and text.isdigit() and int(text) < 128]
        codec = next((payload for payload in types if payload in codecs), None)  # the far end's order counts
        if codec is None:
            continue
        keys = next((at for at in types if section.names.get(at, "").startswith("TELEPHONE-EVENT/8000")), None)
        stream = Stream(
            host=section.host,
            port=section.port,
            codec=codec,
            keys=keys,
            direction=section.direction,
            secured=secured,
        )
        return stream, index
    raise NothingInCommonError(f"no G.711 audio stream over {local.profile}")


def _read(body: bytes) -> list[_Section]:
    try:
        lines = body.decode("utf-8", "replace").replace("\r\n", "\n").rstrip("\n").split("\n")
        if len(lines) > _LINE_LIMIT or lines[0].strip() != "v=0":
            raise MalformedBodyError("not a session description")
        return _read_lines(lines)
    except (ValueError, IndexError) as error:
        raise MalformedBodyError(f"bad session description: {error}") from error


def _read_lines(lines: list[str]) -> list[_Section]:
    host, direction = "", MediaDirection.BOTH
    sections: list[_Section] = []
    for line in lines[1:]:
        kind, value = line[:1], line[2:].strip()
        if line[1:2] != "=":
            raise MalformedBodyError(f"bad line {line[:40]!r}")
        if kind == "m":
            sections.append(_read_media_line(value, host, direction))
        elif kind == "c":
            if sections:
                sections[-1] = replace(sections[-1], host=_read_connection(value))
            else:
                host = _read_connection(value)
        elif kind == "a" and value in set(MediaDirection):
            if sections:
                sections[-1] = replace(sections[-1], direction=MediaDirection(value))
            else:
                direction = MediaDirection(value)
        elif kind == "a" and value.startswith("rtpmap:") and sections:
            payload, name = value.removeprefix("rtpmap:").split(maxsplit=1)
            sections[-1].names[int(payload)] = name.upper()
        elif kind == "a" and value.startswith("crypto:") and sections:
            sections[-1].crypto.append(value.removeprefix("crypto:"))
    return sections


def _read_media_line(value: str, host: str, direction: MediaDirection) -> _Section:
    kind, port_text, protocol, *formats = value.split()
    port = int(port_text.partition("/")[0])
    if not 0 <= port <= 65_535:
        raise MalformedBodyError("port out of range")
    return _Section(
        kind=kind,
        port=port,
        protocol=protocol,
        formats=tuple(formats),
        host=host,
        direction=direction,
        names={},
        crypto=[],
    )


def _read_connection(value: str) -> str:
    network, family, address = value.split()
    address = address.partition("/")[0]
    octets = address.split(".")
    if network != "IN" or family != "IP4":
        return ""
    if len(octets) != 4 or not all(octet.isascii() and octet.isdigit() and int(octet) < 256 for octet in octets):
        raise MalformedBodyError("bad connection address")
    return address
