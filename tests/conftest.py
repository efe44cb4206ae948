"""Stores and dialogue workers for every test that needs them.

The same tests run on SQLite and on a PostgreSQL that the tests start; the workers are one pair of real ones for all.
"""

import asyncio
import os
import shutil
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

import pytest
import pytest_asyncio
from xdist.scheduler import LoadScopeScheduling

from bot.dialogue.client import DialogueClient
from bot.dialogue.workers import READY_WITHIN_SECONDS, DialogueWorkers
from bot.errors import WorkersUnavailable
from bot.running import first_turn
from bot.settings import ROOT, Settings
from dialogs.definitions import library
from dialogs.dictionary import load_dictionary
from dialogs.jobs import own_questionnaires
from dialogs.questionnaire import canonical, content_hash
from dialogs.turn import TurnRequest
from integrations.storage.key_file import create_key_file
from integrations.storage.schema import upgrade
from integrations.storage.store import Store
from tests.workshop.postgres import MISSING, POSTGRES_PROGRAMS, Cluster

AT = datetime(2026, 11, 21, 1, 0, tzinfo=UTC)  # 09:00 in Shanghai
WORKER_PORT = 15_305 + os.getpid() % 1_000 * 4  # several runs at the same time do not meet
CLUSTER_BYTES = 512 << 20  # templates, a database at a time, and what it writes ahead
LINE = "line"  # sound in real time: one test after the other, whatever else runs
ON_A_LINE = ("tests/telephony/", "tests/bot/test_inbound.py")


def _group(node_id: str) -> str:
    """The tests of a group run in one process: those of one file, and all that have a telephone line."""
    return LINE if node_id.startswith(ON_A_LINE) else node_id.split("::", 1)[0]


class Groups(LoadScopeScheduling):
    """How `./linyin test` shares the tests out."""

    def _split_scope(self, nodeid: str) -> str:
        return _group(nodeid)


def pytest_xdist_make_scheduler(config: pytest.Config, log: object) -> Groups:
    return Groups(config, log)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What takes long comes first, so that both processes end at about the same time."""

    def turn(item: pytest.Item) -> int:
        if _group(item.nodeid) == LINE:
            return 1
        return 0 if item.nodeid.startswith("tests/bot/") else 2

    items.sort(key=turn)


def _has_room(folder: str) -> bool:
    return os.access(folder, os.W_OK) and shutil.disk_usage(folder).free > CLUSTER_BYTES


@pytest.fixture(scope="session")
def postgres() -> Iterator[Cluster]:
    """One running cluster for the whole run."""
    if not POSTGRES_PROGRAMS:
        pytest.skip(MISSING)
    # In memory where there is some, for making and dropping databases is all about small files.
    folder = Path(tempfile.mkdtemp(prefix="linyin-pg-", dir="/dev/shm" if _has_room("/dev/shm") else "/tmp"))
    cluster = Cluster(folder)
    try:
        cluster.start()
        yield cluster
        cluster.stop()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def store_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The URL of an empty database, once on each engine."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path}/linyin.db"
        return
    cluster: Cluster = request.getfixturevalue("postgres")
    url = cluster.new_database()
    yield url
    cluster.drop(url)


@pytest.fixture
def key_path(tmp_path: Path) -> Path:
    """Where the key file of `store` lies."""
    return tmp_path / "keys" / "linyin.key"


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite file with all tables, to be copied: migrating anew for every test takes longer than the tests."""
    path = tmp_path_factory.mktemp("template") / "linyin.db"
    upgrade(f"sqlite:///{path}")
    return path


@pytest.fixture(scope="session")
def postgres_template(postgres: Cluster) -> str:
    """The URL of a PostgreSQL database with all tables, to be copied."""
    url = postgres.new_database()
    upgrade(url)
    return url


@pytest.fixture
def store(request: pytest.FixtureRequest, store_url: str, key_path: Path) -> Iterator[Store]:
    """An empty store with all tables, once on each engine."""
    if store_url.startswith("sqlite"):
        shutil.copy(request.getfixturevalue("sqlite_template"), store_url.removeprefix("sqlite:///"))
    else:
        cluster: Cluster = request.getfixturevalue("postgres")
        cluster.copy(request.getfixturevalue("postgres_template"), store_url)
    opened = Store.open(store_url, keys=create_key_file(key_path, at=AT), at=AT)
    yield opened
    opened.close()


async def _warm(client: DialogueClient, turn: TurnRequest) -> None:
    """A worker's first turn loads lexicons: on a busy machine that takes longer than a call waits."""
    async with asyncio.timeout(READY_WITHIN_SECONDS):
        while True:
            with suppress(WorkersUnavailable):
                await client.turn(turn)
                return


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def workers(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[DialogueWorkers]:
    """Two real dialogue workers; tests that use them run on the session's event loop."""
    settings = Settings(data=Path(os.environ.get("LINYIN_DATA", ROOT / "var")))
    dictionary = load_dictionary()
    tested = library(dictionary=dictionary, folder=Path(__file__).parent / "golden" / "questionnaires")
    held = (*library(dictionary=dictionary), *own_questionnaires(dictionary=dictionary), *tested)
    bodies = {content_hash(each): canonical(each) for each in held}
    pair = DialogueWorkers(
        python=settings.worker_python,
        model=settings.model,
        count=2,
        first_port=WORKER_PORT,
        log_file=tmp_path_factory.mktemp("workers") / "workers.log",
        bodies=bodies.__getitem__,
    )
    await pair.start()
    for port in pair.status():
        client = DialogueClient([f"http://127.0.0.1:{port}"], token=pair.token, bodies=bodies.__getitem__)
        await _warm(client, first_turn(dictionary, at=AT))
        await client.close()
    yield pair
    await pair.stop()
