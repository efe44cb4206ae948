"""Ten kinds of old people on the telephone, dangers said in passing, and how soon somebody is rung.

`./linyin bench conversations --json`. Calls are in text against real dialogue workers; the people are shipped with the
loopback telephone and speak phrases of their own. How long a call lasts is estimated from its syllables
(campaigns/spoken_time.py: 3.6 a second of ours, 3.2 of theirs, 1.6 s to think, 1.1 s until the turn is taken).

With `--aloud` golden conversations are called with sound instead, see conversations_aloud.py.
"""

import argparse
import asyncio
import contextlib
import json
import os
import sys
import tempfile
from collections import Counter
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from statistics import median, quantiles
from typing import Any

from bot.clock import SystemClock
from bot.dialogue.workers import DialogueWorkers
from bot.errors import WorkersUnavailable
from bot.settings import Settings, read_settings
from dialogs.definitions import library
from dialogs.dictionary import load_dictionary
from dialogs.questionnaire import Questionnaire, canonical, content_hash
from integrations.telephony.loopback.bank import load_bank
from integrations.telephony.loopback.personas import load_personas
from tests.bench.conversations_aloud import aloud
from tests.bench.conversations_aloud import figures as figures_aloud
from tests.bench.conversations_calls import Call, Caller, Patient
from tests.bench.conversations_flags import false_alarms, red_flags
from tests.bench.conversations_handover import Flagged
from tests.golden.runner import questionnaires

QUESTIONNAIRES = ("health-follow-up", "return-registration", "policy-notice")
SIX = 6  # questions: what a call of two minutes and a quarter holds
NOISE = 0.15  # of characters: what a telephone line leaves of a recogniser
AT_ONCE = 3
STARTS = 5  # of the workers
WORKER_PORT = 25_305 + os.getpid() % 1_000 * 4  # beside tests and other benches
SHOWN_OF_A_KIND = 40  # misses written to standard error


async def measure(*, calls: int, handovers: int) -> dict[str, Any]:
    """The figures. Raises WorkersUnavailable, ModelMissing."""
    settings, dictionary = read_settings(), load_dictionary()
    held = library(dictionary=dictionary)
    bodies = {content_hash(each): canonical(each) for each in held}
    async with _workers(settings, bodies, count=2) as (workers, folder):
        asked = [each for each in held if each.key in QUESTIONNAIRES]
        dialogue = Patient(workers.client)
        clean = await _calls(dialogue, asked, calls, noise=0.0)
        noisy = await _calls(dialogue, asked, calls, noise=NOISE)
        health = next(each for each in held if each.key == QUESTIONNAIRES[0])
        dangers, ordinary = await red_flags(dialogue, health), await false_alarms(dialogue, health)
        rang = await Flagged(folder / "flagged", workers, SystemClock()).seconds(handovers)
    _tell_misses("clean", clean)
    _tell_misses("noise", noisy)
    for line in (
        *(f"red flag missed: {each}" for each in dangers.wrong),
        *(f"alarm: {each}" for each in ordinary.wrong),
    ):
        _tell(line)
    return {
        **_figures(clean),
        "noise": _figures(noisy),
        "red_flag_recall": round(dangers.heard / dangers.said, 3),
        "red_flag_n": dangers.said,
        "red_flag_false_alarms": round(ordinary.heard / ordinary.said, 3),
        "ordinary_n": ordinary.said,
        "handover_p95_s": round(_p95(rang), 2),
        "handover_n": len(rang),
    }


async def measure_aloud(*, file: str, every: bool) -> dict[str, Any]:
    """The figures of golden conversations with sound. Raises WorkersUnavailable, ModelMissing, ModelError."""
    settings = read_settings()
    bodies = {content_hash(each): canonical(each) for each in questionnaires().values()}
    async with _workers(settings, bodies, count=1) as (workers, _):
        return figures_aloud(await aloud(settings, Patient(workers.client).turn, file=file, every=every))


@asynccontextmanager
async def _workers(
    settings: Settings, bodies: Mapping[str, bytes], *, count: int
) -> AsyncIterator[tuple[DialogueWorkers, Path]]:
    """Started workers, and a folder that goes with them."""
    with tempfile.TemporaryDirectory(prefix="linyin-bench-") as folder:
        workers = DialogueWorkers(
            python=settings.worker_python,
            model=settings.model,
            count=count,
            first_port=WORKER_PORT,
            log_file=Path(folder) / "workers.log",
            bodies=bodies.__getitem__,
        )
        await _started(workers)
        try:
            yield workers, Path(folder)
        finally:
            await workers.stop()


