"""A-law and µ-law into each other, byte by byte."""

from voice.audio.g711 import decode_alaw, decode_ulaw, encode_alaw, encode_ulaw

_EVERY_CODE = bytes(range(256))
ALAW_FROM_ULAW = encode_alaw(decode_ulaw(_EVERY_CODE))
ULAW_FROM_ALAW = encode_ulaw(decode_alaw(_EVERY_CODE))


def to_alaw(ulaw: bytes) -> bytes:
    return ulaw.translate(ALAW_FROM_ULAW)


def to_ulaw(alaw: bytes) -> bytes:
    return alaw.translate(ULAW_FROM_ALAW)
