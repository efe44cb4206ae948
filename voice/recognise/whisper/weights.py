"""The arrays of a model in CTranslate2's file format, as its converter writes them (version 6)."""

import struct
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any, BinaryIO, Final

import numpy as np
from numpy.typing import NDArray

from voice.errors import ModelError

FORMAT_VERSION = 6
_KINDS: Final = {0: "<f4", 1: "<i1", 2: "<i2", 3: "<i4", 4: "<f2"}  # CTranslate2's DataType, without bfloat16
STEPS = "_scale"  # ending of the name of the array beside a matrix in 8 bits

Arrays = Mapping[str, NDArray[np.float32]]


@dataclass(frozen=True, slots=True)
class _Entry:
    """Where one array lies in the file."""

    name: str
    kind: str
    shape: tuple[int, ...]
    start: int
    size: int  # in bytes


def model_bytes(path: Path) -> bytes:
    """The file. Raises ModelError if it cannot be read."""
    try:
        return path.read_bytes()
    except OSError as problem:
        raise _damaged() from problem


def read_weights(model: bytes, *, beginning: str) -> Arrays:
    """Every array of real numbers whose name begins so, in single precision; those kept in 8 bits are multiplied out.

    Raises ModelError on another format.
    """
    try:
        return _multiplied_out(
            {each.name: _values(model, each) for each in _entries(model) if each.name.startswith(beginning)}
        )
    except (struct.error, ValueError, KeyError) as problem:
        raise _damaged() from problem


def with_added(model: bytes, changes: Arrays) -> bytes:
    """The file with something added to some of its matrices of 16 bits. Raises ModelError if it has no such matrix."""
    changed = bytearray(model)
    try:
        entries = {each.name: each for each in _entries(model)}
        for name, change in changes.items():
            entry = entries[name]
            if entry.kind != "<f2":
                raise ValueError(f"{name} is kept as {entry.kind}")
            sums = _values(model, entry).astype(np.float32) + change
            changed[entry.start : entry.start + entry.size] = sums.astype(entry.kind).tobytes()
    except (struct.error, ValueError, KeyError) as problem:
        raise _damaged() from problem
    return bytes(changed)


def _damaged() -> ModelError:
    return ModelError("model.damaged", "语音识别模型文件损坏，请运行 linyin models verify 检查后重新安装。")


def _multiplied_out(arrays: dict[str, NDArray[Any]]) -> Arrays:
    """Of a matrix in 8 bits CTranslate2 keeps for each row how many steps of it are one."""
    steps = {name: arrays.pop(name) for name in list(arrays) if name.endswith(STEPS)}
    for name, count in steps.items():
        whole = name.removesuffix(STEPS)
        rows = count.reshape(-1, *[1] * (arrays[whole].ndim - 1))
        arrays[whole] = np.divide(arrays[whole], rows, dtype=np.float32)
    return arrays


def _values(model: bytes, entry: _Entry) -> NDArray[Any]:
    values = np.frombuffer(
        model, dtype=entry.kind, count=entry.size // np.dtype(entry.kind).itemsize, offset=entry.start
    )
    shaped = values.reshape(entry.shape)
    return shaped if entry.kind == "<i1" else shaped.astype(np.float32)


def _entries(model: bytes) -> Iterator[_Entry]:
    """Every array of real numbers."""
    stream = BytesIO(model)
    version, _, _, count = _number(stream, "<I"), _name(stream), _number(stream, "<I"), _number(stream, "<I")
    if version != FORMAT_VERSION:
        raise ValueError(f"format version {version}")
    for _ in range(count):
        name = _name(stream)
        shape = tuple(_number(stream, "<I") for _ in range(_number(stream, "<B")))
        kind, size = _KINDS[_number(stream, "<B")], _number(stream, "<I")
        if kind in ("<f2", "<f4", "<i1"):
            yield _Entry(name, kind, shape, stream.tell(), size)
        stream.seek(size, 1)


def _name(stream: BinaryIO) -> str:
    return stream.read(_number(stream, "<H"))[:-1].decode()  # it ends with a zero


def _number(stream: BinaryIO, layout: str) -> int:
    return int(struct.unpack(layout, stream.read(struct.calcsize(layout)))[0])