async def _started(workers: DialogueWorkers) -> None:
    """Waits for the workers as long as a busy machine takes."""
    for _ in range(STARTS - 1):
        with contextlib.suppress(WorkersUnavailable):
            return await workers.start()
    return await workers.start()


async def _calls(dialogue: Patient, asked: Sequence[Questionnaire], calls: int, *, noise: float) -> list[Call]:
    caller, limit = Caller(dialogue, load_bank(), noise=noise), asyncio.Semaphore(AT_ONCE)

    async def one(questionnaire: Questionnaire, name: str, number: int) -> Call:
        async with limit:
            return await caller.call(questionnaire, name, personas[name], number)

    personas = load_personas()
    return await asyncio.gather(
        *(one(each, name, number) for each in asked for name in personas for number in range(calls))
    )


def _figures(calls: Sequence[Call]) -> dict[str, Any]:
    told = sum(each.told for each in calls)
    six = [each.seconds for each in calls if each.outcome == "complete" and each.questions == SIX]
    again = sum(len(each.asked_again) for each in calls)
    return {
        "completed": _share(each.ended_well for each in calls),
        "elder_completed": _share(each.outcome == "complete" for each in calls),
        "stuck": sum(each.stuck for each in calls),
        "median_call_s": round(median(six), 1) if six else None,
        "reasked": round(again / told, 3) if told else None,
        "answers_right": round(sum(each.right for each in calls) / told, 3) if told else None,
        "confirmed_by_acquiescence": sum(len(each.confirmed_wrong) for each in calls),
        "false_red_flags": sum(bool(each.flags) for each in calls),
        "outcomes": dict(Counter(each.outcome or "stuck" for each in calls)),
        "completed_by_persona": {
            name: _share(each.outcome == "complete" for each in calls if each.persona == name)
            for name in dict.fromkeys(each.persona for each in calls)
        },
        "n": len(calls),
    }


def _share(held: Any) -> float:
    each = list(held)
    return round(sum(each) / len(each), 3)


def _p95(seconds: Sequence[float]) -> float:
    return float(quantiles(seconds, n=20)[-1]) if len(seconds) > 1 else float(max(seconds, default=0.0))


def _tell_misses(name: str, calls: Sequence[Call]) -> None:
    """What went wrong, for whoever mends it."""
    lines: list[str] = []
    for call in calls:
        who = f"{name} {call.persona} {call.questionnaire} {call.number}"
        if not call.ended_well:
            lines.append(f"{who}: ended as {call.outcome or 'stuck'}: {call.transcript[-3:]}")
        elif call.outcome != "complete":
            lines.append(f"{who}: {call.outcome}: {call.transcript[-2:]}")
        lines += [f"{who}: flag: {each}" for each in call.flags]
        lines += [f"{who}: asked again: {question} after {said}" for question, said in call.asked_again]
        lines += [f"{who}: kept wrong: {question}: {said} → {kept}" for question, said, kept in call.wrong]
        lines += [f"{who}: confirmed wrong: {question}: {shown}" for question, shown in call.confirmed_wrong]
    for line in lines:
        _tell(line)


def _tell(line: str) -> None:
    print(line, file=sys.stderr)  # noqa: T201  a bench tells whoever runs it


def main(arguments: Sequence[str] | None = None) -> None:
    """Measures, and prints the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--calls", type=int, default=10, help="of each kind of person and questionnaire")
    parser.add_argument("--handovers", type=int, default=40)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--aloud", action="store_true", help="golden conversations with sound instead")
    parser.add_argument("--file", default="ten-calls", help="of golden conversations, for --aloud")
    parser.add_argument("--every", action="store_true", help="all of them, not only the first of each kind")
    options = parser.parse_args(arguments)
    if options.aloud:
        figures = asyncio.run(measure_aloud(file=options.file, every=options.every))
    else:
        figures = asyncio.run(measure(calls=options.calls, handovers=options.handovers))
    if options.json:
        print(json.dumps(figures, ensure_ascii=False))  # noqa: T201
        return
    for name, value in figures.items():
        print(f"{name}: {value}")  # noqa: T201


if __name__ == "__main__":
    main()
