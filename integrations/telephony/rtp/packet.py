"""RTP packets (RFC 3550, section 5.1)."""

import struct
from dataclasses import dataclass

_HEADER = struct.Struct("!BBHII")
_VERSION = 0x80
HEADER_BYTES = 12
PAYLOAD_LIMIT = 1_600  # bytes: 200 ms of G.711, more than any telephone puts into one packet


@dataclass(frozen=True, slots=True)
class RtpPacket:
    payload_type: int
    marker: bool
    sequence: int  # 16 bits
    timestamp: int  # 32 bits
    source: int  # SSRC
    payload: bytes


def parse(datagram: bytes) -> RtpPacket | None:
    """The packet, or None for anything that is not RTP version 2 with a payload of sound size."""
    start = header_bytes(datagram)
    if start is None:
        return None
    first, second, sequence, timestamp, source = _HEADER.unpack_from(datagram)
    end = len(datagram)
    if first & 0x20:  # padding
        end -= datagram[-1]
    if not 0 <= end - start <= PAYLOAD_LIMIT:
        return None
    return RtpPacket(second & 0x7F, bool(second & 0x80), sequence, timestamp, source, datagram[start:end])


def header_bytes(datagram: bytes) -> int | None:
    """Where the payload of an RTP packet begins, None for anything else; the packet may be shorter than that."""
    if len(datagram) < HEADER_BYTES or datagram[0] & 0xC0 != _VERSION:
        return None
    start = HEADER_BYTES + 4 * (datagram[0] & 0x0F)
    if datagram[0] & 0x10:  # header extension
        if len(datagram) < start + 4:
            return None
        start += 4 + 4 * int.from_bytes(datagram[start + 2 : start + 4], "big")
    return start


def encode(payload_type: int, sequence: int, timestamp: int, source: int, payload: bytes, *, marker: bool) -> bytes:
    return _HEADER.pack(_VERSION, payload_type | (marker << 7), sequence, timestamp, source) + payload
