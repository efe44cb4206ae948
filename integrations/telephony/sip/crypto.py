"""Keys for encrypted sound in session descriptions (SDES, RFC 4568). They are only as secret as the signalling."""

import base64
import binascii
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from integrations.telephony.rtp.srtp import MASTER_BYTES

_FIRST_TAG = 1


class Suite(StrEnum):
    """The two suites of RFC 4568 that every telephone has; the one with the longer proof first."""

    LONG = "AES_CM_128_HMAC_SHA1_80"
    SHORT = "AES_CM_128_HMAC_SHA1_32"

    @property
    def tag_bytes(self) -> int:
        """How long the proof of a packet is."""
        return 10 if self is Suite.LONG else 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Secured:
    """What both ends agreed on: each encrypts with its own master key and salt, 30 bytes."""

    tag: int  # of the crypto line in offer and answer
    suite: Suite
    near: bytes = field(repr=False)
    far: bytes = field(repr=False)


def fresh_keys() -> Mapping[Suite, bytes]:
    """A master key with its salt for each suite, best first."""
    return {suite: secrets.token_bytes(MASTER_BYTES) for suite in Suite}


def offered_lines(keys: Mapping[Suite, bytes]) -> list[str]:
    """The lines of an offer."""
    return [_line(tag, suite, keys[suite]) for tag, suite in enumerate(keys, start=_FIRST_TAG)]


def answered_line(agreed: Secured) -> str:
    """The line of an answer."""
    return _line(agreed.tag, agreed.suite, agreed.near)


def chosen(lines: Sequence[str], keys: Mapping[Suite, bytes]) -> Secured | None:
    """The first of the far end's crypto lines that we can keep to, whether it offers or answers; None for none."""
    for line in lines:
        read = _read(line)
        if read is not None and read[1] in keys:
            tag, suite, far = read
            return Secured(tag=tag, suite=suite, near=keys[suite], far=far)
    return None


def _line(tag: int, suite: Suite, master: bytes) -> str:
    return f"a=crypto:{tag} {suite} inline:{base64.b64encode(master).decode()}"


def _read(line: str) -> tuple[int, Suite, bytes] | None:
    """Tag, suite, master key with salt. None for what asks for more than we can: several keys, an MKI, no encryption.

    A lifetime is read and not counted: a call has ended long before 2^31 packets.
    """
    tag, _, rest = line.partition(" ")
    suite, _, rest = rest.strip().partition(" ")
    method, _, inline = rest.strip().partition(":")
    key, _, lifetime = inline.partition("|")
    if not (tag.isascii() and tag.isdigit()) or suite not in set(Suite) or method.lower() != "inline":
        return None
    if set(lifetime) & set(":; "):
        return None
    try:
        master = base64.b64decode(key, validate=True)
    except (binascii.Error, ValueError):
        return None
    return (int(tag), Suite(suite), master) if len(master) == MASTER_BYTES else None
