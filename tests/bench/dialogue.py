"""Turns a second of the dialogue workers, beside stock Rasa with the usual action server, in one run.

`./linyin bench dialogue --json`. Text goes in over HTTP, no parse data, no reply cache; the client runs on the same
cores.
The utterances are those of the golden conversations, each said in several ways; after every turn the question that is
pending must be the one that the golden conversation leads to.
"""

import argparse
import asyncio
import json
import os
import platform
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from statistics import median, quantiles

import aiohttp
import msgspec

from bot.dialogue.client import DialogueClient
from bot.dialogue.workers import DialogueWorkers
from bot.settings import read_settings
from dialogs.events import AnyEvent, UtteranceHeard
from dialogs.questionnaire import canonical, content_hash
from dialogs.state import State, fold_all
from dialogs.turn import TurnReply, TurnRequest
from nlu.utterance import Utterance
from tests.golden.runner import Golden, conversations, opened, questionnaires, take_turn, utterance

WAYS_OF_SAYING = ("{}", "嗯，{}", "{}啊", "哎，{}", "那个，{}", "{}呀", "哦，{}", "{}嘛")
DISTINCT_AT_LEAST = 1000
CLIENTS = 12  # as in notes/rasa.md: enough to keep two workers busy
OFFERED_PER_SECOND = 200
STOCK_PORT, STOCK_ACTIONS_PORT = 5456, 5455
STOCK = Path(__file__).parent / "stock_rasa"
STOCK_CONVERSATION = ("方便", "没有", "有点咳", "没有", "够的", "还行", "没有")
# Acts that are no straight answers: the unhappy share.
STRAIGHT = frozenset({"answer"})


@dataclass(frozen=True)
class Step:
    """One turn to take, and what must be pending after it."""

    request: TurnRequest
    pending: tuple[str, str]  # phase, Question.key


