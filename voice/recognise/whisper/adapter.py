"""What Whisper base has learned of telephones and of answers to our questions: low-rank changes to its matrices.

LoRA (Hu et al. 2021): to each matrix the product of two narrow ones is added. They are 3 MB where the model has 145, so
that they can be kept here while the model itself comes from a package registry, unchanged. `voice/adapting` makes them.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from voice.recognise.whisper.weights import Arrays

TELEPHONE = Path(__file__).with_name("telephone.npz")  # fits the catalogue's whisper-base
UP, DOWN = "/up", "/down"

Halves = tuple[NDArray[np.float32], NDArray[np.float32]]


def read_changes(path: Path) -> Arrays:
    """What is to be added to each matrix, by its name in CTranslate2's format, shape [out, in]."""
    return {name: up @ down for name, (up, down) in read_halves(path).items()}


def read_halves(path: Path) -> dict[str, Halves]:
    """(up, down) of each matrix, of shapes [out, rank] and [rank, in]."""
    with np.load(path) as kept:
        halves = {name: kept[name].astype(np.float32) for name in kept.files}
    names = [name.removesuffix(UP) for name in halves if name.endswith(UP)]
    return {name: (halves[name + UP], halves[name + DOWN]) for name in names}


def write_changes(path: Path, halves: Mapping[str, Halves]) -> None:
    """Keeps what `read_halves` gives, in half precision."""
    arrays: dict[str, Any] = {}
    for name, (up, down) in halves.items():
        arrays[name + UP], arrays[name + DOWN] = up.astype(np.float16), down.astype(np.float16)
    np.savez_compressed(path, **arrays)
