"""The key file: outside the database, readable by its owner only, with every key that ever sealed."""

import base64
import binascii
import os
import secrets as randomness
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import msgspec

from integrations.storage.errors import KeyFileBroken, KeyFileExists, KeyFileMissing
from integrations.storage.keys import KEY_BYTES, KeyRing, Secrets

_FORMAT = 1
_OWNER_ONLY = 0o600

RandomBytes = Callable[[int], bytes]


class _Key(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    number: int
    created_at: datetime
    secret: str  # base64


class _File(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    format: int
    active: int
    keys: tuple[_Key, ...]
    index_key: str  # base64
    audit_key: str  # base64


def create_key_file(path: Path, *, at: datetime, random_bytes: RandomBytes = randomness.token_bytes) -> KeyRing:
    """Write a new key file and return its ring.

    Raises KeyFileExists: a key file is never overwritten, not even by a program that starts at the same moment.
    """
    if path.exists():
        raise _exists(path)
    first = _Key(number=1, created_at=at, secret=_text(random_bytes(KEY_BYTES)))
    path.parent.mkdir(parents=True, exist_ok=True)
    _write(
        path,
        _File(
            format=_FORMAT,
            active=1,
            keys=(first,),
            index_key=_text(random_bytes(KEY_BYTES)),
            audit_key=_text(random_bytes(KEY_BYTES)),
        ),
        new=True,
    )
    return load_key_ring(path)


def load_key_ring(path: Path) -> KeyRing:
    """The ring of a key file; keys added to the file later are picked up. Raises KeyFileMissing, KeyFileBroken."""
    return KeyRing(_secrets(_read(path), path), reread=lambda: _secrets(_read(path), path))


def add_key(path: Path, *, at: datetime, random_bytes: RandomBytes = randomness.token_bytes) -> KeyRing:
    """Put a new active key beside the old ones and return the ring; old values still open."""
    file = _read(path)
    number = max(key.number for key in file.keys) + 1
    key = _Key(number=number, created_at=at, secret=_text(random_bytes(KEY_BYTES)))
    _write(path, msgspec.structs.replace(file, active=number, keys=(*file.keys, key)))
    return load_key_ring(path)


def back_up_key_file(path: Path, copy: Path) -> None:
    """Copy the key file, checked, readable by its owner only. Raises KeyFileExists when the copy is there already."""
    file = _read(path)
    _secrets(file, path)
    if copy.exists():
        raise KeyFileExists(f"{copy} 已经有了，请换一个备份文件名。")
    copy.parent.mkdir(parents=True, exist_ok=True)
    _write(copy, file)


def _read(path: Path) -> _File:
    try:
        raw = path.read_bytes()
    except FileNotFoundError as error:
        raise KeyFileMissing(
            f"找不到密钥文件 {path}：请把备份的密钥文件放回这里；没有密钥，登记册里的姓名、电话和回答都打不开。"
        ) from error
    except OSError as error:
        raise KeyFileBroken(f"密钥文件 {path} 读不出来：请检查它的权限，或换上备份。") from error
    try:
        return msgspec.json.decode(raw, type=_File)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise _broken(path) from error


def _secrets(file: _File, path: Path) -> Secrets:
    keys = {key.number: _bytes(key.secret, path) for key in file.keys}
    if file.format != _FORMAT or file.active not in keys:
        raise _broken(path)
    return Secrets(
        keys=keys, active=file.active, index_key=_bytes(file.index_key, path), audit_key=_bytes(file.audit_key, path)
    )


def _exists(path: Path) -> KeyFileExists:
    return KeyFileExists(f"密钥文件 {path} 已经有了，不会覆盖；要换密钥请用“更换密钥”。")


def _write(path: Path, file: _File, *, new: bool = False) -> None:
    """Whole or not at all: written beside, synced, then moved into place. A `new` one takes no other's place."""
    beside = path.with_name(f".{path.name}.{os.getpid()}.new")
    descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, _OWNER_ONLY)
    with os.fdopen(descriptor, "wb") as out:
        out.write(msgspec.json.format(msgspec.json.encode(file), indent=2))
        out.flush()
        os.fsync(out.fileno())
    if new:
        try:
            path.hardlink_to(beside)
        except FileExistsError as error:
            raise _exists(path) from error
        finally:
            beside.unlink()
    else:
        beside.replace(path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def _text(secret: bytes) -> str:
    return base64.b64encode(secret).decode()


def _bytes(text: str, path: Path) -> bytes:
    try:
        secret = base64.b64decode(text, validate=True)
    except binascii.Error as error:
        raise _broken(path) from error
    if len(secret) != KEY_BYTES:
        raise _broken(path)
    return secret


def _broken(path: Path) -> KeyFileBroken:
    return KeyFileBroken(f"密钥文件 {path} 坏了：请换上备份的密钥文件。")
