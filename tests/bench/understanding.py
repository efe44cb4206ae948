"""How well answers are understood: our readers beside named libraries on the same cases, with the time they take.

Cases are JSON lines `{"id", "category", "input", "expected", "question"?, "ref"?, "prefer"?}` in a file of the caller;
none are part of this repository. The peers run in a Python of their own, for several could not be shipped:

    uv venv PEERS && uv pip install --python PEERS/bin/python -r tests/bench/understanding_peers.txt
    python -m tests.bench.understanding CASES.jsonl --peers PEERS/bin/python
"""

import argparse
import json
import statistics
import subprocess
import sys
import time
from collections import defaultdict
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from nlu.answer_lines import answer_line
from tests.bench.understanding_scoring import is_right

OURS = "linyin"
# What a reader is told of a case; the rest is for the score.
ASKED = ("id", "category", "input", "question", "ref", "prefer")
# What we promise, in per cent of the cases, and in milliseconds for the median call.
PROMISED = {
    "boolean": 92,
    "number": 90,
    "quantity": 97,
    "temperature": 97,
    "duration": 95,
    "datetime": 90,
    "phone": 97,
    "id_card": 97,
    "plate": 97,
    "train": 97,
    "address": 98,
    "address_unit": 90,
}
PROMISED_MS = 2.0
AT = datetime(2026, 11, 21, 10, 30, tzinfo=ZoneInfo("Asia/Shanghai"))
# Peers load dictionaries for a minute and read for a few more; beyond this something hangs.
PEERS_TIMEOUT_SECONDS = 1800
PEERS_SCRIPT = Path(__file__).with_name("understanding_peers.py")


def main(cases: Path, peers_python: Path | None = None) -> dict[str, Any]:
    """Accuracy and time per category and reader: `{category: {reader: {"right", "cases", "accuracy", "median_ms"}}}`.

    `peers_python` is the interpreter of an environment with the peers; without it only ours is measured. Raises
    subprocess.CalledProcessError when the peers cannot be run.
    """
    asked = [json.loads(line) for line in cases.read_text(encoding="utf-8").splitlines() if line.strip()]
    answers = [*_ours(asked), *(_peers(cases, peers_python) if peers_python else ())]
    expected = {case["id"]: case for case in asked}
    counted: dict[str, dict[str, list[tuple[bool, float]]]] = defaultdict(lambda: defaultdict(list))
    for answer in answers:
        case = expected[answer["id"]]
        right = is_right(case["category"], case["expected"], answer["pred"])
        counted[case["category"]][answer["reader"]].append((right, answer["ms"]))
    return {category: {name: _summary(rows) for name, rows in readers.items()} for category, readers in counted.items()}


def shortfalls(report: dict[str, Any]) -> list[str]:
    """What we promise and did not reach, one sentence each; empty when all is kept."""
    found = []
    for category, readers in report.items():
        ours = readers[OURS]
        if ours["accuracy"] < PROMISED.get(category, 0):
            found.append(f"{category}: {ours['accuracy']:.1f} % of {ours['cases']}, promised {PROMISED[category]} %")
        if ours["median_ms"] > PROMISED_MS:
            found.append(f"{category}: {ours['median_ms']:.2f} ms a call, promised {PROMISED_MS}")
    return found


def table(report: dict[str, Any]) -> str:
    """The report as a table in Markdown: a row for each reader of each category, the best first."""
    rows = ["| kind | reader | right | of | accuracy | median ms a call |", "|---|---|---|---|---|---|"]
    for category, readers in sorted(report.items()):
        for name, row in sorted(readers.items(), key=lambda item: -item[1]["accuracy"]):
            shown = f"**{name}**" if name == OURS else name
            share = f"{row['right']} | {row['cases']} | {row['accuracy']:.1f} %"
            rows.append(f"| {category} | {shown} | {share} | {row['median_ms']:.2f} |")
    return "\n".join(rows)


def _ours(asked: list[dict[str, Any]]) -> list[dict[str, Any]]:
    answers = []
    for case in asked:
        if case["category"] == "intent":
            continue
        line = json.dumps({key: case[key] for key in ASKED if key in case})
        answer_line(line, at_default=AT)  # the first call of a kind loads its lexicon
        started = time.perf_counter()
        answer = answer_line(line, at_default=AT)
        taken = time.perf_counter() - started
        answers.append({"id": case["id"], "reader": OURS, "pred": answer.get("pred"), "ms": taken * 1000})
    return answers


def _peers(cases: Path, python: Path) -> list[dict[str, Any]]:
    run = subprocess.run(
        [str(python), "-W", "ignore", str(PEERS_SCRIPT), str(cases)],
        capture_output=True,
        check=True,
        timeout=PEERS_TIMEOUT_SECONDS,
    )
    return [json.loads(line) for line in run.stdout.decode().splitlines() if line.startswith("{")]


def _summary(rows: list[tuple[bool, float]]) -> dict[str, float]:
    right = sum(each for each, _ in rows)
    return {
        "right": right,
        "cases": len(rows),
        "accuracy": 100 * right / len(rows),
        "median_ms": statistics.median(ms for _, ms in rows),
    }


if __name__ == "__main__":
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("cases", type=Path)
    arguments.add_argument("--peers", type=Path, default=None)
    arguments.add_argument("--json", action="store_true")
    given = arguments.parse_args()
    measured = main(given.cases, given.peers)
    sys.stdout.write((json.dumps(measured, ensure_ascii=False) if given.json else table(measured)) + "\n")
    sys.exit("\n".join(shortfalls(measured)) or None)
