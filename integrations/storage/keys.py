"""The key ring: seals and opens what must not be read in the database file, and makes blind indexes for look-up.

AES-256-GCM (NIST SP 800-38D) with a random 96-bit nonce; the label of the column is authenticated with the value, so a
sealed value moved to another column does not open. Blind indexes and the audit chain are HMAC-SHA256 under keys of
their own.
"""

import hmac
import os
import struct
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from integrations.storage.errors import KeyWrong

KEY_BYTES = 32  # AES-256, and as long as the SHA-256 of the indexes
_NONCE_BYTES = 12  # what GCM is defined for
_FORMAT = 1
_HEADER = struct.Struct(">BI")  # format, number of the key
HEADER_BYTES = _HEADER.size
WRONG_KEY = "密钥和数据库对不上：请找回建库时的密钥文件（或它的备份）放回原处，再试一次；没有它，数据无法解密。"


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Secrets:
    """What a key file holds."""

    keys: Mapping[int, bytes]  # number of the key → 32 bytes; old ones stay to open old backups
    active: int  # the key that seals from now on
    index_key: bytes
    audit_key: bytes

    def __repr__(self) -> str:
        return f"Secrets(active={self.active})"


class KeyRing:
    """Seals with the active key, opens with any key it holds.

    `reread` is asked for newer secrets when a value was sealed by a key not yet known here: another process may have
    rotated the keys meanwhile.
    """

    def __init__(
        self,
        secrets: Secrets,
        *,
        reread: Callable[[], Secrets] | None = None,
        random_bytes: Callable[[int], bytes] = os.urandom,
    ) -> None:
        self._reread = reread
        self._random_bytes = random_bytes
        self._take(secrets)

    def _take(self, secrets: Secrets) -> None:
        self.secrets = secrets
        self._header = _HEADER.pack(_FORMAT, secrets.active)
        self._ciphers = {number: AESGCM(key) for number, key in secrets.keys.items()}

    def __repr__(self) -> str:
        return f"KeyRing(active={self.active})"

    @property
    def active(self) -> int:
        """The number of the key that seals."""
        return self.secrets.active

    @property
    def active_header(self) -> bytes:
        """The first bytes of every value sealed by the active key."""
        return self._header

    def refresh(self) -> None:
        """Take the newest secrets, where the ring knows where they lie."""
        if self._reread is not None:
            self._take(self._reread())

    def seal(self, plain: bytes, *, label: str) -> bytes:
        """The value sealed by the active key: header, nonce, ciphertext and tag (33 bytes more than `plain`)."""
        nonce = self._random_bytes(_NONCE_BYTES)
        return self._header + nonce + self._ciphers[self.active].encrypt(nonce, plain, label.encode())

    def open(self, sealed: bytes, *, label: str) -> bytes:
        """The plain value. Raises KeyWrong when no key of the ring sealed it under this label."""
        if len(sealed) < HEADER_BYTES + _NONCE_BYTES:
            raise KeyWrong(WRONG_KEY)
        form, number = _HEADER.unpack_from(sealed)
        if number not in self._ciphers:
            self.refresh()
        cipher = self._ciphers.get(number)
        if form != _FORMAT or cipher is None:
            raise KeyWrong(WRONG_KEY)
        body = HEADER_BYTES + _NONCE_BYTES
        try:
            return cipher.decrypt(sealed[HEADER_BYTES:body], sealed[body:], label.encode())
        except InvalidTag as error:
            raise KeyWrong(WRONG_KEY) from error

    def blind_index(self, kind: str, normalised: str) -> str:
        """64 hex digits by which an equal value of the same kind is found without knowing it."""
        return hmac.digest(self.secrets.index_key, f"{kind}\0{normalised}".encode(), "sha256").hex()

    def link(self, previous: str, content: bytes) -> str:
        """64 hex digits that tie one audit row to the row before it."""
        return hmac.digest(self.secrets.audit_key, previous.encode() + b"\0" + content, "sha256").hex()
