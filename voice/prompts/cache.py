"""A content-addressed cache of prompts as A-law. Personal ones are sealed by a cipher that comes from outside."""

import hashlib
import json
import os
from pathlib import Path
from typing import Protocol

import msgspec

from voice.audio.g711 import decode_alaw, encode_alaw
from voice.audio.resample import resample
from voice.audio.sound import TELEPHONE_HZ, Sound
from voice.audio.telephone import band_limited
from voice.errors import VoiceError
from voice.synthesise.synthesiser import Manner

FORMAT = 2  # of the sealed file; part of the name, so that a change renders anew
FOLDER_LETTERS = 2  # 256 folders: a campaign of a million names stays at 4 000 files each


class Cipher(Protocol):
    """Seals bytes for storage. Must hold: `open(seal(x)) == x`; a changed or foreign text raises ValueError."""

    def seal(self, plain: bytes) -> bytes:
        """The bytes sealed."""
        ...

    def open(self, sealed: bytes) -> bytes:
        """The bytes that were sealed. Raises ValueError."""
        ...


class PromptKey(msgspec.Struct, frozen=True, kw_only=True):
    """All that decides how a prompt sounds."""

    text: str
    engine: str
    voice: str
    manner: Manner
    personal: bool  # holds a name, an address, an answer: sealed, and its file name is keyed

    def address(self, secret: bytes) -> str:
        """64 hexadecimal digits. A personal prompt's are keyed: nobody can try names against the file names.

        An open prompt has the same address in every installation, so that it can be rendered once and handed on.
        """
        manner = [self.manner.speed, self.manner.gain_db, self.manner.digits_apart, self.manner.pause_seconds]
        content = json.dumps([FORMAT, self.text, self.engine, self.voice, manner, self.personal], ensure_ascii=False)
        return hashlib.blake2b(content.encode(), key=secret if self.personal else b"", digest_size=32).hexdigest()


class PromptCache:
    """Prompts below one folder. Two processes may write the same prompt: each file appears whole or not at all.

    `shared` keeps the open prompts where several installations use the same ones; the folder's own place by default.
    """

    def __init__(self, folder: Path, *, cipher: Cipher, secret: bytes, shared: Path | None = None) -> None:
        self._personal = folder / "personal"
        self._shared = shared or folder / "shared"
        self._cipher = cipher
        self._secret = secret

    def get(self, key: PromptKey) -> bytes | None:
        """The prompt as A-law at 8 kHz, or None. A damaged file counts as none, and is dropped."""
        path = self._path(key)
        try:
            content = path.read_bytes()
        except FileNotFoundError:
            return None
        if not key.personal:
            return content
        try:
            return self._cipher.open(content)
        except ValueError:
            path.unlink(missing_ok=True)
            return None

    def put(self, key: PromptKey, sound: Sound) -> bytes:
        """Keeps a rendered prompt, and returns it as A-law. Raises VoiceError when it cannot be written."""
        alaw = encode_alaw(band_limited(resample(sound, TELEPHONE_HZ)))
        path = self._path(key)
        unfinished = path.with_name(f"{path.name}.{os.getpid()}")
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            unfinished.write_bytes(self._cipher.seal(alaw) if key.personal else alaw)
            unfinished.replace(path)
        except OSError as problem:
            raise VoiceError("prompts.unwritable", "提示音缓存写不进去，请检查磁盘空间和权限。") from problem
        return alaw

    def forget(self, key: PromptKey) -> None:
        """Removes a prompt, say when the resident's data are erased."""
        self._path(key).unlink(missing_ok=True)

    def _path(self, key: PromptKey) -> Path:
        address = key.address(self._secret)
        folder = self._personal if key.personal else self._shared
        return folder / address[:FOLDER_LETTERS] / f"{address}.al"


def heard(alaw: bytes) -> Sound:
    """A cached prompt as sound at 8 kHz."""
    return decode_alaw(alaw)
