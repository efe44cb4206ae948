"""Real engines for the tests that need them: installed once into var/models by our own installer."""

from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from voice.models.catalogue import MODELS_FOLDER, model_named, read_catalogue
from voice.models.install import install, state_of
from voice.recognise.whisper.recogniser import WhisperRecogniser
from voice.synthesise.kokoro import Kokoro


def installed(name: str) -> Path:
    model = model_named(name, read_catalogue())
    if state_of(model, MODELS_FOLDER) != "installed":
        install(model, MODELS_FOLDER, report=lambda progress: None)
    return MODELS_FOLDER / name


@pytest.fixture(scope="session")
def whisper_folder() -> Path:
    return installed("whisper-base")


@pytest.fixture(scope="session")
def whisper(whisper_folder: Path) -> WhisperRecogniser:
    return WhisperRecogniser(whisper_folder)


@pytest.fixture(scope="session")
def vosk_folder() -> Path:
    return installed("vosk-ko")


@pytest.fixture(scope="session")
def kokoro() -> Kokoro:
    return Kokoro(installed("kokoro-zh"))


@pytest.fixture
def at() -> datetime:
    return datetime(2026, 11, 21, 10, tzinfo=ZoneInfo("Asia/Shanghai"))
