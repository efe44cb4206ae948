"""Speech models for the tests that hear or speak: installed once into the data folder by our own installer."""

from pathlib import Path

from voice.models.catalogue import MODELS_FOLDER, model_named, read_catalogue
from voice.models.install import install, state_of


def installed(name: str) -> Path:
    """The folder of a model, installed first where it is not there yet."""
    model = model_named(name, read_catalogue())
    if state_of(model, MODELS_FOLDER) != "installed":
        install(model, MODELS_FOLDER, report=lambda progress: None)
    return MODELS_FOLDER / name
