"""Makes a database with sessions under way, to see later whether a newer program goes on with them.

`python -m tests.workshop.underway FOLDER`, run before a change of the state, the events or the tables, writes
FOLDER/underway.sql (SQLite) and FOLDER/underway.key; tests/bot/test_upgrade.py goes on with what lies in
tests/bot/underway/. The key is nobody's: it opens this database and no other.
"""

import argparse
import asyncio
import shutil
import sqlite3
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import select

from bot.clock import SystemClock
from bot.conversation import Conversation, Opening
from bot.installation import opened
from bot.running import running
from bot.settings import Settings, read_settings
from integrations.storage.models import QuestionnaireRow
from integrations.storage.store import Store
from nlu.utterance import Utterance
from tests.bench.campaign_town import settle

AT = datetime(2026, 11, 21, 1, 0, tzinfo=UTC)
TURN_LASTS = timedelta(seconds=8)
# How far each session has come: only greeted; in the middle of the questions; near their end.
SAID: tuple[tuple[str, ...], ...] = (
    (),
    ("方便", "没有发烧", "有点咳嗽"),
    ("方便", "没有发烧", "不咳", "不闷", "药够吃", "睡得好"),
)


async def talk(conversation: Conversation, store: Store) -> None:
    """One session for each of SAID, none of them ended."""
    with store.reading() as session:
        asked = session.scalars(select(QuestionnaireRow.hash).where(QuestionnaireRow.key == "health-follow-up")).one()
    for number, words in enumerate(SAID):
        at = AT
        whose = {"resident_id": f"r{number:07}", "household_id": f"h{number:07}"}
        opening = Opening(questionnaire=asked, channel="voice", community="育林社区", **whose)
        session_id = (await conversation.open(opening, at=at)).session
        for each in words:
            at += TURN_LASTS
            await conversation.handle(session_id, Utterance(text=each), at=at)


def dump(database: Path) -> str:
    """The database as SQL, without the questionnaires that nobody is asked."""
    with sqlite3.connect(database) as connection:
        connection.execute("DELETE FROM questionnaires WHERE hash NOT IN (SELECT questionnaire FROM sessions)")
        connection.commit()
        return "\n".join(connection.iterdump()) + "\n"


async def make(folder: Path, into: Path) -> None:
    """Runs the talks in `folder` and leaves what is kept in `into`."""
    known = read_settings()
    settings = Settings(data=folder, model_folder=known.model.parent, workers=1)
    with opened(settings, at=AT) as store:
        settle(store, len(SAID), at=AT)
        async with running(settings, store, SystemClock(), progress=lambda _: None) as system:
            await talk(system.conversation, store)
    shutil.copy(settings.keys, into / "underway.key")
    (into / "underway.sql").write_text(dump(folder / "linyin.db"), encoding="utf-8")


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("into", type=Path)
    with tempfile.TemporaryDirectory(prefix="linyin-underway-") as scratch:
        asyncio.run(make(Path(scratch), parser.parse_args().into))
