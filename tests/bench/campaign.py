"""A campaign at full speed: calls a minute with whole conversations, nothing lost, nothing doubled.

`./linyin bench campaign --json`. The far ends are simulated residents in a process of their own with a ledger that is
on disk before our side hears of a call; the dialogue workers are the real ones; residents take their time, so that as
many sessions are alive as on real lines. `lost` and `doubled` are the ledger held against the database afterwards.
"""

import argparse
import asyncio
import contextlib
import json
import os
import resource
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

import uvloop
from sqlalchemy import func, select

from bot.clock import SystemClock
from bot.installation import opened
from bot.outbound import Caller, Outbound
from bot.running import Running, running
from bot.settings import Settings, read_settings
from campaigns.pacing import Pacing
from integrations.storage.models import AttemptRow
from integrations.storage.store import Store
from integrations.telephony.loopback.line import LoopbackLine
from integrations.telephony.loopback.population import Population
from integrations.telephony.loopback.process import FarEnd, far_end
from tests.bench.campaign_audio import with_sound
from tests.bench.campaign_ledger import compare
from tests.bench.campaign_town import COMMUNITY, settle, start_campaign
from tests.workshop.postgres import MISSING, POSTGRES_PROGRAMS, Cluster

QUESTIONNAIRE = "return-registration"
TURNS = {"return-registration": 7, "health-follow-up": 9}  # of the resident in a call, on the average, with small talk
SHORT_CALL_TURNS = 6  # where it was not counted
HOLD_SECONDS = (45.0, 72.0)
EVERYBODY_ANSWERS = Population(fates={}, dead={}, endings={})  # the dearest call: nobody is spared a conversation
LINES = 4000
SAMPLE_SECONDS = 5.0
WORKER_PORT = 5505
LONGEST_CALL_SECONDS = 240.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What is asked for."""

    minutes: float
    calls_per_minute: float
    households: int
    database: str
    questionnaire: str
    hold_seconds: tuple[float, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Course:
    """What was seen while calls were made."""

    first_call_seconds: float  # from the order until the first telephone rang
    dialling_seconds: float
    alive: list[int]  # sessions, in samples
    processor: dict[str, float]  # seconds, by process


def turn_seconds(questionnaire: str, hold_seconds: tuple[float, float]) -> tuple[float, float]:
    """How long the resident's turns may take so that a call holds that long."""
    turns = TURNS.get(questionnaire, SHORT_CALL_TURNS)
    return hold_seconds[0] / turns, hold_seconds[1] / turns


@contextmanager
def database_url(kind: str, folder: Path) -> Iterator[str]:
    """An empty database; commits reach the disk on both kinds."""
    if kind == "sqlite":
        yield ""
        return
    if not POSTGRES_PROGRAMS:
        raise SystemExit(MISSING)
    (folder / "postgres").mkdir()
    folder.chmod(0o755)
    cluster = Cluster(folder / "postgres", durable=True)
    cluster.start()
    try:
        yield cluster.new_database()
    finally:
        cluster.stop()


async def measure(plan: Plan, folder: Path) -> dict[str, Any]:
    """The report."""
    with database_url(plan.database, folder) as url:
        settings = read_settings().model_copy(
            update={"data": folder, "database_url": url, "key_file": None, "model_folder": read_settings().model.parent,
                    "community": COMMUNITY, "worker_port": WORKER_PORT}
        )  # fmt: skip
        clock = SystemClock()
        with opened(settings, at=clock.now()) as store:
            settle(store, plan.households, at=clock.now())
            turn = turn_seconds(plan.questionnaire, plan.hold_seconds)
            async with (
                running(settings, store, clock, progress=lambda _: None) as system,
                far_end(
                    folder / "ledger.jsonl", seed="bench", population=EVERYBODY_ANSWERS, turn_seconds=turn
                ) as other,
            ):
                began = time.monotonic()
                campaign, contacts = await asyncio.to_thread(_launch, store, plan, clock)
                launched = time.monotonic() - began
                course = await _dial(system, other, plan, campaign, settings)
            return _report(store, folder, plan, course, launched=launched, contacts=contacts)


def _launch(store: Store, plan: Plan, clock: SystemClock) -> tuple[str, int]:
    pacing = Pacing(lines=LINES, setups_per_second=plan.calls_per_minute / 60)
    return start_campaign(store, plan.questionnaire, pacing, at=clock.now())


