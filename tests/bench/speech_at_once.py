"""How long several residents wait who talk at the same time: real time, the real pool of recognisers.

Each call is a thread: a prompt plays, the resident speaks, and at each pause what was said so far is decoded, as in a
call. Media and dialogue are not part of it.
"""

import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from itertools import cycle, islice
from threading import Thread

from nlu.reading import Expectation
from tests.bench.speech_counts import percentile
from tests.bench.speech_turns import pauses, timed
from voice.audio.sound import Sound
from voice.recognise.recogniser import Recogniser
from voice.turns.decisive import is_decisive
from voice.turns.policy import Pace, turn_policy

PROMPT_SECONDS = 3.5  # of the assistant before each turn: a question of twenty characters
TURNS = 12  # a call
PLAIN = frozenset({"yes_no", "choice"})


@dataclass(frozen=True, slots=True)
class Said:
    """One turn of a resident as it arrives, and the question before it."""

    sound: Sound
    expectation: Expectation
    pace: Pace


def at_once(turns: Sequence[Said], engine: Recogniser, *, calls: int, at: datetime) -> dict[str, float | int | None]:
    """`calls` residents at the same time, each with turns of its own; seconds from their last word to our first."""

    def call(number: int) -> list[tuple[str, float]]:
        time.sleep(PROMPT_SECONDS * number / calls)
        own = islice(cycle(turns), number * len(turns) // calls, number * len(turns) // calls + TURNS)
        return [(said.expectation.kind, _waited(said, engine, at=at)) for said in own]

    with ThreadPoolExecutor(calls) as lines:
        waited = [each for found in lines.map(call, range(calls)) for each in found]
    closed = [seconds for kind, seconds in waited if kind in PLAIN]
    opened = [seconds for kind, seconds in waited if kind not in PLAIN]
    return {
        "calls": calls,
        "turns": len(waited),
        "reply_p50_s": percentile(closed, 0.5),
        "reply_p95_s": percentile(closed, 0.95),
        "reply_open_p50_s": percentile(opened, 0.5),
        "reply_open_p95_s": percentile(opened, 0.95),
    }


def _waited(said: Said, engine: Recogniser, *, at: datetime) -> float:
    time.sleep(PROMPT_SECONDS)
    policy = turn_policy(said.expectation.kind, said.pace)
    began = time.monotonic()
    *inner, last = pauses(said.sound, policy)
    beside = [Thread(target=_decoded, args=(said, each, began, engine, at)) for each in inner]
    for thread in beside:
        thread.start()
    time.sleep(max(0.0, began + last - time.monotonic()))
    asked = time.monotonic()
    heard = engine.recognise(said.sound, expectation=said.expectation, at=at)
    seconds = time.monotonic() - asked
    for thread in beside:
        thread.join()
    decisive = is_decisive(heard, kind=said.expectation.kind)
    return timed(said.sound, policy, decode_seconds=seconds, decisive=decisive).reply_seconds


def _decoded(said: Said, pause: float, began: float, engine: Recogniser, at: datetime) -> None:
    """What was said until a pause inside the turn; nobody waits for it, but it takes its time."""
    time.sleep(max(0.0, began + pause - time.monotonic()))
    engine.recognise(said.sound.cut(0.0, pause), expectation=said.expectation, at=at)
