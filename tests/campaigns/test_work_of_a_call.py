"""What a call costs the database does not grow with the campaign. SQLite counts its own steps: no clock is needed."""

from pathlib import Path
from typing import Any

from sqlalchemy import Engine, event, select

from bot.installation import opened
from bot.settings import Settings
from campaigns.pacing import Pacing
from integrations.campaigns.ending import cancel_due
from integrations.storage.models import ContactRow
from integrations.storage.store import Store
from tests.bench.campaign_town import settle, start_campaign
from tests.bench.flat import AT, take_calls

STEPS = 50  # of SQLite's virtual machine, between two looks
CALLS = 8


class Work:
    """Counts while it is entered."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self.steps = 0

    def _step(self) -> int:
        self.steps += STEPS
        return 0

    def _watch(self, connection: Any, *_: object) -> None:
        connection.connection.dbapi_connection.set_progress_handler(self._step, STEPS)

    def __enter__(self) -> "Work":
        event.listen(self._engine, "before_cursor_execute", self._watch)
        return self

    def __exit__(self, *_: object) -> None:
        event.remove(self._engine, "before_cursor_execute", self._watch)


def _campaign(store: Store, households: int) -> None:
    settle(store, households, at=AT)
    start_campaign(store, "health-follow-up", Pacing(lines=1000, setups_per_second=1000), at=AT)
    take_calls(store, CALLS)


def _work(folder: Path, households: int) -> tuple[int, int]:
    """Steps for some calls, and for cancelling what is due for one contact."""
    folder.mkdir()
    with opened(Settings(data=folder), at=AT) as store:
        _campaign(store, households)
        with Work(Engine) as calls:
            take_calls(store, CALLS)
        with store.reading() as session:
            somebody = session.scalars(select(ContactRow.id).order_by(ContactRow.id.desc()).limit(1)).one()
        with Work(Engine) as cancelling, store.writing() as session:
            cancel_due(session, [somebody], at=AT)
    return calls.steps, cancelling.steps


def test_a_call_in_a_large_campaign_is_no_more_work_for_the_database_than_in_a_small_one(tmp_path: Path) -> None:
    few, many = _work(tmp_path / "few", 100), _work(tmp_path / "many", 3_000)
    assert many[0] < few[0] * 1.5
    assert many[1] < few[1] + 10 * STEPS
