"""The benches of scale and faults, in small: they run, and nothing is lost or doubled."""

import asyncio
import json
import os
import subprocess
import sys

import pytest

from bot.settings import ROOT

pytestmark = pytest.mark.rasa


def report_of(name: str, *arguments: str, **settings: str) -> dict:
    done = subprocess.run(
        [sys.executable, "-m", f"tests.bench.{name}", "--json", *arguments],
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": str(ROOT)} | settings,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@pytest.mark.asyncio(loop_scope="session")
async def test_a_small_campaign_loses_and_doubles_nothing(workers) -> None:
    small = ("--minutes", "0.2", "--calls-per-minute", "60", "--households", "100", "--hold-seconds", "2", "3")
    report = await asyncio.to_thread(
        report_of,
        "campaign",
        *small,
        LINYIN_DIALOGUE_ADDRESSES=",".join(f"http://127.0.0.1:{port}" for port in workers.status()),
        LINYIN_DIALOGUE_TOKEN=workers.token,
    )
    assert report["calls"] > 0
    assert (report["lost"], report["doubled"]) == (0, 0)
    assert report["launch_contacts"] == 100
    assert report["answers_right"] >= report["answers"] * 0.9


def test_whatever_is_killed_no_answer_is_lost_and_nobody_is_called_twice_for_one_attempt() -> None:
    report = report_of(
        "crash", "--calls", "40", "--kills", "4", "--calls-per-minute", "120", "--hold-seconds", "2", "3"
    )
    assert report["kinds_killed"] == {"platform": 1, "writer": 1, "dialogue": 1, "far_end": 1}
    assert (report["lost_answers"], report["lost_calls"], report["doubled_attempts"]) == (0, 0, 0)
    assert report["stranded_contacts"] == 0


def test_what_a_call_costs_is_told_for_each_size_of_the_tables() -> None:
    costs = report_of("flat", "--sizes", "300", "600", "--calls", "40")["ms_per_call"]
    assert set(costs) == {"300", "600"}
    assert all(cost > 0 for cost in costs.values())


def test_every_conversation_stays_right_while_the_workers_are_busy() -> None:
    report = report_of("dialogue", "--without-stock", "--seconds", "1", "--conversations", "30")
    assert report["turns_per_second"] > 0
    assert report["distinct_utterances"] > 30
