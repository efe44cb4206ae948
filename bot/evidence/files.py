"""Recordings on disk: A-law of both sides in sealed pieces, each bound to its call and its place.

A file is a row of pieces, each after its length (4 bytes, big-endian): AES-GCM by the key ring, under a label with the
recording's id and the number of the piece, so that none can be moved, swapped or left out of the middle.
"""

import os
import struct
from collections.abc import Iterator
from pathlib import Path

import msgspec

from bot.evidence.errors import RecordingDamaged
from integrations.storage.errors import StorageError
from integrations.storage.keys import KeyRing
from voice.media import SAMPLES_PER_SECOND

LENGTH = struct.Struct(">I")
FOLDER_LETTERS = 2  # from the end of the id, which is random: a community's calls of years stay at some thousand each
OWNER_ONLY = 0o600
SUFFIX = ".call"


class Piece(msgspec.Struct, frozen=True, array_like=True):
    """A stretch of a call; both sides are of the same length."""

    far: bytes  # A-law, the resident
    near: bytes  # A-law, the assistant


def recordings_folder(data: Path) -> Path:
    """Where an installation keeps its recordings."""
    return data / "recordings"


def recording_path(folder: Path, recording: str) -> Path:
    """Where a recording lies."""
    return folder / recording[-FOLDER_LETTERS:] / f"{recording}{SUFFIX}"


class SealedTape:
    """`voice.recording.Tape` into a file, which appears with the first piece and is on disk after each."""

    def __init__(self, folder: Path, recording: str, keys: KeyRing) -> None:
        self._path = recording_path(folder, recording)
        self._recording = recording
        self._keys = keys
        self._pieces = 0

    def write(self, far: bytes, near: bytes) -> None:
        """Appends a piece."""
        plain = msgspec.msgpack.encode(Piece(far, near))
        sealed = self._keys.seal(plain, label=_label(self._recording, self._pieces))
        self._path.parent.mkdir(parents=True, exist_ok=True)
        file = os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, OWNER_ONLY)
        try:
            os.write(file, LENGTH.pack(len(sealed)) + sealed)
        finally:
            os.close(file)
        self._pieces += 1

    def close(self) -> None:
        """Everything is on disk already."""

    def destroy(self) -> None:
        """Deletes the file."""
        self._path.unlink(missing_ok=True)


def pieces(folder: Path, recording: str, keys: KeyRing) -> Iterator[Piece]:
    """The pieces in order; none where there is no file. A last piece that a crash cut short is left out.

    Raises RecordingDamaged.
    """
    path = recording_path(folder, recording)
    if not path.exists():
        return
    with path.open("rb") as file:
        number = 0
        while len(header := file.read(LENGTH.size)) == LENGTH.size:
            (length,) = LENGTH.unpack(header)
            sealed = file.read(length)
            if len(sealed) < length:
                return
            try:
                plain = keys.open(sealed, label=_label(recording, number))
            except StorageError as error:
                raise RecordingDamaged from error
            yield msgspec.msgpack.decode(plain, type=Piece)
            number += 1


def seconds_of(folder: Path, recording: str, keys: KeyRing) -> float:
    """How long a recording is. Raises RecordingDamaged."""
    return sum(len(piece.far) for piece in pieces(folder, recording, keys)) / SAMPLES_PER_SECOND


def _label(recording: str, number: int) -> str:
    return f"recording:{recording}:{number}"
