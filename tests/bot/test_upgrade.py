"""The program is replaced by a newer one while people are being talked to.

What lies in `underway/` was made by `python -m tests.workshop.underway` with the program of 21 November 2026 (tables of
migration 0009); it is never made anew, only joined by others.
"""

import shutil
import sqlite3
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
import pytest_asyncio
from sqlalchemy import select

from bot.conversation import Conversation
from bot.dialogue.client import DialogueClient
from bot.effects import Effects
from bot.installation import bodies, opened
from bot.sessions import read_events
from bot.settings import Settings
from bot.writer import Database
from dialogs import events as e
from dialogs.dictionary import load_dictionary
from integrations.storage.models import RecordRow, SessionRow
from integrations.storage.store import Store
from nlu.utterance import Utterance
from tests.workshop.underway import AT, SAID

UNDERWAY = Path(__file__).parent / "underway"
AFTER_THE_UPGRADE = AT + timedelta(minutes=5)

pytestmark = [pytest.mark.rasa, pytest.mark.asyncio(loop_scope="session")]


@pytest.fixture
def left_behind(tmp_path: Path) -> Settings:
    """An installation as the older program left it."""
    settings = Settings(data=tmp_path)
    settings.keys.parent.mkdir(parents=True, exist_ok=True)
    shutil.copy(UNDERWAY / "underway.key", settings.keys)
    settings.keys.chmod(0o600)
    with sqlite3.connect(tmp_path / "linyin.db") as connection:
        connection.executescript((UNDERWAY / "underway.sql").read_text(encoding="utf-8"))
    connection.close()
    return settings


@pytest_asyncio.fixture(loop_scope="session")
async def upgraded(left_behind: Settings, workers) -> AsyncIterator[tuple[Store, Conversation]]:
    """The newer program over it, and its conversations."""
    with opened(left_behind, at=AFTER_THE_UPGRADE) as store:
        database = Database(store)
        addresses = [f"http://127.0.0.1:{port}" for port in workers.status()]
        client = DialogueClient(addresses, token=workers.token, bodies=bodies(store))  # the older questionnaires too
        yield store, Conversation(database, client, Effects(load_dictionary()), bodies=bodies(store))
        await client.close()
        database.close()


def sessions(store: Store) -> list[str]:
    """In the order of SAID."""
    with store.reading() as session:
        return list(session.scalars(select(SessionRow.id).order_by(SessionRow.household_id)))


def log(store: Store, session_id: str) -> tuple[e.AnyEvent, ...]:
    with store.reading() as session:
        return read_events(session, session_id)


async def test_talks_go_on_where_the_older_program_left_them(upgraded) -> None:
    store, conversation = upgraded
    greeted, amid, late = sessions(store)
    before = {each: log(store, each) for each in (greeted, amid, late)}
    heard = [sum(isinstance(event, e.UtteranceHeard) for event in events) for events in before.values()]
    assert heard == [len(words) for words in SAID]

    agreed = await conversation.handle(greeted, Utterance(text="方便，你问吧"), at=AFTER_THE_UPGRADE)
    assert agreed.state.pending == "fever"
    answered = await conversation.handle(amid, Utterance(text="胸口不闷"), at=AFTER_THE_UPGRADE)
    assert {key: each.value for key, each in answered.state.answers.items()} == {
        "fever": "no", "cough": "yes", "chest": "no",
    }  # fmt: skip
    ended = await conversation.hung_up(late, at=AFTER_THE_UPGRADE)
    assert ended.outcome is not None
    for session_id, events in before.items():
        assert log(store, session_id)[: len(events)] == events
        assert len(log(store, session_id)) > len(events)


async def test_what_was_told_to_the_older_program_stays_beside_what_is_told_to_the_newer(upgraded) -> None:
    store, conversation = upgraded
    _, amid, _ = sessions(store)
    await conversation.handle(amid, Utterance(text="胸口不闷"), at=AFTER_THE_UPGRADE)
    with store.reading() as session:
        kept = list(session.scalars(select(RecordRow).where(RecordRow.source_id == amid).order_by(RecordRow.at)))
    assert [(row.question, row.own_words) for row in kept] == [
        ("fever", "没有发烧"), ("cough", "有点咳嗽"), ("chest", "胸口不闷"),
    ]  # fmt: skip
