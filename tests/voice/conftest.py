"""Real engines for the tests that need them."""

from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from tests.workshop.models import installed
from voice.recognise.whisper.recogniser import WhisperRecogniser
from voice.synthesise.kokoro import Kokoro


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
