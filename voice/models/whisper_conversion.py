"""Whisper from transformers.js's 8-bit ONNX files to CTranslate2's format: NumPy alone, a quarter of a minute.

Their matrices have one scale each; multiplied out they are rounded anew to 8 bits with a scale for each row, which is
what CTranslate2 computes with anyway.
"""

import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from ctranslate2.specs import whisper_spec
from numpy.typing import NDArray

from voice.errors import ModelError
from voice.models.onnx_file import OnnxFile, read_onnx

SOURCES = ("config.json", "generation_config.json", "tokenizer.json", "encoder.onnx", "decoder.onnx")
MADE = ("model.bin", "config.json", "vocabulary.json")
ATTENTION = "qkv"

Array = NDArray[np.float32]


def convert_whisper(source: Path, target: Path) -> None:
    """Writes MADE into `target` from the SOURCES in `source`; the same files come out every time. Raises ModelError."""
    try:
        config, generation, tokens = (json.loads((source / name).read_text(encoding="utf-8")) for name in SOURCES[:3])
        spec = whisper_spec.WhisperSpec(
            config["encoder_layers"],
            config["encoder_attention_heads"],
            config["decoder_layers"],
            config["decoder_attention_heads"],
        )
        _fill_encoder(spec.encoder, _Side(read_onnx(source / "encoder.onnx"), node="/", array="", suffix=""))
        decoder = read_onnx(source / "decoder.onnx")
        _fill_decoder(spec.decoder, _Side(decoder, node="/model/decoder/", array="model.decoder.", suffix="_merged_0"))
        _configure(spec, config, generation, tokens)
        spec.validate()
        spec.optimize(quantization="int8")
        spec.save(str(target))
    except (KeyError, IndexError, ValueError, OSError) as problem:
        raise ModelError("model.convert", "模型转换没有成功：下载的文件和预期的不一样，请重新下载。") from problem


class _Side:
    """One of the two files: its arrays by the names of their layers."""

    def __init__(self, file: OnnxFile, *, node: str, array: str, suffix: str) -> None:
        self._file = file
        self._node, self._array, self._suffix = node, array, suffix

    def named(self, name: str) -> Array:
        """An array that is kept as it is."""
        return np.asarray(self._file.arrays[f"{self._array}{name}{self._suffix}"], dtype=np.float32)

    def multiplied_out(self, name: str) -> Array:
        """An 8-bit array as real numbers."""
        return self._real(f"{self._array}{name}{self._suffix}_quantized")

    def matrix(self, layer: str) -> Array:
        """The matrix of a layer, a row for each output."""
        return np.ascontiguousarray(self._real(self._file.multipliers[f"{self._node}{layer}/MatMul_quant"]).T)

    def bias(self, layer: str, size: int) -> Array:
        """Its bias; Whisper's keys have none."""
        name = f"{layer.replace('/', '.')}.bias"
        kept = f"{self._array}{name}{self._suffix}" in self._file.arrays
        return self.named(name) if kept else np.zeros(size, np.float32)

    def _real(self, name: str) -> Array:
        whole, arrays = name.removesuffix("_quantized"), self._file.arrays
        steps = arrays[name].astype(np.float32) - arrays[f"{whole}_zero_point"].astype(np.float32)
        return np.asarray(steps * arrays[f"{whole}_scale"], dtype=np.float32)


def _fill_encoder(encoder: Any, side: _Side) -> None:
    for name in ("conv1", "conv2"):
        layer = getattr(encoder, name)
        layer.weight, layer.bias = side.multiplied_out(f"{name}.weight"), side.named(f"{name}.bias")
    encoder.position_encodings.encodings = side.named("embed_positions.weight")
    _fill_norm(encoder.layer_norm, side, "layer_norm")
    for number, layer in enumerate(encoder.layer):
        _fill_shared(layer, side, f"layers.{number}")


def _fill_decoder(decoder: Any, side: _Side) -> None:
    decoder.embeddings.weight = side.multiplied_out("embed_tokens.weight")
    decoder.projection.weight = decoder.embeddings.weight
    decoder.position_encodings.encodings = side.named("embed_positions.weight")
    _fill_norm(decoder.layer_norm, side, "layer_norm")
    for number, layer in enumerate(decoder.layer):
        name = f"layers.{number}"
        _fill_shared(layer, side, name)
        _fill_norm(layer.attention.layer_norm, side, f"{name}.encoder_attn_layer_norm")
        asked, heard, out = layer.attention.linear
        _fill_linear(asked, side, [f"{name}/encoder_attn/q_proj"])
        _fill_linear(heard, side, [f"{name}/encoder_attn/{each}_proj" for each in ATTENTION[1:]])
        _fill_linear(out, side, [f"{name}/encoder_attn/out_proj"])


def _fill_shared(layer: Any, side: _Side, name: str) -> None:
    """What layers of both sides have: attention to themselves, and a perceptron."""
    _fill_norm(layer.self_attention.layer_norm, side, f"{name}.self_attn_layer_norm")
    _fill_linear(layer.self_attention.linear[0], side, [f"{name}/self_attn/{each}_proj" for each in ATTENTION])
    _fill_linear(layer.self_attention.linear[1], side, [f"{name}/self_attn/out_proj"])
    _fill_norm(layer.ffn.layer_norm, side, f"{name}.final_layer_norm")
    _fill_linear(layer.ffn.linear_0, side, [f"{name}/fc1"])
    _fill_linear(layer.ffn.linear_1, side, [f"{name}/fc2"])


def _fill_norm(norm: Any, side: _Side, name: str) -> None:
    norm.gamma, norm.beta = side.named(f"{name}.weight"), side.named(f"{name}.bias")


def _fill_linear(linear: Any, side: _Side, layers: Sequence[str]) -> None:
    """One matrix of several, one below the other."""
    matrices = [side.matrix(each) for each in layers]
    linear.weight = np.concatenate(matrices)
    linear.bias = np.concatenate([side.bias(each, len(one)) for each, one in zip(layers, matrices, strict=True)])


def _configure(spec: Any, config: dict[str, Any], generation: dict[str, Any], tokens: dict[str, Any]) -> None:
    words = {number: word for word, number in tokens["model"]["vocab"].items()}
    words.update({each["id"]: each["content"] for each in tokens["added_tokens"]})
    spec.register_vocabulary([words[number] for number in range(config["vocab_size"])])
    spec.config.suppress_ids = generation["suppress_tokens"]
    spec.config.suppress_ids_begin = generation["begin_suppress_tokens"]
    spec.config.lang_ids = list(generation["lang_to_id"].values())
    spec.config.alignment_heads = generation["alignment_heads"]


if __name__ == "__main__":
    convert_whisper(Path(sys.argv[1]), Path(sys.argv[2]))
