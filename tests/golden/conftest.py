"""Real dialogue workers for the golden conversations: one pair for all tests of this folder."""

import os
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from bot.dialogue.workers import DialogueWorkers
from bot.settings import ROOT, Settings
from dialogs.definitions import library
from dialogs.dictionary import load_dictionary
from dialogs.questionnaire import Questionnaire, canonical, content_hash

TEST_PORT = 5305


def bodies() -> dict[str, bytes]:
    found: tuple[Questionnaire, ...] = library(fields=load_dictionary().kinds)
    return {content_hash(each): canonical(each) for each in found}


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def workers(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[DialogueWorkers]:
    settings = Settings(data=Path(os.environ.get("LINYIN_DATA", ROOT / "var")))
    pair = DialogueWorkers(
        python=settings.worker_python,
        model=settings.model,
        count=2,
        first_port=TEST_PORT,
        log_file=tmp_path_factory.mktemp("workers") / "workers.log",
        bodies=bodies().__getitem__,
    )
    await pair.start()
    yield pair
    await pair.stop()