async def _dial(system: Running, other: FarEnd, plan: Plan, campaign: str, settings: Settings) -> Course:
    line = await LoopbackLine.connect(other.port, now=system.clock.now)
    outbound = Outbound(
        database=system.database,
        conversation=system.conversation,
        line=line,
        clock=system.clock,
        caller=Caller(name="bench", community=settings.community, callback_number="", lines=LINES),
        dictionary=system.dictionary,
    )
    processes = {"far_end": [other.pid], "workers": list(system.workers.pids)}
    before = _processor(processes)
    ordered = time.monotonic()
    calling = asyncio.create_task(outbound.run())
    while not outbound.calls_up and not calling.done():
        await asyncio.sleep(0.01)
    first = time.monotonic() - ordered
    alive: list[int] = []
    while time.monotonic() - ordered < plan.minutes * 60 and not calling.done():
        await asyncio.sleep(SAMPLE_SECONDS)
        alive.append(await system.database.read(lambda session: _alive(session, campaign)))
    outbound.drain()
    dialling = time.monotonic() - ordered
    with contextlib.suppress(TimeoutError):
        await asyncio.wait_for(calling, LONGEST_CALL_SECONDS)
    used = {name: seconds - before[name] for name, seconds in _processor(processes).items()}
    await line.close()
    return Course(first_call_seconds=first, dialling_seconds=dialling, alive=alive, processor=used)


def _alive(session: Any, campaign: str) -> int:
    counted = select(func.count()).where(AttemptRow.campaign_id == campaign, AttemptRow.status == "answered")
    return session.scalar(counted) or 0


def _processor(processes: dict[str, list[int]]) -> dict[str, float]:
    own = resource.getrusage(resource.RUSAGE_SELF)
    used = {"platform": own.ru_utime + own.ru_stime}
    return used | {name: sum(map(_cpu_seconds, pids)) for name, pids in processes.items()}


def _cpu_seconds(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / 100  # USER_HZ


def _report(
    store: Store, folder: Path, plan: Plan, course: Course, *, launched: float, contacts: int
) -> dict[str, Any]:
    found = compare(store, folder / "ledger.jsonl")
    calls = max(1, found.calls)
    ours = sum(seconds for name, seconds in course.processor.items() if name != "far_end") / calls
    sound = with_sound(ours, turns=found.turns / calls, hold_seconds=sum(plan.hold_seconds) / 2)
    return {
        "database": plan.database,
        "questionnaire": plan.questionnaire,
        "calls": found.calls,
        "calls_per_minute": round(found.calls / course.dialling_seconds * 60, 1),
        "turns_per_second": round(found.turns / course.dialling_seconds, 1),
        "turns_per_call": round(found.turns / calls, 2),
        "sessions_alive": round(median(course.alive[len(course.alive) // 2 :] or [0])),
        "sessions_alive_peak": max(course.alive, default=0),
        "lost": found.lost + found.unsettled,
        "doubled": found.doubled,
        "answers": found.answers,
        "answers_right": found.answers_right,
        "cpu_ms_per_call": round(ours * 1000, 1),
        "cpu_ms_per_call_by": {name: round(used / calls * 1000, 1) for name, used in course.processor.items()},
        **sound,
        "launch_contacts": contacts,
        "launch_s": round(launched, 1),
        "first_call_s": round(course.first_call_seconds, 2),
        "load": round(os.getloadavg()[0], 1),
        "minutes": round(course.dialling_seconds / 60, 2),
    }


def options() -> argparse.Namespace:
    """What was asked for on the command line."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--minutes", type=float, default=10.0)
    parser.add_argument("--calls-per-minute", type=float, default=2000.0)
    parser.add_argument("--households", type=int, default=100_000)
    parser.add_argument("--database", choices=("sqlite", "postgresql"), default="sqlite")
    parser.add_argument("--questionnaire", default=QUESTIONNAIRE, metavar="KEY")
    parser.add_argument("--hold-seconds", type=float, nargs=2, default=HOLD_SECONDS, metavar=("FROM", "TO"))
    return parser.parse_args()


def main() -> None:
    """Runs once and prints the report."""
    asked = options()
    plan = Plan(
        minutes=asked.minutes,
        calls_per_minute=asked.calls_per_minute,
        households=asked.households,
        database=asked.database,
        questionnaire=asked.questionnaire,
        hold_seconds=tuple(asked.hold_seconds),
    )
    folder = Path(tempfile.mkdtemp(prefix="linyin-bench-"))
    try:
        report = uvloop.run(measure(plan, folder))
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    if asked.json:
        print(json.dumps(report, ensure_ascii=False))  # noqa: T201
        return
    for key, value in report.items():
        print(f"{key:24} {value}")  # noqa: T201


if __name__ == "__main__":
    main()
