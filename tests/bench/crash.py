"""Processes are killed with SIGKILL while calls go on; afterwards the far ends' ledger is held against the database.

`./linyin bench crash --json`. What is killed: the platform at any moment; the platform at the moment at which it writes
a commit; a dialogue worker; the far end with all its calls, which is a trunk that is lost; with PostgreSQL also a
server process of the database, whereupon all of it starts again.
"""

import argparse
import asyncio
import contextlib
import json
import os
import random
import shutil
import signal
import socket
import sys
import tempfile
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import exists, func, select

from bot.clock import SystemClock
from bot.dialogue.workers import DialogueWorkers
from bot.installation import bodies, opened
from bot.settings import ROOT, Settings, read_settings
from campaigns.disposition import Disposition
from campaigns.pacing import Pacing
from campaigns.policy import Policy
from campaigns.retry import RetryPolicy, RetryRule
from integrations.storage.errors import StorageError
from integrations.storage.models import AttemptRow, ContactRow, EventRow
from integrations.storage.store import Store, StoreSession
from tests.bench.campaign import COMMUNITY, LINES, QUESTIONNAIRE, database_url, turn_seconds
from tests.bench.campaign_ledger import compare
from tests.bench.campaign_town import ALWAYS, settle, start_campaign

WORKER_PORT = 5605
FAR_END = "integrations.telephony.loopback.far_end"
NAME = "crash"
LOOK_SECONDS = 0.02
GOING = frozenset({"SessionOpened", "UtteranceHeard"})  # what only a program that runs again writes
TOLD_CHARACTERS = 2000
PATIENCE_SECONDS = 120.0
LONGEST_SECONDS = 3600.0
SOON = RetryRule(gap=timedelta(seconds=5), times=10)
# What was cut off is called again within the run, so that going on is measured too.
AGAIN_SOON = Policy(
    window=ALWAYS,
    retry=RetryPolicy(cap=10, rules=dict.fromkeys((Disposition.INTERRUPTED, Disposition.FAILED), SOON)),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What is asked for."""

    calls: int
    kills: int
    calls_per_minute: float
    hold_seconds: tuple[float, float]
    database: str
    seed: int


KINDS = {
    "sqlite": ("platform", "writer", "dialogue", "far_end"),
    "postgresql": ("platform", "database", "dialogue", "far_end"),
}


class Scene:
    """All processes but the dialogue workers, which their own keeper starts again."""

    def __init__(self, folder: Path, settings: Settings, workers: DialogueWorkers, far_port: int, turn: str) -> None:
        self._folder = folder
        self._workers = workers
        self._far_port = far_port
        self._turn = turn
        self._environment = os.environ | {
            "LINYIN_DATA": str(folder),
            "LINYIN_DATABASE_URL": settings.database_url,
            "LINYIN_DIALOGUE_ADDRESSES": ",".join(f"http://127.0.0.1:{port}" for port in workers.status()),
            "LINYIN_DIALOGUE_TOKEN": workers.token,
            "LINYIN_NAME": NAME,
            "LINYIN_LINES": str(LINES),
            "LINYIN_COMMUNITY": COMMUNITY,
        }
        self.platform: asyncio.subprocess.Process | None = None
        self.far_end: asyncio.subprocess.Process | None = None

    async def start_platform(self) -> None:
        """The platform, for the first time or again."""
        with (self._folder / "platform.log").open("ab") as log:
            self.platform = await asyncio.create_subprocess_exec(
                sys.executable, "-m", "tests.bench.crash_platform", str(self._far_port),
                cwd=ROOT, env=self._environment, stdout=log, stderr=log,
            )  # fmt: skip

    async def start_far_end(self) -> None:
        """The far end, on the same port with the same ledger."""
        population = json.dumps({"fates": {}, "dead": {}, "endings": {}})
        with (self._folder / "far-end.log").open("ab") as log:
            self.far_end = await asyncio.create_subprocess_exec(
                sys.executable, "-m", FAR_END, "--ledger", str(self._folder / "ledger.jsonl"), "--seed", "crash",
                "--port", str(self._far_port), "--population", population, "--turn-seconds", self._turn,
                cwd=ROOT, env=os.environ, stdin=asyncio.subprocess.PIPE, stdout=log, stderr=log,
            )  # fmt: skip

    async def kill(self, kind: str) -> None:
        """Kills one of a kind and starts it again, as whoever keeps processes running would."""
        match kind:
            case "platform":
                await _end(self.platform)
                await self.start_platform()
            case "writer":
                await self._kill_at_a_commit()
                await self.start_platform()
            case "dialogue":
                os.kill(random.choice(self._workers.pids), signal.SIGKILL)
            case "database":
                os.kill(self._a_server_process(), signal.SIGKILL)
            case "far_end":
                await _end(self.far_end)
                await self.start_far_end()

    def _a_server_process(self) -> int:
        """A process of PostgreSQL that serves a connection; when it dies by force, the server starts all anew."""
        main = int((self._folder / "postgres" / "data" / "postmaster.pid").read_text(encoding="utf-8").split()[0])
        children = Path(f"/proc/{main}/task/{main}/children").read_text(encoding="utf-8").split()
        serving = [pid for pid in children if b"linyin" in Path(f"/proc/{pid}/cmdline").read_bytes()]
        return int(random.choice(serving))

    async def _kill_at_a_commit(self) -> None:
        """Kills the platform right when its journal grows."""
        journal = self._folder / "linyin.db-wal"
        before = journal.stat().st_size if journal.exists() else 0
        ends = time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < ends:
            now = journal.stat() if journal.exists() else None
            if now is not None and (now.st_size != before or time.time() - now.st_mtime < 0.001):
                break
        await _end(self.platform)

    def check(self) -> None:
        """Raises RuntimeError when a process ended by itself."""
        for name, process in (("platform", self.platform), ("far-end", self.far_end)):
            if process is not None and process.returncode is not None:
                told = (self._folder / f"{name}.log").read_text(encoding="utf-8")[-TOLD_CHARACTERS:]
                raise RuntimeError(f"{name} ended by itself: {told}")

    async def stop(self) -> None:
        """Lets the platform end its calls, then ends everything."""
        if self.platform is not None and self.platform.returncode is None:
            self.platform.terminate()
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self.platform.wait(), PATIENCE_SECONDS)
        for each in (self.platform, self.far_end):
            await _end(each)


async def _end(process: asyncio.subprocess.Process | None) -> None:
    if process is not None and process.returncode is None:
        process.kill()
        await process.wait()


async def measure(plan: Plan, folder: Path) -> dict[str, Any]:
    """The report."""
    rng = random.Random(plan.seed)
    with database_url(plan.database, folder) as url:
        settings = read_settings().model_copy(update={"data": folder, "database_url": url, "key_file": None})
        clock = SystemClock()
        with opened(settings, at=clock.now()) as store:
            settle(store, plan.calls * 2, at=clock.now())
            pacing = Pacing(lines=LINES, setups_per_second=plan.calls_per_minute / 60)
            start_campaign(store, QUESTIONNAIRE, pacing, at=clock.now(), policy=AGAIN_SOON)
            turn = ":".join(map(str, turn_seconds(QUESTIONNAIRE, plan.hold_seconds)))
            async with _workers(store, folder) as workers:
                scene = Scene(folder, settings, workers, _free_port(), turn)
                try:
                    killed, recovered, calls = await _kill_now_and_then(scene, store, plan, rng)
                finally:
                    await scene.stop()
            found = compare(store, folder / "ledger.jsonl")
            return {
                "database": plan.database,
                "calls": calls,
                "kills": killed.total(),
                "kinds_killed": dict(killed),
                "lost_answers": found.lost_turns,
                "lost_calls": found.lost - found.lost_turns,
                "doubled_attempts": found.doubled_calls,
                "doubled_turns": found.doubled - found.doubled_calls,
                "stranded_contacts": _stranded(store),
                "recovery_seconds": round(max(recovered, default=0.0), 1),
                "recovery_seconds_each": [round(each, 1) for each in recovered],
                "interrupted": _interrupted(store),
            }


@asynccontextmanager
async def _workers(store: Store, folder: Path) -> AsyncIterator[DialogueWorkers]:
    known = read_settings()
    workers = DialogueWorkers(
        python=known.worker_python,
        model=known.model,
        count=known.workers,
        first_port=WORKER_PORT,
        log_file=folder / "workers.log",
        bodies=bodies(store),
    )
    await workers.start()
    try:
        yield workers
    finally:
        await workers.stop()


async def _kill_now_and_then(
    scene: Scene, store: Store, plan: Plan, rng: random.Random
) -> tuple[Counter[str], list[float], int]:
    """Spreads the kills over the calls, at random; how many of each kind, and how long each held everything up."""
    await scene.start_far_end()
    await scene.start_platform()
    kinds = KINDS[plan.database]
    killed: Counter[str] = Counter()
    recovered: list[float] = []
    marks = sorted(rng.uniform(0.05, 0.95) * plan.calls for _ in range(plan.kills))
    for number, mark in enumerate(marks):
        await _until(lambda mark=mark: _rung(store) >= mark, scene)
        kind = kinds[number] if number < len(kinds) else rng.choice(kinds)
        await asyncio.sleep(rng.random())
        last, began = _last_event(store), time.monotonic()
        await scene.kill(kind)
        killed[kind] += 1
        await _until(lambda last=last: _going_since(store, last), scene)
        recovered.append(time.monotonic() - began)
    await _until(lambda: _rung(store) >= plan.calls, scene)
    return killed, recovered, _rung(store)


async def _until(condition: Callable[[], bool], scene: Scene) -> None:
    """Returns once the condition holds; a database that is away for a moment is asked again.

    Raises RuntimeError when something died that nobody killed.
    """
    ends = time.monotonic() + LONGEST_SECONDS
    while time.monotonic() < ends:
        scene.check()
        with contextlib.suppress(StorageError):
            if condition():
                return
        await asyncio.sleep(LOOK_SECONDS)
    raise TimeoutError


def _rung(store: Store) -> int:
    with store.reading() as session:
        return _count(session, select(func.count()).where(AttemptRow.dialled_at.is_not(None)))


def _last_event(store: Store) -> int:
    with store.reading() as session:
        return _count(session, select(func.max(EventRow.id)))


def _going_since(store: Store, last: int) -> bool:
    """Whether, after that event, a call was answered and greeted, or a resident's turn was kept."""
    with store.reading() as session:
        return not GOING.isdisjoint(session.scalars(select(EventRow.type).where(EventRow.id > last)))


def _interrupted(store: Store) -> int:
    with store.reading() as session:
        return _count(session, select(func.count()).where(AttemptRow.status == "interrupted"))


def _stranded(store: Store) -> int:
    """Open contacts for whom nothing is due, and contacts without an owner."""
    waits = exists().where(
        AttemptRow.contact_id == ContactRow.id, AttemptRow.status.in_(("due", "dialling", "answered"))
    )
    with store.reading() as session:
        return _count(
            session,
            select(func.count()).where(((ContactRow.status == "open") & ~waits) | ContactRow.owner.is_(None)),
        )


def _count(session: StoreSession, statement: Any) -> int:
    return session.scalar(statement) or 0


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def main() -> None:
    """Runs once and prints the report; fails when anything was lost or doubled."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--calls", type=int, default=20_000)
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--calls-per-minute", type=float, default=1500.0)
    parser.add_argument("--hold-seconds", type=float, nargs=2, default=(20.0, 30.0), metavar=("FROM", "TO"))
    parser.add_argument("--database", choices=("sqlite", "postgresql"), default="sqlite")
    parser.add_argument("--seed", type=int, default=1)
    asked = vars(parser.parse_args())
    as_json = asked.pop("json")
    folder = Path(tempfile.mkdtemp(prefix="linyin-crash-"))
    try:
        report = asyncio.run(measure(Plan(**asked), folder))
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    if as_json:
        print(json.dumps(report, ensure_ascii=False))  # noqa: T201
    else:
        for key, value in report.items():
            print(f"{key:24} {value}")  # noqa: T201
    sys.exit(bool(report["lost_answers"] or report["lost_calls"] or report["doubled_attempts"]))


if __name__ == "__main__":
    main()
