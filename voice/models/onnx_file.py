"""What an ONNX file keeps: its arrays, and which matrix each multiplication uses.

Read from the bytes (Protocol Buffers' wire format, the fields of onnx.proto3), for nothing else here needs the `onnx`
package. Only float32, uint8 and int8 arrays are read: quantised models have no others that a conversion wants.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from voice.errors import ModelError

_KINDS: Final = {1: "<f4", 2: "<u1", 3: "<i1"}  # TensorProto.DataType
_QUANTISED: Final = ("MatMulInteger", "ConvInteger")

# Field numbers of onnx.proto3.
_MODEL_GRAPH = 7
_GRAPH_NODE, _GRAPH_ARRAY = 1, 5
_NODE_INPUT, _NODE_NAME, _NODE_KIND, _NODE_ATTRIBUTE, _ATTRIBUTE_GRAPH = 1, 3, 4, 5, 6
_ARRAY_SHAPE, _ARRAY_KIND, _ARRAY_FLOATS, _ARRAY_SMALL_INTEGERS, _ARRAY_NAME, _ARRAY_BYTES = 1, 2, 4, 5, 8, 9
_VARINT, _EIGHT_BYTES, _SIZED, _FOUR_BYTES = 0, 1, 2, 5  # wire types


@dataclass(frozen=True, slots=True)
class OnnxFile:
    """`arrays` by name; `multipliers`: the name of the 8-bit matrix that each quantised product uses, by node name."""

    arrays: dict[str, NDArray[Any]]
    multipliers: dict[str, str]


def read_onnx(path: Path) -> OnnxFile:
    """The file's arrays and quantised products, those of its branches included. Raises ModelError."""
    found = OnnxFile({}, {})
    try:
        for field, value in _fields(memoryview(path.read_bytes())):
            if field == _MODEL_GRAPH:
                _read_graph(value, found)
    except (IndexError, ValueError, TypeError, UnicodeDecodeError) as problem:
        raise ModelError("model.damaged", f"{path.name} 不是能转换的模型文件，请重新下载。") from problem
    return found


def _read_graph(graph: memoryview, found: OnnxFile) -> None:
    for field, value in _fields(graph):
        if field == _GRAPH_ARRAY:
            _read_array(value, found)
        elif field == _GRAPH_NODE:
            _read_node(value, found)


def _read_node(node: memoryview, found: OnnxFile) -> None:
    inputs: list[str] = []
    name = kind = ""
    for field, value in _fields(node):
        if field == _NODE_INPUT:
            inputs.append(_text(value))
        elif field == _NODE_NAME:
            name = _text(value)
        elif field == _NODE_KIND:
            kind = _text(value)
        elif field == _NODE_ATTRIBUTE:
            for part, inner in _fields(value):
                if part == _ATTRIBUTE_GRAPH:
                    _read_graph(inner, found)
    if kind in _QUANTISED:
        found.multipliers[name] = inputs[1]


def _read_array(array: memoryview, found: OnnxFile) -> None:
    shape: list[int] = []
    kind, name = 0, ""
    content = bytearray()
    for field, value in _fields(array):
        if field == _ARRAY_SHAPE:
            shape += _numbers(value)
        elif field == _ARRAY_KIND:
            kind = int(value)
        elif field == _ARRAY_NAME:
            name = _text(value)
        elif field in (_ARRAY_BYTES, _ARRAY_FLOATS):
            content += value
        elif field == _ARRAY_SMALL_INTEGERS:  # a number each, negative ones in two's complement
            content += bytes(each & 0xFF for each in _numbers(value))
    if kind in _KINDS:
        found.arrays[name] = np.frombuffer(content, dtype=_KINDS[kind]).reshape(shape)


def _fields(message: memoryview) -> Iterator[tuple[int, Any]]:
    """Each field's number and value: an int, or the bytes of what has a size."""
    at = 0
    while at < len(message):
        key, at = _varint(message, at)
        field, wire = key >> 3, key & 7
        if wire == _VARINT:
            value, at = _varint(message, at)
            yield field, value
            continue
        if wire == _SIZED:
            size, at = _varint(message, at)
        elif wire in (_EIGHT_BYTES, _FOUR_BYTES):
            size = 8 if wire == _EIGHT_BYTES else 4
        else:
            raise ValueError(f"wire type {wire}")
        if at + size > len(message):
            raise ValueError("the file ends too soon")
        yield field, message[at : at + size]
        at += size


def _varint(message: memoryview, at: int) -> tuple[int, int]:
    """The number that begins there, and where the next thing begins."""
    value = shift = 0
    while True:
        byte = message[at]
        value |= (byte & 0x7F) << shift
        at, shift = at + 1, shift + 7
        if byte < 0x80:
            return value, at


def _numbers(value: int | memoryview) -> list[int]:
    """A repeated number, packed or alone."""
    if isinstance(value, int):
        return [value]
    found, at = [], 0
    while at < len(value):
        number, at = _varint(value, at)
        found.append(number)
    return found


def _text(value: memoryview) -> str:
    return bytes(value).decode()
