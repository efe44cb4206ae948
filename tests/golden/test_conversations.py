"""Golden conversations with real dialogue workers."""

import pytest

from bot.dialogue.workers import DialogueWorkers
from dialogs.definitions import FREE_TALK, library
from dialogs.dictionary import load_dictionary
from tests.golden.runner import ConversationFailed, Golden, conversations, run

ALL = list(conversations())


def missed(golden: Golden) -> list[pytest.MarkDecorator]:
    """A conversation that does not go right yet says why (`missed`)."""
    why = golden.spec.get("missed")
    return [pytest.mark.xfail(reason=why, raises=ConversationFailed, strict=False)] if why else []


pytestmark = pytest.mark.rasa


@pytest.mark.asyncio(loop_scope="session")
@pytest.mark.parametrize("golden", [pytest.param(each, marks=missed(each), id=each.name) for each in ALL])
async def test_the_conversation_goes_as_written(golden: Golden, workers: DialogueWorkers) -> None:
    log = await run(golden, workers.client.turn)
    assert log


def test_every_questionnaire_has_at_least_ten_conversations() -> None:
    ours = {each.key for each in library(dictionary=load_dictionary())} | {FREE_TALK}
    counts = dict.fromkeys(ours, 0)
    for golden in ALL:
        if golden.questionnaire in ours:
            counts[golden.questionnaire] += 1
    assert all(count >= 10 for count in counts.values()), counts
