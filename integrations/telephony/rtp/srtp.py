"""Encrypted sound: SRTP with AES-CM-128 and HMAC-SHA1, tags of 80 or 32 bits (RFC 3711). RTCP is neither sent nor read.

One `Protector` for each direction. The keys come from the signalling (RFC 4568, `sip.crypto`).
"""

import hashlib
import hmac
from dataclasses import dataclass

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from integrations.telephony.rtp.packet import HEADER_BYTES, header_bytes

KEY_BYTES, SALT_BYTES = 16, 14
MASTER_BYTES = KEY_BYTES + SALT_BYTES
_AUTHENTICATION_KEY_BYTES = 20
_ENCRYPTION, _AUTHENTICATION, _SALTING = 0, 1, 2  # labels of the key derivation, RFC 3711, 4.3.1
_REPLAY_WINDOW = 64  # packets: what RFC 3711, 3.3.2 asks for at least
_SEQUENCES = 1 << 16
_HALF = 1 << 15
_SOURCES = 4  # SSRCs of one far end that are remembered at once, as in rtp.stream


class _SessionKeys:
    """What encrypts and proves the packets of one direction."""

    def __init__(self, master: bytes, tag_bytes: int) -> None:
        """`master` is key and salt, 30 bytes, as the signalling carries them."""
        if len(master) != MASTER_BYTES:
            raise ValueError(f"a master key with its salt has {MASTER_BYTES} bytes, not {len(master)}")
        key, salt = master[:KEY_BYTES], master[KEY_BYTES:]
        self._cipher = algorithms.AES(_derived(key, salt, _ENCRYPTION, KEY_BYTES))
        self._salt = int.from_bytes(_derived(key, salt, _SALTING, SALT_BYTES), "big") << 16
        self._proof = hmac.new(_derived(key, salt, _AUTHENTICATION, _AUTHENTICATION_KEY_BYTES), digestmod=hashlib.sha1)
        self.tag_bytes = tag_bytes

    def crypt(self, payload: bytes, source: int, index: int) -> bytes:
        """Encrypted, or decrypted: it is the same."""
        start = self._salt ^ (source << 64) ^ (index << 16)
        return key_stream(self._cipher, start, payload)

    def tag(self, packet: bytes, rollovers: int) -> bytes:
        """What proves a packet."""
        proof = self._proof.copy()
        proof.update(packet + rollovers.to_bytes(4, "big"))
        return proof.digest()[: self.tag_bytes]


def key_stream(cipher: algorithms.AES, start: int, payload: bytes) -> bytes:
    """The payload XOR AES in counter mode from a 128-bit start (RFC 3711, 4.1.1)."""
    return Cipher(cipher, modes.CTR(start.to_bytes(16, "big"))).encryptor().update(payload)


def _derived(key: bytes, salt: bytes, label: int, length: int) -> bytes:
    """A session key; keys are derived once (a key derivation rate of 0)."""
    start = (int.from_bytes(salt, "big") ^ (label << 48)) << 16
    return key_stream(algorithms.AES(key), start, bytes(length))


@dataclass(slots=True)
class _Heard:
    """Of one source: the highest index that proved itself, and which of those below came, newest in bit 0."""

    highest: int
    came: int = 1


class Protector:
    """Packets of ours out, protected: the sequence begins anywhere and goes up by one."""

    def __init__(self, master: bytes, tag_bytes: int) -> None:
        """`tag_bytes`: 10 or 4."""
        self._keys = _SessionKeys(master, tag_bytes)
        self._last = -1
        self._rollovers = 0

    def protect(self, packet: bytes) -> bytes:
        """An RTP packet as SRTP."""
        sequence = int.from_bytes(packet[2:4], "big")
        if sequence < self._last:
            self._rollovers += 1
        self._last = sequence
        start = HEADER_BYTES  # ours name no contributing sources and carry no extension
        source = int.from_bytes(packet[8:12], "big")
        index = self._rollovers * _SEQUENCES + sequence
        whole = packet[:start] + self._keys.crypt(packet[start:], source, index)
        return whole + self._keys.tag(whole, self._rollovers)


class Opener:
    """Packets of the far end, opened: each once, and only those that prove themselves."""

    def __init__(self, master: bytes, tag_bytes: int) -> None:
        """`tag_bytes`: 10 or 4."""
        self._keys = _SessionKeys(master, tag_bytes)
        self._sources: dict[int, _Heard] = {}

    def open(self, datagram: bytes) -> bytes | None:
        """The RTP packet, or None for anything that is not proven or came before."""
        packet, tag = datagram[: -self._keys.tag_bytes], datagram[-self._keys.tag_bytes :]
        start = header_bytes(packet)
        if start is None or start > len(packet):
            return None
        source = int.from_bytes(packet[8:12], "big")
        heard = self._sources.get(source)
        index = _index(int.from_bytes(packet[2:4], "big"), heard.highest if heard else None)
        if index < 0 or (heard is not None and _came(heard, index)):
            return None
        if not hmac.compare_digest(tag, self._keys.tag(packet, index >> 16)):
            return None
        self._remember(source, heard, index)
        return packet[:start] + self._keys.crypt(packet[start:], source, index)

    def _remember(self, source: int, heard: _Heard | None, index: int) -> None:
        if heard is None:
            if len(self._sources) >= _SOURCES:
                del self._sources[next(iter(self._sources))]
            self._sources[source] = _Heard(index)
            return
        ahead = index - heard.highest
        if ahead > 0:
            heard.highest = index
            heard.came = ((heard.came << min(ahead, _REPLAY_WINDOW)) | 1) & ((1 << _REPLAY_WINDOW) - 1)
        else:
            heard.came |= 1 << -ahead


def _index(sequence: int, highest: int | None) -> int:
    """The 48-bit index that a sequence number most likely means (RFC 3711, 3.3.1); negative for none."""
    if highest is None:
        return sequence
    rollovers, last = divmod(highest, _SEQUENCES)
    if last < _HALF and sequence - last > _HALF:
        rollovers -= 1
    elif last >= _HALF and last - _HALF > sequence:
        rollovers += 1
    return rollovers * _SEQUENCES + sequence


def _came(heard: _Heard, index: int) -> bool:
    behind = heard.highest - index
    return behind >= 0 and (behind >= _REPLAY_WINDOW or bool(heard.came >> behind & 1))
