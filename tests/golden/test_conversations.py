"""Golden conversations with real dialogue workers."""

import pytest

from bot.dialogue.workers import DialogueWorkers
from dialogs.definitions import FREE_TALK
from dialogs.jobs import TALKS
from tests.golden.runner import Golden, conversations, questionnaires, run

ALL = list(conversations())

pytestmark = pytest.mark.rasa


@pytest.mark.asyncio(loop_scope="session")
@pytest.mark.parametrize("golden", ALL, ids=lambda golden: golden.name)
async def test_the_conversation_goes_as_written(golden: Golden, workers: DialogueWorkers) -> None:
    log = await run(golden, workers.client.turn)
    assert log


def test_every_questionnaire_has_at_least_ten_conversations() -> None:
    counts = {key: 0 for key in questionnaires() if key not in TALKS or key == FREE_TALK}
    for golden in ALL:
        counts[golden.questionnaire] += 1
    assert all(count >= 10 for count in counts.values()), counts
