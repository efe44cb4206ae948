"""Speech models for the tests that hear or speak: installed once into the data folder by our own installer."""

import fcntl
from pathlib import Path

from voice.models.catalogue import MODELS_FOLDER, model_named, read_catalogue
from voice.models.install import install, state_of


def installed(name: str) -> Path:
    """The folder of a model, installed first where it is not there yet."""
    model = model_named(name, read_catalogue())
    MODELS_FOLDER.mkdir(parents=True, exist_ok=True)
    with (MODELS_FOLDER / ".tests.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # tests run in several processes
        if state_of(model, MODELS_FOLDER) != "installed":
            install(model, MODELS_FOLDER, report=lambda progress: None)
    return MODELS_FOLDER / name