async def scripts(client: DialogueClient, *, most: int | None) -> tuple[list[list[Step]], float]:
    """The golden conversations, or `most` of them, as turns in several ways of saying; the share without an answer.

    Each conversation is walked once as it is written; that gives the states and what must be pending. A way of saying
    that leads elsewhere is left out: what is measured is speed, and that it stays right under load.
    """
    every = list(conversations())
    walked: list[list[Step]] = []
    unhappy = turns = 0
    seen: set[str] = set()
    for golden in every[:: max(1, len(every) // most)] if most else every:
        plain, acts = await _walk(golden, client)
        turns += len(acts)
        unhappy += sum(act not in STRAIGHT for act in acts)
        for way in WAYS_OF_SAYING:
            steps = [_said(step, way) for step in plain]
            kept = [step for step in steps if await _leads_there(step, client)]
            seen.update(step.request.utterance.text for step in kept if step.request.utterance)
            walked.append(kept)
    if most is None and len(seen) < DISTINCT_AT_LEAST:
        raise RuntimeError(f"only {len(seen)} distinct utterances")
    return walked, unhappy / turns


async def _walk(golden: Golden, client: DialogueClient) -> tuple[list[Step], list[str]]:
    """Every turn of the conversation, those after a lookup among them, and the acts that were heard."""
    steps: list[Step] = []
    acts: list[str] = []

    async def take(request: TurnRequest) -> TurnReply:
        reply = await client.turn(request)
        acts.extend(event.act for event in reply.events if isinstance(event, UtteranceHeard))
        steps.append(Step(request, (reply.state.phase, reply.state.pending)))
        return reply

    begun = opened(questionnaires()[golden.questionnaire], golden.spec)
    state, at = fold_all(State(), [begun]), begun.at
    said: list[Utterance | None] = [
        None, *(utterance(turn) for turn in golden.spec["turns"] if {"resident", "silence", "keys"} & set(turn))
    ]  # fmt: skip
    log: list[AnyEvent] = [begun]
    for each in said:
        at += timedelta(seconds=8)
        state, _ = await take_turn(golden, take, state, each, log, at=at)
    return steps, acts


def _said(step: Step, way: str) -> Step:
    said = step.request.utterance
    if said is None or not said.text:
        return step
    return Step(msgspec.structs.replace(step.request, utterance=Utterance(text=way.format(said.text))), step.pending)


async def _leads_there(step: Step, client: DialogueClient) -> bool:
    reply = await client.turn(step.request)
    return (reply.state.phase, reply.state.pending) == step.pending


async def saturate(walked: Sequence[Sequence[Step]], client: DialogueClient, *, seconds: float) -> float:
    """Turns a second with CLIENTS conversations at a time, as fast as they are answered."""
    todo = iter([steps for _ in range(1000) for steps in walked])
    done = 0
    ends = time.perf_counter() + seconds

    async def talk() -> None:
        nonlocal done
        while time.perf_counter() < ends:
            for step in next(todo):
                await _timed(step, client)
                done += 1

    began = time.perf_counter()
    await asyncio.gather(*(talk() for _ in range(CLIENTS)))
    return done / (time.perf_counter() - began)


async def offer(walked: Sequence[Sequence[Step]], client: DialogueClient, *, seconds: float) -> list[float]:
    """The time of each turn in ms when OFFERED_PER_SECOND turns a second arrive, whatever is still under way."""
    flat = [step for steps in walked for step in steps]
    began = time.perf_counter()
    under_way: list[asyncio.Task[float]] = []
    for number in range(int(seconds * OFFERED_PER_SECOND)):
        wait = began + number / OFFERED_PER_SECOND - time.perf_counter()
        if wait > 0:
            await asyncio.sleep(wait)
        under_way.append(asyncio.create_task(_timed(flat[number % len(flat)], client)))
    return list(await asyncio.gather(*under_way))


async def _timed(step: Step, client: DialogueClient) -> float:
    began = time.perf_counter()
    reply = await client.turn(step.request)
    took = (time.perf_counter() - began) * 1000
    if (reply.state.phase, reply.state.pending) != step.pending:
        raise RuntimeError(f"{step.request.utterance} led to {reply.state.pending}, not {step.pending}")
    return took


@asynccontextmanager
async def stock_rasa(python: Path) -> AsyncIterator[Callable[[str, str], Awaitable[list[str]]]]:
    """Stock Rasa with its action server; yields a function (sender, text) → replies."""
    environment = os.environ | {"OMP_NUM_THREADS": "1", "RASA_TELEMETRY_ENABLED": "false", "TF_CPP_MIN_LOG_LEVEL": "3"}
    with tempfile.TemporaryDirectory() as folder:
        train = [python, "-m", "rasa", "train", "--out", folder, "--quiet"]
        subprocess.run(train, cwd=STOCK, env=environment, check=True, stdout=sys.stderr, stderr=subprocess.DEVNULL)
        commands = (
            [python, "-m", "rasa_sdk", "--actions", "actions.actions", "--port", str(STOCK_ACTIONS_PORT)],
            [python, "-m", "rasa", "run", "-m", folder, "-i", "127.0.0.1", "-p", str(STOCK_PORT)],
        )
        running = [
            subprocess.Popen(each, cwd=STOCK, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            for each in commands
        ]
        try:
            async with aiohttp.ClientSession() as http:

                async def say(sender: str, text: str) -> list[str]:
                    url = f"http://127.0.0.1:{STOCK_PORT}/webhooks/rest/webhook"
                    async with http.post(url, json={"sender": sender, "message": text}) as response:
                        return [str(each["text"]) for each in await response.json()]

                await _until_up(http)
                yield say
        finally:
            for process in running:
                process.terminate()
            for process in running:
                process.wait()


async def _until_up(http: aiohttp.ClientSession) -> None:
    async with asyncio.timeout(180):
        for url in (f"http://127.0.0.1:{STOCK_PORT}/", f"http://127.0.0.1:{STOCK_ACTIONS_PORT}/health"):
            while True:
                try:
                    async with http.get(url) as response:
                        if response.status == 200:
                            break
                except aiohttp.ClientError:
                    await asyncio.sleep(0.5)


async def stock_turns_per_second(python: Path, *, seconds: float) -> float:
    """Turns a second of stock Rasa: the same health questionnaire, CLIENTS at a time, the next question asserted."""
    async with stock_rasa(python) as say:
        done = 0
        ends = time.perf_counter() + seconds
        asked = ("发烧", "咳嗽", "胸口", "药", "睡得", "帮忙", "记下")

        async def talk(client: int) -> None:
            nonlocal done
            call = 0
            while time.perf_counter() < ends:
                call += 1
                for text, expected in zip(STOCK_CONVERSATION, asked, strict=True):
                    replies = await say(f"{client}-{call}", text)
                    if expected not in "".join(replies):
                        raise RuntimeError(f"stock Rasa answered {replies} to {text}")
                    done += 1

        await talk_once(say)
        began = time.perf_counter()
        await asyncio.gather(*(talk(number) for number in range(CLIENTS)))
        return done / (time.perf_counter() - began)


async def talk_once(say: Callable[[str, str], Awaitable[list[str]]]) -> None:
    """A first conversation, so that nothing is loaded while it is timed."""
    for text in STOCK_CONVERSATION:
        await say("warm-up", text)


def machine() -> str:
    """What it ran on, in a few words."""
    cpu = next(
        (line.split(":")[1].strip() for line in Path("/proc/cpuinfo").read_text().splitlines() if "model name" in line),
        platform.machine(),
    )
    return f"{os.cpu_count()} × {cpu}, Python {platform.python_version()}"


async def main(seconds: float, *, most: int | None, with_stock: bool) -> dict[str, object]:
    """The report."""
    settings = read_settings()
    bodies = {content_hash(each): canonical(each) for each in questionnaires().values()}
    with tempfile.TemporaryDirectory() as folder:
        workers = DialogueWorkers(
            python=settings.worker_python,
            model=settings.model,
            count=settings.workers,
            first_port=5405,
            log_file=Path(folder) / "workers.log",
            bodies=bodies.__getitem__,
        )
        began = time.perf_counter()
        await workers.start()
        started = time.perf_counter() - began
        try:
            walked, unhappy = await scripts(workers.client, most=most)
            turns_per_second = await saturate(walked, workers.client, seconds=seconds)
            times = await offer(walked, workers.client, seconds=seconds)
            memory = sum(_pss_mb(pid) for pid in workers.pids)
        finally:
            await workers.stop()
    stock = await stock_turns_per_second(settings.worker_python, seconds=seconds) if with_stock else None
    distinct = {step.request.utterance.text for steps in walked for step in steps if step.request.utterance}
    return {
        "turns_per_second": round(turns_per_second, 1),
        "p50_ms": round(median(times), 1),
        "p95_ms": round(quantiles(times, n=20)[-1], 1),
        "offered_per_second": OFFERED_PER_SECOND,
        "stock_turns_per_second": round(stock, 1) if stock is not None else None,
        "workers": settings.workers,
        "distinct_utterances": len(distinct),
        "unhappy_share": round(unhappy, 2),
        "workers_ready_s": round(started, 1),
        "workers_pss_mb": round(memory),
        "machine": machine(),
    }


def _pss_mb(pid: int) -> float:
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    return next(int(line.split()[1]) / 1024 for line in lines if line.startswith("Pss:"))


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--seconds", type=float, default=20.0)
    parser.add_argument("--without-stock", action="store_true")
    parser.add_argument("--conversations", type=int, help="how many of them; all, when not given")
    options = parser.parse_args()
    report = asyncio.run(main(options.seconds, most=options.conversations, with_stock=not options.without_stock))
    if options.json:
        print(json.dumps(report, ensure_ascii=False))  # noqa: T201
    else:
        for key, value in report.items():
            print(f"{key:24} {value}")  # noqa: T201
    sys.exit(0)
