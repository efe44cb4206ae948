"""The arrays of a model in CTranslate2's file format, as its converter writes them (version 6)."""

import struct
from collections.abc import Mapping
from pathlib import Path
from typing import Any, BinaryIO, Final

import numpy as np
from numpy.typing import NDArray

from voice.errors import ModelError

FORMAT_VERSION = 6
_KINDS: Final = {0: "<f4", 1: "<i1", 2: "<i2", 3: "<i4", 4: "<f2"}  # CTranslate2's DataType, without bfloat16
STEPS = "_scale"  # ending of the name of the array beside a matrix in 8 bits

Arrays = Mapping[str, NDArray[np.float32]]


def read_weights(path: Path, *, beginning: str) -> Arrays:
    """Every array of real numbers whose name begins so, in single precision; those kept in 8 bits are multiplied out.

    Raises ModelError on another format.
    """
    try:
        with path.open("rb") as stream:
            return _multiplied_out(dict(_arrays(stream, beginning)))
    except (OSError, struct.error, ValueError, KeyError) as problem:
        raise ModelError(
            "model.damaged", "语音识别模型文件损坏，请运行 linyin models verify 检查后重新安装。"
        ) from problem


def _multiplied_out(arrays: dict[str, NDArray[Any]]) -> Arrays:
    """Of a matrix in 8 bits CTranslate2 keeps for each row how many steps of it are one."""
    steps = {name: arrays.pop(name) for name in list(arrays) if name.endswith(STEPS)}
    for name, count in steps.items():
        whole = name.removesuffix(STEPS)
        rows = count.reshape(-1, *[1] * (arrays[whole].ndim - 1))
        arrays[whole] = np.divide(arrays[whole], rows, dtype=np.float32)
    return arrays


def _arrays(stream: BinaryIO, beginning: str) -> list[tuple[str, NDArray[Any]]]:
    version, _, _, count = _number(stream, "<I"), _name(stream), _number(stream, "<I"), _number(stream, "<I")
    if version != FORMAT_VERSION:
        raise ValueError(f"format version {version}")
    found = []
    for _ in range(count):
        name = _name(stream)
        shape = [_number(stream, "<I") for _ in range(_number(stream, "<B"))]
        kind, size = _number(stream, "<B"), _number(stream, "<I")
        if name.startswith(beginning) and _KINDS[kind] in ("<f2", "<f4", "<i1"):
            values = np.frombuffer(stream.read(size), dtype=_KINDS[kind]).reshape(shape)
            found.append((name, values if _KINDS[kind] == "<i1" else values.astype(np.float32)))
        else:
            stream.seek(size, 1)
    return found


def _name(stream: BinaryIO) -> str:
    return stream.read(_number(stream, "<H"))[:-1].decode()  # it ends with a zero


def _number(stream: BinaryIO, layout: str) -> int:
    return int(struct.unpack(layout, stream.read(struct.calcsize(layout)))[0])
